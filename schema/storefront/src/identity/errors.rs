//! What stops a change of an account.

use async_graphql::{Context, Enum, Result, SimpleObject};
use model::customers::{CustomerError, PasswordError};
use schema_shared::RequestExt;
use services::identity::IdentityError;

/// What stopped a change of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CustomerErrorCode {
    /// The address or the password is wrong; which of them is not told.
    InvalidCredentials,
    /// Too many attempts on one account or from one network; `retryAfterSeconds` says how long to wait. It is a user
    /// error and not `RATE_LIMITED`, because a shopper can cause it and has to be told what to do.
    Throttled,
    /// Not an e-mail address.
    EmailInvalid,
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
    /// A part of an address is missing or too long; `field` names it.
    AddressInvalid,
    /// A text is too long or has characters that do not belong there; `field` names it.
    FieldInvalid,
    /// A customer has at most fifty addresses.
    TooManyAddresses,
    /// There is no such object, or it is somebody else's.
    NotFound,
}

/// Why an account was not changed.
#[derive(Debug, Clone, SimpleObject)]
pub struct CustomerUserError {
    /// What is wrong, for programs.
    pub code: CustomerErrorCode,
    /// What is wrong and what to do, for people.
    pub message: String,
    /// The path inside `input` that is wrong; null when it is about the whole.
    pub field: Option<Vec<String>>,
    /// How many seconds to wait, when there were too many attempts.
    pub retry_after_seconds: Option<i64>,
}

impl CustomerUserError {
    fn new(code: CustomerErrorCode, message: impl std::fmt::Display, path: &[&str]) -> Self {
        let field = (!path.is_empty()).then(|| path.iter().map(|part| (*part).to_owned()).collect());
        Self { code, message: message.to_string(), field, retry_after_seconds: None }
    }
}

/// The user errors of a failure; what is not the caller's input goes on as a top-level error.
pub(super) fn user_errors(ctx: &Context<'_>, error: IdentityError) -> Result<Vec<CustomerUserError>> {
    use CustomerErrorCode as Code;
    let message = error.to_string();
    let one = |code, path: &[&str]| Ok(vec![CustomerUserError::new(code, &message, path)]);
    match error {
        IdentityError::InvalidCredentials => one(Code::InvalidCredentials, &[]),
        IdentityError::Throttled(throttled) => {
            let wait = (throttled.retry_at - ctx.request()?.app.clock.now()).num_seconds().max(0) + 1;
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
        // Only staff meet these.
        other @ (IdentityError::Staff(_)
        | IdentityError::ApiToken(_)
        | IdentityError::InvalidName
        | IdentityError::EmailTaken
        | IdentityError::SlugTaken
        | IdentityError::Unknown(_)) => Err(services::ServiceError::Internal(other.to_string()).into()),
    }
}

/// The user errors of a change that asks for the password of the account: where it and where a new one is in `input`.
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
