//! Keys and versions of staff operations on orders and payments.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::Answer;

use super::{REUSED, Shop, is_invalid, no_keys};

const CONFLICT: &str = "VERSION_CONFLICT";

impl Shop {
    /// Sends a mutation with its input to the admin API.
    async fn office(&self, mutation: &str, input: Value) -> Answer {
        let mut kind = mutation.to_owned();
        kind[..1].make_ascii_uppercase();
        let shows = match mutation {
            "orderFulfill" => "fulfillment { id }",
            "orderCancel" => "order { status }",
            "orderRefund" | "paymentRefund" => "refund { id }",
            _ => "payment { id }",
        };
        let query = format!(
            "mutation($i: {kind}Input!) {{ {mutation}(input: $i) {{ {shows} userErrors {{ code field message }} }} }}"
        );
        self.staff.gql(&query, json!({ "i": input })).await
    }

    async fn version(&self, order: &str) -> i64 {
        let seen = self.staff.gql("query($o: ID!) { order(id: $o) { version } }", json!({ "o": order })).await;
        seen.at("/order/version").as_i64().unwrap()
    }

    /// The captured and refunded totals of all charges at the gateways.
    async fn moved(&self) -> (i64, i64) {
        let charges = self.processes.charges().await;
        let sum = |of: &str| charges.iter().map(|charge| charge[of].as_i64().unwrap()).sum::<i64>();
        (sum("captured"), sum("refunded"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_captures_and_refunds_with_one_key_apply_once() {
    let shop = Shop::open().await;
    let (order, payment) = shop.order().await;
    let capture = json!({ "paymentId": payment, "amount": "10.00", "idempotencyKey": "take" });
    let answers = join_all((0..8).map(|_| shop.office("paymentCapture", capture.clone()))).await;
    assert!(answers.iter().all(|answer| answer.user_errors().is_empty()), "{}", answers[0].body);
    assert_eq!(shop.moved().await, (1_000, 0));
    let refund = json!({ "orderId": order, "amount": "4.00", "reason": "late", "idempotencyKey": "give" });
    let answers = join_all((0..8).map(|_| shop.office("orderRefund", refund.clone()))).await;
    assert!(answers.iter().all(|answer| answer.at("/orderRefund/refund") == answers[0].at("/orderRefund/refund")));
    assert_eq!(shop.moved().await, (1_000, 400));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_staff_key_is_bound_to_one_input() {
    let shop = Shop::open().await;
    let (order, payment) = shop.order().await;
    let (another, its_payment) = shop.order().await;
    let reused = async |mutation: &str, input: Value| {
        assert_eq!(shop.office(mutation, input).await.user_error_code(), REUSED, "{mutation}");
    };
    let _ = shop.office("paymentCapture", json!({ "paymentId": payment, "idempotencyKey": "take" })).await.ok();
    reused("paymentCapture", json!({ "paymentId": its_payment, "idempotencyKey": "take" })).await;
    reused("paymentCapture", json!({ "paymentId": payment, "amount": "24.80", "idempotencyKey": "take" })).await;
    let late = json!({ "orderId": order, "amount": "1.00", "reason": "late", "idempotencyKey": "give" });
    let first = shop.office("orderRefund", late.clone()).await.ok();
    assert_eq!(shop.office("orderRefund", late.clone()).await.ok().data(), first.data());
    reused("orderRefund", json!({ "orderId": another, "amount": "1.00", "reason": "late", "idempotencyKey": "give" }))
        .await;
    reused("orderRefund", json!({ "orderId": order, "amount": "1.00", "reason": "lost", "idempotencyKey": "give" }))
        .await;
    assert_eq!(shop.moved().await, (2_480, 100), "the other order's money is not even taken");
    let void = json!({ "paymentId": its_payment, "idempotencyKey": "let go" });
    let _ = shop.office("paymentVoid", void.clone()).await.ok();
    let _ = shop.office("paymentVoid", void).await.ok();
    reused("paymentVoid", json!({ "paymentId": payment, "idempotencyKey": "let go" })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capture_key_returns_its_result_after_cancellation() {
    let shop = Shop::open().await;
    let (order, payment) = shop.order().await;
    let capture = json!({ "paymentId": payment, "idempotencyKey": "take" });
    let first = shop.office("paymentCapture", capture.clone()).await.ok();
    let cancel = json!({ "orderId": order, "reason": "CUSTOMER", "idempotencyKey": "off" });
    let canceled = shop.office("orderCancel", cancel.clone()).await.ok();
    assert_eq!(shop.office("orderCancel", cancel).await.ok().data(), canceled.data());
    assert_eq!(shop.office("paymentCapture", capture).await.ok().data(), first.data());
    let stock = json!({ "orderId": order, "reason": "OTHER", "idempotencyKey": "off" });
    assert_eq!(shop.office("orderCancel", stock).await.user_error_code(), REUSED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_key_fulfills_once() {
    let shop = Shop::open().await;
    let (order, _) = shop.order().await;
    let send = json!({ "orderId": order, "idempotencyKey": "parcel" });
    let answers = join_all((0..4).map(|_| shop.office("orderFulfill", send.clone()))).await;
    assert!(answers.iter().all(|answer| answer.user_errors().is_empty() && answer.data() == answers[0].data()));
    let parcels =
        shop.staff.gql("query($o: ID!) { order(id: $o) { fulfillments { id } } }", json!({ "o": order })).await;
    assert_eq!(parcels.at("/order/fulfillments").as_array().unwrap().len(), 1, "{}", parcels.body);
    let (another, _) = shop.order().await;
    let other = json!({ "orderId": another, "idempotencyKey": "parcel" });
    assert_eq!(shop.office("orderFulfill", other).await.user_error_code(), REUSED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_order_version_is_refused() {
    let shop = Shop::open().await;
    let (order, payment) = shop.order().await;
    let seen = shop.version(&order).await;
    let stale = |more: Value| {
        let mut input = json!({ "orderId": order, "expectedVersion": seen + 1 });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    for (mutation, more) in
        [("orderFulfill", json!({})), ("orderCancel", json!({ "reason": "CUSTOMER" })), ("orderRefund", json!({}))]
    {
        let refused = shop.office(mutation, stale(more)).await;
        assert_eq!(refused.user_error_code(), CONFLICT, "{mutation}");
        assert_eq!(refused.user_errors()[0]["field"], json!(["expectedVersion"]));
    }
    assert_eq!((shop.moved().await, shop.version(&order).await), ((0, 0), seen));
    let _ = shop.office("paymentCapture", json!({ "paymentId": payment })).await.ok();
    let seen = shop.version(&order).await;
    let refund = json!({ "orderId": order, "amount": "2.00", "expectedVersion": seen });
    let answers = join_all((0..4).map(|_| shop.office("orderRefund", refund.clone()))).await;
    let refused = answers.iter().filter(|answer| !answer.user_errors().is_empty());
    assert!(refused.clone().all(|answer| answer.user_error_code() == CONFLICT));
    assert_eq!((refused.count(), shop.moved().await), (3, (2_480, 200)));
    let send = json!({ "orderId": order, "expectedVersion": shop.version(&order).await });
    let _ = shop.office("orderFulfill", send).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invalid_key_is_refused_without_a_change_for_staff() {
    let shop = Shop::open().await;
    let (order, payment) = shop.order().await;
    let seen = shop.version(&order).await;
    for key in no_keys() {
        for mutation in ["paymentCapture", "paymentVoid", "paymentRefund"] {
            assert!(is_invalid(&shop.office(mutation, json!({ "paymentId": payment, "idempotencyKey": key })).await));
        }
        for mutation in ["orderFulfill", "orderRefund"] {
            assert!(is_invalid(&shop.office(mutation, json!({ "orderId": order, "idempotencyKey": key })).await));
        }
        let cancel = json!({ "orderId": order, "reason": "CUSTOMER", "idempotencyKey": key });
        assert!(is_invalid(&shop.office("orderCancel", cancel).await));
    }
    assert_eq!((shop.moved().await, shop.version(&order).await), ((0, 0), seen));
}
