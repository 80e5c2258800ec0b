use std::collections::BTreeSet;

use model::{Address, Patch, access::Actor, cart::BuyerChange, customers::DefaultAddress};
use persistence::statements::counted;
use services::{
    cart::{CreateCart, MergeCarts, add_lines, create_cart, merge_carts, update_buyer},
    identity::{AddressOwner, create_address},
};
use testkit::TestShop;

use super::{all_of, any, context, customer, open, shop};

fn address(city: &str) -> Address {
    Address {
        first_name: "Ada".into(),
        last_name: "Lovelace".into(),
        company: None,
        street1: "Invalidenstraße 1".into(),
        street2: None,
        postal_code: "10115".into(),
        city: city.into(),
        region: None,
        country: "DE".parse().unwrap(),
        phone: None,
    }
}

/// A customer with a default shipping address in Berlin and a default billing address in Bonn.
async fn ada(shop: &TestShop) -> Actor {
    let ada = customer(shop, "ada@example.org").await;
    create_address(&shop.app, &ada, AddressOwner::Actor, address("Berlin"), BTreeSet::new()).await.unwrap();
    create_address(&shop.app, &ada, AddressOwner::Actor, address("Bonn"), BTreeSet::from([DefaultAddress::Billing]))
        .await
        .unwrap();
    ada
}

fn buyer(email: &str) -> BuyerChange {
    BuyerChange { email: Patch::Set(email.to_owned()), ..BuyerChange::default() }
}

#[tokio::test]
async fn a_customer_cart_starts_with_email_and_default_addresses() {
    let (shop, tee) = shop().await;
    let ada = ada(&shop).await;
    let cart = open(&shop, &ada, all_of(&tee)).await;
    assert_eq!(cart.buyer.email.as_deref(), Some("ada@example.org"));
    assert_eq!(cart.shipping_address, Some(address("Berlin")));
    assert_eq!(cart.billing_address, Some(address("Bonn")));
    let input = CreateCart { buyer: buyer("work@example.org"), ..CreateCart::default() };
    let cart = create_cart(&shop.app, &ada, &context(&shop), input).await.unwrap();
    assert_eq!(cart.buyer.email.as_deref(), Some("work@example.org"));
}

#[tokio::test]
async fn a_claimed_guest_cart_gets_only_the_details_that_are_missing() {
    let (shop, tee) = shop().await;
    let ada = ada(&shop).await;
    let cart = open(&shop, &Actor::Anonymous, Vec::new()).await;
    update_buyer(&shop.app, &Actor::Anonymous, any(&cart), buyer("guest@example.org")).await.unwrap();
    let cart = add_lines(&shop.app, &ada, any(&cart), all_of(&tee), None).await.unwrap();
    assert_eq!(cart.buyer.email.as_deref(), Some("guest@example.org"));
    assert_eq!(cart.shipping_address, Some(address("Berlin")));
}

#[tokio::test]
async fn details_that_the_customer_removes_stay_removed() {
    let (shop, tee) = shop().await;
    let ada = ada(&shop).await;
    let cart = open(&shop, &ada, Vec::new()).await;
    let none = BuyerChange { email: Patch::Clear, ..BuyerChange::default() };
    update_buyer(&shop.app, &ada, any(&cart), none).await.unwrap();
    let cart = add_lines(&shop.app, &ada, any(&cart), all_of(&tee), None).await.unwrap();
    assert_eq!(cart.buyer.email, None);
}

#[tokio::test]
async fn merged_guest_carts_keep_what_the_guest_entered() {
    let (shop, tee) = shop().await;
    let ada = ada(&shop).await;
    let (from, into) =
        (open(&shop, &Actor::Anonymous, all_of(&tee)).await, open(&shop, &Actor::Anonymous, Vec::new()).await);
    update_buyer(&shop.app, &Actor::Anonymous, any(&from), buyer("guest@example.org")).await.unwrap();
    let input = MergeCarts { from: from.id, into: into.id, expected_version: None };
    let merged = merge_carts(&shop.app, &ada, input).await.unwrap();
    assert_eq!(merged.buyer.email.as_deref(), Some("guest@example.org"));
    assert_eq!(merged.billing_address, Some(address("Bonn")));
}

#[tokio::test]
async fn account_details_take_one_statement_and_guests_none() {
    let (shop, _) = shop().await;
    let ada = ada(&shop).await;
    // Settings are cached in every process.
    shop.app.settings().await.unwrap();
    let mut costs = Vec::new();
    for actor in [&Actor::Anonymous, &ada] {
        let context = context(&shop);
        let (cart, statements) = counted(create_cart(&shop.app, actor, &context, CreateCart::default())).await;
        cart.unwrap();
        costs.push(statements);
    }
    assert_eq!(costs, [1, 2]);
}
