//! Several clerks and jobs at once: no unit and no amount is counted twice or lost.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::Answer;

use super::Shop;

fn done(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.body["errors"].is_null() && answer.user_errors().is_empty()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clerks_who_fulfill_and_cancel_at_once_keep_the_stock() {
    let shop = Shop::open().await;
    let order = shop.paid_order(4).await;
    let fulfill =
        "mutation($o: ID!) { orderFulfill(input: { orderId: $o }) { fulfillment { id } userErrors { code } } }";
    let answers = join_all((0..6).map(|_| shop.ask(fulfill, json!({ "o": order.id })))).await;
    assert_eq!(done(&answers), 1);
    assert_eq!(shop.stock().await, [(6, 0), (5, 0)]);
    let sent = answers.iter().find(|answer| answer.user_errors().is_empty()).unwrap();
    let sent = sent.text("/orderFulfill/fulfillment/id");
    let cancel = "mutation($f: ID!) { fulfillmentCancel(input: { fulfillmentId: $f }) { order { status } userErrors { code } } }";
    let cancels = (0..4).map(|_| shop.ask(cancel, json!({ "f": sent })));
    let fulfills = (0..4).map(|_| shop.ask(fulfill, json!({ "o": order.id })));
    let (_, again) = tokio::join!(join_all(cancels), join_all(fulfills));
    let seen = shop.see(&order.id, "lines { fulfilledQuantity quantity }").await;
    let fulfilled = seen["lines"][0]["fulfilledQuantity"].as_i64().unwrap();
    assert!(fulfilled == 0 || fulfilled == 4, "{seen}");
    assert_eq!(fulfilled, if done(&again) == 0 { 0 } else { 4 });
    assert_eq!(shop.stock().await, [(10 - fulfilled, 4 - fulfilled), (5, 0)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_receipt_is_recorded_once_per_key() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let answers = join_all((0..6).map(|_| shop.mark_paid(&order.id, json!("5.00"), "same"))).await;
    let captured = |answer: &Answer| answer.at("/orderMarkPaid/payment/capturedAmount/amount").clone();
    assert!(answers.iter().filter(|answer| answer.body["errors"].is_null()).all(|answer| captured(answer) == "5.00"));
    let all = (0..3).map(|at| format!("key {at}")).collect::<Vec<_>>();
    let _ = join_all(all.iter().map(|key| shop.mark_paid(&order.id, json!("1.00"), key))).await;
    let last = shop.mark_paid(&order.id, json!("1.00"), "key 0").await.ok();
    assert_eq!(captured(&last), "8.00");
    assert_eq!(shop.app.database.count("payment_transactions WHERE kind = 'CAPTURE'").await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_receipt_and_the_expiry_exclude_each_other() {
    let mut shop = Shop::open().await;
    let mut orders = Vec::new();
    for _ in 0..4 {
        orders.push(shop.order(1).await);
    }
    shop.later(chrono::TimeDelta::hours(80)).await;
    for order in &orders {
        let (receipt, ()) =
            tokio::join!(shop.mark_paid(&order.id, Value::Null, "all"), shop.job("orders.expire", &order.id));
        let _ = receipt.ok();
        let seen = shop.see(&order.id, "status paymentStatus payments { capturedAmount { amount } }").await;
        assert_eq!(seen["payments"][0]["capturedAmount"]["amount"], "14.90", "{seen}");
        assert_eq!(seen["paymentStatus"], "PAID");
        assert!(["OPEN", "EXPIRED"].contains(&seen["status"].as_str().unwrap()), "{seen}");
    }
    let open = shop.app.database.count("orders WHERE status = 'OPEN'").await;
    let allocated: i64 = shop.stock().await.iter().map(|(_, allocated)| allocated).sum();
    assert_eq!(usize::try_from(allocated).unwrap(), open, "open orders keep their stock, expired ones do not");
}
