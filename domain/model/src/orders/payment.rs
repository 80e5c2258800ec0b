//! What a payment that changed means to its order.

use super::{Order, OrderEvent, OrderEventKind, OrderStatus, PaymentProgress, event};
use crate::{Timestamp, payments::Payment};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentOutcome {
    /// What the timeline gains; nothing when nothing changed.
    pub events: Vec<OrderEvent>,
    /// Whether the order has just expired: its stock and codes become free, and nothing is owed.
    pub has_expired: bool,
}

impl Order {
    /// Learns where its payment stands. Safe to repeat; an order that came to nothing stays so.
    pub fn payment_changed(&mut self, payment: &Payment, actor: &str, now: Timestamp) -> PaymentOutcome {
        let progress = PaymentProgress::from(payment);
        let mut outcome = PaymentOutcome::default();
        if progress == self.payment_status {
            return outcome;
        }
        self.payment_status = progress;
        outcome.events.extend(kind_of(progress).map(|kind| event(self.id, kind, actor, now)));
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

    /// Gives up on a payment that did not come. Nothing happens to an order that does not wait for one.
    pub fn expire(&mut self, actor: &str, now: Timestamp) -> Option<OrderEvent> {
        (self.status == OrderStatus::PendingPayment).then(|| {
            self.status = OrderStatus::Expired;
            self.expires_at = None;
            self.touch(now);
            event(self.id, OrderEventKind::Expired, actor, now)
        })
    }
}

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
