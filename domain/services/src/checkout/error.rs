//! Errors of completing a cart.

use model::{
    cart::CartError,
    ids::PaymentId,
    inventory::Shortage,
    orders::{PlaceError, TooManyUnpaid},
    pricing::ProblemCode,
};
use persistence::{StoreError, db::TransactionError};

use crate::{UseCaseError, error::RuleError};

/// A rule that keeps a cart from becoming an order.
#[derive(Debug, thiserror::Error)]
pub enum CompleteRule {
    /// The cart does not exist, or the actor may not complete it.
    #[error("there is no such cart")]
    CartNotFound,
    /// The cart has another version than the caller expects.
    #[error("the cart has changed; its version is {current}")]
    VersionConflict {
        /// The current version.
        current: i32,
    },
    /// The cart or its payment is not ready.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// Other orders took the stock.
    #[error("not enough units are available")]
    OutOfStock(Vec<Shortage>),
    /// The usage limit of discount codes is reached, in total or for this customer.
    #[error("{}: the code is not valid", .0.join(", "))]
    CodesUsedUp(Vec<String>),
    /// The e-mail address or the network has too many unpaid orders by bank transfer.
    #[error(transparent)]
    TooManyUnpaid(#[from] TooManyUnpaid),
    /// The cart changed while it was priced, so it must be priced again.
    #[error("the cart has changed in the meantime")]
    Changed,
}

impl CompleteRule {
    /// True if the cart can no longer become the order that was paid for, so the payment is released. A discount code
    /// that does not apply is not final: the shopper can remove it and complete the cart.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::OutOfStock(_) | Self::CodesUsedUp(_) | Self::Place(PlaceError::PaymentAmountMismatch) => true,
            Self::Place(PlaceError::Problems(problems)) => problems.iter().any(|problem| {
                matches!(
                    problem.code,
                    ProblemCode::Empty
                        | ProblemCode::VariantUnavailable
                        | ProblemCode::OutOfStock
                        | ProblemCode::CountryNotServed
                        | ProblemCode::TaxNotConfigured
                        | ProblemCode::NotDeliverable
                )
            }),
            _ => false,
        }
    }
}

impl RuleError for CompleteRule {}
impl RuleError for PlaceError {}
impl RuleError for CartError {}
impl RuleError for TooManyUnpaid {}

impl From<CartError> for CompleteRule {
    fn from(error: CartError) -> Self {
        match error {
            CartError::VersionConflict { current } => Self::VersionConflict { current },
            CartError::Completed => Self::Changed,
            _ => Self::CartNotFound,
        }
    }
}

/// The cart was not completed.
pub type CompleteError = UseCaseError<CompleteRule>;

/// True if another attempt can succeed at once: the cart changed, or another request completed it at the same time.
pub(super) fn is_transient(error: &CompleteError) -> bool {
    let is_transient = |error: &StoreError| {
        matches!(error, StoreError::Retry | StoreError::VersionConflict) || error.is_constraint("orders_cart_id_key")
    };
    matches!(error, CompleteError::Rule(CompleteRule::Changed)) || error.store_error().is_some_and(is_transient)
}

/// A refused attempt to complete a cart.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The reason.
    pub reason: CompleteError,
    /// The payment of the cart, if the attempt got far enough to read it.
    pub payment: Option<PaymentId>,
}

impl From<CompleteError> for Refusal {
    fn from(reason: CompleteError) -> Self {
        Self { reason, payment: None }
    }
}

impl From<CompleteRule> for Refusal {
    fn from(rule: CompleteRule) -> Self {
        CompleteError::from(rule).into()
    }
}

impl From<TransactionError> for Refusal {
    fn from(error: TransactionError) -> Self {
        CompleteError::from(error).into()
    }
}
