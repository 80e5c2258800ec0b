//! What a gateway says of one charge, in our words.

use super::{AttemptOutcome, FailureCode, PaymentAction, TransactionKind, TransactionStatus};
use crate::{Money, Timestamp};

/// What a gateway says of one charge: an answer, a webhook and the result of a question all bring one.
/// It may be older than what we know, and need not be complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeReport {
    /// What we call the charge.
    pub reference: String,
    /// What the gateway calls it.
    pub gateway_reference: Option<String>,
    /// What came of the attempt.
    pub outcome: AttemptOutcome,
    /// Why nothing came of it.
    pub failure: Option<FailureCode>,
    /// What the shopper has to do.
    pub action: Option<PaymentAction>,
    /// The money events the gateway knows.
    pub operations: Vec<Operation>,
}

/// One money event as the gateway knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What the gateway calls it.
    pub gateway_reference: String,
    /// What happened to the money.
    pub kind: TransactionKind,
    /// Whether it happened.
    pub status: TransactionStatus,
    /// The idempotency key it was asked for with: the id of our transaction. None for what the gateway began.
    pub key: Option<String>,
    /// How much.
    pub amount: Money,
    /// Why it failed.
    pub failure: Option<FailureCode>,
    /// When.
    pub at: Timestamp,
}

impl ChargeReport {
    /// Says that nothing is known but the outcome.
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
