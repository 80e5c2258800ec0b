//! Errors: user errors inside payloads, and the stable codes of top-level errors.

use async_graphql::{ErrorExtensions, ServerError};
use model::{InvalidId, PageError, access::AccessError};
use services::{
    ServiceError, UseCaseError,
    error::{Failure, OrInternal as _},
};

/// The code of a top-level error that a resolver returns, in `extensions.code`. The transport has further codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// Nobody is logged in, or the token is not valid.
    Unauthenticated,
    /// The actor does not have the required permission.
    Forbidden,
    /// The request is malformed: syntax, validation, ids or cursors.
    BadUserInput,
    /// Too many attempts from one network; the request can be repeated later.
    RateLimited,
    /// The request exceeds a limit that depends on data.
    QueryTooComplex,
    /// A store cannot be reached; the request can be repeated later.
    Unavailable,
    /// An unexpected failure; the log contains details under the request id.
    Internal,
}

impl ErrorCode {
    /// The text in `extensions.code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::RateLimited => "RATE_LIMITED",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A malformed request, such as an invalid id; becomes a top-level error with `BAD_USER_INPUT`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadUserInput(pub String);

/// A request that exceeds a limit which the static cost does not cover; becomes a top-level error with `QUERY_TOO_COMPLEX`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TooComplex(pub String);

/// The code of an error that a resolver returned, derived from its source. None for errors of the GraphQL engine
/// (syntax, validation, coercion), which have no source.
#[must_use]
pub fn code_of(error: &ServerError) -> Option<ErrorCode> {
    if let Some(failure) = error.source::<ServiceError>() {
        return Some(match failure.failure() {
            Failure::Unauthenticated => ErrorCode::Unauthenticated,
            Failure::Forbidden => ErrorCode::Forbidden,
            Failure::RateLimited => ErrorCode::RateLimited,
            Failure::Unavailable => ErrorCode::Unavailable,
            Failure::Internal => ErrorCode::Internal,
        });
    }
    if let Some(access) = error.source::<AccessError>() {
        return Some(match access {
            AccessError::Unauthenticated => ErrorCode::Unauthenticated,
            AccessError::Forbidden(_) | AccessError::Limited(_) | AccessError::NotACustomer | AccessError::NotStaff => {
                ErrorCode::Forbidden
            }
        });
    }
    let is_input = error.source::<PageError>().is_some()
        || error.source::<InvalidId>().is_some()
        || error.source::<BadUserInput>().is_some();
    if is_input {
        return Some(ErrorCode::BadUserInput);
    }
    if error.source::<TooComplex>().is_some() {
        return Some(ErrorCode::QueryTooComplex);
    }
    error.source.is_some().then_some(ErrorCode::Internal)
}

/// The message of an error with those of its sources, for logs.
#[must_use]
pub fn full_message(error: &ServerError) -> String {
    match error.source::<ServiceError>() {
        Some(failure) => failure.chain().to_string(),
        None => error.message.clone(),
    }
}

/// A user error of mutations whose use cases have the rules `R`.
pub trait FromRule<R>: Sized {
    /// The user errors of a broken rule.
    ///
    /// # Errors
    /// The rule itself if no input of these mutations can break it.
    fn from_rule(rule: R) -> Result<Vec<Self>, R>;

    /// The user error of a reused idempotency key; none if the mutations take no key.
    #[must_use]
    fn from_reused_key(_message: String) -> Option<Self> {
        None
    }
}

/// The user errors of a failed use case.
///
/// # Errors
/// A top-level error if the input is not the cause.
pub fn to_user_errors<R, U>(error: UseCaseError<R>) -> async_graphql::Result<Vec<U>>
where
    R: std::error::Error + Send + Sync + 'static,
    U: FromRule<R>,
{
    match error {
        UseCaseError::Rule(rule) => Ok(U::from_rule(rule).or_internal("a rule is broken that no input can break")?),
        error @ UseCaseError::KeyReused => {
            let error = U::from_reused_key(error.to_string());
            let error = error.ok_or_else(|| ServiceError::internal("a mutation without idempotency keys had one"))?;
            Ok(vec![error])
        }
        UseCaseError::Failure(error) => Err(error.into()),
    }
}

/// An error with a code, for resolvers without a typed error.
pub fn coded(code: ErrorCode, message: impl std::fmt::Display) -> async_graphql::Error {
    async_graphql::Error::new(message.to_string()).extend_with(|_, extensions| extensions.set("code", code.as_str()))
}

/// Defines the user errors of a context: the object of `userErrors` and its enum of codes.
///
/// ```ignore
/// user_errors! {
///     /// A user error of a cart mutation.
///     CartUserError,
///     /// The error codes of cart mutations.
///     CartErrorCode {
///         /// The cart does not exist.
///         CartNotFound,
///     }
/// }
/// ```
#[macro_export]
macro_rules! user_errors {
    (
        $(#[$error_meta:meta])* $error:ident,
        $(#[$code_meta:meta])* $code:ident { $($(#[$variant_meta:meta])* $variant:ident),+ $(,)? }
    ) => {
        $(#[$code_meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
        pub enum $code { $($(#[$variant_meta])* $variant),+ }

        $(#[$error_meta])*
        #[derive(Debug, Clone, async_graphql::SimpleObject)]
        pub struct $error {
            /// Code of the error, for programs.
            pub code: $code,
            /// Text of the error, for people.
            pub message: String,
            /// Path of the wrong part inside `input`; null if the error is about the whole input.
            pub field: Option<Vec<String>>,
        }

        impl $error {
            /// An error about the whole input.
            pub fn new(code: $code, message: impl std::fmt::Display) -> Self {
                Self { code, message: message.to_string(), field: None }
            }

            /// An error about one field of the input, such as `lines.0.quantity`.
            pub fn at(code: $code, message: impl std::fmt::Display, path: &str) -> Self {
                let field = Some(path.split('.').map(str::to_owned).collect());
                Self { code, message: message.to_string(), field }
            }
        }
    };
}
