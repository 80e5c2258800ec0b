//! User errors of identity mutations.

use async_graphql::{Context, Enum, Result, SimpleObject};
use model::customers::{ApiTokenError, CustomerError, PasswordError, StaffError};
use schema_shared::{RequestExt, user_errors};
use services::{ServiceError, identity::IdentityError};

/// The reasons for which a change of staff, roles or API tokens is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StaffErrorCode {
    /// The email address or the password is wrong.
    InvalidCredentials,
    /// Too many attempts on one account or from one network; `retryAfterSeconds` tells the time to wait. It is a user
    /// error and not `RATE_LIMITED` because staff can cause it and need an explanation.
    Throttled,
    /// The email address is not valid.
    EmailInvalid,
    /// An account with this email address exists already.
    EmailTaken,
    /// The password has fewer than ten characters.
    PasswordTooShort,
    /// The password has more than 128 characters.
    PasswordTooLong,
    /// The password is one of the most common ones.
    PasswordTooCommon,
    /// The token of the email is unknown, used or expired.
    TokenInvalid,
    /// The session has ended; log in again.
    SessionEnded,
    /// The refresh token was used before, so the session was ended; log in again.
    RefreshTokenReused,
    /// The change grants or removes permissions that the actor does not have.
    MoreThanOwn,
    /// The change would leave no active owner.
    LastOwner,
    /// The name is empty or longer than 100 characters.
    NameInvalid,
    /// The slug is not valid.
    SlugInvalid,
    /// A role with this slug exists already.
    SlugTaken,
    /// The token has no permission.
    NoPermissions,
    /// The expiration time is in the past.
    AlreadyExpired,
    /// The role does not exist.
    RoleUnknown,
    /// The object does not exist.
    NotFound,
}

/// A reason for which staff, roles or API tokens were not changed.
#[derive(Debug, Clone, SimpleObject)]
pub struct StaffUserError {
    /// Code of the error, for programs.
    pub code: StaffErrorCode,
    /// Text of the error, for people.
    pub message: String,
    /// Path of the wrong part inside `input`; null if the error is about the whole input.
    pub field: Option<Vec<String>>,
    /// Seconds to wait before the next attempt; null unless the code is `THROTTLED`.
    pub retry_after_seconds: Option<i64>,
}

impl StaffUserError {
    pub(super) fn new(code: StaffErrorCode, message: impl std::fmt::Display, path: &[&str]) -> Self {
        let field = (!path.is_empty()).then(|| path.iter().map(|part| (*part).to_owned()).collect());
        Self { code, message: message.to_string(), field, retry_after_seconds: None }
    }
}

user_errors! {
    /// A reason for which a customer was not changed.
    CustomerUserError,
    /// The reasons for which a change of a customer is rejected.
    CustomerErrorCode {
        /// A text is too long or has characters that are not allowed; `field` names it.
        FieldInvalid,
        /// The slug is not valid.
        SlugInvalid,
        /// The name is empty or longer than 100 characters.
        NameInvalid,
        /// The customer group does not exist.
        GroupUnknown,
        /// The personal data of the account was erased.
        Erased,
        /// The customer does not exist.
        NotFound,
    }
}

/// The user errors of a failure. Failures that the caller cannot fix become top-level errors.
pub(super) fn staff_errors(ctx: &Context<'_>, error: IdentityError) -> Result<Vec<StaffUserError>> {
    use StaffErrorCode as Code;
    let message = error.to_string();
    let (code, path): (Code, &[&str]) = match error {
        IdentityError::Throttled(throttled) => {
            let wait = (throttled.retry_at - ctx.request()?.app.now()).num_seconds().max(0) + 1;
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
        // Only customers can cause these.
        other @ (IdentityError::Customer(_) | IdentityError::InvalidAddress(_)) => {
            return Err(ServiceError::internal(other.to_string()).into());
        }
    };
    Ok(vec![StaffUserError::new(code, message, path)])
}

/// The user errors of a failed change of a customer. Failures that the caller cannot fix become top-level errors.
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
                other => ServiceError::internal(other.to_string()).into(),
            });
        }
    };
    Ok(vec![refused])
}
