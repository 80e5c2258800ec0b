//! Carts: statement counts, visibility, concurrent changes.

mod accounts;
mod changes;
mod costs;
mod owners;

use std::{collections::BTreeMap, sync::Arc};

use model::{
    access::Actor,
    cart::Cart,
    catalog::Product,
    channels::RequestContext,
    customers::Customer,
    ids::{CustomerId, VariantId},
};
use persistence::customers;
use services::cart::{CartChangeError, CartRefused, CartTarget, CreateCart, LineInput, create_cart};
use testkit::{TestShop, product_fixtures};

/// A shop with rates and a T-shirt for 19.90.
pub async fn shop() -> (TestShop, Product) {
    let shop = TestShop::new().await;
    product_fixtures::insert_rates(&shop).await;
    let tee = product_fixtures::product_fixture(&shop.app, "tee", "19.90", 10).await;
    (shop, tee)
}

pub fn context(shop: &TestShop) -> RequestContext {
    let channel = Arc::new(shop.channels.eu.clone());
    RequestContext {
        locales: channel.locale_chain(None),
        currency: channel.default_currency().unwrap(),
        country: channel.default_country().unwrap(),
        channel,
    }
}

pub fn line(variant_id: VariantId, quantity: i64) -> LineInput {
    LineInput { variant_id, quantity, attributes: BTreeMap::new() }
}

pub fn all_of(product: &Product) -> Vec<LineInput> {
    product.variants.iter().map(|variant| line(variant.id, 1)).collect()
}

pub async fn open(shop: &TestShop, actor: &Actor, lines: Vec<LineInput>) -> Cart {
    let input = CreateCart { lines, ..CreateCart::default() };
    create_cart(&shop.app, actor, &context(shop), input).await.unwrap()
}

pub fn any(cart: &Cart) -> CartTarget {
    CartTarget { id: cart.id, expected_version: None }
}

/// A stored customer.
pub async fn customer(shop: &TestShop, email: &str) -> Actor {
    let now = shop.app.now();
    let customer = Customer::new(CustomerId::new(), email.parse().unwrap(), now);
    customers::insert(&mut shop.app.db().write().await.unwrap(), &customer, None).await.unwrap();
    Actor::Customer(customer.id)
}

/// The error of a refused change.
pub fn refusal<T: std::fmt::Debug>(outcome: Result<T, CartChangeError>) -> model::cart::CartError {
    match outcome {
        Err(CartChangeError::Rule(CartRefused(refusals))) => refusals[0].error.clone(),
        other => panic!("not refused: {other:?}"),
    }
}
