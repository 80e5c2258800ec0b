//! The effective charge of a payment, and the release of surplus ones: a gateway that seemed unavailable had charged
//! after all.

use std::cmp::Reverse;

use super::{
    AttemptOutcome, PaymentAttempt, PaymentRecord, PaymentTransaction, TransactionKind, TransactionStatus,
    operations::MOST_REFUSALS,
};
use crate::Timestamp;

impl PaymentRecord {
    /// The effective attempt: of the authorized ones the one with a capture, then the one that was effective before,
    /// then the first; without an authorized one the last.
    #[must_use]
    pub fn effective_attempt(&self) -> Option<&PaymentAttempt> {
        let authorized = self.attempts.iter().filter(|attempt| attempt.outcome == AttemptOutcome::Authorized);
        let weight = |attempt: &&PaymentAttempt| {
            let is_taken = self.sum(attempt.id, TransactionKind::Capture, TransactionStatus::Succeeded).minor > 0;
            (is_taken, attempt.gateway == self.payment.gateway, Reverse(attempt.number))
        };
        authorized.max_by_key(weight).or(self.attempts.last())
    }

    /// True if a transaction belongs to the effective attempt.
    #[must_use]
    pub fn is_effective(&self, transaction: &PaymentTransaction) -> bool {
        self.effective_attempt().is_some_and(|attempt| attempt.id == transaction.attempt_id)
    }

    /// Begins to release surplus charges: voids what is authorized and refunds what was captured. Charges with an
    /// operation in progress, or too many refusals, are left alone.
    pub fn release_others(&mut self, now: Timestamp) -> Vec<PaymentTransaction> {
        let counting = self.effective_attempt().map(|attempt| attempt.id);
        let is_other =
            |attempt: &&PaymentAttempt| attempt.outcome == AttemptOutcome::Authorized && Some(attempt.id) != counting;
        let others: Vec<PaymentAttempt> = self.attempts.iter().filter(is_other).cloned().collect();
        others.iter().filter_map(|other| self.release_other(other, now)).collect()
    }

    fn release_other(&mut self, attempt: &PaymentAttempt, now: Timestamp) -> Option<PaymentTransaction> {
        use TransactionKind::{Capture, Chargeback, Refund, Void};
        use TransactionStatus::{Pending, Succeeded};
        let sum = |kind, status| self.sum(attempt.id, kind, status);
        let is_in_progress = [Capture, Refund, Void].into_iter().any(|kind| !sum(kind, Pending).is_zero());
        if is_in_progress || self.refusals_of(attempt) >= MOST_REFUSALS {
            return None;
        }
        let taken = sum(Capture, Succeeded);
        if taken.is_zero() {
            return sum(Void, Succeeded).is_zero().then(|| self.push_void(attempt, now));
        }
        let kept = taken.minus(sum(Refund, Succeeded)).and_then(|kept| kept.minus(sum(Chargeback, Succeeded))).ok()?;
        let key = format!("surplus/{}", self.transactions.len());
        (kept.minor > 0).then(|| self.push(attempt, Refund, kept, &key, now))
    }

    fn refusals_of(&self, attempt: &PaymentAttempt) -> usize {
        let is_refusal =
            |one: &&PaymentTransaction| one.attempt_id == attempt.id && one.status == TransactionStatus::Failed;
        self.transactions.iter().filter(is_refusal).count()
    }
}
