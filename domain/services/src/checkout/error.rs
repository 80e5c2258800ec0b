//! Why a cart did not become an order.

use model::{cart::CartError, ids::PaymentId, inventory::Shortage, orders::PlaceError, pricing::ProblemCode};
use persistence::{StoreError, db::TransactionError};

use crate::{ServiceError, idempotency::KeyError};

/// A cart did not become an order.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// There is no cart that the actor may complete.
    #[error("there is no such cart")]
    CartNotFound,
    /// The cart has changed since the caller saw it.
    #[error("the cart has changed; its version is {current}")]
    VersionConflict {
        /// The version it has.
        current: i32,
    },
    /// The cart or its payment is not ready.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// Others were faster.
    #[error("not enough is left of what the cart asks for")]
    OutOfStock(Vec<Shortage>),
    /// Others used the codes, or this buyer did before.
    #[error("the discount code {} has been used up", .0.join(", "))]
    CodesUsedUp(Vec<String>),
    /// The key was used with another cart.
    #[error("this idempotency key was used with another request")]
    KeyReused,
    /// The cart changed while it was priced: price it again.
    #[error("the cart has changed in the meantime")]
    Moved,
    /// Not the caller's fault, or not theirs to do.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// A refused attempt to complete a cart.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The reason.
    pub reason: CompleteError,
    /// The payment that the cart had then, as far as the attempt came.
    pub payment: Option<PaymentId>,
}

impl From<CompleteError> for Refusal {
    fn from(reason: CompleteError) -> Self {
        Self { reason, payment: None }
    }
}

impl From<TransactionError> for Refusal {
    fn from(error: TransactionError) -> Self {
        CompleteError::from(error).into()
    }
}

impl CompleteError {
    /// Whether the payment can no longer be for what this cart becomes, so that its money is let go. A code that does
    /// not apply changes no total: the shopper takes it off and completes the cart.
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
                )
            }),
            _ => false,
        }
    }

    /// Whether trying again at once may help.
    pub(super) const fn is_passing(&self) -> bool {
        matches!(self, Self::Moved | Self::Service(ServiceError::Store(StoreError::Retry)))
    }
}

impl From<StoreError> for CompleteError {
    fn from(error: StoreError) -> Self {
        match error {
            // Somebody completed the cart at the same moment: the next look finds the order.
            error if error.is_constraint("orders_cart_id_key") => Self::Moved,
            StoreError::VersionConflict => Self::Moved,
            error => Self::Service(error.into()),
        }
    }
}

impl From<KeyError> for CompleteError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Reused => Self::KeyReused,
            KeyError::Failure(error) => Self::Service(error),
        }
    }
}

impl From<TransactionError> for CompleteError {
    fn from(error: TransactionError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<CartError> for CompleteError {
    fn from(error: CartError) -> Self {
        match error {
            CartError::VersionConflict { current } => Self::VersionConflict { current },
            CartError::Completed => Self::Moved,
            _ => Self::CartNotFound,
        }
    }
}
