//! Errors of accounts, sessions and tokens.

use model::{
    Timestamp,
    customers::{ApiTokenError, CustomerError, InvalidEmail, PasswordError, StaffError, Throttled},
};

use crate::{UseCaseError, error::RuleError};

/// A rule that keeps an account, a session or a token from being created or changed.
#[derive(Debug, thiserror::Error)]
pub enum IdentityRule {
    /// No account has this e-mail address and password. The error does not tell which of them is wrong.
    #[error("the e-mail address or the password is wrong")]
    InvalidCredentials,
    /// Too many attempts.
    #[error("{cause}")]
    Throttled {
        /// The time of the next possible attempt.
        cause: Throttled,
        /// The time until then in seconds, at least 1.
        retry_after_seconds: i64,
    },
    /// The password is right, but the account needs a code of its second factor.
    #[error("this account needs a code of its authenticator or a recovery code")]
    SecondFactorRequired,
    /// The code is wrong, expired, or was used before.
    #[error("the code is wrong or was used before")]
    SecondFactorInvalid,
    /// A second factor is enrolled already.
    #[error("there is a second factor already; remove it first")]
    SecondFactorExists,
    /// No second factor is enrolled, or none that waits for its confirmation.
    #[error("there is no second factor")]
    SecondFactorMissing,
    /// The change needs a more recent proof of password and code than the session has.
    #[error("prove your identity again with staffStepUp")]
    StepUpRequired,
    /// The e-mail address is malformed.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// The new password is too weak or too long.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The mailed token creates an account, which needs a password.
    #[error("choose a password for the account")]
    PasswordRequired,
    /// A mailed token is unknown, used or expired.
    #[error("this link is not valid any more; ask for a new one")]
    InvalidToken,
    /// The session has ended.
    #[error("this session is over; log in again")]
    SessionEnded,
    /// The refresh token was used before, so it may be stolen: the session was ended.
    #[error("this refresh token was used before, so the session was ended; log in again")]
    RefreshTokenReused,
    /// A rule of customers.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// A rule of staff.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// A rule of API tokens.
    #[error(transparent)]
    ApiToken(#[from] ApiTokenError),
    /// Fields of an address are missing or too long; their GraphQL names.
    #[error("the address is not complete: {}", .0.join(", "))]
    InvalidAddress(Vec<&'static str>),
    /// The object does not exist or belongs to another customer.
    #[error("there is no such object")]
    NotFound,
    /// A display name is empty or too long.
    #[error("a name has 1 to 100 characters")]
    InvalidName,
    /// Another account has the e-mail address.
    #[error("there is an account with this e-mail address")]
    EmailTaken,
    /// Another role has the slug.
    #[error("there is a role with this slug")]
    SlugTaken,
    /// A role or customer group does not exist.
    #[error("there is no {0}")]
    Unknown(String),
    /// A promotion names the customer group; the name of the promotion.
    #[error("the promotion {0} names this group; change or archive it first")]
    GroupInUse(String),
    /// The customer has a password already.
    #[error("this customer has a password already")]
    HasPassword,
    /// The address has received too many of these mails.
    #[error("this address has received this mail several times; wait before you send it again")]
    MailedOften,
    /// A channel does not exist; its slug.
    #[error("there is no channel {0}")]
    UnknownChannel(String),
}

impl IdentityRule {
    /// Adds the time to wait.
    pub(super) fn throttled(cause: Throttled, now: Timestamp) -> Self {
        let retry_after_seconds = (cause.retry_at - now).num_seconds().max(0) + 1;
        Self::Throttled { cause, retry_after_seconds }
    }
}

impl RuleError for IdentityRule {}
impl RuleError for InvalidEmail {}
impl RuleError for PasswordError {}
impl RuleError for CustomerError {}
impl RuleError for StaffError {}
impl RuleError for ApiTokenError {}

/// The account, session or token was not created or changed.
pub type IdentityError = UseCaseError<IdentityRule>;
