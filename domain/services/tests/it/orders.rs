use std::time::Duration;

use model::{
    Money, Page, PageRequest, Quantity,
    access::Actor,
    ids::VariantId,
    inventory::{Allocation, MovementKind},
    orders::{
        CancelReason, CancelRefused, FulfillItem, FulfillRefused, FulfillmentStatus, Order, OrderCursor,
        OrderEventKind, OrderSortKey, OrderStatus, PaymentProgress, Tracking,
    },
    payments::{AttemptOutcome, TransactionKind},
    promotions::NewCode,
};
use persistence::{carts, inventory, ledger, orders as store, payments, promotions};
use serde_json::json;
use services::{
    catalog::Ref,
    checkout::{CompleteCart, complete},
    identity::Client,
    mail::StorefrontLinks,
    orders::{
        self, CancelError, CancelOrder, CancelRule, FulfillError, FulfillOrder, FulfillRule, OrderFilter, OrderSort,
        PaymentCause,
    },
    promotions::{ActionInput, CreatePromotion, PromotionInput, create_promotion},
};
use testkit::{
    TestShop,
    cart_fixtures::{self, Sellable, cart_fixture, payment_fixture, sellable_fixture},
};

/// Sells three units of a product with two units in berlin and five in lyon.
async fn sold(shop: &TestShop) -> (Sellable, Order) {
    let [berlin, lyon] = [shop.channels.locations[0].id, shop.channels.locations[1].id];
    let tee = sellable_fixture(shop, "TEE", 1990, &[(berlin, 2), (lyon, 5)]).await;
    let cart = cart_fixture(shop, &[(&tee, 3)]).await;
    payment_fixture(shop, &cart, 5970, AttemptOutcome::Authorized).await;
    let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
    let order = complete(&shop.app, &Actor::Anonymous, input).await.unwrap();
    (tee, order)
}

/// On hand and allocated units over all locations.
async fn stock(shop: &TestShop, goods: &Sellable) -> (i64, i64) {
    let mut conn = shop.app.db().read().await.unwrap();
    let levels = inventory::levels_by_variant(&mut conn, &[goods.variant_id]).await.unwrap();
    (levels.iter().map(|level| level.on_hand).sum(), levels.iter().map(|level| level.allocated).sum())
}

async fn reload(shop: &TestShop, order: &Order) -> Order {
    orders::find(&shop.app, &Actor::System, order.id).await.unwrap().unwrap()
}

fn all_of(order: &Order) -> FulfillOrder {
    FulfillOrder {
        order_id: order.id,
        items: Vec::new(),
        location: None,
        carrier: None,
        trackings: Vec::new(),
        expected_version: None,
        idempotency_key: None,
    }
}

fn called_off(order: &Order) -> CancelOrder {
    CancelOrder {
        order_id: order.id,
        reason: CancelReason::Customer,
        restock: true,
        refund: true,
        expected_version: None,
        idempotency_key: None,
    }
}

