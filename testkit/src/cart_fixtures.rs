//! Sellable products, carts and payments, written directly into the stores for tests of orders and payments.

use std::collections::BTreeMap;

use model::{
    Currency, Money,
    cart::{Cart, CartLine, NewCart},
    catalog::{Price, Product, Publication, Variant},
    customers::Customer,
    fixtures,
    ids::{
        CartLineId, CustomerId, PaymentAttemptId, PaymentId, PaymentTransactionId, ProductId, StockLocationId,
        VariantId,
    },
    inventory::InventoryItem,
    payments::{
        AttemptOutcome, Payment, PaymentAttempt, PaymentMethod, PaymentRecord, PaymentStatus, PaymentTransaction,
        TransactionKind, TransactionStatus,
    },
};
use persistence::{
    carts, customers,
    documents::{Collection, Document},
    payments,
};
use uuid::Uuid;

use crate::{TestShop, stock::stock};

/// A product with one digital variant in the `eu` channel.
pub struct Sellable {
    /// The product.
    pub product_id: ProductId,
    /// The only variant.
    pub variant_id: VariantId,
}

/// Inserts a product with a gross price in cents and its stock levels.
///
/// # Panics
/// If a store returns an error.
pub async fn sellable_fixture(shop: &TestShop, sku: &str, cents: i64, levels: &[(StockLocationId, i64)]) -> Sellable {
    let goods = Sellable { product_id: ProductId::new(), variant_id: VariantId::new() };
    let product = product(shop, sku, cents, &goods);
    let document = Document::encode(product.id.uuid().to_string(), 1, Vec::new(), &product).unwrap();
    shop.app.documents().insert(Collection::Products, &document, &[]).await.unwrap();
    let item = InventoryItem {
        variant_id: goods.variant_id,
        product_id: goods.product_id,
        sku: sku.to_owned(),
        is_tracked: true,
        allows_backorder: false,
    };
    stock(shop.app.db(), &item, levels).await;
    goods
}

fn product(shop: &TestShop, sku: &str, cents: i64, goods: &Sellable) -> Product {
    let now = chrono::Utc::now();
    let price = Price { channel: shop.channels.eu.id, amount: Money::new(cents, Currency::EUR), compare_at: None };
    let variant =
        Variant { id: goods.variant_id, requires_shipping: false, prices: vec![price], ..fixtures::variant(sku) };
    Product {
        id: goods.product_id,
        name: sku.to_owned(),
        variants: vec![variant],
        publications: vec![Publication { channel: shop.channels.eu.id, publish_at: now }],
        created_at: now,
        updated_at: now,
        ..fixtures::product(sku.to_lowercase().parse().unwrap())
    }
}

/// Inserts a guest cart that is ready to be completed.
///
/// # Panics
/// If the database returns an error.
pub async fn cart_fixture(shop: &TestShop, lines: &[(&Sellable, i64)]) -> Cart {
    let new = NewCart {
        channel: shop.channels.eu.id,
        currency: Currency::EUR,
        locale: "en".parse().unwrap(),
        customer: None,
        token: Uuid::new_v4().simple().to_string(),
    };
    let mut cart = Cart::open(new, shop.app.now());
    cart.buyer.email = Some("ada@demo.test".to_owned());
    cart.lines = lines
        .iter()
        .map(|(goods, quantity)| CartLine {
            id: CartLineId::new(),
            variant_id: goods.variant_id,
            product_id: goods.product_id,
            quantity: (*quantity).try_into().unwrap(),
            attributes: BTreeMap::new(),
            price: None,
        })
        .collect();
    carts::insert(&mut shop.app.db().write().await.unwrap(), &cart).await.unwrap();
    cart
}

/// Inserts a card payment of a cart with the given outcome.
///
/// # Panics
/// If the database returns an error.
pub async fn payment_fixture(shop: &TestShop, cart: &Cart, cents: i64, outcome: AttemptOutcome) -> Payment {
    let now = shop.app.now();
    let amount = Money::new(cents, cart.currency);
    let zero = Money::zero(cart.currency);
    let payment = Payment {
        id: PaymentId::new(),
        cart_id: cart.id,
        order_id: None,
        channel_id: cart.channel,
        country: None,
        method: PaymentMethod::Card,
        gateway: "sandbox-a".to_owned(),
        amount,
        status: PaymentStatus::Pending,
        authorized: zero,
        captured: zero,
        refunded: zero,
        charged_back: zero,
        action: None,
        failure: None,
        is_unwanted: false,
        decline_keys: Vec::new(),
        idempotency: None,
        created_at: now,
        updated_at: now,
    };
    let mut record = PaymentRecord { payment, attempts: Vec::new(), transactions: Vec::new() };
    record.attempts.push(PaymentAttempt {
        id: PaymentAttemptId::new(),
        payment_id: record.payment.id,
        number: 1,
        gateway: "sandbox-a".to_owned(),
        reference: Uuid::now_v7().to_string(),
        gateway_reference: None,
        outcome,
        failure: None,
        started_at: now,
        latency_ms: None,
        finished_at: None,
    });
    if outcome == AttemptOutcome::Authorized {
        record_transaction(&mut record, TransactionKind::Authorize, amount);
    }
    record.derive_status(now);
    let conn = shop.app.db().write().await.unwrap();
    payments::insert(&conn, &record).await.unwrap();
    payments::save_record(&conn, &record).await.unwrap();
    record.payment
}

/// Adds a successful transaction; the caller updates and saves the record.
///
/// # Panics
/// If the record has no attempt.
pub fn record_transaction(record: &mut PaymentRecord, kind: TransactionKind, amount: Money) {
    let attempt = record.attempts.last().unwrap();
    let now = attempt.started_at;
    record.transactions.push(PaymentTransaction {
        id: PaymentTransactionId::new(),
        payment_id: record.payment.id,
        attempt_id: attempt.id,
        kind,
        status: TransactionStatus::Succeeded,
        gateway: attempt.gateway.clone(),
        gateway_reference: Some(Uuid::now_v7().to_string()),
        key: None,
        amount,
        failure: None,
        created_at: now,
        updated_at: now,
    });
}

/// Inserts a customer without a password.
///
/// # Panics
/// If the database returns an error.
pub async fn customer_fixture(shop: &TestShop, email: &str) -> CustomerId {
    let now = shop.app.now();
    let customer = Customer {
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        email_verified_at: Some(now),
        ..Customer::new(CustomerId::new(), email.parse().unwrap(), now)
    };
    customers::insert(&mut shop.app.db().write().await.unwrap(), &customer, None).await.unwrap();
    customer.id
}
