//! Receipts of bank transfers, which staff record.

use super::{
    Applied, AttemptOutcome, ChargeReport, Operation, PaymentMethod, PaymentRecord, ReportAlert, TransactionKind,
    TransactionStatus,
};
use crate::{Money, Timestamp};

/// A receipt cannot be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefused {
    /// The payment is no bank transfer.
    #[error("the order is not paid by bank transfer")]
    NoTransfer,
    /// Everything has arrived; a further receipt needs its amount.
    #[error("everything has arrived; state the amount to record an overpayment")]
    NothingOpen,
    /// The amount is not positive, or not in the currency of the payment.
    #[error("the amount must be positive and in the currency of the order")]
    Amount,
    /// The receipts would be many times the amount of the payment.
    #[error("all receipts would exceed ten times the amount of the order")]
    TooMuch,
    /// The receipt contradicts the payment.
    #[error(transparent)]
    Report(#[from] ReportAlert),
}

impl PaymentRecord {
    /// The most receipts, as a multiple of the amount of the payment: more is a mistake.
    const MOST_RECEIVED: i64 = 10;

    /// Records money that has arrived by bank transfer: less than the amount, all of it, or more. A payment that was voided
    /// or canceled before keeps the money, which can be refunded. `name` is unique among all receipts.
    ///
    /// # Errors
    /// [`ReceiptRefused`]; then nothing has changed.
    pub fn receive(&mut self, amount: Option<Money>, name: &str, now: Timestamp) -> Result<Applied, ReceiptRefused> {
        if self.payment.method != PaymentMethod::BankTransfer {
            return Err(ReceiptRefused::NoTransfer);
        }
        let amount = amount.unwrap_or_else(|| self.payment.open());
        if amount.is_zero() && self.payment.open().is_zero() {
            return Err(ReceiptRefused::NothingOpen);
        }
        if amount.minor <= 0 || amount.currency != self.payment.currency() {
            return Err(ReceiptRefused::Amount);
        }
        let most = self.payment.amount.minor.saturating_mul(Self::MOST_RECEIVED);
        if self.payment.captured.minor.saturating_add(amount.minor) > most {
            return Err(ReceiptRefused::TooMuch);
        }
        let attempt = self.attempts.last().ok_or(ReceiptRefused::NoTransfer)?;
        let moved = |kind| Operation {
            gateway_reference: name.to_owned(),
            kind,
            status: TransactionStatus::Succeeded,
            key: None,
            amount,
            failure: None,
            at: now,
        };
        let report = ChargeReport {
            gateway_reference: attempt.gateway_reference.clone(),
            operations: vec![moved(TransactionKind::Authorize), moved(TransactionKind::Capture)],
            ..ChargeReport::bare(&attempt.reference, AttemptOutcome::Authorized, None)
        };
        Ok(self.apply(attempt.id, &report, now)?)
    }
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;
