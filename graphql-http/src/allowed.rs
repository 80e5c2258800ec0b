//! The kinds of operations that a transport supports.

use async_graphql::parser::types::OperationType;
use axum::http::StatusCode;

use crate::rejection::Rejection;

/// The kinds of operations that a transport supports.
#[derive(Debug, Clone, Copy)]
pub struct Allowed {
    /// False for GET.
    pub mutations: bool,
    /// True if the transport can send several answers.
    pub subscriptions: bool,
}

impl Allowed {
    /// Rejects an operation that the transport does not support.
    pub(crate) fn check(self, kind: OperationType) -> Result<(), Rejection> {
        match kind {
            OperationType::Mutation if !self.mutations => {
                Err(Rejection::input("mutations must be sent by POST").status(StatusCode::METHOD_NOT_ALLOWED))
            }
            OperationType::Subscription if !self.subscriptions => Err(Rejection::input(
                "subscriptions need a websocket (graphql-transport-ws) or \"accept: text/event-stream\"",
            )
            .status(StatusCode::BAD_REQUEST)),
            _ => Ok(()),
        }
    }
}
