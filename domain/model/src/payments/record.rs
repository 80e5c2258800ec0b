//! A payment with everything known of it, and the rules that hold between the parts.

use super::{
    AttemptOutcome, ChargeReport, FailureCode, Operation, OperationRefused, Payment, PaymentAttempt, PaymentMethod,
    PaymentStatus, PaymentTransaction, TransactionKind, TransactionStatus,
};
use crate::{
    Money, Timestamp,
    ids::{PaymentAttemptId, PaymentTransactionId},
};

/// A payment with its attempts and transactions, each list in the order of writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRecord {
    /// The payment; its status and sums are derived from the rest.
    pub payment: Payment,
    /// Every try.
    pub attempts: Vec<PaymentAttempt>,
    /// Every money event.
    pub transactions: Vec<PaymentTransaction>,
}

/// How often we ask a gateway by ourselves for an operation that it refuses.
pub(super) const MOST_REFUSALS: usize = 10;

/// What a report or an operation changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The status before.
    pub status_before: PaymentStatus,
    /// The transactions that have just succeeded, in order; each is told once, ever.
    pub succeeded: Vec<PaymentTransactionId>,
}

impl PaymentRecord {
    /// The transactions that have just succeeded, in the order of writing.
    #[must_use]
    pub fn just_succeeded(&self, applied: &Applied) -> Vec<&PaymentTransaction> {
        self.transactions.iter().filter(|transaction| applied.succeeded.contains(&transaction.id)).collect()
    }

    /// What can still be captured, captures under way left out.
    #[must_use]
    pub fn capturable(&self) -> Money {
        let awaited = self.payment.method == PaymentMethod::BankTransfer && self.payment.status.is_undecided();
        let held = if awaited { self.payment.amount } else { self.payment.held() };
        let is_voiding = self.pending(TransactionKind::Void).minor > 0;
        if is_voiding { Money::zero(held.currency) } else { left(held, self.pending(TransactionKind::Capture)) }
    }

    /// What can still be refunded, refunds under way left out.
    #[must_use]
    pub fn refundable(&self) -> Money {
        left(self.payment.kept(), self.pending(TransactionKind::Refund))
    }

    /// Passes when that much can be refunded once everything that is held has been taken.
    ///
    /// # Errors
    /// [`OperationRefused::Amount`] or [`OperationRefused::TooMuch`].
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

    /// What can still be refunded of a part of what is kept; refunds under way count as refunds of that part.
    #[must_use]
    pub fn refundable_of(&self, part: Money) -> Money {
        least(left(part, self.pending(TransactionKind::Refund)), self.refundable())
    }

    /// Whether a capture or a refund is not known yet, so that what is kept may still change.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        self.pending(TransactionKind::Capture).minor > 0 || self.pending(TransactionKind::Refund).minor > 0
    }

    /// The key of an operation that we begin by ourselves under a name: the one that is under way, else a new one.
    ///
    /// # Errors
    /// [`OperationRefused::RefusedRepeatedly`] when asking once more is no use.
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

    /// How much was asked for under a key, if it was used for an operation of the kind.
    #[must_use]
    pub fn asked(&self, kind: TransactionKind, key: &str) -> Option<Money> {
        let is_it = |t: &&PaymentTransaction| t.kind == kind && t.key.as_deref() == Some(key);
        self.transactions.iter().find(is_it).map(|transaction| transaction.amount)
    }

    /// Begins to take held money; the same key gives the same transaction again.
    ///
    /// # Errors
    /// [`OperationRefused`] when that much cannot be captured.
    pub fn begin_capture(&mut self, amount: Money, key: &str, now: Timestamp) -> Begun {
        self.begin(TransactionKind::Capture, amount, key, now)
    }

    /// Begins to give money back; the same key gives the same transaction again.
    ///
    /// # Errors
    /// [`OperationRefused`] when that much cannot be refunded.
    pub fn begin_refund(&mut self, amount: Money, key: &str, now: Timestamp) -> Begun {
        self.begin(TransactionKind::Refund, amount, key, now)
    }

    /// Begins to release what is held, or to cancel what is not decided; a payment has at most one void under way, and
    /// one that is released gives the same transaction again.
    ///
    /// # Errors
    /// [`OperationRefused::Status`] when money was taken or is no longer held, [`OperationRefused::CaptureUnderWay`]
    /// when it may be taken any moment.
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

    /// Writes down that a charge is to be released.
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

    /// Merges what a gateway says of the charge of an attempt. Any order and any repetition of the same reports
    /// leads to the same payment.
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

    /// A void of a charge that turns out to hold nothing has nothing left to release.
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
        // What never came about cannot be released: should it turn up, it has to be voided anew.
        let is_canceled = attempt.outcome == AttemptOutcome::Canceled;
        void.status = if is_canceled { TransactionStatus::Succeeded } else { TransactionStatus::Failed };
        is_canceled.then_some(void.id)
    }

    /// Marks an operation that the gateway refused; one that happened stays.
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

    /// Learns of one money event; its id when it has just succeeded.
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

    /// Derives status and sums from attempts and transactions.
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

    /// The status while nothing is authorised.
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

    /// What the transactions of the attempt that counts come to.
    fn counting(&self, kind: TransactionKind, status: TransactionStatus) -> Money {
        let nothing = Money::zero(self.payment.currency());
        self.attempt().map_or(nothing, |attempt| self.sum(attempt.id, kind, status))
    }

    /// What the transactions of an attempt come to.
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

    /// Writes down an event that we did not know of.
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

/// The transaction that an operation makes or repeats.
pub type Begun = Result<PaymentTransaction, OperationRefused>;

/// Whether the event is the transaction: by the gateway's name for it, else by the key that we asked with.
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
