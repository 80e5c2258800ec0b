use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use testkit::{Answer, GraphqlClient, eventually};

use crate::{
    contract::cart_flow::Cart,
    processes::{Plan, Processes},
    purchase::PAY,
};

const SOON: Duration = Duration::from_secs(30);

/// Pays without an idempotency key, so that each call is an attempt of its own.
async fn attempt(shop: &GraphqlClient, cart: &str, token: &str) -> Answer {
    shop.gql(PAY, json!({ "input": { "cartId": cart, "method": "CARD", "token": token } })).await
}

async fn shop() -> Processes {
    Processes::start(Plan { workers: 0, ..Plan::default() }).await
}

/// A cart with a download of a buyer.
async fn cart_of(shop: &GraphqlClient, email: &str) -> String {
    let cart = Cart::with(shop, &[("field-recordings", "FIELD-FLAC", 1)]).await.id;
    let buyer =
        "mutation($c: ID!, $e: String!) { cartBuyerUpdate(input: { cartId: $c, email: $e }) { userErrors { code } } }";
    let _ = shop.gql(buyer, json!({ "c": cart, "e": email })).await.ok();
    cart
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_six_declines_no_gateway_is_called_for_the_cart() {
    let processes = shop().await;
    let shop = processes.storefront(0);
    let cart = cart_of(&shop, "ada@example.org").await;
    for _ in 0..6 {
        assert_eq!(attempt(&shop, &cart, "tok_declined").await.user_error_code(), "DECLINED");
    }
    let charges = processes.charges().await.len();
    for token in ["tok_declined", "tok_success"] {
        let refused = attempt(&shop, &cart, token).await;
        assert_eq!(refused.user_error_code(), "THROTTLED", "{}", refused.body);
        assert!(refused.at("/cartPaymentCreate/payment").is_null());
    }
    assert_eq!(processes.charges().await.len(), charges);
    let by_transfer = json!({ "input": { "cartId": cart, "method": "BANK_TRANSFER" } });
    let _ = shop.gql(PAY, by_transfer).await.ok();
    let other = cart_of(&shop, "bob@example.org").await;
    let _ = attempt(&shop, &other, "tok_success").await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_mistakes_then_the_right_card_is_accepted() {
    let processes = shop().await;
    let shop = processes.storefront(0);
    let cart = cart_of(&shop, "ada@example.org").await;
    for token in ["tok_declined", "tok_insufficient_funds", "tok_declined", "tok_declined"] {
        assert!(!attempt(&shop, &cart, token).await.user_errors().is_empty());
    }
    let _ = attempt(&shop, &cart, "tok_success").await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_carts_do_not_evade_the_limits_of_the_address_and_the_network() {
    let settings = vec![("MERCATOR_DECLINES_PER_NETWORK", "14".to_owned())];
    let processes = Processes::start_with(Plan { workers: 0, ..Plan::default() }, settings).await;
    let shop = processes.storefront(0);
    for _ in 0..3 {
        let cart = cart_of(&shop, "ada@example.org").await;
        for _ in 0..4 {
            assert_eq!(attempt(&shop, &cart, "tok_declined").await.user_error_code(), "DECLINED");
        }
    }
    let cart = cart_of(&shop, "Ada@example.org").await;
    assert_eq!(attempt(&shop, &cart, "tok_success").await.user_error_code(), "THROTTLED", "twelve of one address");
    for email in ["bob@example.org", "carl@example.org"] {
        let cart = cart_of(&shop, email).await;
        assert_eq!(attempt(&shop, &cart, "tok_declined").await.user_error_code(), "DECLINED");
    }
    let cart = cart_of(&shop, "dora@example.org").await;
    assert_eq!(attempt(&shop, &cart, "tok_success").await.user_error_code(), "THROTTLED", "fourteen of the network");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_attempts_on_two_servers_are_limited() {
    let processes = Processes::start(Plan { servers: 2, workers: 0, ..Plan::default() }).await;
    let shops = [processes.storefront(0), processes.storefront(1)];
    let cart = cart_of(&shops[0], "ada@example.org").await;
    let answers = join_all((0..40).map(|at| attempt(&shops[at % 2], &cart, "tok_declined"))).await;
    let refused = answers.iter().filter(|answer| answer.user_error_code() == "THROTTLED").count();
    // Six declines, and at most ten that were in progress when the sixth was counted.
    assert!(answers.len() - refused <= 16, "{refused} of 40 were refused");
    assert_eq!(attempt(&shops[0], &cart, "tok_success").await.user_error_code(), "THROTTLED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_authentications_count_as_declined() {
    let processes = shop().await;
    let shop = processes.storefront(0);
    let cart = cart_of(&shop, "ada@example.org").await;
    for _ in 0..6 {
        let payment = attempt(&shop, &cart, "tok_3ds").await.ok();
        let url = payment.text("/cartPaymentCreate/payment/action/url");
        let denied = reqwest::Client::new().post(format!("{url}/deny")).send().await.unwrap();
        assert!(denied.status().is_success() || denied.status().is_redirection(), "{}", denied.status());
        eventually("the denial", SOON, async || {
            let answer = shop.gql(crate::purchase::COMPLETE, json!({ "input": { "cartId": cart } })).await;
            (answer.user_error_code() == "PAYMENT_REQUIRED").then_some(())
        })
        .await;
    }
    assert_eq!(attempt(&shop, &cart, "tok_success").await.user_error_code(), "THROTTLED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_are_counted_per_gateway() {
    let processes = shop().await;
    let shop = processes.storefront(0);
    let cart = cart_of(&shop, "ada@example.org").await;
    for token in ["tok_declined", "tok_declined", "tok_success"] {
        let _ = attempt(&shop, &cart, token).await;
    }
    let text =
        reqwest::get(format!("http://{}/metrics", processes.servers[0].address)).await.unwrap().text().await.unwrap();
    for line in [
        "mercator_gateway_decisions_total{gateway=\"sandbox-a\",outcome=\"authorized\"} 1",
        "mercator_gateway_decisions_total{gateway=\"sandbox-a\",outcome=\"declined\"} 2",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}");
    }
}
