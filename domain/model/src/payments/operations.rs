//! The operations of a payment: capture, void and refund, each within what is left.

use super::{
    FailureCode, OperationRefused, PaymentAttempt, PaymentMethod, PaymentRecord, PaymentStatus, PaymentTransaction,
    TransactionKind, TransactionStatus,
};
use crate::{Money, Timestamp, ids::PaymentTransactionId};

/// The number of refusals after which an automatic operation is no longer requested.
pub(super) const MOST_REFUSALS: usize = 10;

/// The transaction of an operation, new or repeated.
pub type Begun = Result<PaymentTransaction, OperationRefused>;

impl PaymentRecord {
    /// The amount that can still be captured, without captures in progress. Nothing of a partial authorization is
    /// captured, because it does not pay for the order. Of a bank transfer it is what has not arrived.
    #[must_use]
    pub fn capturable(&self) -> Money {
        let is_awaited = self.payment.method == PaymentMethod::BankTransfer && !self.payment.status.is_over();
        let held = if is_awaited { self.payment.open() } else { self.payment.held() };
        let is_partial = self.payment.status == PaymentStatus::PartiallyAuthorized;
        let is_voiding = self.pending(TransactionKind::Void).minor > 0;
        if is_partial || is_voiding {
            return Money::zero(held.currency);
        }
        left(held, self.pending(TransactionKind::Capture))
    }

    /// The amount that can still be refunded, without refunds in progress.
    #[must_use]
    pub fn refundable(&self) -> Money {
        left(self.payment.kept(), self.pending(TransactionKind::Refund))
    }

    /// Passes if the amount can be refunded after everything authorized is captured.
    ///
    /// # Errors
    /// [`OperationRefused::Amount`] or [`OperationRefused::TooMuch`].
    pub fn require_refundable(&self, amount: Money) -> Result<(), OperationRefused> {
        self.require_amount(amount)?;
        let all = self.payment.kept().minor.saturating_add(self.payment.held().minor);
        let left = left(Money::new(all, amount.currency), self.pending(TransactionKind::Refund));
        if amount.minor > left.minor { Err(OperationRefused::TooMuch { left }) } else { Ok(()) }
    }

    fn require_amount(&self, amount: Money) -> Result<(), OperationRefused> {
        let is_good = amount.minor > 0 && amount.currency == self.payment.currency();
        if is_good { Ok(()) } else { Err(OperationRefused::Amount) }
    }

    /// The amount that can still be refunded of a part of the captured money; refunds in progress count as refunds of
    /// that part.
    #[must_use]
    pub fn refundable_of(&self, part: Money) -> Money {
        let left = left(part, self.pending(TransactionKind::Refund));
        if left.minor <= self.refundable().minor { left } else { self.refundable() }
    }

    /// True if a capture or a refund is in progress, so that the refundable amount may change.
    #[must_use]
    pub fn has_operation_in_progress(&self) -> bool {
        self.pending(TransactionKind::Capture).minor > 0 || self.pending(TransactionKind::Refund).minor > 0
    }

    /// The key of an automatic operation of a name: the one in progress, else a new one.
    ///
    /// # Errors
    /// [`OperationRefused::RefusedRepeatedly`] after too many refusals.
    pub fn automatic_key(&self, kind: TransactionKind, name: &str) -> Result<String, OperationRefused> {
        let is_own = |t: &&PaymentTransaction| {
            t.kind == kind && t.key.as_deref().and_then(|key| key.split('/').next()) == Some(name)
        };
        let own = || self.transactions.iter().filter(is_own);
        if own().filter(|t| t.status == TransactionStatus::Failed).count() >= MOST_REFUSALS {
            return Err(OperationRefused::RefusedRepeatedly);
        }
        let known = own().filter(|t| t.status != TransactionStatus::Pending).count();
        Ok(if known == 0 { name.to_owned() } else { format!("{name}/{known}") })
    }

    /// The amount that was requested under a key, if it was used for an operation of the kind.
    #[must_use]
    pub fn requested_amount(&self, kind: TransactionKind, key: &str) -> Option<Money> {
        let is_it = |t: &&PaymentTransaction| t.kind == kind && t.key.as_deref() == Some(key);
        self.transactions.iter().find(is_it).map(|transaction| transaction.amount)
    }

