//! Effects of payment changes on the order.

use super::{Order, OrderEvent, OrderEventKind, OrderStatus, PaymentProgress, event};
use crate::{
    Timestamp,
    payments::{Payment, PaymentTransaction, TransactionKind},
};

/// The effect of a payment change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentOutcome {
    /// New events of the timeline; empty if nothing changed.
    pub events: Vec<OrderEvent>,
    /// True if the order has just expired: release its stock and codes, and cancel what is owed.
    pub has_expired: bool,
}

impl Order {
    /// Applies the state of the payment and the transactions that have just succeeded; pass each transaction only once.
    ///
    /// Every capture, refund and chargeback adds an event to the timeline; without one, a new status does. Repeating the
    /// call without transactions is safe. A canceled or expired order keeps its status.
    pub fn payment_changed(
        &mut self,
        payment: &Payment,
        succeeded: &[&PaymentTransaction],
        actor: &str,
        now: Timestamp,
    ) -> PaymentOutcome {
        let progress = PaymentProgress::from(payment);
        let mut outcome = PaymentOutcome::default();
        let moved = kinds_of_moved(payment, succeeded);
        if progress == self.payment_status && moved.is_empty() {
            return outcome;
        }
        self.payment_status = progress;
        let kinds = if moved.is_empty() { kind_of(progress).into_iter().collect() } else { moved };
        outcome.events.extend(kinds.into_iter().map(|kind| event(self.id, kind, actor, now)));
        if self.status == OrderStatus::PendingPayment && progress != PaymentProgress::Pending {
            if progress.is_lost() {
                outcome.has_expired = true;
                outcome.events.extend(self.expire(actor, now));
                return outcome;
            }
            self.status = OrderStatus::Open;
            self.expires_at = None;
        }
        outcome.events.extend(self.complete_if_done(actor, now));
        self.touch(now);
        outcome
    }

    /// Expires an order whose payment did not arrive. None if the order does not wait for a payment.
    pub fn expire(&mut self, actor: &str, now: Timestamp) -> Option<OrderEvent> {
        (self.status == OrderStatus::PendingPayment).then(|| {
            self.status = OrderStatus::Expired;
            self.expires_at = None;
            self.touch(now);
            event(self.id, OrderEventKind::Expired, actor, now)
        })
    }
}

/// One event kind per capture, refund and chargeback; the one that completes the amount has the kind for the full
/// amount.
fn kinds_of_moved(payment: &Payment, succeeded: &[&PaymentTransaction]) -> Vec<OrderEventKind> {
    let sum = |kind: TransactionKind| {
        let of_kind = succeeded.iter().filter(|transaction| transaction.kind == kind);
        of_kind.map(|transaction| transaction.amount.minor).sum::<i64>()
    };
    let mut captured = payment.captured.minor - sum(TransactionKind::Capture);
    let mut refunded = payment.refunded.minor - sum(TransactionKind::Refund);
    let entry = |transaction: &&PaymentTransaction| match transaction.kind {
        TransactionKind::Capture => {
            captured += transaction.amount.minor;
            let is_all = captured == payment.amount.minor;
            Some(if is_all { OrderEventKind::PaymentCaptured } else { OrderEventKind::PaymentPartiallyCaptured })
        }
        TransactionKind::Refund => {
            refunded += transaction.amount.minor;
            let is_all = refunded == payment.captured.minor;
            Some(if is_all { OrderEventKind::PaymentRefunded } else { OrderEventKind::PaymentPartiallyRefunded })
        }
        TransactionKind::Chargeback => Some(OrderEventKind::PaymentChargedBack),
        TransactionKind::Authorize | TransactionKind::Void => None,
    };
    succeeded.iter().filter_map(entry).collect()
}

/// The event kind of a new payment status.
const fn kind_of(progress: PaymentProgress) -> Option<OrderEventKind> {
    Some(match progress {
        PaymentProgress::Pending => return None,
        PaymentProgress::Authorized => OrderEventKind::PaymentAuthorized,
        PaymentProgress::PartiallyPaid => OrderEventKind::PaymentPartiallyCaptured,
        PaymentProgress::Paid => OrderEventKind::PaymentCaptured,
        PaymentProgress::PartiallyRefunded => OrderEventKind::PaymentPartiallyRefunded,
        PaymentProgress::Refunded => OrderEventKind::PaymentRefunded,
        PaymentProgress::Voided => OrderEventKind::PaymentVoided,
        PaymentProgress::Failed => OrderEventKind::PaymentFailed,
    })
}
