//! A gateway's statement about a charge, with its source.

use std::time::Duration;

use model::payments::{ChargeReport, PaymentAttempt};

/// A gateway's statement about a charge, and where we got it from.
#[derive(Debug)]
pub(crate) struct ChargeUpdate<'a> {
    /// The attempt that created the charge.
    pub attempt: &'a PaymentAttempt,
    /// The statement.
    pub report: &'a ChargeReport,
    /// The origin of the statement.
    pub source: Source<'a>,
}

/// The origin of a statement.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    /// The answer to our own call.
    Call {
        /// Latency of the gateway, if known.
        latency: Option<Duration>,
        /// The attempt to make next if this one charged nothing.
        next: Option<&'a PaymentAttempt>,
    },
    /// A lookup by reference, or the answer to an operation.
    Query,
    /// A webhook; recorded so that a redelivery is ignored.
    Webhook {
        /// The message's id.
        id: &'a str,
        /// The message's type.
        kind: &'a str,
    },
}
