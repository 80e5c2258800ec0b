//! Later events of a subscription and later mutations of a request read current data, not data loaded before.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient, eventually};

use crate::{
    processes::{Plan, Processes},
    purchase::{cart_ready_to_pay, complete, pay, variant},
};

const SOON: Duration = Duration::from_secs(30);

/// Places a paid order of many T-shirts; returns its id, its token and the id of its line.
async fn order(shop: &GraphqlClient, staff: &GraphqlClient) -> (String, String, String) {
    let tee = variant(shop, "classic-tee", "TEE-M-NAVY").await;
    let (cart, token) = cart_ready_to_pay(shop, &tee).await;
    let add =
        "mutation($c: ID!, $v: ID!) { cartLinesAdd(input: { cartId: $c, lines: [{ variantId: $v, quantity: 9 }] }) {
        userErrors { code } } }";
    let _ = shop.gql(add, json!({ "c": cart, "v": tee })).await.ok();
    let _ = pay(shop, &cart, "tok_success").await.ok();
    let order = complete(shop, &cart).await.ok().text("/cartComplete/order/id");
    let line = staff.gql("query($o: ID!) { order(id: $o) { lines { id } } }", json!({ "o": order })).await.ok();
    (order, token, line.text("/order/lines/0/id"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn order_events_show_the_fulfillments_at_that_time() {
    let shop = Processes::start(Plan::default()).await;
    let (here, staff) = (shop.storefront(0), shop.staff("admin@demo.test").await);
    let (order, token, line) = order(&here, &staff).await;
    let send = async || -> Answer {
        let send =
            "mutation($o: ID!, $l: ID!) { orderFulfill(input: { orderId: $o, lines: [{ lineId: $l, quantity: 1 }] }) {
            userErrors { code message } } }";
        staff.gql(send, json!({ "o": order, "l": line })).await
    };
    let watch = "subscription($o: ID!, $t: String) { orderUpdated(id: $o, token: $t) { fulfillments { status } events { kind } } }";
    let mut events = here.subscribe(watch, json!({ "o": order, "t": token })).await;
    let mut reading = tokio::spawn(async move {
        let first = events.next().await.unwrap();
        (first, events)
    });
    let (first, mut events) = eventually("the first event", SOON, async || {
        // The subscription may start after the first change, and a payment in progress refuses some changes.
        let _ = send().await;
        tokio::time::timeout(Duration::from_millis(500), &mut reading).await.ok()
    })
    .await
    .unwrap();
    let seen = |event: &Value, field: &str| event["data"]["orderUpdated"][field].as_array().unwrap().len();
    let _ = send().await.ok();
    let more = async {
        loop {
            let event = events.next().await.unwrap();
            // For an event of another change, one field may be read before the fulfillment exists, and another after.
            if ["fulfillments", "events"].iter().all(|field| seen(&event, field) > seen(&first, field)) {
                return;
            }
        }
    };
    tokio::time::timeout(SOON, more).await.expect("an event with the new parcel");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_mutation_sees_the_previous_one() {
    let shop = Processes::start(Plan::default()).await;
    let (here, staff) = (shop.storefront(0), shop.staff("admin@demo.test").await);
    let (order, _, line) = order(&here, &staff).await;
    let twice = "mutation($o: ID!, $l: ID!) {
        a: orderFulfill(input: { orderId: $o, lines: [{ lineId: $l, quantity: 1 }] }) { order { fulfillments { id } } userErrors { code } }
        b: orderFulfill(input: { orderId: $o, lines: [{ lineId: $l, quantity: 1 }] }) { order { fulfillments { id } } userErrors { code } } }";
    let sent = eventually("the order may be sent", SOON, async || {
        let answer = staff.gql(twice, json!({ "o": order, "l": line })).await;
        answer.user_errors().is_empty().then_some(answer)
    })
    .await;
    let parcels = |field: &str| sent.at(&format!("/{field}/order/fulfillments")).as_array().unwrap().len();
    assert_eq!(parcels("b"), parcels("a") + 1, "{}", sent.body);
}
