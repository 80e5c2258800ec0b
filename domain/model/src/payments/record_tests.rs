#[path = "record_properties.rs"]
mod properties;

use super::*;
use crate::{
    Currency,
    ids::{CartId, ChannelId, PaymentId},
    payments::{ChargeReport, FailureCode, Operation, OperationRefused, PaymentMethod, operations::MOST_REFUSALS},
};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub(in crate::payments) fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

pub(in crate::payments) fn record(minor: i64, method: PaymentMethod) -> PaymentRecord {
    let payment = Payment {
        id: PaymentId::new(),
        cart_id: CartId::new(),
        order_id: None,
        channel_id: ChannelId::new(),
        country: None,
        method,
        gateway: "a".to_owned(),
        amount: eur(minor),
        status: PaymentStatus::Pending,
        authorized: eur(0),
        captured: eur(0),
        refunded: eur(0),
        charged_back: eur(0),
        action: None,
        failure: None,
        is_unwanted: false,
        decline_keys: Vec::new(),
        idempotency: None,
        created_at: now(),
        updated_at: now(),
    };
    let attempts = vec![attempt(&payment, 1, "a")];
    PaymentRecord { payment, attempts, transactions: Vec::new() }
}

pub(in crate::payments) fn attempt(payment: &Payment, number: i32, gateway: &str) -> PaymentAttempt {
    PaymentAttempt {
        id: PaymentAttemptId::new(),
        payment_id: payment.id,
        number,
        gateway: gateway.to_owned(),
        reference: format!("{}-{number}", payment.id),
        gateway_reference: None,
        outcome: AttemptOutcome::Started,
        failure: None,
        started_at: now(),
        latency_ms: None,
        finished_at: None,
    }
}

pub(in crate::payments) fn event(kind: TransactionKind, minor: i64, name: &str) -> Operation {
    Operation {
        gateway_reference: name.to_owned(),
        kind,
        status: TransactionStatus::Succeeded,
        key: None,
        amount: eur(minor),
        failure: None,
        at: now(),
    }
}

pub(in crate::payments) fn report(outcome: AttemptOutcome, operations: Vec<Operation>) -> ChargeReport {
    ChargeReport { operations, ..ChargeReport::bare("r", outcome, None) }
}

fn authorized(minor: i64) -> PaymentRecord {
    let mut record = record(minor, PaymentMethod::Card);
    tell(&mut record, &report(AttemptOutcome::Authorized, vec![event(TransactionKind::Authorize, minor, "auth")]));
    record
}

fn tell(record: &mut PaymentRecord, report: &ChargeReport) -> Applied {
    apply(record, 0, report)
}

/// Applies a report about the charge of an attempt.
fn apply(record: &mut PaymentRecord, at: usize, report: &ChargeReport) -> Applied {
    let PaymentAttempt { id, reference, .. } = record.attempts[at].clone();
    record.apply(id, &ChargeReport { reference, ..report.clone() }, now()).unwrap()
}

#[test]
fn payment_goes_from_authorized_to_refunded() {
    let mut record = authorized(1000);
    assert_eq!((record.payment.status, record.payment.authorized), (PaymentStatus::Authorized, eur(1000)));
    for (kind, minor, status) in [
        (TransactionKind::Capture, 400, PaymentStatus::PartiallyCaptured),
        (TransactionKind::Capture, 600, PaymentStatus::Captured),
        (TransactionKind::Refund, 1, PaymentStatus::PartiallyRefunded),
        (TransactionKind::Refund, 999, PaymentStatus::Refunded),
    ] {
        let name = format!("op-{}", record.transactions.len());
        tell(&mut record, &report(AttemptOutcome::Authorized, vec![event(kind, minor, &name)]));
        assert_eq!(record.payment.status, status);
    }
}

#[test]
fn late_authorization_overrides_a_decline() {
    let mut record = record(1000, PaymentMethod::Card);
    tell(&mut record, &ChargeReport::bare("r", AttemptOutcome::Declined, Some(FailureCode::InsufficientFunds)));
    assert_eq!(record.payment.status, PaymentStatus::Failed);
    assert_eq!(record.payment.failure, Some(FailureCode::InsufficientFunds));
    assert!(!record.payment.is_active());
    tell(&mut record, &report(AttemptOutcome::Authorized, vec![event(TransactionKind::Authorize, 1000, "auth")]));
    assert_eq!((record.payment.status, record.payment.failure), (PaymentStatus::Authorized, None));
}

