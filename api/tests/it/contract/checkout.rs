//! Payment, completion and the order as its buyer sees it.

use insta::assert_json_snapshot;
use serde_json::json;

use super::{cart_flow::Cart, operations, shown, storefront, stream::Stream};
use crate::processes::{Plan, Processes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_payment_and_completion_run() {
    let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let shop = storefront(&processes, "");
    let cart = Cart::with_tee(&shop).await;
    assert_json_snapshot!("complete_without_payment", shown(&cart.complete().await));
    assert_json_snapshot!("pay_declined", shown(&cart.pay("tok_declined").await));
    assert_json_snapshot!("pay_with_redirect", shown(&cart.pay("tok_3ds").await));
    assert_json_snapshot!("pay", shown(&cart.pay("tok_success").await));
    let input = json!({ "cartId": cart.id, "expectedVersion": 99, "idempotencyKey": "stale" });
    assert_json_snapshot!("complete_too_late", shown(&shop.gql(operations::COMPLETE, json!({ "input": input })).await));
    let placed = cart.complete().await;
    assert_json_snapshot!("complete", shown(&placed));
    assert_eq!(cart.complete().await.body, placed.body, "a retry is answered alike");
    assert_json_snapshot!("cart_page_of_an_order", shown(&cart.page().await));
    let order = json!({ "id": placed.text("/cartComplete/order/id"), "token": cart.token });
    assert_json_snapshot!("order_page", shown(&shop.gql(operations::ORDER_PAGE, order).await));
    let stranger = json!({ "id": placed.text("/cartComplete/order/id"), "token": "wrong" });
    assert_json_snapshot!("order_page_of_a_stranger", shown(&shop.gql(operations::ORDER_PAGE, stranger).await));
    let transfer = Cart::with_tee(&shop).await;
    let input = json!({ "cartId": transfer.id, "method": "BANK_TRANSFER", "idempotencyKey": "transfer" });
    assert_json_snapshot!("pay_by_transfer", shown(&shop.gql(operations::PAY, json!({ "input": input })).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_order_subscription_reports_fulfillment() {
    let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let shop = storefront(&processes, "");
    let staff = processes.staff("admin@demo.test").await;
    let cart =
        Cart::with(&shop, &[("classic-tee", "TEE-S-SAND", 900)]).await.sent_to("DE", None).await.by("standard").await;
    let order = cart.buy().await;
    let watch =
        r#"subscription { orderUpdated(id: "gid://…", token: "…") { status paymentStatus fulfillmentStatus } }"#;
    let watch = watch.replace("gid://…", &order).replace("\"…\"", &format!("\"{}\"", cart.token));
    let stream = Stream::open(&processes.servers[0].address, &watch).await;
    let lines = staff.gql("query($id: ID!) { order(id: $id) { lines { id } } }", json!({ "id": order })).await;
    let line = lines.text("/order/lines/0/id");
    let send = "mutation($o: ID!, $l: ID!) { orderFulfill(input: { orderId: $o, lines: [{ lineId: $l, quantity: 1 }] }) { userErrors { code } } }";
    let variables = json!({ "o": order, "l": line });
    let seen = stream.first_while(async || drop(staff.gql(send, variables.clone()).await.ok())).await;
    let expected =
        json!({ "status": "OPEN", "paymentStatus": "AUTHORIZED", "fulfillmentStatus": "PARTIALLY_FULFILLED" });
    assert_eq!(seen, json!({ "data": { "orderUpdated": expected } }));
}

/// Fifty concurrent completions of one paid cart on two servers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_completions_on_two_servers_return_one_order() {
    let processes = Processes::start(Plan { servers: 2, ..Plan::default() }).await;
    let shops = [processes.storefront(0), processes.storefront(1)];
    let cart = Cart::with_tee(&shops[0]).await;
    let _ = cart.pay("tok_success").await.ok();
    let complete = async |caller: usize| {
        let input = json!({ "cartId": cart.id, "idempotencyKey": format!("caller {caller}") });
        shops[caller % 2].gql(operations::COMPLETE, json!({ "input": input })).await.ok().text("/cartComplete/order/id")
    };
    let orders = futures_util::future::join_all((0..50).map(complete)).await;
    assert!(orders.iter().all(|order| *order == orders[0]), "{orders:?}");
    let staff = processes.staff("admin@demo.test").await;
    let count = staff.gql("{ orders(first: 5) { totalCount } }", json!({})).await;
    assert_eq!(count.at("/orders/totalCount"), 1);
    assert_eq!(processes.charges().await.len(), 1);
}
