//! The effect of a payment's change on its order.

use super::{EventDetails, Order, OrderEvent, OrderEventKind, OrderStatus, PaymentProgress, event};
use crate::{
    Money, Timestamp,
    payments::{Payment, PaymentTransaction, TransactionKind},
};

/// The effect of a payment's change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentOutcome {
    /// The new events of the timeline; empty if nothing changed.
    pub events: Vec<OrderEvent>,
    /// True if the order has just expired: its stock and codes are released, and nothing is owed.
    pub has_expired: bool,
}

impl Order {
    /// Takes over the state of its payment, and the transactions that have just succeeded, each reported once. Every
    /// capture, refund and chargeback gets an event in the timeline; without any, a new status gets one. Safe to repeat
    /// without the transactions. A canceled or expired order keeps its status.
    pub fn payment_changed(
        &mut self,
        payment: &Payment,
        succeeded: &[&PaymentTransaction],
        actor: &str,
        now: Timestamp,
    ) -> PaymentOutcome {
        let progress = PaymentProgress::from(payment);
        let mut outcome = PaymentOutcome::default();
        let moved = kinds_of_transactions(payment, succeeded);
        if progress == self.payment_status && moved.is_empty() {
            return outcome;
        }
        self.payment_status = progress;
        let kinds = if moved.is_empty() { kind_of(progress, payment).into_iter().collect() } else { moved };
        outcome.events.extend(kinds.into_iter().map(|(kind, amount)| {
            let details = EventDetails { amount, ..EventDetails::default() };
            event(self.id, kind, actor, now).with(details)
        }));
        if self.status == OrderStatus::PendingPayment {
            if progress.is_lost() || progress == PaymentProgress::Refunded {
                outcome.has_expired = true;
                outcome.events.extend(self.expire(actor, now));
                return outcome;
            }
            if payment.is_secured() {
                self.status = OrderStatus::Open;
                self.expires_at = None;
            }
        }
        outcome.events.extend(self.complete_if_done(actor, now));
        self.touch(now);
        outcome
    }

    /// Expires the order if it waits for its payment; does nothing otherwise.
    pub fn expire(&mut self, actor: &str, now: Timestamp) -> Option<OrderEvent> {
        (self.status == OrderStatus::PendingPayment).then(|| {
            self.status = OrderStatus::Expired;
            self.expires_at = None;
            self.touch(now);
            event(self.id, OrderEventKind::Expired, actor, now)
        })
    }
}

/// A kind of event with its amount.
type Moved = (OrderEventKind, Option<Money>);

/// One event for each capture, refund and chargeback; the one that completes the total is a full capture or refund.
fn kinds_of_transactions(payment: &Payment, succeeded: &[&PaymentTransaction]) -> Vec<Moved> {
    let sum = |kind: TransactionKind| {
        let of_kind = succeeded.iter().filter(|transaction| transaction.kind == kind);
        of_kind.fold(0_i64, |sum, transaction| sum.saturating_add(transaction.amount.minor))
    };
    let mut captured = payment.captured.minor.saturating_sub(sum(TransactionKind::Capture));
    let mut refunded = payment.refunded.minor.saturating_sub(sum(TransactionKind::Refund));
    let mut kind = |transaction: &PaymentTransaction| match transaction.kind {
        TransactionKind::Capture => {
            captured = captured.saturating_add(transaction.amount.minor);
            let is_all = captured >= payment.amount.minor;
            Some(if is_all { OrderEventKind::PaymentCaptured } else { OrderEventKind::PaymentPartiallyCaptured })
        }
        TransactionKind::Refund => {
            refunded = refunded.saturating_add(transaction.amount.minor);
            let is_all = refunded == payment.captured.minor;
            Some(if is_all { OrderEventKind::PaymentRefunded } else { OrderEventKind::PaymentPartiallyRefunded })
        }
        TransactionKind::Chargeback => Some(OrderEventKind::PaymentChargedBack),
        TransactionKind::Authorize | TransactionKind::Void => None,
    };
    succeeded.iter().filter_map(|transaction| Some((kind(transaction)?, Some(transaction.amount)))).collect()
}

/// The event of a new status, with the amount that it is about.
const fn kind_of(progress: PaymentProgress, payment: &Payment) -> Option<Moved> {
    Some(match progress {
        PaymentProgress::Pending => return None,
        PaymentProgress::Authorized => (OrderEventKind::PaymentAuthorized, Some(payment.authorized)),
        PaymentProgress::PartiallyPaid => (OrderEventKind::PaymentPartiallyCaptured, Some(payment.captured)),
        PaymentProgress::Paid => (OrderEventKind::PaymentCaptured, Some(payment.captured)),
        PaymentProgress::PartiallyRefunded => (OrderEventKind::PaymentPartiallyRefunded, Some(payment.refunded)),
        PaymentProgress::Refunded => (OrderEventKind::PaymentRefunded, Some(payment.refunded)),
        PaymentProgress::Voided => (OrderEventKind::PaymentVoided, None),
        PaymentProgress::Failed => (OrderEventKind::PaymentFailed, None),
    })
}