#[test]
fn second_gateway_is_effective_after_an_unavailable_first() {
    let mut record = record(1000, PaymentMethod::Card);
    let down = ChargeReport::bare("r", AttemptOutcome::Unavailable, Some(FailureCode::GatewayUnavailable));
    tell(&mut record, &down);
    assert_eq!(record.payment.status, PaymentStatus::Failed);
    record.attempts.push(attempt(&record.payment, 2, "b"));
    record.derive_status(now());
    assert_eq!((record.payment.status, record.payment.gateway.as_str()), (PaymentStatus::Pending, "b"));
    let yes = report(AttemptOutcome::Authorized, vec![event(TransactionKind::Authorize, 1000, "auth")]);
    apply(&mut record, 1, &yes);
    assert_eq!(record.payment.status, PaymentStatus::Authorized);
}

#[test]
fn refused_automatic_operations_get_new_keys_up_to_a_limit() {
    let mut record = authorized(1000);
    for at in 0..MOST_REFUSALS {
        let key = record.automatic_key(TransactionKind::Capture, "automatic").unwrap();
        assert_eq!(key, if at == 0 { "automatic".to_owned() } else { format!("automatic/{at}") });
        let begun = record.begin_capture(eur(1000), &key, now()).unwrap();
        assert_eq!(record.automatic_key(TransactionKind::Capture, "automatic"), Ok(key), "it is under way");
        record.refuse(begun.id, FailureCode::Refused, now());
    }
    let no_use = record.automatic_key(TransactionKind::Capture, "automatic");
    assert_eq!(no_use, Err(OperationRefused::RefusedRepeatedly));
}

#[test]
fn operation_begins_once_per_key_and_within_what_is_left() {
    let mut record = authorized(1000);
    let first = record.begin_capture(eur(700), "k", now()).unwrap();
    assert_eq!(record.begin_capture(eur(700), "k", now()).unwrap().id, first.id);
    assert_eq!(record.begin_capture(eur(1), "k", now()), Err(OperationRefused::KeyReused));
    assert_eq!(record.begin_capture(eur(301), "l", now()), Err(OperationRefused::TooMuch { left: eur(300) }));
    assert_eq!(record.begin_void(now()), Err(OperationRefused::CaptureInProgress), "money is coming");
    assert!(matches!(record.begin_refund(eur(1), "r", now()), Err(OperationRefused::Status(_))), "nothing was taken");
    assert_eq!(record.begin_capture(eur(0), "z", now()), Err(OperationRefused::Amount));
    let wrong = Money::new(1, Currency::USD);
    assert_eq!(record.begin_capture(wrong, "z", now()), Err(OperationRefused::Amount));
}

#[test]
fn webhook_of_our_operation_is_the_same_transaction() {
    let mut record = authorized(1000);
    let ours = record.begin_capture(eur(1000), "k", now()).unwrap();
    let mut told = event(TransactionKind::Capture, 1000, "cap_1");
    told.key = Some(ours.id.uuid().to_string());
    let webhook = report(AttemptOutcome::Authorized, vec![told]);
    assert_eq!(tell(&mut record, &webhook).succeeded, [ours.id]);
    assert!(tell(&mut record, &webhook).succeeded.is_empty(), "told twice, counted once");
    assert_eq!(record.payment.captured, eur(1000));
    assert_eq!(record.transactions.len(), 2);
}

#[test]
fn void_releases_authorized_and_cancels_undecided_payments() {
    let mut held = authorized(1000);
    held.begin_void(now()).unwrap();
    assert_eq!(held.capturable(), eur(0));
    let key = held.transactions[1].id.uuid().to_string();
    let mut told = event(TransactionKind::Void, 1000, "void_1");
    told.key = Some(key);
    tell(&mut held, &report(AttemptOutcome::Authorized, vec![told]));
    assert_eq!(held.payment.status, PaymentStatus::Voided);

    let mut waiting = record(1000, PaymentMethod::Card);
    tell(&mut waiting, &report(AttemptOutcome::RequiresAction, Vec::new()));
    waiting.begin_void(now()).unwrap();
    tell(&mut waiting, &report(AttemptOutcome::Canceled, Vec::new()));
    assert_eq!(waiting.payment.status, PaymentStatus::Voided);
}

#[test]
fn charge_that_appears_after_its_void_can_be_voided_again() {
    let mut record = record(1000, PaymentMethod::Card);
    let first = record.begin_void(now()).unwrap();
    assert_eq!(record.begin_void(now()).unwrap().id, first.id);
    tell(&mut record, &ChargeReport::bare("r", AttemptOutcome::Unavailable, None));
    assert_eq!(record.payment.status, PaymentStatus::Failed);
    tell(&mut record, &report(AttemptOutcome::Authorized, vec![event(TransactionKind::Authorize, 1000, "auth")]));
    assert_eq!(record.payment.status, PaymentStatus::Authorized);
    assert_ne!(record.begin_void(now()).unwrap().id, first.id);
}

#[test]
fn pending_transfer_can_be_captured_but_not_a_pending_card() {
    assert_eq!(record(500, PaymentMethod::BankTransfer).capturable(), eur(500));
    assert_eq!(record(500, PaymentMethod::Card).capturable(), eur(0));
}

