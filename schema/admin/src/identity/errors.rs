//! What stops changes of people and rights.

use async_graphql::{Context, Enum, Result, SimpleObject};
use model::customers::{ApiTokenError, CustomerError, PasswordError, StaffError};
use schema_shared::{RequestExt, user_errors};
use services::{ServiceError, identity::IdentityError};

/// What stopped a change of staff, roles or API tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StaffErrorCode {
    /// The address or the password is wrong; which of them is not told.
    InvalidCredentials,
    /// Too many attempts on one account or from one network; `retryAfterSeconds` says how long to wait. It is a user
    /// error and not `RATE_LIMITED`, because staff can cause it and have to be told what to do.
    Throttled,
    /// Not an e-mail address.
    EmailInvalid,
    /// There is an account with this address.
    EmailTaken,
    /// A password has at least ten characters.
    PasswordTooShort,
    /// A password has at most 128 characters.
    PasswordTooLong,
    /// A password that is tried first by whoever guesses.
    PasswordTooCommon,
    /// A mailed token is unknown, used or too old.
    TokenInvalid,
    /// The session is over; log in again.
    SessionEnded,
    /// The refresh token was used before, so the session was ended; log in again.
    RefreshTokenReused,
    /// Permissions that whoever acts does not hold were to be given or taken.
    MoreThanOwn,
    /// At least one active owner has to stay.
    LastOwner,
    /// A name has 1 to 100 characters.
    NameInvalid,
    /// Not a slug.
    SlugInvalid,
    /// There is a role with this slug.
    SlugTaken,
    /// A token needs at least one permission.
    NoPermissions,
    /// The end of a token lies in the future.
    AlreadyExpired,
    /// There is no role of this slug.
    RoleUnknown,
    /// There is no such object.
    NotFound,
}

/// Why staff, roles or API tokens were not changed.
#[derive(Debug, Clone, SimpleObject)]
pub struct StaffUserError {
    /// What is wrong, for programs.
    pub code: StaffErrorCode,
    /// What is wrong and what to do, for people.
    pub message: String,
    /// The path inside `input` that is wrong; null when it is about the whole.
    pub field: Option<Vec<String>>,
    /// How many seconds to wait, when there were too many attempts.
    pub retry_after_seconds: Option<i64>,
}

impl StaffUserError {
    pub(super) fn new(code: StaffErrorCode, message: impl std::fmt::Display, path: &[&str]) -> Self {
        let field = (!path.is_empty()).then(|| path.iter().map(|part| (*part).to_owned()).collect());
        Self { code, message: message.to_string(), field, retry_after_seconds: None }
    }
}

user_errors! {
    /// Why a customer was not changed.
    CustomerUserError,
    /// What stopped a change of a customer.
    CustomerErrorCode {
        /// A text is too long or has characters that do not belong there; `field` names it.
        FieldInvalid,
        /// Not a slug.
        SlugInvalid,
        /// A name has 1 to 100 characters.
        NameInvalid,
        /// There is no group of this slug.
        GroupUnknown,
        /// The account was erased.
        Erased,
        /// There is no such customer.
        NotFound,
    }
}

/// The user errors of a failure; what is not the caller's input goes on as a top-level error.
pub(super) fn staff_errors(ctx: &Context<'_>, error: IdentityError) -> Result<Vec<StaffUserError>> {
    use StaffErrorCode as Code;
    let message = error.to_string();
    let (code, path): (Code, &[&str]) = match error {
        IdentityError::Throttled(throttled) => {
            let wait = (throttled.retry_at - ctx.request()?.app.clock.now()).num_seconds().max(0) + 1;
            let mut error = StaffUserError::new(Code::Throttled, message, &[]);
            error.retry_after_seconds = Some(wait);
            return Ok(vec![error]);
        }
        IdentityError::InvalidCredentials => (Code::InvalidCredentials, &[]),
        IdentityError::Email(_) => (Code::EmailInvalid, &["email"]),
        IdentityError::EmailTaken => (Code::EmailTaken, &["email"]),
        IdentityError::Password(PasswordError::TooShort) => (Code::PasswordTooShort, &["password"]),
        IdentityError::Password(PasswordError::TooLong) => (Code::PasswordTooLong, &["password"]),
        IdentityError::Password(PasswordError::TooCommon) => (Code::PasswordTooCommon, &["password"]),
        IdentityError::InvalidToken => (Code::TokenInvalid, &["token"]),
        IdentityError::SessionEnded => (Code::SessionEnded, &[]),
        IdentityError::RefreshTokenReused => (Code::RefreshTokenReused, &["refreshToken"]),
        IdentityError::Staff(StaffError::LastOwner) => (Code::LastOwner, &[]),
        IdentityError::Staff(StaffError::MoreThanOwn) => (Code::MoreThanOwn, &[]),
        IdentityError::ApiToken(ApiTokenError::MoreThanOwn) => (Code::MoreThanOwn, &["permissions"]),
        IdentityError::ApiToken(ApiTokenError::NoPermissions) => (Code::NoPermissions, &["permissions"]),
        IdentityError::ApiToken(ApiTokenError::AlreadyExpired) => (Code::AlreadyExpired, &["expiresAt"]),
        IdentityError::ApiToken(ApiTokenError::InvalidName) | IdentityError::InvalidName => {
            (Code::NameInvalid, &["name"])
        }
        IdentityError::SlugTaken => (Code::SlugTaken, &["slug"]),
        IdentityError::Unknown(_) => (Code::RoleUnknown, &["roles"]),
        IdentityError::NotFound => (Code::NotFound, &[]),
        IdentityError::Service(error) => return Err(error.into()),
        // Only customers meet these.
        other @ (IdentityError::Customer(_) | IdentityError::InvalidAddress(_)) => {
            return Err(ServiceError::Internal(other.to_string()).into());
        }
    };
    Ok(vec![StaffUserError::new(code, message, path)])
}

/// The user errors of a failed change of a customer; what is not the caller's input goes on as a top-level error.
pub(super) fn customer_errors(error: IdentityError) -> Result<Vec<CustomerUserError>> {
    use CustomerErrorCode as Code;
    let refused = match &error {
        IdentityError::Customer(CustomerError::InvalidField(name)) => {
            CustomerUserError::at(Code::FieldInvalid, &error, name)
        }
        IdentityError::Customer(CustomerError::Erased) => CustomerUserError::new(Code::Erased, &error),
        IdentityError::InvalidName => CustomerUserError::at(Code::NameInvalid, &error, "name"),
        IdentityError::Unknown(_) => CustomerUserError::at(Code::GroupUnknown, &error, "groups"),
        IdentityError::NotFound => CustomerUserError::new(Code::NotFound, &error),
        _ => {
            return Err(match error {
                IdentityError::Service(error) => error.into(),
                other => ServiceError::Internal(other.to_string()).into(),
            });
        }
    };
    Ok(vec![refused])
}
