//! User errors of customer account mutations.

use async_graphql::{Context, Enum, Result, SimpleObject};
use model::customers::{CustomerError, PasswordError};
use schema_shared::RequestExt;
use services::identity::IdentityError;

/// The reasons for which a change of an account is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CustomerErrorCode {
    /// The email address or the password is wrong.
    InvalidCredentials,
    /// Too many attempts on one account or from one network; `retryAfterSeconds` tells the time to wait. It is a user
    /// error and not `RATE_LIMITED` because a shopper can cause it and needs an explanation.
    Throttled,
    /// The email address is not valid.
    EmailInvalid,
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
    /// A part of the address is missing or too long; `field` names it.
    AddressInvalid,
    /// A text is too long or has characters that are not allowed; `field` names it.
    FieldInvalid,
    /// The address book has fifty entries already.
    TooManyAddresses,
    /// The object does not exist, or belongs to another customer.
    NotFound,
}

/// A reason for which an account was not changed.
#[derive(Debug, Clone, SimpleObject)]
pub struct CustomerUserError {
    /// Code of the error, for programs.
    pub code: CustomerErrorCode,
    /// Text of the error, for people.
    pub message: String,
    /// Path of the wrong part inside `input`; null if the error is about the whole input.
    pub field: Option<Vec<String>>,
    /// Seconds to wait before the next attempt; null unless the code is `THROTTLED`.
    pub retry_after_seconds: Option<i64>,
}

impl CustomerUserError {
    fn new(code: CustomerErrorCode, message: impl std::fmt::Display, path: &[&str]) -> Self {
        let field = (!path.is_empty()).then(|| path.iter().map(|part| (*part).to_owned()).collect());
        Self { code, message: message.to_string(), field, retry_after_seconds: None }
    }
}

/// The user errors of a failure. Failures that the caller cannot fix become top-level errors.
pub(super) fn user_errors(ctx: &Context<'_>, error: IdentityError) -> Result<Vec<CustomerUserError>> {
    use CustomerErrorCode as Code;
    let message = error.to_string();
    let one = |code, path: &[&str]| Ok(vec![CustomerUserError::new(code, &message, path)]);
    match error {
        IdentityError::InvalidCredentials => one(Code::InvalidCredentials, &[]),
        IdentityError::Throttled(throttled) => {
            let wait = (throttled.retry_at - ctx.request()?.app.now()).num_seconds().max(0) + 1;
            let mut error = CustomerUserError::new(Code::Throttled, message, &[]);
            error.retry_after_seconds = Some(wait);
            Ok(vec![error])
        }
        IdentityError::Email(_) => one(Code::EmailInvalid, &["email"]),
        IdentityError::Password(PasswordError::TooShort) => one(Code::PasswordTooShort, &["password"]),
        IdentityError::Password(PasswordError::TooLong) => one(Code::PasswordTooLong, &["password"]),
        IdentityError::Password(PasswordError::TooCommon) => one(Code::PasswordTooCommon, &["password"]),
        IdentityError::InvalidToken => one(Code::TokenInvalid, &["token"]),
        IdentityError::SessionEnded => one(Code::SessionEnded, &[]),
        IdentityError::RefreshTokenReused => one(Code::RefreshTokenReused, &["refreshToken"]),
        IdentityError::Customer(CustomerError::InvalidField(name)) => one(Code::FieldInvalid, &[name]),
        IdentityError::Customer(CustomerError::TooManyAddresses) => one(Code::TooManyAddresses, &[]),
        IdentityError::InvalidAddress(fields) => {
            let error = |name| CustomerUserError::new(Code::AddressInvalid, &message, &["address", name]);
            Ok(fields.into_iter().map(error).collect())
        }
        IdentityError::Customer(CustomerError::Erased) | IdentityError::NotFound => one(Code::NotFound, &[]),
        IdentityError::Service(error) => Err(error.into()),
        // Only staff can cause these.
        other @ (IdentityError::Staff(_)
        | IdentityError::ApiToken(_)
        | IdentityError::InvalidName
        | IdentityError::EmailTaken
        | IdentityError::SlugTaken
        | IdentityError::Unknown(_)) => Err(services::ServiceError::internal(other.to_string()).into()),
    }
}

/// The user errors of a change that requires the account's password: `current` and `new` are the input fields of the
/// passwords.
pub(super) fn user_errors_at(
    ctx: &Context<'_>,
    error: IdentityError,
    current: &str,
    new: &str,
) -> Result<Vec<CustomerUserError>> {
    let field = match error {
        IdentityError::InvalidCredentials => Some(current),
        IdentityError::Password(_) => Some(new),
        _ => None,
    };
    let mut errors = user_errors(ctx, error)?;
    for error in &mut errors {
        error.field = field.map(|field| vec![field.to_owned()]).or(error.field.take());
    }
    Ok(errors)
}
