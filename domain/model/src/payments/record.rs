//! A payment with its attempts and transactions, and the rules that hold between them.

use super::{
    AttemptOutcome, ChargeReport, FailureCode, Operation, OperationRefused, Payment, PaymentAttempt, PaymentMethod,
    PaymentStatus, PaymentTransaction, TransactionKind, TransactionStatus,
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

/// The number of refusals after which an automatic operation is no longer requested.
pub(super) const MOST_REFUSALS: usize = 10;

/// A report is about an attempt that the payment does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the payment has no attempt {0}")]
pub struct UnknownAttempt(pub PaymentAttemptId);

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

    /// The amount that can still be captured, without captures in progress.
    #[must_use]
    pub fn capturable(&self) -> Money {
        let awaited = self.payment.method == PaymentMethod::BankTransfer && self.payment.status.is_undecided();
        let held = if awaited { self.payment.amount } else { self.payment.held() };
        let is_voiding = self.pending(TransactionKind::Void).minor > 0;
        if is_voiding { Money::zero(held.currency) } else { left(held, self.pending(TransactionKind::Capture)) }
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
        least(left(part, self.pending(TransactionKind::Refund)), self.refundable())
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
        let may_void = self.payment.status.is_undecided() || self.payment.status == PaymentStatus::Authorized;
        if !may_void {
            return Err(OperationRefused::Status(self.payment.status));
        }
        if self.pending(TransactionKind::Capture).minor > 0 {
            return Err(OperationRefused::CaptureInProgress);
        }
        let attempt = self.effective_attempt().ok_or(OperationRefused::Status(self.payment.status))?.clone();
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

    /// Merges a gateway's report about the charge of an attempt. Any order and any repetition of the same reports leads to
    /// the same payment.
    ///
    /// # Errors
    /// [`UnknownAttempt`] if the payment has no such attempt.
    pub fn apply(
        &mut self,
        attempt_id: PaymentAttemptId,
        report: &ChargeReport,
        now: Timestamp,
    ) -> Result<Applied, UnknownAttempt> {
        let status_before = self.payment.status;
        let attempt = self.attempts.iter_mut().find(|attempt| attempt.id == attempt_id);
        let attempt = attempt.ok_or(UnknownAttempt(attempt_id))?;
        attempt.merge(report.outcome, report.failure, now);
        if attempt.gateway_reference.is_none() {
            attempt.gateway_reference.clone_from(&report.gateway_reference);
        }
        let gateway = attempt.gateway.clone();
        let mut succeeded: Vec<_> =
            report.operations.iter().filter_map(|operation| self.merge(attempt_id, &gateway, operation, now)).collect();
        succeeded.extend(self.close_void(attempt_id, now));
        if report.action.is_some() {
            self.payment.action.clone_from(&report.action);
        }
        self.derive_status(now);
        Ok(Applied { status_before, succeeded })
    }

    /// Ends the pending void of a charge that was decided without an authorization: nothing is left to release.
    fn close_void(&mut self, attempt_id: PaymentAttemptId, now: Timestamp) -> Option<PaymentTransactionId> {
        let attempt = self.attempts.iter().find(|attempt| attempt.id == attempt_id)?;
        if !attempt.outcome.is_decided() || attempt.outcome == AttemptOutcome::Authorized {
            return None;
        }
        let void = self.transactions.iter_mut().find(|transaction| {
            transaction.attempt_id == attempt_id
                && transaction.kind == TransactionKind::Void
                && transaction.status == TransactionStatus::Pending
        })?;
        void.updated_at = now;
        // A charge that did not come about cannot be voided. If it appears later nevertheless, it needs a new void.
        let is_canceled = attempt.outcome == AttemptOutcome::Canceled;
        void.status = if is_canceled { TransactionStatus::Succeeded } else { TransactionStatus::Failed };
        is_canceled.then_some(void.id)
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

    /// Merges one money event; its id if it has just succeeded.
    fn merge(
        &mut self,
        attempt: PaymentAttemptId,
        gateway: &str,
        event: &Operation,
        now: Timestamp,
    ) -> Option<PaymentTransactionId> {
        let at = self.transactions.iter().position(|transaction| is_same(transaction, attempt, event));
        if at.is_none() {
            self.push_event(attempt, gateway, event, now);
        }
        let transaction = match at {
            Some(at) => self.transactions.get_mut(at),
            None => self.transactions.last_mut(),
        }?;
        transaction.gateway_reference.get_or_insert_with(|| event.gateway_reference.clone());
        if at.is_some() && event.status <= transaction.status {
            return None;
        }
        transaction.status = event.status;
        transaction.failure = event.failure;
        transaction.updated_at = now;
        (event.status == TransactionStatus::Succeeded).then_some(transaction.id)
    }

    /// Derives status and sums from attempts and transactions.
    pub fn derive_status(&mut self, now: Timestamp) {
        let before = self.payment.clone();
        let counting = self.effective_attempt().map(|attempt| (attempt.id, attempt.gateway.clone(), attempt.failure));
        let sum = |kind| self.counting(kind, TransactionStatus::Succeeded);
        let is_voided = sum(TransactionKind::Void).minor > 0;
        let authorized = sum(TransactionKind::Authorize);
        let captured = least(sum(TransactionKind::Capture), authorized);
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
            let is_all = captured == authorized || is_voided;
            return if is_all { PaymentStatus::Captured } else { PaymentStatus::PartiallyCaptured };
        }
        if is_voided {
            return PaymentStatus::Voided;
        }
        if authorized.minor > 0 { PaymentStatus::Authorized } else { self.undecided_status() }
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

    fn pending(&self, kind: TransactionKind) -> Money {
        self.counting(kind, TransactionStatus::Pending)
    }

    /// The sum of the transactions of the effective attempt.
    fn counting(&self, kind: TransactionKind, status: TransactionStatus) -> Money {
        let nothing = Money::zero(self.payment.currency());
        self.effective_attempt().map_or(nothing, |attempt| self.sum(attempt.id, kind, status))
    }

    /// The sum of the transactions of an attempt.
    pub(super) fn sum(&self, attempt: PaymentAttemptId, kind: TransactionKind, status: TransactionStatus) -> Money {
        let minor = self
            .transactions
            .iter()
            .filter(|one| one.attempt_id == attempt && one.kind == kind && one.status == status)
            // The sums of one payment are bounded by its amount, far below 64 bits.
            .fold(0_i64, |sum, transaction| sum.saturating_add(transaction.amount.minor));
        Money::new(minor, self.payment.currency())
    }

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

    /// Records an event that was not known.
    fn push_event(&mut self, attempt_id: PaymentAttemptId, gateway: &str, event: &Operation, now: Timestamp) {
        self.transactions.push(PaymentTransaction {
            id: PaymentTransactionId::new(),
            payment_id: self.payment.id,
            attempt_id,
            kind: event.kind,
            status: TransactionStatus::Pending,
            gateway: gateway.to_owned(),
            gateway_reference: Some(event.gateway_reference.clone()),
            key: None,
            amount: event.amount,
            failure: None,
            created_at: event.at,
            updated_at: now,
        });
    }
}

/// The transaction of an operation, new or repeated.
pub type Begun = Result<PaymentTransaction, OperationRefused>;

/// True if the event is the transaction: by the gateway's reference, else by our key.
fn is_same(transaction: &PaymentTransaction, attempt: PaymentAttemptId, event: &Operation) -> bool {
    if transaction.kind != event.kind || transaction.attempt_id != attempt {
        return false;
    }
    match (&transaction.gateway_reference, &event.key) {
        (Some(known), _) => *known == event.gateway_reference,
        (None, Some(key)) => *key == transaction.id.uuid().to_string(),
        (None, None) => false,
    }
}

fn least(a: Money, b: Money) -> Money {
    if a.minor <= b.minor { a } else { b }
}

/// The difference, at least zero; amounts are not negative, so that it cannot overflow.
fn left(whole: Money, part: Money) -> Money {
    Money::new(whole.minor.saturating_sub(part.minor).max(0), whole.currency)
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
