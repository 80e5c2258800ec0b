//! Orders canceled during captures and refunds: the ledger matches the gateways afterwards.

use std::collections::BTreeMap;

use model::{
    access::Actor,
    ids::{OrderId, PaymentId},
    ledger::LedgerAccount,
    orders::{CancelReason, OrderStatus},
    payments::{OperationRefused, Payment, PaymentStatus},
};
use serde_json::json;
use services::{
    jobs::JobError,
    orders::{self, CancelOrder},
    payments::{self, OperationError, OperationRule, RefundOrder},
    worker,
};

use super::harness::{PaymentHarness, eur};

async fn job(harness: &PaymentHarness, kind: &str, payment: PaymentId) -> Result<(), JobError> {
    worker::run_job(harness.app(), kind, json!({ "paymentId": payment })).await
}

fn cancellation(order_id: OrderId, refund: bool) -> CancelOrder {
    let reason = CancelReason::Customer;
    CancelOrder { order_id, reason, restock: true, refund, expected_version: None, idempotency_key: None }
}

async fn cancel(harness: &PaymentHarness, order: OrderId) {
    let input = cancellation(order, true);
    let order = orders::cancel(harness.app(), &Actor::System, input).await.unwrap();
    assert_eq!(order.status, OrderStatus::Canceled);
}

/// Captures a part of a payment under a key.
async fn capture(harness: &PaymentHarness, payment: &Payment, minor: i64, key: &str) {
    let key = Some(key.parse().unwrap());
    payments::capture(harness.app(), &Actor::System, payment.id, Some(eur(minor)), key).await.unwrap();
}

/// Refunds a part during an outage; the refund stays in progress. Returns its job.
async fn refund_during_outage(harness: &PaymentHarness, payment: &Payment, minor: i64) {
    let gateway = harness.gateway(&payment.gateway);
    gateway.outage(60).await;
    refund_again(harness, payment, minor).await;
    gateway.outage(0).await;
}

async fn refund_again(harness: &PaymentHarness, payment: &Payment, minor: i64) {
    let key = Some("before".parse().unwrap());
    payments::refund_payment(harness.app(), &Actor::System, payment.id, Some(eur(minor)), None, key).await.unwrap();
}

/// Asserts that the ledger matches the gateways, and that canceled orders have no receivable.
async fn assert_books_agree(harness: &PaymentHarness) {
    harness.assert_ledger_balances().await;
    let balances = payments::balances(harness.app(), &Actor::System).await.unwrap();
    let of = |account: &LedgerAccount| {
        let found = balances.iter().find(|balance| balance.account == *account);
        found.map_or(0, |balance| balance.debit.minor - balance.credit.minor)
    };
    let mut held: BTreeMap<&str, i64> = BTreeMap::new();
    for (name, gateway) in ["sandbox-a", "sandbox-b"].into_iter().zip(&harness.gateways) {
        let charges = gateway.charges().await;
        let kept =
            |charge: &serde_json::Value| charge["captured"].as_i64().unwrap() - charge["refunded"].as_i64().unwrap();
        held.insert(name, charges.iter().map(kept).sum());
    }
    for (name, kept) in held {
        assert_eq!(of(&LedgerAccount::Gateway(name.to_owned())), kept, "{name}: {balances:?}");
    }
    assert_eq!(of(&LedgerAccount::Receivable), 0, "{balances:?}");
}

