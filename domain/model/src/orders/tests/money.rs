//! Events of captures and refunds in the timeline of an order.

use super::{HELD, eur, payment, placed, priced_line};
use crate::{
    Timestamp,
    ids::{PaymentAttemptId, PaymentTransactionId},
    orders::{OrderEventKind, PaymentOutcome, PaymentProgress},
    payments::{Payment, PaymentStatus, PaymentTransaction, TransactionKind, TransactionStatus},
};

/// A transaction that has just succeeded.
fn moved(payment: &Payment, kind: TransactionKind, minor: i64) -> PaymentTransaction {
    PaymentTransaction {
        id: PaymentTransactionId::new(),
        payment_id: payment.id,
        attempt_id: PaymentAttemptId::new(),
        kind,
        status: TransactionStatus::Succeeded,
        gateway: payment.gateway.clone(),
        gateway_reference: None,
        key: None,
        amount: eur(minor),
        failure: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn each_capture_and_refund_has_one_event_even_when_reported_at_once() {
    use OrderEventKind as Kind;
    use TransactionKind::{Capture, Chargeback, Refund};
    let steps = [
        (Capture, 100, PaymentStatus::PartiallyCaptured, Kind::PaymentPartiallyCaptured),
        (Capture, 100, PaymentStatus::PartiallyCaptured, Kind::PaymentPartiallyCaptured),
        (Capture, 528, PaymentStatus::Captured, Kind::PaymentCaptured),
        (Chargeback, 28, PaymentStatus::Captured, Kind::PaymentChargedBack),
        (Refund, 100, PaymentStatus::PartiallyRefunded, Kind::PaymentPartiallyRefunded),
        (Refund, 100, PaymentStatus::PartiallyRefunded, Kind::PaymentPartiallyRefunded),
        (Refund, 528, PaymentStatus::Refunded, Kind::PaymentRefunded),
    ];
    for at_once in 1..=steps.len() {
        let mut order = placed(HELD, vec![priced_line(2, true)]).order;
        let mut payment = payment(order.total.gross, PaymentStatus::Authorized);
        let mut told = Vec::new();
        for batch in steps.chunks(at_once) {
            let mut succeeded = Vec::new();
            for (kind, minor, status, _) in batch {
                match kind {
                    Capture => payment.captured.minor += minor,
                    Refund => payment.refunded.minor += minor,
                    _ => payment.charged_back.minor += minor,
                }
                payment.status = *status;
                succeeded.push(moved(&payment, *kind, *minor));
            }
            let before = order.version;
            let succeeded: Vec<_> = succeeded.iter().collect();
            let outcome = order.payment_changed(&payment, &succeeded, "system", Timestamp::UNIX_EPOCH);
            assert_eq!(order.version, before + 1);
            told.extend(outcome.events.iter().map(|event| event.kind));
            let again = order.payment_changed(&payment, &[], "system", Timestamp::UNIX_EPOCH);
            assert_eq!((again, order.version), (PaymentOutcome::default(), before + 1));
        }
        assert_eq!(told, steps.map(|(.., kind)| kind), "{at_once} at once");
    }
}

#[test]
fn capture_after_a_full_refund_is_not_a_refund_event() {
    let mut order = placed(HELD, vec![priced_line(2, true)]).order;
    order.payment_status = PaymentProgress::Refunded;
    let payment = Payment {
        captured: eur(300),
        refunded: eur(100),
        ..payment(order.total.gross, PaymentStatus::PartiallyRefunded)
    };
    let late = moved(&payment, TransactionKind::Capture, 200);
    let outcome = order.payment_changed(&payment, &[&late], "system", Timestamp::UNIX_EPOCH);
    let told: Vec<_> = outcome.events.iter().map(|event| event.kind).collect();
    assert_eq!(
        (told, order.payment_status),
        (vec![OrderEventKind::PaymentPartiallyCaptured], PaymentProgress::PartiallyRefunded)
    );
}