#[tokio::test]
async fn partial_fulfillment_deducts_at_the_allocated_locations() {
    let shop = TestShop::new().await;
    let (tee, order) = sold(&shop).await;
    let lines = orders::lines_of(&shop.app, &[order.id]).await.unwrap().remove(&order.id).unwrap();
    let two = FulfillItem { line_id: lines[0].id, quantity: Quantity::try_from(2).unwrap() };
    let tracking = Tracking { number: "1Z".to_owned(), url: Some("https://carrier.test/1Z".to_owned()) };
    let typed = Tracking { number: " 1Z\t".to_owned(), ..tracking.clone() };
    let first = FulfillOrder { items: vec![two], trackings: vec![typed], ..all_of(&order) };
    let (order, fulfillment) = orders::fulfill(&shop.app, &Actor::System, first).await.unwrap();
    assert_eq!(order.fulfillment_status, FulfillmentStatus::NotRequired, "nothing is delivered, yet it can be sent");
    assert_eq!(fulfillment.trackings, std::slice::from_ref(&tracking));
    assert_eq!(stock(&shop, &tee).await, (5, 1));

    orders::fulfill(&shop.app, &Actor::System, all_of(&order)).await.unwrap();
    assert_eq!(stock(&shop, &tee).await, (4, 0));
    let again = orders::fulfill(&shop.app, &Actor::System, all_of(&order)).await;
    assert!(matches!(again, Err(FulfillError::Rule(FulfillRule::Refused(FulfillRefused::Nothing)))), "{again:?}");
    let sent = orders::fulfillments_of(&shop.app, &[order.id]).await.unwrap().remove(&order.id).unwrap();
    assert_eq!(sent.iter().map(|one| one.lines[0].quantity.get()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(sent[0].trackings, [tracking]);

    let mut conn = shop.app.db().read().await.unwrap();
    let page = PageRequest::parse(Some(100), None, None, None).unwrap();
    let movements = inventory::movements(&mut conn, tee.variant_id, &page).await.unwrap().rows;
    assert_eq!(movements.iter().map(|one| one.on_hand).sum::<i64>(), 4);
    assert_eq!(movements.iter().map(|one| one.allocated).sum::<i64>(), 0);
    assert!(movements.iter().any(|one| one.kind == MovementKind::Deduction));
}

#[tokio::test]
async fn tracking_urls_are_parsed() {
    let shop = TestShop::new().await;
    let (_, order) = sold(&shop).await;
    for url in [
        "",
        "carrier.test/1Z",
        "javascript:alert(1)",
        "https://carrier.test@evil.example/1Z",
        "https://evil.example\\@carrier.test/1Z",
        "https://carrier.test/1Z\r\n",
        "https://carrier.test/1 Z",
    ] {
        let trackings = vec![Tracking { number: "1Z".to_owned(), url: Some(url.to_owned()) }];
        let refused = orders::fulfill(&shop.app, &Actor::System, FulfillOrder { trackings, ..all_of(&order) }).await;
        assert!(matches!(refused, Err(FulfillError::Rule(FulfillRule::Tracking(_)))), "{url:?}: {refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_fulfillments_of_one_line_apply_once() {
    let shop = TestShop::new().await;
    let (tee, order) = sold(&shop).await;
    let send = async |_: usize| orders::fulfill(&shop.app, &Actor::System, all_of(&order)).await.is_ok();
    let outcomes = futures_util::future::join_all((0..8).map(send)).await;
    assert_eq!((outcomes.into_iter().filter(|is_sent| *is_sent).count(), stock(&shop, &tee).await), (1, (4, 0)));
}

#[tokio::test]
async fn canceling_before_capture_reverses_everything() {
    let shop = TestShop::new().await;
    let (tee, order) = sold(&shop).await;
    let canceled = orders::cancel(&shop.app, &Actor::System, called_off(&order)).await.unwrap();
    assert_eq!((canceled.status, stock(&shop, &tee).await), (OrderStatus::Canceled, (7, 0)));
    let again = orders::cancel(&shop.app, &Actor::System, called_off(&order)).await;
    assert!(matches!(again, Err(CancelError::Rule(CancelRule::Refused(CancelRefused::AlreadyCanceled)))), "{again:?}");
    let mut conn = shop.app.db().read().await.unwrap();
    let balances = ledger::balances(&mut conn).await.unwrap();
    assert!(!balances.is_empty() && balances.iter().all(|account| account.debit == account.credit), "{balances:?}");
    let payment = payments::by_orders(&mut conn, &[order.id]).await.unwrap().remove(&order.id).unwrap().remove(0);
    assert!(payment.is_unwanted);
}

#[tokio::test]
async fn canceled_items_without_restock_are_written_off() {
    let shop = TestShop::new().await;
    let (tee, order) = sold(&shop).await;
    let broken = CancelOrder { restock: false, ..called_off(&order) };
    orders::cancel(&shop.app, &Actor::System, broken).await.unwrap();
    assert_eq!(stock(&shop, &tee).await, (4, 0));
}

#[tokio::test]
async fn backordered_items_are_not_written_off() {
    let shop = TestShop::new().await;
    let (tee, order) = sold(&shop).await;
    let mut conn = shop.app.db().write().await.unwrap();
    let levels = inventory::levels_by_variant(&mut conn, &[tee.variant_id]).await.unwrap();
    let gone = |level: &model::inventory::InventoryLevel| model::inventory::StockMovement {
        id: model::ids::StockMovementId::new(),
        variant_id: level.variant_id,
        location_id: level.location_id,
        kind: MovementKind::Deduction,
        on_hand: 1 - level.on_hand,
        allocated: 0,
        reference: None,
        actor: "system".to_owned(),
        at: shop.app.now(),
    };
    inventory::move_stock(&mut conn, &levels.iter().map(gone).collect::<Vec<_>>()).await.unwrap();
    drop(conn);
    assert_eq!(stock(&shop, &tee).await, (2, 3));
    let broken = CancelOrder { restock: false, ..called_off(&order) };
    orders::cancel(&shop.app, &Actor::System, broken).await.unwrap();
    assert_eq!(stock(&shop, &tee).await, (0, 0));
}

#[tokio::test]
async fn an_order_completes_when_paid_and_fulfilled() {
    let shop = TestShop::new().await;
    let (_, order) = sold(&shop).await;
    let mut conn = shop.app.db().write().await.unwrap();
    let payment = payments::lock_active_for_cart(&mut conn, order.cart_id).await.unwrap().unwrap();
    let mut record = payments::lock_record(&mut conn, payment.id).await.unwrap();
    cart_fixtures::record_transaction(&mut record, TransactionKind::Capture, payment.amount);
    record.derive_status(shop.app.now());
    orders::payment_changed(&mut conn, &record.payment, &[], PaymentCause::SYSTEM, shop.app.now()).await.unwrap();
    let paid = reload(&shop, &order).await;
    assert_eq!((paid.payment_status, paid.status), (PaymentProgress::Paid, OrderStatus::Completed));
    let events = store::events_of(&mut conn, &[order.id]).await.unwrap().remove(&order.id).unwrap();
    assert_eq!(
        events.iter().map(|event| event.kind).collect::<Vec<_>>(),
        [
            OrderEventKind::Placed,
            OrderEventKind::PaymentAuthorized,
            OrderEventKind::PaymentCaptured,
            OrderEventKind::Completed
        ]
    );
}

#[tokio::test]
async fn each_money_transaction_adds_an_event_and_a_version() {
    let shop = TestShop::new().await;
    let (_, order) = sold(&shop).await;
    let now = shop.app.now();
    let mut conn = shop.app.db().write().await.unwrap();
    let payment = payments::lock_active_for_cart(&mut conn, order.cart_id).await.unwrap().unwrap();
    let mut record = payments::lock_record(&mut conn, payment.id).await.unwrap();
    for _ in 0..3 {
        cart_fixtures::record_transaction(&mut record, TransactionKind::Capture, Money::new(1990, order.currency));
        record.derive_status(now);
        let part = record.transactions.last().unwrap();
        orders::payment_changed(&mut conn, &record.payment, &[part], PaymentCause::SYSTEM, now).await.unwrap();
        orders::payment_changed(&mut conn, &record.payment, &[], PaymentCause::SYSTEM, now).await.unwrap();
    }
    let events = store::events_of(&mut conn, &[order.id]).await.unwrap().remove(&order.id).unwrap();
    assert_eq!(
        events.iter().skip(2).map(|event| event.kind).collect::<Vec<_>>(),
        [
            OrderEventKind::PaymentPartiallyCaptured,
            OrderEventKind::PaymentPartiallyCaptured,
            OrderEventKind::PaymentCaptured,
            OrderEventKind::Completed
        ]
    );
    assert_eq!(reload(&shop, &order).await.version, order.version + 3);
}

#[tokio::test]
async fn an_order_is_visible_to_its_buyer_and_its_token() {
    let shop = TestShop::new().await;
    let (_, order) = sold(&shop).await;
    let stranger = Actor::Customer(model::ids::CustomerId::new());
    let read = async |actor: &Actor, token: Option<&str>| {
        orders::find_by_token(&shop.app, actor, &Client::default(), order.id, token).await.unwrap().is_some()
    };
    assert!(read(&Actor::Anonymous, Some(&order.token)).await);
    assert!(!read(&Actor::Anonymous, None).await);
    assert!(!read(&Actor::Anonymous, Some("")).await);
    assert!(!read(&stranger, Some("wrong")).await);
    assert!(orders::find(&shop.app, &stranger, order.id).await.is_err());
    let own = orders::list_of_customer(&shop.app, &Actor::Anonymous, model::ids::CustomerId::new(), &first(5)).await;
    assert!(own.is_err());
    assert!(matches!(
        orders::cancel(&shop.app, &Actor::Anonymous, called_off(&order)).await,
        Err(CancelError::Failure(_))
    ));
}

fn first(size: i32) -> PageRequest<model::ids::OrderId> {
    PageRequest::parse(Some(size), None, None, None).unwrap()
}

#[tokio::test]
async fn orders_are_found_by_status_number_and_email_prefix() {
    let shop = TestShop::new().await;
    let tee = sellable_fixture(&shop, "TEE", 0, &[(shop.channels.locations[0].id, 50)]).await;
    let mut placed = Vec::new();
    for _ in 0..5 {
        let cart = cart_fixture(&shop, &[(&tee, 1)]).await;
        let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
        placed.push(complete(&shop.app, &Actor::Anonymous, input).await.unwrap());
    }
    placed.reverse();
    let numbers = |page: &Page<Order>| page.rows.iter().map(|order| order.number.value()).collect::<Vec<_>>();
    let list = async |filter: OrderFilter, page| {
        let sort = OrderSort::default();
        orders::list(&shop.app, &Actor::System, &Client::default(), &filter, sort, &page).await.unwrap()
    };
    let first = |size: i32| PageRequest::parse(Some(size), None, None, None).unwrap();
    let place = |order: &Order| OrderCursor::of(order, OrderSortKey::PlacedAt);
    let page = list(OrderFilter::default(), first(2)).await;
    assert_eq!((numbers(&page), page.has_more), (vec![placed[0].number.value(), placed[1].number.value()], true));
    let after = PageRequest::parse(Some(10), Some(place(&placed[1])), None, None).unwrap();
    let rest = list(OrderFilter::default(), after).await;
    assert_eq!((rest.rows.len(), rest.has_more), (3, false));
    let before = PageRequest::parse(None, None, Some(1), Some(place(&placed[1]))).unwrap();
    assert_eq!(numbers(&list(OrderFilter::default(), before).await), [placed[0].number.value()]);

    let query = |text: &str| OrderFilter { query: Some(text.to_owned()), ..OrderFilter::default() };
    assert_eq!(list(query("ADA@"), first(10)).await.rows.len(), 5);
    assert_eq!(list(query("a%"), first(10)).await.rows.len(), 0);
    let strange = format!("UPDATE orders SET email = 'ÄDA_50%@demo.test' WHERE number = {}", placed[2].number);
    shop.database.execute(&strange).await;
    for (text, found) in [("äda_50%@", 1), ("ÄDA_5", 1), ("äda_6", 0), ("ä", 1), ("%", 0), ("ada_", 0), ("ada@", 4)]
    {
        assert_eq!(list(query(text), first(10)).await.rows.len(), found, "{text}");
    }
    assert_eq!(numbers(&list(query(&placed[3].number.to_string()), first(10)).await), [placed[3].number.value()]);
    let open = OrderFilter { status: vec![OrderStatus::Open], ..OrderFilter::default() };
    assert_eq!(orders::count(&shop.app, &Actor::System, &open).await.unwrap(), 0);
    let done = OrderFilter { status: vec![OrderStatus::Completed], ..OrderFilter::default() };
    assert_eq!(orders::count(&shop.app, &Actor::System, &done).await.unwrap(), 5);
}

#[tokio::test]
async fn an_order_sends_one_confirmation_mail() {
    let shop = TestShop::new().await;
    let (_, order) = sold(&shop).await;
    for _ in 0..2 {
        orders::confirm(&shop.app, order.id).await.unwrap();
    }
    let mut conn = shop.app.db().read().await.unwrap();
    let far = shop.app.now() + Duration::from_hours(1);
    let jobs = persistence::jobs::claim(&mut conn, &["mail".to_owned()], far, Duration::ZERO, 10).await.unwrap();
    assert_eq!(jobs.len(), 1);
    // The job names the order; what the mail contains is read when it is sent.
    let payload = &jobs[0].payload;
    assert_eq!((&payload["kind"], &payload["orderId"]), (&json!("confirmed"), &json!(order.id)));
    assert!(!payload.to_string().contains(&order.email), "{payload}");
}

#[tokio::test]
async fn confirmation_mails_link_to_the_order_only_with_a_storefront() {
    let links = StorefrontLinks::parse("https://shop.example.org/", StorefrontLinks::ORDER_PATH).unwrap();
    for storefront in [None, Some(links)] {
        let is_linked = storefront.is_some();
        let shop = TestShop::configured(|config| config.mail.storefront = storefront).await;
        let (_, order) = sold(&shop).await;
        orders::confirm(&shop.app, order.id).await.unwrap();
        shop.mails.deliver(&shop.app).await;
        let mail = shop.mails.to(&order.email).pop().unwrap();
        assert!(mail.contains("Thank you for your order!"), "{mail}");
        assert!(mail.contains(&format!("Order {}", order.number)), "{mail}");
        let link = format!("https://shop.example.org/orders/{}?token={}", order.id.uuid(), order.token);
        assert_eq!(mail.contains(&link), is_linked, "{mail}");
        assert_eq!(mail.contains("://"), is_linked, "{mail}");
    }
}

#[tokio::test]
async fn allocations_may_exceed_the_parameter_limit() {
    let shop = TestShop::new().await;
    let (_, order) = sold(&shop).await;
    let mut conn = shop.app.db().write().await.unwrap();
    let before = store::allocations_of(&mut conn, order.id).await.unwrap();
    let part = |_| Allocation { variant_id: VariantId::new(), ..before[0] };
    let many: Vec<Allocation> = (0..14_000).map(part).collect();
    store::insert_allocations(&conn, order.id, &many).await.unwrap();
    assert_eq!(store::allocations_of(&mut conn, order.id).await.unwrap().len(), before.len() + many.len());
}

/// A single-use code for 50 % off.
async fn only_once(shop: &TestShop) {
    let input = PromotionInput {
        name: Some("Half price, once".to_owned()),
        channels: Some(vec![Ref::from("eu")]),
        action: Some(ActionInput::PercentageOff { percent: "50".to_owned(), target: None }),
        codes: vec![NewCode { code: "ONLYONCE".to_owned(), usage_limit: Some(1), usage_limit_per_customer: None }],
        ..PromotionInput::default()
    };
    let input = CreatePromotion { promotion: input, idempotency_key: None };
    create_promotion(&shop.app, &Actor::System, input).await.unwrap();
}

#[tokio::test]
async fn canceling_releases_codes_only_without_a_payment() {
    let shop = TestShop::new().await;
    let tee = sellable_fixture(&shop, "TEE", 1000, &[(shop.channels.locations[0].id, 9)]).await;
    only_once(&shop).await;
    for (outcome, uses) in [(AttemptOutcome::Pending, 0), (AttemptOutcome::Authorized, 1)] {
        let mut cart = cart_fixture(&shop, &[(&tee, 1)]).await;
        cart.discount_codes = vec!["ONLYONCE".to_owned()];
        cart.version += 1;
        let mut conn = shop.app.db().write().await.unwrap();
        carts::save(&mut conn, &cart, 1).await.unwrap();
        payment_fixture(&shop, &cart, 500, outcome).await;
        let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
        let order = complete(&shop.app, &Actor::Anonymous, input).await.unwrap();
        orders::cancel(&shop.app, &Actor::System, called_off(&order)).await.unwrap();
        let codes = promotions::codes_by_text(&mut conn, &cart.discount_codes, None, None).await.unwrap();
        assert_eq!(codes[0].uses, uses, "{outcome:?}");
    }
}
