//! The stable codes of top-level errors, as sent in `extensions.code`.

/// The stable code of a top-level error, in `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request has no valid credentials.
    Unauthenticated,
    /// The caller lacks a permission.
    Forbidden,
    /// The request is malformed: syntax, validation, variables, ids, cursors.
    BadUserInput,
    /// The query exceeds a limit.
    QueryTooComplex,
    /// The caller sent too many requests.
    RateLimited,
    /// No document is stored under the hash of a persisted query.
    PersistedQueryNotFound,
    /// A dependency cannot be reached; a retry may succeed.
    Unavailable,
    /// A bug; the log has the details under the request id.
    Internal,
}

impl ErrorCode {
    const ALL: [Self; 8] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::BadUserInput,
        Self::QueryTooComplex,
        Self::RateLimited,
        Self::PersistedQueryNotFound,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The text in `extensions.code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::RateLimited => "RATE_LIMITED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// The code with this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }
}
