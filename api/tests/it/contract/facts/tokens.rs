//! The final outcome of each card token, compared with the records of the gateways.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{GraphqlClient, eventually};

use super::super::{cart_flow::Cart, storefront};
use crate::processes::{Plan, Processes};

const PATIENCE: Duration = Duration::from_mins(2);

async fn demo() -> (Processes, GraphqlClient) {
    let processes = Processes::start(Plan::default()).await;
    let shop = storefront(&processes, "");
    (processes, shop)
}

/// Waits until an order has the expected state.
async fn until(cart: &Cart, order: &str, expected: Value) -> Value {
    eventually(&expected.to_string(), PATIENCE, async || {
        let now = cart.order(order).await;
        let is_so = expected.as_object().unwrap().iter().all(|(member, value)| now[member] == *value);
        is_so.then_some(now)
    })
    .await
}

fn paid() -> Value {
    json!({ "status": "OPEN", "paymentStatus": "PAID" })
}

/// The captured amounts of an order's payments in cents, from the admin API and from the gateways.
async fn assert_charged_once(processes: &Processes, order: &str) {
    let staff = processes.staff("admin@demo.test").await;
    let query = "query($id: ID!) { order(id: $id) { payments { status amount { amount } capturedAmount { amount } transactions { kind gatewayReference } } } }";
    let answer = staff.gql(query, json!({ "id": order })).await;
    let payment = answer.at("/order/payments/0").clone();
    assert_eq!((&payment["capturedAmount"]["amount"], answer.at("/order/payments/1")), (&json!("24.80"), &Value::Null));
    let transactions = payment["transactions"].as_array().unwrap();
    assert_eq!(transactions.iter().filter(|one| one["kind"] == "CAPTURE").count(), 1, "{payment}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paying_cards_are_charged_once() {
    let (processes, shop) = demo().await;
    let outcomes = [
        ("tok_success", "AUTHORIZED", "OPEN"),
        ("tok_slow", "AUTHORIZED", "OPEN"),
        ("tok_dispute", "AUTHORIZED", "OPEN"),
        ("tok_pending", "PENDING", "PENDING_PAYMENT"),
    ];
    let orders = join_all(outcomes.map(async |(token, status, placed)| {
        let cart = Cart::with_tee(&shop).await;
        let payment = cart.pay(token).await.ok();
        assert_eq!(payment.at("/cartPaymentCreate/payment/status"), status, "{token}");
        assert_eq!(payment.at("/cartPaymentCreate/payment/gateway"), "sandbox-a", "{token}");
        let order = cart.complete().await.ok();
        assert_eq!(order.at("/cartComplete/order/status"), placed, "{token}");
        let id = order.text("/cartComplete/order/id");
        until(&cart, &id, paid()).await;
        (token, cart, id)
    }))
    .await;
    for (token, cart, order) in &orders {
        assert_charged_once(&processes, order).await;
        if *token == "tok_dispute" {
            let charged_back = json!({ "kind": "PAYMENT_CHARGED_BACK" });
            eventually("the chargeback", PATIENCE, async || {
                let now = cart.order(order).await;
                now["events"].as_array().unwrap().contains(&charged_back).then_some(())
            })
            .await;
        }
    }
    let charges = processes.charges().await;
    assert_eq!(charges.len(), orders.len(), "one charge for each order: {charges:?}");
    for charge in charges {
        assert_eq!(
            (&charge["amount"], &charge["captured"], &charge["currency"]),
            (&json!(2480), &json!(2480), &json!("EUR"))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timed_out_payment_is_resolved_and_charged_once() {
    let untold = vec![("SANDBOX_MERCATOR_URL", "none".to_owned())];
    let processes = Processes::start_with(Plan::default(), untold).await;
    let cart = Cart::with_tee(&storefront(&processes, "")).await;
    assert_eq!(cart.pay("tok_timeout").await.ok().at("/cartPaymentCreate/payment/status"), "PENDING");
    let order = cart.complete().await.ok();
    assert_eq!(order.at("/cartComplete/order/status"), "PENDING_PAYMENT");
    let order = order.text("/cartComplete/order/id");
    until(&cart, &order, paid()).await;
    assert_charged_once(&processes, &order).await;
    let charges = processes.charges().await;
    assert_eq!((charges.len(), &charges[0]["captured"]), (1, &json!(2480)), "{charges:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failing_cards_leave_no_order_and_no_charge() {
    let (processes, shop) = demo().await;
    for (token, code) in [
        ("tok_declined", "DECLINED"),
        ("tok_insufficient_funds", "INSUFFICIENT_FUNDS"),
        ("tok_unavailable", "GATEWAY_UNAVAILABLE"),
    ] {
        let cart = Cart::with_tee(&shop).await;
        let refused = cart.pay(token).await;
        assert_eq!(refused.user_error_code(), code);
        assert_eq!(refused.at("/cartPaymentCreate/payment/status"), "FAILED");
        assert_eq!(cart.complete().await.user_error_code(), "PAYMENT_REQUIRED", "{token}");
        let order = cart.pay("tok_success").await.ok();
        assert_eq!(order.at("/cartPaymentCreate/payment/status"), "AUTHORIZED", "another card is taken after {token}");
    }
    let charges = processes.charges().await;
    let held = charges.iter().filter(|charge| charge["status"] == "AUTHORIZED").count();
    assert_eq!(held, 3, "{charges:?}");
    assert!(charges.iter().all(|charge| charge["captured"] == 0), "{charges:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_3d_secure_card_pays_after_approval() {
    let (processes, shop) = demo().await;
    let carts = [Cart::with_tee(&shop).await, Cart::with_tee(&shop).await];
    for (cart, choice) in carts.iter().zip(["approve", "deny"]) {
        let payment = cart.pay("tok_3ds").await.ok();
        assert_eq!(payment.at("/cartPaymentCreate/payment/status"), "REQUIRES_ACTION");
        assert_eq!(payment.at("/cartPaymentCreate/payment/action/__typename"), "RedirectAction");
        assert_eq!(cart.complete().await.user_error_code(), "PAYMENT_ACTION_REQUIRED");
        let url = payment.text("/cartPaymentCreate/payment/action/url");
        let chosen = reqwest::Client::new().post(format!("{url}/{choice}")).send().await.unwrap();
        assert!(chosen.status().is_success() || chosen.status().is_redirection(), "{choice}: {}", chosen.status());
    }
    let [approved, denied] = carts;
    let placed = eventually("the approval", PATIENCE, async || {
        let answer = approved.complete().await;
        answer.at("/cartComplete/order/id").as_str().map(str::to_owned)
    })
    .await;
    until(&approved, &placed, paid()).await;
    assert_charged_once(&processes, &placed).await;
    eventually("the denial", PATIENCE, async || {
        (denied.complete().await.user_error_code() == "PAYMENT_REQUIRED").then_some(())
    })
    .await;
    let captured: i64 = processes.charges().await.iter().map(|charge| charge["captured"].as_i64().unwrap()).sum();
    assert_eq!(captured, 2_480);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routing_prefers_by_currency_and_fails_over() {
    let (processes, shop) = demo().await;
    let dollars = storefront(&processes, "channel=us");
    let american = Cart::with(&dollars, &[("classic-tee", "TEE-M-NAVY", 1)])
        .await
        .sent_to("US", Some("CA"))
        .await
        .by("standard")
        .await;
    assert_eq!(american.pay("tok_success").await.ok().at("/cartPaymentCreate/payment/gateway"), "sandbox-b");
    let yen = storefront(&processes, "channel=jp");
    let japanese =
        Cart::with(&yen, &[("classic-tee", "TEE-M-NAVY", 1)]).await.sent_to("JP", None).await.by("standard").await;
    assert_eq!(japanese.pay("tok_success").await.ok().at("/cartPaymentCreate/payment/gateway"), "sandbox-a");

    let faults = reqwest::Client::new().post(format!("http://{}/faults", processes.gateways[0].address));
    let down = faults
        .bearer_auth("sandbox-key")
        .header("content-type", "application/json")
        .body(r#"{ "outageSeconds": 600 }"#);
    assert!(down.send().await.unwrap().status().is_success());
    let cart = Cart::with_tee(&shop).await;
    assert_eq!(cart.pay("tok_success").await.ok().at("/cartPaymentCreate/payment/gateway"), "sandbox-b");
    let order = cart.complete().await.ok().text("/cartComplete/order/id");
    until(&cart, &order, paid()).await;
    assert_charged_once(&processes, &order).await;
}
