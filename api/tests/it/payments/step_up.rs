//! Large refunds by staff need a recent proof of identity.

use model::{
    Timestamp,
    access::{Actor, LimitedPermissions, Permission, Permissions},
    ids::{ApiTokenId, StaffUserId},
    orders::{CancelReason, OrderStatus},
    payments::PaymentStatus,
};
use services::{
    orders::{self, CancelError, CancelOrder, CancelRule},
    payments::{self, OperationError, OperationRule, RefundOrder},
};

use super::harness::{PaymentHarness, REFUND_ALLOWANCE, eur};

/// A member of staff who has or has not proved their identity recently.
fn staff(verified_at: Option<Timestamp>) -> Actor {
    let permissions = [Permission::OrdersWrite, Permission::PaymentsWrite].into_iter().collect();
    Actor::Staff { id: StaffUserId::new(), permissions, verified_at, limited: LimitedPermissions::NONE, network: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sum_of_refunds_of_a_payment_needs_a_recent_proof() {
    let harness = PaymentHarness::new().await;
    let (payment, _) = harness.buy("tok_success").await;
    let app = harness.app();
    payments::capture(app, &staff(None), payment.id, None, None).await.unwrap();
    let refund = async |actor: &Actor, minor| {
        payments::refund_payment(app, actor, payment.id, Some(eur(minor)), None, None).await
    };
    refund(&staff(None), 600).await.unwrap();
    let refused = refund(&staff(None), REFUND_ALLOWANCE - 600 + 1).await.unwrap_err();
    assert!(matches!(refused, OperationError::Rule(OperationRule::StepUpRequired)), "{refused}");
    refund(&staff(None), REFUND_ALLOWANCE - 600).await.unwrap();
    refund(&staff(Some(app.now())), 100).await.unwrap();
    let token = Actor::Token {
        id: ApiTokenId::new(),
        permissions: Permissions::all(),
        limited: LimitedPermissions::NONE,
        network: None,
    };
    refund(&token, 100).await.unwrap();
    assert_eq!(harness.record(payment.id).await.payment.refunded, eur(REFUND_ALLOWANCE + 200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_refund_of_an_order_captures_nothing() {
    let harness = PaymentHarness::new().await;
    let (payment, order_id) = harness.buy("tok_success").await;
    let input = RefundOrder { order_id, amount: None, reason: None, expected_version: None, idempotency_key: None };
    let refused = payments::refund_order(harness.app(), &staff(None), input).await.unwrap_err();
    assert!(matches!(refused, OperationError::Rule(OperationRule::StepUpRequired)), "{refused}");
    assert_eq!(harness.record(payment.id).await.payment.status, PaymentStatus::Authorized);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_with_a_large_refund_needs_a_recent_proof() {
    let harness = PaymentHarness::new().await;
    let (payment, order_id) = harness.buy("tok_success").await;
    let app = harness.app();
    payments::capture(app, &staff(None), payment.id, None, None).await.unwrap();
    let cancel = async |actor: &Actor, refund| {
        let reason = CancelReason::Customer;
        let input =
            CancelOrder { order_id, reason, restock: true, refund, expected_version: None, idempotency_key: None };
        orders::cancel(app, actor, input).await
    };
    let refused = cancel(&staff(None), true).await.unwrap_err();
    assert!(matches!(refused, CancelError::Rule(CancelRule::StepUpRequired)), "{refused}");
    let canceled = cancel(&staff(Some(app.now())), true).await.unwrap();
    assert_eq!(canceled.status, OrderStatus::Canceled);
}
