//! A gateway's report about a charge, in the terms of the model.

use super::{AttemptOutcome, FailureCode, PaymentAction, TransactionKind, TransactionStatus};
use crate::{Money, Timestamp};

/// A gateway's report about one charge, from an answer, a webhook or a query. It may be older than what we know, and
/// incomplete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeReport {
    /// Our reference of the charge.
    pub reference: String,
    /// The gateway's reference.
    pub gateway_reference: Option<String>,
    /// The outcome of the attempt.
    pub outcome: AttemptOutcome,
    /// The reason of a failure.
    pub failure: Option<FailureCode>,
    /// The action that the shopper must complete.
    pub action: Option<PaymentAction>,
    /// The transactions that the gateway knows.
    pub operations: Vec<Operation>,
}

/// A transaction as the gateway reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The gateway's reference.
    pub gateway_reference: String,
    /// The kind of transaction.
    pub kind: TransactionKind,
    /// Its status.
    pub status: TransactionStatus,
    /// The idempotency key of the request: the id of our transaction. None for what the gateway began itself.
    pub key: Option<String>,
    /// The amount.
    pub amount: Money,
    /// The reason of the failure.
    pub failure: Option<FailureCode>,
    /// Time of the transaction.
    pub at: Timestamp,
}

impl ChargeReport {
    /// A report of the outcome alone.
    #[must_use]
    pub fn bare(reference: &str, outcome: AttemptOutcome, failure: Option<FailureCode>) -> Self {
        Self {
            reference: reference.to_owned(),
            gateway_reference: None,
            outcome,
            failure,
            action: None,
            operations: Vec::new(),
        }
    }
}
