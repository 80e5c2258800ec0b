//! A payment with its attempts and transactions, and the rules that hold between them.

use super::{
    AttemptOutcome, Payment, PaymentAttempt, PaymentStatus, PaymentTransaction, TransactionKind, TransactionStatus,
};
use crate::{
    Money, Timestamp,
    ids::{PaymentAttemptId, PaymentTransactionId},
};

/// A payment with its attempts and transactions, each in the order of recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRecord {
    /// The payment; its status and sums are derived from the rest.
    pub payment: Payment,
    /// All attempts.
    pub attempts: Vec<PaymentAttempt>,
    /// All transactions.
    pub transactions: Vec<PaymentTransaction>,
}

/// The changes by a report or an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The payment's status before.
    pub status_before: PaymentStatus,
    /// The transactions that have just succeeded, in order. Each is reported once, ever.
    pub succeeded: Vec<PaymentTransactionId>,
}

impl PaymentRecord {
    /// The transactions that have just succeeded, in the order of recording.
    #[must_use]
    pub fn just_succeeded(&self, applied: &Applied) -> Vec<&PaymentTransaction> {
        self.transactions.iter().filter(|transaction| applied.succeeded.contains(&transaction.id)).collect()
    }

    /// Derives status and sums from attempts and transactions.
    pub fn derive_status(&mut self, now: Timestamp) {
        let before = self.payment.clone();
        let counting = self.effective_attempt().map(|attempt| (attempt.id, attempt.gateway.clone(), attempt.failure));
        let sum = |kind| self.counting(kind, TransactionStatus::Succeeded);
        let is_voided = sum(TransactionKind::Void).minor > 0;
        let authorized = sum(TransactionKind::Authorize);
        // As reported, even if it is more than was authorized, or if its authorization has not been reported yet.
        let captured = sum(TransactionKind::Capture);
        let refunded = least(sum(TransactionKind::Refund), captured);
        let charged_back = least(sum(TransactionKind::Chargeback), captured);
        let status = self.status_of(authorized, captured, refunded, is_voided);

        let payment = &mut self.payment;
        (payment.authorized, payment.captured, payment.refunded) = (authorized, captured, refunded);
        (payment.charged_back, payment.status) = (charged_back, status);
        if let Some((_, gateway, failure)) = counting {
            payment.gateway = gateway;
            payment.failure = if status.is_over() { failure } else { None };
        }
        if status != PaymentStatus::RequiresAction {
            payment.action = None;
        }
        if *payment != before {
            payment.updated_at = now;
        }
    }

    fn status_of(&self, authorized: Money, captured: Money, refunded: Money, is_voided: bool) -> PaymentStatus {
        if refunded.minor > 0 {
            return if refunded == captured { PaymentStatus::Refunded } else { PaymentStatus::PartiallyRefunded };
        }
        if captured.minor > 0 {
            let is_all = captured.minor >= authorized.minor || is_voided;
            return if is_all { PaymentStatus::Captured } else { PaymentStatus::PartiallyCaptured };
        }
        if is_voided {
            return PaymentStatus::Voided;
        }
        match authorized.minor {
            0 => self.undecided_status(),
            minor if minor < self.payment.amount.minor => PaymentStatus::PartiallyAuthorized,
            _ => PaymentStatus::Authorized,
        }
    }

    /// The status while nothing is authorized.
    fn undecided_status(&self) -> PaymentStatus {
        match self.attempts.last().map(|attempt| attempt.outcome) {
            Some(AttemptOutcome::RequiresAction) => PaymentStatus::RequiresAction,
            Some(AttemptOutcome::Canceled) => PaymentStatus::Voided,
            Some(AttemptOutcome::Declined | AttemptOutcome::Unavailable) => PaymentStatus::Failed,
            _ => PaymentStatus::Pending,
        }
    }

    /// The sum of the operations of a kind that are in progress.
    pub(super) fn pending(&self, kind: TransactionKind) -> Money {
        self.counting(kind, TransactionStatus::Pending)
    }

    /// The sum of the transactions of the effective attempt.
    fn counting(&self, kind: TransactionKind, status: TransactionStatus) -> Money {
        let nothing = Money::zero(self.payment.currency());
        self.effective_attempt().map_or(nothing, |attempt| self.sum(attempt.id, kind, status))
    }

    /// The sum of the transactions of an attempt.
    pub(super) fn sum(&self, attempt: PaymentAttemptId, kind: TransactionKind, status: TransactionStatus) -> Money {
        // A report whose sums exceed 64 bits is rejected; our own operations never exceed what was reported.
        Money::new(self.checked_sum(attempt, kind, status).unwrap_or(i64::MAX), self.payment.currency())
    }

    /// The sum of the transactions of an attempt in minor units; none if it exceeds 64 bits.
    pub(super) fn checked_sum(
        &self,
        attempt: PaymentAttemptId,
        kind: TransactionKind,
        status: TransactionStatus,
    ) -> Option<i64> {
        let counts = |one: &&PaymentTransaction| one.attempt_id == attempt && one.kind == kind && one.status == status;
        let mut amounts = self.transactions.iter().filter(counts).map(|transaction| transaction.amount.minor);
        amounts.try_fold(0_i64, i64::checked_add)
    }

    /// Records an operation that is about to be requested.
    pub(super) fn push(
        &mut self,
        attempt: &PaymentAttempt,
        kind: TransactionKind,
        amount: Money,
        key: &str,
        now: Timestamp,
    ) -> PaymentTransaction {
        let transaction = PaymentTransaction {
            id: PaymentTransactionId::new(),
            payment_id: self.payment.id,
            attempt_id: attempt.id,
            kind,
            status: TransactionStatus::Pending,
            gateway: attempt.gateway.clone(),
            gateway_reference: None,
            key: Some(key.to_owned()),
            amount,
            failure: None,
            created_at: now,
            updated_at: now,
        };
        self.transactions.push(transaction.clone());
        transaction
    }
}

fn least(a: Money, b: Money) -> Money {
    if a.minor <= b.minor { a } else { b }
}

#[cfg(test)]
#[path = "record_tests.rs"]
pub(super) mod tests;

#[cfg(test)]
#[path = "report_tests.rs"]
mod report_tests;
