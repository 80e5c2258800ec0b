//! User errors of customer account mutations.

use async_graphql::{Enum, SimpleObject};
use model::customers::{CustomerError, PasswordError};
use schema_shared::{FromRule, to_user_errors};
use services::identity::{IdentityError, IdentityRule};

/// The error codes of account mutations.
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
    /// The password is easy to guess: a common one, or known words and names with a few other characters.
    PasswordTooCommon,
    /// The token creates an account, which needs a password.
    PasswordRequired,
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
    /// The VAT identification number has wrong check digits, or the tax authority does not know it.
    VatIdInvalid,
    /// The address book has fifty entries already.
    TooManyAddresses,
    /// The object does not exist, or belongs to another customer.
    NotFound,
}

/// A user error of an account mutation.
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

impl FromRule<IdentityRule> for CustomerUserError {
    fn from_rule(rule: IdentityRule) -> Result<Vec<Self>, IdentityRule> {
        use CustomerErrorCode as Code;
        let message = rule.to_string();
        let one = |code, path: &[&str]| Ok(vec![Self::new(code, &message, path)]);
        match rule {
            IdentityRule::InvalidCredentials => one(Code::InvalidCredentials, &[]),
            IdentityRule::Throttled { retry_after_seconds, .. } => {
                let retry_after_seconds = Some(retry_after_seconds);
                Ok(vec![Self { retry_after_seconds, ..Self::new(Code::Throttled, message, &[]) }])
            }
            IdentityRule::Email(_) => one(Code::EmailInvalid, &["email"]),
            IdentityRule::Password(PasswordError::TooShort) => one(Code::PasswordTooShort, &["password"]),
            IdentityRule::Password(PasswordError::TooLong) => one(Code::PasswordTooLong, &["password"]),
            IdentityRule::Password(PasswordError::TooCommon) => one(Code::PasswordTooCommon, &["password"]),
            IdentityRule::PasswordRequired => one(Code::PasswordRequired, &["password"]),
            IdentityRule::InvalidToken => one(Code::TokenInvalid, &["token"]),
            IdentityRule::SessionEnded => one(Code::SessionEnded, &[]),
            IdentityRule::RefreshTokenReused => one(Code::RefreshTokenReused, &["refreshToken"]),
            IdentityRule::Customer(CustomerError::InvalidField(name)) => one(Code::FieldInvalid, &[name]),
            IdentityRule::Customer(CustomerError::InvalidVatId(_) | CustomerError::VatIdNotRegistered) => {
                one(Code::VatIdInvalid, &["vatId"])
            }
            IdentityRule::Customer(CustomerError::TooManyAddresses) => one(Code::TooManyAddresses, &[]),
            IdentityRule::InvalidAddress(fields) => {
                let error = |name| Self::new(Code::AddressInvalid, &message, &["address", name]);
                Ok(fields.into_iter().map(error).collect())
            }
            IdentityRule::Customer(CustomerError::Erased) | IdentityRule::NotFound => one(Code::NotFound, &[]),
            // Rules of mutations for staff.
            rule @ (IdentityRule::Staff(_)
            | IdentityRule::ApiToken(_)
            | IdentityRule::InvalidName
            | IdentityRule::EmailTaken
            | IdentityRule::SlugTaken
            | IdentityRule::SecondFactorRequired
            | IdentityRule::SecondFactorInvalid
            | IdentityRule::SecondFactorExists
            | IdentityRule::SecondFactorMissing
            | IdentityRule::StepUpRequired
            | IdentityRule::GroupInUse(_)
            | IdentityRule::HasPassword
            | IdentityRule::MailedOften
            | IdentityRule::UnknownChannel(_)
            | IdentityRule::Unknown(_)) => Err(rule),
        }
    }
}

/// The user errors of a change that requires the current password; `current` and `new` are the fields of the passwords
/// in the input.
pub(super) fn user_errors_at(
    error: IdentityError,
    current: &str,
    new: &str,
) -> async_graphql::Result<Vec<CustomerUserError>> {
    let field = match &error {
        IdentityError::Rule(IdentityRule::InvalidCredentials) => Some(current),
        IdentityError::Rule(IdentityRule::Password(_)) => Some(new),
        _ => None,
    };
    let mut errors: Vec<CustomerUserError> = to_user_errors(error)?;
    for error in &mut errors {
        error.field = field.map(|field| vec![field.to_owned()]).or(error.field.take());
    }
    Ok(errors)
}
