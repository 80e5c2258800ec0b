//! Discount codes and the automatic promotion.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::GraphqlClient;

use super::{
    super::{cart_flow::Cart, storefront},
    demo,
};

const TEE: (&str, &str, i64) = ("classic-tee", "TEE-M-NAVY", 1);

async fn ready(shop: &GraphqlClient, lines: &[(&str, &str, i64)], option: &str) -> Cart {
    Cart::with(shop, lines).await.sent_to("DE", None).await.by(option).await
}

/// Effects of codes on a cart: the applicable codes, discounts, delivery and total.
async fn with_codes(cart: &Cart, codes: &[&str]) -> (Vec<bool>, String, [String; 3]) {
    let _ = cart.codes(codes).await.ok();
    let page = cart.page().await;
    let states = page.at("/cart/discountCodes").as_array().unwrap().clone();
    let applicable = states.iter().map(|state| state["isApplicable"].as_bool().unwrap()).collect();
    (applicable, cart.discount().await, cart.sums().await)
}

fn outcome(applicable: &[bool], discount: &str, sums: [&str; 3]) -> (Vec<bool>, String, [String; 3]) {
    (applicable.to_vec(), discount.to_owned(), sums.map(str::to_owned))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_reduce_by_the_documented_amounts() {
    let processes = demo().await;
    let shop = storefront(&processes, "");
    let one = ready(&shop, &[TEE], "standard").await;
    let no_discount = ["4.90", "3.96", "24.80"];
    assert_eq!(with_codes(&one, &["WELCOME10"]).await, outcome(&[true], "1.99", ["4.90", "3.64", "22.81"]));
    assert_eq!(with_codes(&one, &["welcome10"]).await.0, [true], "codes are typed as people type");
    assert_eq!(with_codes(&one, &["TENOFF"]).await, outcome(&[false], "0.00", no_discount));
    assert_eq!(with_codes(&one, &["OLD"]).await, outcome(&[false], "0.00", no_discount));
    assert_eq!(with_codes(&one, &["NOSUCHCODE"]).await, outcome(&[false], "0.00", no_discount));
    assert_eq!(with_codes(&one, &["ONLYONCE"]).await.1, "9.95");

    let two = ready(&shop, &[("atlas-of-rivers", "ATLAS", 2)], "standard").await;
    let (applicable, discount, [shipping, _, total]) = with_codes(&two, &["TENOFF"]).await;
    assert_eq!(
        (applicable, discount.as_str(), shipping.as_str(), total.as_str()),
        (vec![true], "10.00", "4.90", "64.90")
    );
    let fifty = ready(&shop, &[("limited-print", "LIMITED-PRINT", 1)], "standard").await;
    assert_eq!(with_codes(&fifty, &["TENOFF"]).await.0, [false], "49.00 is less than 50.00");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn free_delivery_applies_to_standard_and_combines() {
    let processes = demo().await;
    let shop = storefront(&processes, "");
    let standard = ready(&shop, &[("atlas-of-rivers", "ATLAS", 2)], "standard").await;
    for (codes, total) in [
        (&["FREESHIP"][..], "70.00"),
        (&["FREESHIP", "WELCOME10"], "63.00"),
        (&["TENOFF", "FREESHIP"], "60.00"),
        (&["ONLYONCE", "FREESHIP"], "35.00"),
    ] {
        let (applicable, _, [shipping, _, sum]) = with_codes(&standard, codes).await;
        assert!(applicable.iter().all(|is_applicable| *is_applicable), "{codes:?}");
        assert_eq!((shipping.as_str(), sum.as_str()), ("0.00", total), "{codes:?}");
    }
    let express = ready(&shop, &[TEE], "express").await;
    assert_eq!(with_codes(&express, &["FREESHIP"]).await.2[0], "12.90");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_use_code_is_redeemed_once_concurrently() {
    let processes = demo().await;
    let shop = storefront(&processes, "");
    let carts = join_all((0..4).map(async |_| {
        let cart = ready(&shop, &[TEE], "standard").await;
        let _ = cart.codes(&["ONLYONCE"]).await.ok();
        let paid = cart.pay("tok_success").await.ok();
        assert_eq!(paid.at("/cartPaymentCreate/payment/amount/amount"), "14.85");
        cart
    }))
    .await;
    let answers = join_all(carts.iter().map(Cart::complete)).await;
    let placed = answers.iter().filter(|answer| !answer.at("/cartComplete/order").is_null()).count();
    assert_eq!(placed, 1);
    for answer in answers.iter().filter(|answer| answer.at("/cartComplete/order").is_null()) {
        assert_eq!(answer.user_error_code(), "DISCOUNT_CODE_NOT_APPLICABLE", "{}", answer.body);
    }
    let later = ready(&shop, &[TEE], "standard").await;
    assert_eq!(with_codes(&later, &["ONLYONCE"]).await, outcome(&[false], "0.00", ["4.90", "3.96", "24.80"]));
}

/// Accessories with their first variant and its price in cents, cheapest first.
async fn accessories(shop: &GraphqlClient) -> Vec<(String, String, i64)> {
    let query = r#"{ products(category: "accessories", filter: { isAvailable: true }, first: 20) { nodes { slug
        variants(first: 20) { nodes { sku quantityAvailable price { amount } } } } } }"#;
    let answer = shop.gql(query, Value::Null).await;
    let nodes = answer.data()["products"]["nodes"].as_array().unwrap().clone();
    let mut found = Vec::new();
    for product in nodes {
        let variants = product["variants"]["nodes"].as_array().unwrap();
        let stocked = |variant: &&Value| variant["quantityAvailable"].as_i64().is_none_or(|units| units >= 3);
        let variant = variants.iter().find(stocked).unwrap_or_else(|| panic!("{product}"));
        let cents = variant["price"]["amount"].as_str().unwrap().replace('.', "").parse().unwrap();
        found.push((product["slug"].as_str().unwrap().to_owned(), variant["sku"].as_str().unwrap().to_owned(), cents));
    }
    found.sort_by_key(|(.., cents)| *cents);
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cheapest_of_three_accessories_is_free_without_a_code() {
    let processes = demo().await;
    let shop = storefront(&processes, "");
    let all = accessories(&shop).await;
    let (slug, sku, cents) = all.first().expect("the shop sells accessories");
    let euros = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
    for (quantity, free) in [(1, 0), (2, 0), (3, 1), (5, 1), (6, 2)] {
        let cart = Cart::with(&shop, &[(slug, sku, quantity)]).await;
        assert_eq!(cart.discount().await, euros(free * cents), "{quantity} of {sku}");
    }
    let (other_slug, other_sku, more) = all.last().unwrap();
    assert!(more > cents, "two prices: {all:?}");
    let mixed = Cart::with(&shop, &[(slug, sku, 1), (other_slug, other_sku, 2)]).await;
    assert_eq!(mixed.discount().await, euros(*cents), "the cheapest of the three");
    let apart = Cart::with(&shop, &[(slug, sku, 2), ("classic-tee", "TEE-M-NAVY", 1)]).await;
    assert_eq!(apart.page().await.at("/cart/cost/discountTotal/amount"), &json!("0.00"));
}
