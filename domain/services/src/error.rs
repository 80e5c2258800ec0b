//! Errors of use cases: a broken rule, which the caller can react to, or a failure of the system.

use std::{borrow::Cow, error::Error, fmt, sync::Arc};

use model::{access::AccessError, customers::Throttled};
use persistence::{StoreError, db::TransactionError};

/// An error of any kind, kept as the source of another.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A failure that is not the caller's input: it leaves as a top-level error of the API.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The actor lacks a permission or is not logged in.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Too many attempts from the network of the client.
    #[error(transparent)]
    RateLimited(#[from] Throttled),
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A failure of a batch, shared by its callers.
    #[error(transparent)]
    Shared(Arc<ServiceError>),
    /// A bug, a wrong configuration, or an unexpected answer of another system.
    #[error("{context}")]
    Internal {
        /// The operation that failed, such as `sign an access token`.
        context: Cow<'static, str>,
        /// The error that it failed with, if there is one.
        source: Option<BoxError>,
    },
}

impl ServiceError {
    /// A failure that has no underlying error.
    #[must_use]
    pub fn internal(context: impl Into<Cow<'static, str>>) -> Self {
        Self::Internal { context: context.into(), source: None }
    }

    /// The category of the failure.
    #[must_use]
    pub fn failure(&self) -> Failure {
        match self {
            Self::Access(AccessError::Unauthenticated) => Failure::Unauthenticated,
            Self::Access(
                AccessError::Forbidden(_) | AccessError::Limited(_) | AccessError::NotACustomer | AccessError::NotStaff,
            ) => Failure::Forbidden,
            Self::RateLimited(_) => Failure::RateLimited,
            Self::Store(StoreError::Unavailable(_) | StoreError::Retry) => Failure::Unavailable,
            Self::Store(_) | Self::Internal { .. } => Failure::Internal,
            Self::Shared(error) => error.failure(),
        }
    }

    /// The error with its sources, for logs.
    #[must_use]
    pub fn chain(&self) -> Chain<'_> {
        Chain(self)
    }
}

/// `BEGIN` or `COMMIT` failed.
impl From<TransactionError> for ServiceError {
    fn from(error: TransactionError) -> Self {
        Self::Store(error.into())
    }
}

/// The result of a use case without rules of its own.
pub type ServiceResult<T> = Result<T, ServiceError>;

/// The category of a failure, as the client sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Nobody is logged in.
    Unauthenticated,
    /// The actor lacks a permission.
    Forbidden,
    /// Too many attempts; a later retry can succeed.
    RateLimited,
    /// A store is unreachable or overloaded; a later retry can succeed.
    Unavailable,
    /// A bug or a wrong configuration.
    Internal,
}

/// Displays an error and its sources in one line, separated by colons.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// An error of a use case; `R` is the enum of the rules that its caller can break.
#[derive(Debug, thiserror::Error)]
pub enum UseCaseError<R> {
    /// The input breaks a rule.
    #[error(transparent)]
    Rule(R),
    /// The idempotency key was used with another input.
    #[error("this idempotency key was used with another request")]
    KeyReused,
    /// The caller may not do this, or the system failed.
    #[error(transparent)]
    Failure(ServiceError),
}

/// Marks errors that `?` converts to [`UseCaseError::Rule`]: the rules of a context and the errors of the model that
/// they are made from.
pub trait RuleError {}

impl<R: From<E>, E: RuleError> From<E> for UseCaseError<R> {
    fn from(error: E) -> Self {
        Self::Rule(error.into())
    }
}

impl<R> From<ServiceError> for UseCaseError<R> {
    fn from(error: ServiceError) -> Self {
        Self::Failure(error)
    }
}

impl<R> From<AccessError> for UseCaseError<R> {
    fn from(error: AccessError) -> Self {
        Self::Failure(error.into())
    }
}

impl<R> From<StoreError> for UseCaseError<R> {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl<R> From<TransactionError> for UseCaseError<R> {
    fn from(error: TransactionError) -> Self {
        Self::Failure(error.into())
    }
}

impl<R> UseCaseError<R> {
    /// The failure; a broken rule becomes an internal error with this context, for callers whose input is always valid.
    #[must_use]
    pub fn into_failure(self, context: &'static str) -> ServiceError
    where
        R: Error + Send + Sync + 'static,
    {
        match self {
            Self::Failure(error) => error,
            refused => ServiceError::Internal { context: context.into(), source: Some(Box::new(refused)) },
        }
    }

    /// The store's error, if a store failed.
    pub(crate) const fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Failure(ServiceError::Store(error)) => Some(error),
            _ => None,
        }
    }
}

/// Converts errors of stores that the caller caused to rules.
pub(crate) trait OnStoreError<T, R> {
    /// Converts the violation of the constraint `name`.
    fn on_constraint(self, name: &str, rule: R) -> Result<T, UseCaseError<R>>;

    /// Converts [`StoreError::NotFound`].
    fn on_not_found(self, rule: R) -> Result<T, UseCaseError<R>>;
}

impl<T, R, E: Into<UseCaseError<R>>> OnStoreError<T, R> for Result<T, E> {
    fn on_constraint(self, name: &str, rule: R) -> Result<T, UseCaseError<R>> {
        on_store_error(self, rule, |error| error.is_constraint(name))
    }

    fn on_not_found(self, rule: R) -> Result<T, UseCaseError<R>> {
        on_store_error(self, rule, |error| matches!(error, StoreError::NotFound))
    }
}

fn on_store_error<T, R>(
    result: Result<T, impl Into<UseCaseError<R>>>,
    rule: R,
    is_caused_by_caller: impl FnOnce(&StoreError) -> bool,
) -> Result<T, UseCaseError<R>> {
    result.map_err(|error| {
        let error = error.into();
        if error.store_error().is_some_and(is_caused_by_caller) { UseCaseError::Rule(rule) } else { error }
    })
}

/// Converts errors that the caller did not cause to [`ServiceError::Internal`].
pub trait OrInternal<T> {
    /// Keeps the error as the source of an internal error with this context.
    ///
    /// # Errors
    /// [`ServiceError::Internal`] if this is an error.
    fn or_internal(self, context: impl Into<Cow<'static, str>>) -> ServiceResult<T>;
}

impl<T, E: Into<BoxError>> OrInternal<T> for Result<T, E> {
    fn or_internal(self, context: impl Into<Cow<'static, str>>) -> ServiceResult<T> {
        self.map_err(|error| ServiceError::Internal { context: context.into(), source: Some(error.into()) })
    }
}
