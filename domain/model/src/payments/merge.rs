//! Merging the reports of gateways into a payment.

use std::collections::HashMap;

use strum::VariantArray as _;

use super::{
    Applied, AttemptOutcome, ChargeReport, Operation, PaymentAction, PaymentRecord, PaymentTransaction, ReportAlert,
    TransactionKind, TransactionStatus,
};
use crate::{
    Money, Timestamp, WebUrl,
    ids::{PaymentAttemptId, PaymentTransactionId},
};

/// The maximum number of characters of a gateway's reference or key.
const MAX_REFERENCE: usize = 255;

impl PaymentRecord {
    /// Merges a gateway's report about the charge of an attempt. Any order and any repetition of the same reports leads to
    /// the same payment. A report that contradicts the payment changes nothing.
    ///
    /// # Errors
    /// [`ReportAlert`]: the reason why the report is rejected.
    pub fn apply(
        &mut self,
        attempt_id: PaymentAttemptId,
        report: &ChargeReport,
        now: Timestamp,
    ) -> Result<Applied, ReportAlert> {
        self.check(attempt_id, report)?;
        let mut merged = self.clone();
        let succeeded = merged.merge_report(attempt_id, report, now).ok_or(ReportAlert::Charge)?;
        merged.check_sums(attempt_id)?;
        merged.derive_status(now);
        let status_before = self.payment.status;
        *self = merged;
        Ok(Applied { status_before, succeeded })
    }

    /// Compares a report with the payment before anything of it is merged.
    fn check(&self, attempt_id: PaymentAttemptId, report: &ChargeReport) -> Result<(), ReportAlert> {
        let attempt = self.attempts.iter().find(|attempt| attempt.id == attempt_id).ok_or(ReportAlert::Charge)?;
        if report.reference != attempt.reference {
            return Err(ReportAlert::Charge);
        }
        if !report.gateway_reference.as_deref().is_none_or(is_reference) {
            return Err(ReportAlert::Reference);
        }
        if let Some(PaymentAction::Redirect { url }) = &report.action {
            WebUrl::parse(url).map_err(|_| ReportAlert::Url)?;
        }
        let mut amounts: HashMap<(TransactionKind, &str), Money> = HashMap::new();
        for operation in &report.operations {
            self.check_operation(attempt_id, operation)?;
            let name = (operation.kind, operation.gateway_reference.as_str());
            if amounts.insert(name, operation.amount).is_some_and(|earlier| earlier != operation.amount) {
                return Err(ReportAlert::AmountChanged);
            }
        }
        Ok(())
    }

    fn check_operation(&self, attempt: PaymentAttemptId, operation: &Operation) -> Result<(), ReportAlert> {
        if operation.amount.currency != self.payment.currency() {
            return Err(ReportAlert::Currency);
        }
        if operation.amount.minor <= 0 {
            return Err(ReportAlert::Amount);
        }
        if !is_reference(&operation.gateway_reference) || !operation.key.as_deref().is_none_or(is_reference) {
            return Err(ReportAlert::Reference);
        }
        let known = self.transactions.iter().find(|transaction| is_same(transaction, attempt, operation));
        let has_succeeded = |known: &PaymentTransaction| known.status == TransactionStatus::Succeeded;
        if known.is_some_and(|known| has_succeeded(known) && known.amount != operation.amount) {
            return Err(ReportAlert::AmountChanged);
        }
        Ok(())
    }

    fn check_sums(&self, attempt: PaymentAttemptId) -> Result<(), ReportAlert> {
        let sum = |kind: &TransactionKind| self.checked_sum(attempt, *kind, TransactionStatus::Succeeded);
        if TransactionKind::VARIANTS.iter().all(|kind| sum(kind).is_some()) {
            Ok(())
        } else {
            Err(ReportAlert::TooLarge)
        }
    }

    /// Merges a report that was checked, and returns what has just succeeded; none if there is no such attempt.
    fn merge_report(
        &mut self,
        attempt_id: PaymentAttemptId,
        report: &ChargeReport,
        now: Timestamp,
    ) -> Option<Vec<PaymentTransactionId>> {
        let attempt = self.attempts.iter_mut().find(|attempt| attempt.id == attempt_id)?;
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
        Some(succeeded)
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
        if event.status == TransactionStatus::Succeeded {
            // The gateway may move another amount than requested.
            transaction.amount = event.amount;
        }
        transaction.status = event.status;
        transaction.failure = event.failure;
        transaction.updated_at = now;
        (event.status == TransactionStatus::Succeeded).then_some(transaction.id)
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
            created_at: event.at.max(Timestamp::UNIX_EPOCH),
            updated_at: now,
        });
    }
}

/// True if a gateway's reference or key can be stored.
fn is_reference(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MAX_REFERENCE && !text.chars().any(char::is_control)
}

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
