//! Reports of gateways about charges, independent of the gateway.

use super::{AttemptOutcome, FailureCode, PaymentAction, TransactionKind, TransactionStatus};
use crate::{Money, Timestamp};

/// A gateway's report about one charge, from a response, a webhook or a query. It may be outdated or incomplete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeReport {
    /// Our reference of the charge.
    pub reference: String,
    /// The gateway's reference of the charge.
    pub gateway_reference: Option<String>,
    /// Outcome of the attempt.
    pub outcome: AttemptOutcome,
    /// Reason of the failure.
    pub failure: Option<FailureCode>,
    /// Action that the shopper must complete.
    pub action: Option<PaymentAction>,
    /// Operations known to the gateway.
    pub operations: Vec<Operation>,
}

/// One operation as reported by the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The gateway's reference of the operation.
    pub gateway_reference: String,
    /// Kind of the operation.
    pub kind: TransactionKind,
    /// Status of the operation.
    pub status: TransactionStatus,
    /// Idempotency key of our request, which is the id of our transaction; None if the gateway began the operation.
    pub key: Option<String>,
    /// Amount of the operation.
    pub amount: Money,
    /// Reason of the failure.
    pub failure: Option<FailureCode>,
    /// Time of the operation.
    pub at: Timestamp,
}

impl ChargeReport {
    /// A report that contains only an outcome.
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