    /// Begins a capture; the same key returns the same transaction.
    ///
    /// # Errors
    /// [`OperationRefused`] if the amount cannot be captured.
    pub fn begin_capture(&mut self, amount: Money, key: &str, now: Timestamp) -> Begun {
        self.begin(TransactionKind::Capture, amount, key, now)
    }

    /// Begins a refund; the same key returns the same transaction.
    ///
    /// # Errors
    /// [`OperationRefused`] if the amount cannot be refunded.
    pub fn begin_refund(&mut self, amount: Money, key: &str, now: Timestamp) -> Begun {
        self.begin(TransactionKind::Refund, amount, key, now)
    }

    /// Begins a void: releases what is authorized, or cancels what is not decided. A payment has at most one void in
    /// progress, and a voided payment returns its void again.
    ///
    /// # Errors
    /// [`OperationRefused::Status`] if money was captured or nothing is authorized,
    /// [`OperationRefused::CaptureInProgress`] if a capture is in progress.
    pub fn begin_void(&mut self, now: Timestamp) -> Begun {
        let is_good = |transaction: &&PaymentTransaction| {
            transaction.kind == TransactionKind::Void && transaction.status != TransactionStatus::Failed
        };
        if let Some(earlier) = self.transactions.iter().filter(is_good).find(|void| self.is_effective(void)) {
            return Ok(earlier.clone());
        }
        let status = self.payment.status;
        let is_held = matches!(status, PaymentStatus::Authorized | PaymentStatus::PartiallyAuthorized);
        if !is_held && !status.is_undecided() {
            return Err(OperationRefused::Status(status));
        }
        if self.pending(TransactionKind::Capture).minor > 0 {
            return Err(OperationRefused::CaptureInProgress);
        }
        let attempt = self.effective_attempt().ok_or(OperationRefused::Status(status))?.clone();
        Ok(self.push_void(&attempt, now))
    }

    /// Records the void of a charge.
    pub(super) fn push_void(&mut self, attempt: &PaymentAttempt, now: Timestamp) -> PaymentTransaction {
        let voids = self.transactions.iter().filter(|transaction| transaction.kind == TransactionKind::Void).count();
        self.push(attempt, TransactionKind::Void, self.payment.amount, &format!("void/{voids}"), now)
    }

    fn begin(&mut self, kind: TransactionKind, amount: Money, key: &str, now: Timestamp) -> Begun {
        let same_key =
            |transaction: &&PaymentTransaction| transaction.kind == kind && transaction.key.as_deref() == Some(key);
        if let Some(earlier) = self.transactions.iter().find(same_key) {
            return if earlier.amount == amount { Ok(earlier.clone()) } else { Err(OperationRefused::KeyReused) };
        }
        self.require_amount(amount)?;
        let left = if kind == TransactionKind::Capture { self.capturable() } else { self.refundable() };
        let attempt = self.effective_attempt().filter(|_| !left.is_zero()).cloned();
        let attempt = attempt.ok_or(OperationRefused::Status(self.payment.status))?;
        if amount.minor > left.minor {
            return Err(OperationRefused::TooMuch { left });
        }
        Ok(self.push(&attempt, kind, amount, key, now))
    }

    /// Marks an operation as refused by the gateway, unless it has succeeded.
    pub fn refuse(&mut self, id: PaymentTransactionId, failure: FailureCode, now: Timestamp) {
        let is_it = |transaction: &&mut PaymentTransaction| {
            transaction.id == id && transaction.status == TransactionStatus::Pending
        };
        if let Some(transaction) = self.transactions.iter_mut().find(is_it) {
            transaction.status = TransactionStatus::Failed;
            transaction.failure = Some(failure);
            transaction.updated_at = now;
        }
        self.derive_status(now);
    }
}

/// The difference, at least zero; amounts are not negative, so that it cannot overflow.
fn left(whole: Money, part: Money) -> Money {
    Money::new(whole.minor.saturating_sub(part.minor).max(0), whole.currency)
}
