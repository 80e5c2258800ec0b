//! What identity's use cases can fail with.

use model::{
    access::AccessError,
    customers::{ApiTokenError, CustomerError, InvalidEmail, PasswordError, StaffError, Throttled},
};
use persistence::{StoreError, db::TransactionError};

use crate::ServiceError;

/// Why an account, a session or a token was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// No account has this address and password. Says nothing about which of the two is wrong.
    #[error("the e-mail address or the password is wrong")]
    InvalidCredentials,
    /// Too many attempts.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The address is none.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// The new password is not good enough.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A mailed token is unknown, used or too old.
    #[error("this link is not valid any more; ask for a new one")]
    InvalidToken,
    /// A session is over.
    #[error("this session is over; log in again")]
    SessionEnded,
    /// A refresh token came a second time, so somebody may have stolen it: the session was ended.
    #[error("this refresh token was used before, so the session was ended; log in again")]
    RefreshTokenReused,
    /// A rule about customers.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// A rule about staff.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// A rule about API tokens.
    #[error(transparent)]
    ApiToken(#[from] ApiTokenError),
    /// Parts of an address are missing or too long; their GraphQL names.
    #[error("the address is not complete: {}", .0.join(", "))]
    InvalidAddress(Vec<&'static str>),
    /// There is no such object, or it is somebody else's.
    #[error("there is no such object")]
    NotFound,
    /// A name for people is empty or too long.
    #[error("a name has 1 to 100 characters")]
    InvalidName,
    /// Staff have one account per address.
    #[error("there is an account with this e-mail address")]
    EmailTaken,
    /// There is one role per slug.
    #[error("there is a role with this slug")]
    SlugTaken,
    /// A role or group that does not exist was named.
    #[error("there is no {0}")]
    Unknown(String),
    /// Anything that is not the caller's input.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for IdentityError {
    fn from(error: StoreError) -> Self {
        Self::Service(ServiceError::Store(error))
    }
}

impl From<TransactionError> for IdentityError {
    fn from(error: TransactionError) -> Self {
        Self::Service(error.into())
    }
}

impl From<AccessError> for IdentityError {
    fn from(error: AccessError) -> Self {
        Self::Service(ServiceError::Access(error))
    }
}

impl IdentityError {
    /// Takes the refusal of one constraint for a domain error.
    pub(super) fn on_constraint(self, name: &str, instead: Self) -> Self {
        match &self {
            Self::Service(ServiceError::Store(error)) if error.is_constraint(name) => instead,
            _ => self,
        }
    }
}