/// Asserts that refunded orders leave no tax in the ledger.
async fn assert_no_tax_is_left(harness: &PaymentHarness) {
    let balances = payments::balances(harness.app(), &Actor::System).await.unwrap();
    let tax = balances.iter().find(|balance| balance.account == LedgerAccount::Tax);
    assert!(tax.is_none_or(|tax| tax.debit == tax.credit), "{balances:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canceling_during_a_capture_refunds_it() {
    let harness = PaymentHarness::new().await;
    let (payment, order) = harness.buy("tok_success").await;
    let gateway = harness.gateway(&payment.gateway);
    gateway.outage(60).await;
    job(&harness, "payments.capture", payment.id).await.unwrap_err();
    cancel(&harness, order).await;
    gateway.outage(0).await;

    let early = job(&harness, "payments.void", payment.id).await;
    assert!(matches!(early, Err(JobError::Retry(_))), "{early:?}");
    harness.finish_operations(payment.id).await;
    assert_eq!(harness.record(payment.id).await.payment.status, PaymentStatus::Captured);
    job(&harness, "payments.void", payment.id).await.unwrap();
    assert!(harness.waits_for("payments.refund").await, "the refund follows from what was learnt");
    for _ in 0..2 {
        job(&harness, "payments.refund", payment.id).await.unwrap();
    }

    assert_eq!(harness.record(payment.id).await.payment.status, PaymentStatus::Refunded);
    assert_eq!(harness.charges_of(payment.id).await[0]["refunded"], 1990);
    assert_books_agree(&harness).await;
    assert_no_tax_is_left(&harness).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canceling_during_a_refund_refunds_the_rest_once() {
    let harness = PaymentHarness::new().await;
    let (payment, order) = harness.buy("tok_success").await;
    job(&harness, "payments.capture", payment.id).await.unwrap();
    refund_during_outage(&harness, &payment, 500).await;
    cancel(&harness, order).await;
    // An older version wrote this job; its amount exceeds the amount that is left now.
    let old = json!({ "paymentId": payment.id, "amount": eur(1990), "key": format!("cancel {order}") });
    worker::run_job(harness.app(), "payments.refund", old).await.unwrap();
    let waiting = job(&harness, "payments.refund", payment.id).await;
    assert!(matches!(waiting, Err(JobError::Retry(_))), "{waiting:?}");
    refund_again(&harness, &payment, 500).await;
    job(&harness, "payments.refund", payment.id).await.unwrap();

    let record = harness.record(payment.id).await;
    assert_eq!((record.payment.status, record.payment.refunded), (PaymentStatus::Refunded, eur(1990)));
    assert_books_agree(&harness).await;
    assert_no_tax_is_left(&harness).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canceling_after_a_partial_capture_captures_no_more() {
    let harness = PaymentHarness::new().await;
    let (payment, order) = harness.buy("tok_success").await;
    let app = harness.app();
    capture(&harness, &payment, 990, "part").await;
    cancel(&harness, order).await;
    let refused = payments::capture(app, &Actor::System, payment.id, None, Some("rest".parse().unwrap())).await;
    assert!(
        matches!(refused, Err(OperationError::Rule(OperationRule::Refused(OperationRefused::Status(_))))),
        "{refused:?}"
    );
    job(&harness, "payments.capture", payment.id).await.unwrap();
    job(&harness, "payments.refund", payment.id).await.unwrap();
    let charge = harness.charges_of(payment.id).await.remove(0);
    assert_eq!((&charge["captured"], &charge["refunded"]), (&json!(990), &json!(990)));
    assert_books_agree(&harness).await;
    assert_no_tax_is_left(&harness).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canceling_without_refund_keeps_captures_and_stops() {
    let harness = PaymentHarness::new().await;
    let (payment, order) = harness.buy("tok_success").await;
    capture(&harness, &payment, 990, "part").await;
    let input = cancellation(order, false);
    orders::cancel(harness.app(), &Actor::System, input).await.unwrap();
    let refused =
        payments::capture(harness.app(), &Actor::System, payment.id, None, Some("rest".parse().unwrap())).await;
    assert!(
        matches!(refused, Err(OperationError::Rule(OperationRule::OrderEnded(OrderStatus::Canceled)))),
        "{refused:?}"
    );
    assert_eq!(harness.record(payment.id).await.payment.captured, eur(990));
    assert_books_agree(&harness).await;
}

/// The captured and refunded amounts of a payment at the gateway.
async fn moved(harness: &PaymentHarness, payment: &Payment) -> (i64, i64) {
    let charge = harness.charges_of(payment.id).await.remove(0);
    (charge["captured"].as_i64().unwrap(), charge["refunded"].as_i64().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn captures_after_a_cancel_without_refund_are_refunded() {
    let harness = PaymentHarness::new().await;
    let (payment, order) = harness.buy("tok_success").await;
    capture(&harness, &payment, 990, "part").await;
    payments::refund_payment(harness.app(), &Actor::System, payment.id, Some(eur(100)), None, None).await.unwrap();
    let gateway = harness.gateway(&payment.gateway);
    gateway.outage(60).await;
    capture(&harness, &payment, 600, "under way").await;
    orders::cancel(harness.app(), &Actor::System, cancellation(order, false)).await.unwrap();
    gateway.outage(0).await;
    assert_books_agree(&harness).await;

    harness.finish_operations(payment.id).await;
    assert_eq!(moved(&harness, &payment).await, (1590, 100));
    assert!(harness.waits_for("payments.refund").await, "the refund follows from what was learnt");
    for _ in 0..2 {
        job(&harness, "payments.refund", payment.id).await.unwrap();
    }
    assert_eq!(moved(&harness, &payment).await, (1590, 700));
    assert_books_agree(&harness).await;

    // The captured amount that was kept is still a sale and can be refunded.
    let key = Some("all".parse().unwrap());
    payments::refund_payment(harness.app(), &Actor::System, payment.id, None, None, key).await.unwrap();
    assert_eq!(moved(&harness, &payment).await, (1590, 1590));
    assert_books_agree(&harness).await;
    assert_no_tax_is_left(&harness).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn captures_before_a_cancel_without_refund_are_kept() {
    let harness = PaymentHarness::new().await;
    let (payment, order) = harness.buy("tok_success").await;
    capture(&harness, &payment, 990, "part").await;
    let gateway = harness.gateway(&payment.gateway);
    gateway.outage(60).await;
    capture(&harness, &payment, 600, "under way").await;
    gateway.outage(0).await;
    harness.finish_operations(payment.id).await;
    orders::cancel(harness.app(), &Actor::System, cancellation(order, false)).await.unwrap();
    assert!(!harness.waits_for("payments.refund").await);
    job(&harness, "payments.refund", payment.id).await.unwrap();
    assert_eq!(moved(&harness, &payment).await, (1590, 0));
    assert_books_agree(&harness).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_during_an_outage_is_completed_later() {
    let harness = PaymentHarness::new().await;
    let (payment, order) = harness.buy("tok_success").await;
    let gateway = harness.gateway(&payment.gateway);
    gateway.outage(60).await;
    let input = RefundOrder {
        order_id: order,
        amount: None,
        reason: None,
        idempotency_key: Some("key".parse().unwrap()),
        expected_version: None,
    };
    let refused = payments::refund_order(harness.app(), &Actor::System, input.clone()).await;
    assert!(matches!(refused, Err(OperationError::Rule(OperationRule::Unavailable(_)))), "{refused:?}");
    gateway.outage(0).await;
    let (record, _) = payments::refund_order(harness.app(), &Actor::System, input).await.unwrap();
    assert_eq!(record.payment.status, PaymentStatus::Refunded);
    assert_books_agree(&harness).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_with_a_version_can_be_repeated_after_an_outage() {
    let harness = PaymentHarness::new().await;
    for is_captured_meanwhile in [false, true] {
        let (payment, order) = harness.buy("tok_success").await;
        let gateway = harness.gateway(&payment.gateway);
        gateway.outage(60).await;
        let input = RefundOrder {
            order_id: order,
            amount: Some(eur(500)),
            reason: None,
            idempotency_key: Some(format!("key {order}").parse().unwrap()),
            expected_version: Some(1),
        };
        for _ in 0..2 {
            let refused = payments::refund_order(harness.app(), &Actor::System, input.clone()).await;
            assert!(matches!(refused, Err(OperationError::Rule(OperationRule::Unavailable(_)))), "{refused:?}");
        }
        gateway.outage(0).await;
        if is_captured_meanwhile {
            job(&harness, "payments.capture", payment.id).await.unwrap();
        }
        let (record, _) = payments::refund_order(harness.app(), &Actor::System, input.clone()).await.unwrap();
        assert_eq!(record.payment.refunded, eur(500));
        let late = RefundOrder { idempotency_key: Some(format!("other {order}").parse().unwrap()), ..input };
        let refused = payments::refund_order(harness.app(), &Actor::System, late).await;
        assert!(matches!(refused, Err(OperationError::Rule(OperationRule::Changed(_)))), "{refused:?}");
    }
}

/// One order for each outcome; afterwards the ledger must match the gateways.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_matches_the_gateways_after_mixed_operations() {
    let harness = PaymentHarness::new().await;
    let mut goods = Vec::new();
    for _ in 0..5 {
        goods.push(harness.buy("tok_success").await);
    }
    let goods: [_; 5] = goods.try_into().unwrap();
    let [(kept, _), (returned, _), (voided, off), (late, off_late), (part, off_part)] = goods;
    for payment in [kept.id, returned.id] {
        job(&harness, "payments.capture", payment).await.unwrap();
    }
    let key = Some("part".parse().unwrap());
    let asked = payments::refund_payment(harness.app(), &Actor::System, returned.id, Some(eur(333)), None, key).await;
    asked.unwrap();
    cancel(&harness, off).await;
    job(&harness, "payments.void", voided.id).await.unwrap();
    harness.gateway(&late.gateway).outage(60).await;
    job(&harness, "payments.capture", late.id).await.unwrap_err();
    cancel(&harness, off_late).await;
    harness.gateway(&late.gateway).outage(0).await;
    harness.finish_operations(late.id).await;
    capture(&harness, &part, 990, "part").await;
    cancel(&harness, off_part).await;
    for payment in [late.id, part.id] {
        job(&harness, "payments.refund", payment).await.unwrap();
    }
    assert_books_agree(&harness).await;
}
