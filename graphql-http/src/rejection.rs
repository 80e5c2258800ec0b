//! Why a request was not executed, and what the client is told.

use std::time::Duration;

use async_graphql::{Pos, ServerError};
use axum::http::StatusCode;

use crate::error_code::ErrorCode;

/// Errors of one answer that are sent; the rest is noise.
const MAX_ERRORS: usize = 20;

/// A request that was refused before anything was executed.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// The stable code of all errors in it.
    pub code: ErrorCode,
    /// When trying again makes sense.
    pub retry_after: Option<Duration>,
    /// Set when the refusal has nothing to do with the GraphQL document.
    pub(crate) status: Option<StatusCode>,
    pub(crate) errors: Vec<ServerError>,
    pub(crate) cost: Option<(u64, u64)>,
}

impl Rejection {
    /// A refusal with a message for the developer at the other end: lowercase, no full stop, no secrets.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::from_errors(code, vec![ServerError::new(message, None)])
    }

    /// Nobody is logged in, or the credentials are not valid.
    #[must_use]
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Unauthenticated, message)
    }

    /// The actor may not do this.
    #[must_use]
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Forbidden, message)
    }

    /// The request is wrong in itself.
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadUserInput, message)
    }

    /// The query asks for too much.
    #[must_use]
    pub fn too_complex(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::QueryTooComplex, message)
    }

    /// Too many requests; try again after a while.
    #[must_use]
    pub fn rate_limited(retry_after: Duration) -> Self {
        Self::new(ErrorCode::RateLimited, "too many requests").retry_after(retry_after)
    }

    /// Something the answer needs cannot be reached.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(ErrorCode::Unavailable, "the service is not available right now, try again")
            .retry_after(Duration::from_secs(1))
    }

    /// Something went wrong that the client cannot know about; log the cause first.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, "internal error")
    }

    pub(crate) fn from_errors(code: ErrorCode, mut errors: Vec<ServerError>) -> Self {
        errors.truncate(MAX_ERRORS);
        for error in &mut errors {
            error.extensions.get_or_insert_default().set("code", code.as_str());
        }
        Self { code, retry_after: None, status: None, errors, cost: None }
    }

    /// Tells when trying again makes sense.
    #[must_use]
    pub fn retry_after(self, after: Duration) -> Self {
        Self { retry_after: Some(after), ..self }
    }

    /// Points at a place in the document.
    #[must_use]
    pub(crate) fn at(mut self, pos: Pos) -> Self {
        for error in &mut self.errors {
            error.locations = vec![pos];
        }
        self
    }

    /// Fixes the HTTP status, whatever media type the client accepts.
    #[must_use]
    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Tells the cost that was asked for and the most that may be.
    #[must_use]
    pub(crate) fn cost(self, requested: u64, maximum: u64) -> Self {
        Self { cost: Some((requested, maximum)), ..self }
    }

    /// Names the request in each error, so that the log can be searched for it.
    #[must_use]
    pub(crate) fn with_request_id(mut self, id: &str) -> Self {
        if matches!(self.code, ErrorCode::Internal | ErrorCode::Unavailable) {
            for error in &mut self.errors {
                error.extensions.get_or_insert_default().set("requestId", id);
            }
        }
        self
    }
}

/// The HTTP status that a code stands for when nothing was executed.
pub(crate) const fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::BadUserInput | ErrorCode::QueryTooComplex | ErrorCode::PersistedQueryNotFound => {
            StatusCode::BAD_REQUEST
        }
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
