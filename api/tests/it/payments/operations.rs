//! Capture, void and refund.

use model::{
    Timestamp,
    access::{Actor, LimitedPermissions, Permission},
    ids::{OrderId, PaymentId},
    ledger::{self, LedgerAccount, PlacedAmounts},
    orders::OrderEventKind,
    payments::{OperationRefused, PaymentMethod, PaymentStatus, TransactionKind, TransactionStatus},
};
use persistence::orders;
use serde_json::json;
use services::{
    payments::{self, OperationError, OperationRule, RefundOrder},
    worker,
};

use super::harness::{PaymentHarness, eur};

fn staff() -> Actor {
    Actor::Staff {
        id: model::ids::StaffUserId::new(),
        permissions: [Permission::PaymentsWrite].into_iter().collect(),
        verified_at: Some(Timestamp::MAX_UTC),
        limited: LimitedPermissions::NONE,
        network: None,
    }
}

async fn capture_job(harness: &PaymentHarness, payment: PaymentId) {
    worker::run_job(harness.app(), "payments.capture", json!({ "paymentId": payment })).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeated_capture_jobs_capture_once() {
    let harness = PaymentHarness::new().await;
    let payment = harness.pay_order("tok_success").await;
    for _ in 0..3 {
        capture_job(&harness, payment.id).await;
    }
    let record = harness.record(payment.id).await;
    assert_eq!((record.payment.status, record.payment.captured), (PaymentStatus::Captured, eur(1990)));
    assert_eq!(harness.charges_of(payment.id).await[0]["captured"], 1990);
    let kinds: Vec<_> = record.transactions.iter().map(|transaction| transaction.kind).collect();
    assert_eq!(kinds, [TransactionKind::Authorize, TransactionKind::Capture]);
    harness.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_after_the_gateway_call_captures_once() {
    let harness = PaymentHarness::new().await;
    let payment = harness.pay_order("tok_success").await;
    let gateway = &harness.gateways[0];
    // The worker recorded the transaction and the gateway executed it; the worker was killed before the response.
    gateway.outage(60).await;
    let job = worker::run_job(harness.app(), "payments.capture", json!({ "paymentId": payment.id })).await;
    assert!(job.is_err());
    gateway.outage(0).await;
    let record = harness.record(payment.id).await;
    let begun = record.transactions.iter().find(|transaction| transaction.kind == TransactionKind::Capture).unwrap();
    assert_eq!(begun.status, TransactionStatus::Pending);
    let charge = record.attempts[0].gateway_reference.clone().unwrap();
    let path = format!("/charges/{charge}/captures");
    let (status, _) = gateway.client().post(&path, &begun.id.uuid().to_string(), &json!({ "amount": 1990 })).await;
    assert_eq!(status, 200);

    capture_job(&harness, payment.id).await;
    assert_eq!(harness.record(payment.id).await.payment.status, PaymentStatus::Captured);
    assert_eq!(harness.charges_of(payment.id).await[0]["captured"], 1990);
    harness.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partial_captures_and_refunds_stay_within_the_rest() {
    let (harness, staff) = (PaymentHarness::new().await, staff());
    let payment = harness.pay_order("tok_success").await;
    let app = harness.app();
    let capture = async |minor, key: &'static str| {
        payments::capture(app, &staff, payment.id, Some(eur(minor)), Some(key.parse().unwrap()))
            .await
            .map(|record| record.payment.status)
    };
    assert_eq!(capture(990, "one").await.unwrap(), PaymentStatus::PartiallyCaptured);
    assert_eq!(capture(990, "one").await.unwrap(), PaymentStatus::PartiallyCaptured);
    let refused = capture(1001, "two").await.unwrap_err();
    assert!(
        matches!(refused, OperationError::Rule(OperationRule::Refused(OperationRefused::TooMuch { left })) if left == eur(1000))
    );
    assert_eq!(capture(1000, "two").await.unwrap(), PaymentStatus::Captured);

    let refund = async |minor, key: &'static str| {
        let key = Some(key.parse().unwrap());
        payments::refund_payment(app, &staff, payment.id, Some(eur(minor)), None, key)
            .await
            .map(|(record, refund)| (record.payment.refunded, refund.id))
    };
    let (refunded, first) = refund(500, "one").await.unwrap();
    assert_eq!(refunded, eur(500));
    assert_eq!(refund(500, "one").await.unwrap(), (eur(500), first));
    assert!(matches!(refund(400, "one").await, Err(OperationError::KeyReused)));
    assert_eq!(refund(1490, "two").await.unwrap().0, eur(1990));
    assert_eq!(harness.charges_of(payment.id).await[0]["refunded"], 1990);
    assert_eq!(harness.record(payment.id).await.payment.status, PaymentStatus::Refunded);
    harness.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_capture_and_refund_is_on_the_timeline_once() {
    let (harness, staff) = (PaymentHarness::new().await, staff());
    let (payment, order) = harness.buy("tok_success").await;
    let parts = [(500, "one"), (490, "two"), (1000, "three")];
    for (minor, key) in parts.into_iter().chain(parts) {
        let (app, key) = (harness.app(), Some(key.parse().unwrap()));
        payments::capture(app, &staff, payment.id, Some(eur(minor)), key).await.unwrap();
    }
    for (minor, key) in parts.into_iter().chain(parts) {
        let (app, key) = (harness.app(), Some(key.parse().unwrap()));
        payments::refund_payment(app, &staff, payment.id, Some(eur(minor)), None, key).await.unwrap();
    }
    let mut conn = harness.app().db().read().await.unwrap();
    let timeline = orders::events_of(&mut conn, &[order]).await.unwrap().remove(&order).unwrap();
    assert_eq!(
        timeline.iter().map(|event| event.kind).collect::<Vec<_>>(),
        [
            OrderEventKind::Placed,
            OrderEventKind::PaymentAuthorized,
            OrderEventKind::PaymentPartiallyCaptured,
            OrderEventKind::PaymentPartiallyCaptured,
            OrderEventKind::PaymentCaptured,
            OrderEventKind::Completed,
            OrderEventKind::PaymentPartiallyRefunded,
            OrderEventKind::PaymentPartiallyRefunded,
            OrderEventKind::PaymentRefunded,
        ]
    );
    assert_eq!(orders::find(&mut conn, order).await.unwrap().unwrap().version, 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refunding_an_authorized_order_captures_first() {
    let (harness, staff) = (PaymentHarness::new().await, staff());
    let payment = harness.pay("tok_success").await;
    let order = harness.place(payment.id).await;
    let input = RefundOrder {
        order_id: order,
        amount: Some(eur(500)),
        reason: Some("damaged".to_owned()),
        expected_version: None,
        idempotency_key: Some("key".parse().unwrap()),
    };
    let (record, refund) = payments::refund_order(harness.app(), &staff, input.clone()).await.unwrap();
    assert_eq!((refund.amount, refund.status), (eur(500), TransactionStatus::Succeeded));
    assert_eq!(record.payment.status, PaymentStatus::PartiallyRefunded);
    let (_, again) = payments::refund_order(harness.app(), &staff, input.clone()).await.unwrap();
    assert_eq!(again.id, refund.id);
    let nobody = RefundOrder { order_id: OrderId::new(), reason: None, idempotency_key: None, ..input };
    assert!(matches!(
        payments::refund_order(harness.app(), &staff, nobody).await,
        Err(OperationError::Rule(OperationRule::NotFound))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_order_refund_captures_nothing() {
    let harness = PaymentHarness::new().await;
    let (payment, order_id) = harness.buy("tok_success").await;
    for (minor, refusal) in [(0, OperationRefused::Amount), (1991, OperationRefused::TooMuch { left: eur(1990) })] {
        let (amount, reason) = (Some(eur(minor)), None);
        let input = RefundOrder { order_id, amount, reason, expected_version: None, idempotency_key: None };
        let refused = payments::refund_order(harness.app(), &staff(), input).await.unwrap_err();
        assert!(
            matches!(&refused, OperationError::Rule(OperationRule::Refused(told)) if *told == refusal),
            "{refused}"
        );
    }
    assert_eq!(harness.record(payment.id).await.payment.status, PaymentStatus::Authorized);
    assert_eq!(harness.charges_of(payment.id).await[0]["captured"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_scoped_to_mutation_and_actor() {
    let harness = PaymentHarness::new().await;
    let (payment, order_id) = harness.buy("tok_success").await;
    let key = || Some("automatic".parse().unwrap());
    for actor in [staff(), staff()] {
        payments::capture(harness.app(), &actor, payment.id, Some(eur(500)), key()).await.unwrap();
    }
    assert_eq!(harness.record(payment.id).await.payment.captured, eur(1000));
    capture_job(&harness, payment.id).await;
    assert_eq!(harness.record(payment.id).await.payment.captured, eur(1990));

    let actors = [staff(), staff()];
    for actor in &actors {
        for _ in 0..2 {
            payments::refund_payment(harness.app(), actor, payment.id, Some(eur(100)), None, key()).await.unwrap();
        }
        let (amount, reason) = (Some(eur(100)), None);
        let input = RefundOrder { order_id, amount, reason, expected_version: None, idempotency_key: key() };
        payments::refund_order(harness.app(), actor, input).await.unwrap();
    }
    assert_eq!(harness.record(payment.id).await.payment.refunded, eur(400));
    assert_eq!(harness.charges_of(payment.id).await[0]["refunded"], 400);
    harness.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refunds_reverse_the_tax_posted_at_placement() {
    let harness = PaymentHarness::new().await;
    let payment = harness.pay("tok_success").await;
    let order = harness.place(payment.id).await;
    let amounts = PlacedAmounts { sales: eur(1260), shipping: eur(412), tax: eur(318), total: eur(1990) };
    let placed = ledger::placement(order, &amounts, harness.app().now()).unwrap();
    persistence::ledger::post(&harness.app().db().write().await.unwrap(), &[placed]).await.unwrap();
    capture_job(&harness, payment.id).await;
    for (minor, key) in [(333, "one"), (333, "two"), (1324, "three")] {
        let (app, key) = (harness.app(), Some(key.parse().unwrap()));
        payments::refund_payment(app, &staff(), payment.id, Some(eur(minor)), None, key).await.unwrap();
    }
    let balances = payments::balances(harness.app(), &staff()).await.unwrap();
    let left = |account: LedgerAccount| {
        let balance = balances.iter().find(|balance| balance.account == account).unwrap();
        balance.debit.minor - balance.credit.minor
    };
    assert_eq!(left(LedgerAccount::Tax), 0);
    assert_eq!(left(LedgerAccount::Receivable), 0);
    assert_eq!(left(LedgerAccount::Gateway("sandbox-a".to_owned())), 0);
    assert_eq!(left(LedgerAccount::Refunds), 1672);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bank_transfers_are_captured_by_staff() {
    let harness = PaymentHarness::new().await;
    let mut new = harness.new_payment("").await;
    new.method = PaymentMethod::BankTransfer;
    let payment = payments::create(harness.app(), new).await.unwrap();
    assert_eq!((payment.status, payment.gateway.as_str()), (PaymentStatus::Pending, "manual"));
    let early = payments::capture(harness.app(), &staff(), payment.id, None, Some("arrived".parse().unwrap())).await;
    assert!(matches!(early, Err(OperationError::Rule(OperationRule::NotPlaced))));
    harness.place(payment.id).await;
    let record =
        payments::capture(harness.app(), &staff(), payment.id, None, Some("arrived".parse().unwrap())).await.unwrap();
    assert_eq!((record.payment.status, record.payment.captured), (PaymentStatus::Captured, eur(1990)));
    harness.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payment_operations_require_their_permission() {
    let harness = PaymentHarness::new().await;
    let payment = harness.pay_order("tok_success").await;
    let clerk = Actor::Staff {
        id: model::ids::StaffUserId::new(),
        permissions: [Permission::OrdersFulfill, Permission::PaymentsRead].into_iter().collect(),
        verified_at: None,
        limited: LimitedPermissions::NONE,
        network: None,
    };
    for actor in [Actor::Anonymous, Actor::Customer(model::ids::CustomerId::new()), clerk] {
        assert!(payments::capture(harness.app(), &actor, payment.id, None, None).await.is_err());
        assert!(payments::void(harness.app(), &actor, payment.id, None).await.is_err());
        assert!(payments::refund_payment(harness.app(), &actor, payment.id, None, None, None).await.is_err());
    }
    assert_eq!(harness.record(payment.id).await.transactions.len(), 1);
}
