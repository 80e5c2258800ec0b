//! Rejections: requests that are not executed, with the errors that the client receives.

use std::time::Duration;

use async_graphql::{Pos, ServerError};
use axum::http::StatusCode;

use crate::error_code::ErrorCode;

/// The maximum number of errors in an answer.
pub(crate) const MAX_ERRORS: usize = 20;

/// A request that was rejected before anything was executed.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// The code of all its errors.
    pub code: ErrorCode,
    /// The time after which a retry can succeed.
    pub retry_after: Option<Duration>,
    /// Set if the rejection does not concern the GraphQL document.
    pub(crate) status: Option<StatusCode>,
    pub(crate) errors: Vec<ServerError>,
    pub(crate) cost: Option<(u64, u64)>,
}

impl Rejection {
    /// A rejection with a message for the developer of the client: lowercase, no full stop, no secrets.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::from_errors(code, vec![ServerError::new(message, None)])
    }

    /// The credentials are missing or invalid.
    #[must_use]
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Unauthenticated, message)
    }

    /// The caller lacks a permission.
    #[must_use]
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Forbidden, message)
    }

    /// The request is malformed.
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadUserInput, message)
    }

    /// The query exceeds a limit.
    #[must_use]
    pub fn too_complex(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::QueryTooComplex, message)
    }

    /// The caller sent too many requests. The time in full seconds, rounded up, is also in the error's extensions, because
    /// messages on a websocket have no headers.
    #[must_use]
    pub fn rate_limited(retry_after: Duration) -> Self {
        let seconds = retry_after.as_secs().saturating_add(u64::from(retry_after.subsec_nanos() > 0)).max(1);
        let mut rejection = Self::new(ErrorCode::RateLimited, "too many requests, try again later");
        for error in &mut rejection.errors {
            error.extensions.get_or_insert_default().set("retryAfter", seconds);
        }
        rejection.retry_after(Duration::from_secs(seconds))
    }

    /// A dependency cannot be reached.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(ErrorCode::Unavailable, "the service is not available right now, try again")
            .retry_after(Duration::from_secs(1))
    }

    /// The process has too much to do for operations of this priority.
    #[must_use]
    pub fn busy() -> Self {
        Self::new(ErrorCode::Unavailable, "the service is busy, try again").retry_after(Duration::from_secs(1))
    }

    /// A bug. The client gets no details: log the cause first.
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

    /// Sets the time after which a retry can succeed.
    #[must_use]
    pub fn retry_after(self, after: Duration) -> Self {
        Self { retry_after: Some(after), ..self }
    }

    /// Sets the location in the document.
    #[must_use]
    pub(crate) fn at(mut self, pos: Pos) -> Self {
        for error in &mut self.errors {
            error.locations = vec![pos];
        }
        self
    }

    /// Sets the HTTP status for all media types.
    #[must_use]
    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Adds the requested and the maximum cost.
    #[must_use]
    pub(crate) fn cost(self, requested: u64, maximum: u64) -> Self {
        Self { cost: Some((requested, maximum)), ..self }
    }

    /// Adds the request id to each error, so that it can be found in the log.
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

/// The HTTP status of a code if nothing was executed.
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