#[test]
fn chargeback_reduces_the_refundable_amount() {
    let mut record = authorized(1000);
    let events = vec![event(TransactionKind::Capture, 1000, "cap"), event(TransactionKind::Chargeback, 600, "cb")];
    tell(&mut record, &report(AttemptOutcome::Authorized, events));
    assert_eq!(record.payment.charged_back, eur(600));
    assert_eq!(record.begin_refund(eur(500), "r", now()), Err(OperationRefused::TooMuch { left: eur(400) }));
}

#[test]
fn refund_in_progress_reduces_the_refundable_part() {
    let mut record = authorized(1000);
    tell(&mut record, &report(AttemptOutcome::Authorized, vec![event(TransactionKind::Capture, 1000, "cap")]));
    assert_eq!(record.refundable_of(eur(300)), eur(300));
    assert_eq!(record.refundable_of(eur(1200)), eur(1000));
    record.begin_refund(eur(200), "r", now()).unwrap();
    assert_eq!(record.refundable_of(eur(300)), eur(100));
    record.begin_refund(eur(200), "s", now()).unwrap();
    assert_eq!(record.refundable_of(eur(300)), eur(0));
}

/// A payment with an unavailable first gateway, and a second one.
fn at_two_gateways() -> PaymentRecord {
    let mut record = record(1000, PaymentMethod::Card);
    tell(&mut record, &ChargeReport::bare("r", AttemptOutcome::Unavailable, None));
    record.attempts.push(attempt(&record.payment, 2, "b"));
    record.derive_status(now());
    record
}

#[test]
fn surplus_charge_is_released_and_the_effective_one_stays() {
    let mut record = at_two_gateways();
    let first = record.attempts[0].id;
    let mut told = vec![event(TransactionKind::Authorize, 1000, "auth")];
    apply(&mut record, 1, &report(AttemptOutcome::Authorized, told.clone()));
    apply(&mut record, 0, &report(AttemptOutcome::Authorized, told.clone()));
    assert_eq!((record.payment.status, record.payment.gateway.as_str()), (PaymentStatus::Authorized, "b"));

    let released = record.release_others(now());
    assert_eq!(
        released.iter().map(|void| (void.kind, void.attempt_id)).collect::<Vec<_>>(),
        [(TransactionKind::Void, first)]
    );
    assert!(record.release_others(now()).is_empty(), "it is under way");
    assert_eq!(record.capturable(), eur(1000), "the charge that counts is still held");
    record.refuse(released[0].id, FailureCode::Refused, now());
    told.push(event(TransactionKind::Capture, 1000, "cap"));
    apply(&mut record, 1, &report(AttemptOutcome::Authorized, told.clone()));
    apply(&mut record, 0, &report(AttemptOutcome::Authorized, told));
    assert_eq!((record.payment.captured, record.payment.gateway.as_str()), (eur(1000), "b"));
    let returned = record.release_others(now());
    assert_eq!(
        returned.iter().map(|one| (one.kind, one.amount)).collect::<Vec<_>>(),
        [(TransactionKind::Refund, eur(1000))]
    );
    assert_eq!(record.refundable(), eur(1000), "what counts can still be refunded");
}

#[test]
fn release_of_a_surplus_charge_is_retried_up_to_a_limit() {
    let mut record = at_two_gateways();
    for attempt in 0..2 {
        let held = report(AttemptOutcome::Authorized, vec![event(TransactionKind::Authorize, 1000, "auth")]);
        apply(&mut record, attempt, &held);
    }
    for _ in 0..MOST_REFUSALS {
        let released = record.release_others(now());
        record.refuse(released[0].id, FailureCode::Refused, now());
    }
    assert!(record.release_others(now()).is_empty());
}

#[test]
fn a_decided_payment_names_its_counters_once_if_it_was_declined() {
    for (status, failure, is_counted) in [
        (PaymentStatus::Pending, None, false),
        (PaymentStatus::RequiresAction, None, false),
        (PaymentStatus::Failed, Some(FailureCode::Declined), true),
        (PaymentStatus::Failed, Some(FailureCode::AuthenticationFailed), true),
        (PaymentStatus::Failed, Some(FailureCode::Canceled), false),
        (PaymentStatus::Failed, Some(FailureCode::GatewayUnavailable), false),
        (PaymentStatus::Authorized, None, false),
    ] {
        let keys = vec!["key".to_owned()];
        let payment = record(1_000, PaymentMethod::Card).payment;
        let mut payment = Payment { status, failure, decline_keys: keys.clone(), ..payment };
        let counted = payment.take_decline_keys();
        assert_eq!(counted, if is_counted { keys } else { Vec::new() }, "{status} {failure:?}");
        assert_eq!(payment.decline_keys.is_empty(), !status.is_undecided(), "{status}");
        assert!(payment.take_decline_keys().is_empty(), "{status}");
    }
}
