//! A payment with its attempts and transactions, and the rules between them.

use super::{
    AttemptOutcome, ChargeReport, FailureCode, Operation, OperationRefused, Payment, PaymentAttempt, PaymentMethod,
    PaymentStatus, PaymentTransaction, TransactionKind, TransactionStatus,
};
use crate::{
    Money, Timestamp,
    ids::{PaymentAttemptId, PaymentTransactionId},
};

/// A payment with its attempts and transactions, both in the order of creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRecord {
    /// The payment; status and sums are derived from attempts and transactions.
    pub payment: Payment,
    /// All attempts.
    pub attempts: Vec<PaymentAttempt>,
    /// All transactions.
    pub transactions: Vec<PaymentTransaction>,
}

/// Maximum number of automatic tries of an operation that the gateway refuses.
pub(super) const MOST_REFUSALS: usize = 10;

/// The changes that a report caused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Status before the report.
    pub status_before: PaymentStatus,
    /// Transactions that have just succeeded, in order; each is reported exactly once.
    pub succeeded: Vec<PaymentTransactionId>,
}

impl PaymentRecord {
    /// The transactions that have just succeeded, in the order of creation.
    #[must_use]
    pub fn just_succeeded(&self, applied: &Applied) -> Vec<&PaymentTransaction> {
        self.transactions.iter().filter(|transaction| applied.succeeded.contains(&transaction.id)).collect()
    }

    /// Amount that can still be captured, minus pending captures.
    #[must_use]
    pub fn capturable(&self) -> Money {
        let awaited = self.payment.method == PaymentMethod::BankTransfer && self.payment.status.is_undecided();
        let held = if awaited { self.payment.amount } else { self.payment.held() };
        let is_voiding = self.pending(TransactionKind::Void).minor > 0;
        if is_voiding { Money::zero(held.currency) } else { left(held, self.pending(TransactionKind::Capture)) }
    }

    /// Amount that can still be refunded, minus pending refunds.
    #[must_use]
    pub fn refundable(&self) -> Money {
        left(self.payment.kept(), self.pending(TransactionKind::Refund))
    }

    /// Checks that the amount can be refunded once everything authorized has been captured.
    ///
    /// # Errors
    /// [`OperationRefused::Amount`] or [`OperationRefused::TooMuch`] if it cannot.
    pub fn require_returnable(&self, amount: Money) -> Result<(), OperationRefused> {
        self.require_amount(amount)?;
        let all = self.payment.kept().minor.saturating_add(self.payment.held().minor);
        let left = left(Money::new(all, amount.currency), self.pending(TransactionKind::Refund));
        if amount.minor > left.minor { Err(OperationRefused::TooMuch { left }) } else { Ok(()) }
    }

    fn require_amount(&self, amount: Money) -> Result<(), OperationRefused> {
        let is_good = amount.minor > 0 && amount.currency == self.payment.currency();
        if is_good { Ok(()) } else { Err(OperationRefused::Amount) }
    }

    /// Amount that can still be refunded of a part of the kept amount; pending refunds count against that part.
    #[must_use]
    pub fn refundable_of(&self, part: Money) -> Money {
        least(left(part, self.pending(TransactionKind::Refund)), self.refundable())
    }

    /// True if a capture or refund is pending, so that the kept amount may still change.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        self.pending(TransactionKind::Capture).minor > 0 || self.pending(TransactionKind::Refund).minor > 0
    }

    /// The key of an automatic operation with this name: that of the pending one, else a new one.
    ///
    /// # Errors
    /// [`OperationRefused::RefusedRepeatedly`] if the gateway refused it too often.
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

    /// The amount of the operation with this kind and key; None if there is none.
    #[must_use]
    pub fn asked(&self, kind: TransactionKind, key: &str) -> Option<Money> {
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

    /// Begins to void the authorization, or to cancel a payment that is not decided. A payment has at most one pending
    /// void; a voided payment returns the same transaction.
    ///
    /// # Errors
    /// [`OperationRefused::Status`] if money was captured or nothing is authorized, [`OperationRefused::CaptureUnderWay`]
    /// if a capture is pending.
    pub fn begin_void(&mut self, now: Timestamp) -> Begun {
        let is_good = |transaction: &&PaymentTransaction| {
            transaction.kind == TransactionKind::Void && transaction.status != TransactionStatus::Failed
        };
        if let Some(earlier) = self.transactions.iter().filter(is_good).find(|void| self.counts(void)) {
            return Ok(earlier.clone());
        }
        let may_void = self.payment.status.is_undecided() || self.payment.status == PaymentStatus::Authorized;
        if !may_void {
            return Err(OperationRefused::Status(self.payment.status));
        }
        if self.pending(TransactionKind::Capture).minor > 0 {
            return Err(OperationRefused::CaptureUnderWay);
        }
        let attempt = self.attempt().ok_or(OperationRefused::Status(self.payment.status))?.clone();
        Ok(self.push_void(&attempt, now))
    }

    /// Adds a pending void of a charge.
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
        let attempt = self.attempt().filter(|_| !left.is_zero()).cloned();
        let attempt = attempt.ok_or(OperationRefused::Status(self.payment.status))?;
        if amount.minor > left.minor {
            return Err(OperationRefused::TooMuch { left });
        }
        Ok(self.push(&attempt, kind, amount, key, now))
    }

    /// Merges a gateway's report about the charge of an attempt. The result does not depend on the order or repetition of
    /// reports.
    pub fn apply(&mut self, attempt_id: PaymentAttemptId, report: &ChargeReport, now: Timestamp) -> Applied {
        let status_before = self.payment.status;
        if let Some(attempt) = self.attempts.iter_mut().find(|attempt| attempt.id == attempt_id) {
            attempt.learn(report.outcome, report.failure, now);
            if attempt.gateway_reference.is_none() {
                attempt.gateway_reference.clone_from(&report.gateway_reference);
            }
        }
        let mut succeeded: Vec<_> =
            report.operations.iter().filter_map(|operation| self.merge(attempt_id, operation, now)).collect();
        succeeded.extend(self.close_void(attempt_id, now));
        if report.action.is_some() {
            self.payment.action.clone_from(&report.action);
        }
        self.settle(now);
        Applied { status_before, succeeded }
    }

    /// Completes a pending void if the charge turned out to hold nothing.
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
        // A charge that is not known cannot be voided. If it appears later, it needs a new void.
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
        self.settle(now);
    }

    /// Merges one operation; returns its transaction if it has just succeeded.
    fn merge(&mut self, attempt: PaymentAttemptId, event: &Operation, now: Timestamp) -> Option<PaymentTransactionId> {
        let at = self.transactions.iter().position(|transaction| is_same(transaction, attempt, event));
        if at.is_none() {
            self.push_of(attempt, event, now);
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

    /// Recomputes status and sums from attempts and transactions.
    pub fn settle(&mut self, now: Timestamp) {
        let before = self.payment.clone();
        let counting = self.attempt().map(|attempt| (attempt.id, attempt.gateway.clone(), attempt.failure));
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

    /// The sum of the transactions of the attempt that counts.
    fn counting(&self, kind: TransactionKind, status: TransactionStatus) -> Money {
        let nothing = Money::zero(self.payment.currency());
        self.attempt().map_or(nothing, |attempt| self.sum(attempt.id, kind, status))
    }

    /// The sum of the transactions of an attempt.
    pub(super) fn sum(&self, attempt: PaymentAttemptId, kind: TransactionKind, status: TransactionStatus) -> Money {
        let minor = self
            .transactions
            .iter()
            .filter(|one| one.attempt_id == attempt && one.kind == kind && one.status == status)
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

    /// Adds a transaction for an operation that was not known.
    fn push_of(&mut self, attempt_id: PaymentAttemptId, event: &Operation, now: Timestamp) {
        let gateway = self.attempts.iter().find(|attempt| attempt.id == attempt_id).map(|a| a.gateway.clone());
        self.transactions.push(PaymentTransaction {
            id: PaymentTransactionId::new(),
            payment_id: self.payment.id,
            attempt_id,
            kind: event.kind,
            status: TransactionStatus::Pending,
            gateway: gateway.unwrap_or_default(),
            gateway_reference: Some(event.gateway_reference.clone()),
            key: None,
            amount: event.amount,
            failure: None,
            created_at: event.at,
            updated_at: now,
        });
    }
}

/// The new or repeated transaction of an operation.
pub type Begun = Result<PaymentTransaction, OperationRefused>;

/// True if the operation is the transaction: by the gateway's reference, else by the idempotency key of our request.
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

fn left(whole: Money, part: Money) -> Money {
    Money::new(whole.minor.saturating_sub(part.minor).max(0), whole.currency)
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
