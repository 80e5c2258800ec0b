//! User errors of identity mutations.

use async_graphql::{Enum, SimpleObject};
use model::customers::{ApiTokenError, CustomerError, PasswordError, StaffError};
use schema_shared::{FromRule, user_errors};
use services::identity::IdentityRule;

/// The error codes of staff, role and API token mutations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StaffErrorCode {
    /// The email address or the password is wrong.
    InvalidCredentials,
    /// The password is right, but the account needs a code of its second factor.
    SecondFactorRequired,
    /// The code is wrong, expired, or was used before.
    SecondFactorInvalid,
    /// A second factor is enrolled already.
    SecondFactorExists,
    /// No second factor is enrolled, or none that waits for its confirmation.
    SecondFactorMissing,
    /// The change needs a more recent proof of identity: call `staffStepUp` first.
    StepUpRequired,
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
    /// The password is easy to guess: a common one, or known words and names with a few other characters.
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
    /// The permissions of the owner role cannot be changed.
    OwnerRole,
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
    /// Staff hold the role, so it cannot be deleted.
    RoleInUse,
    /// The channel does not exist.
    ChannelUnknown,
    /// A role is limited to at least one and at most 100 channels.
    ChannelsInvalid,
    /// A permission concerns the whole shop, so a role with it cannot be limited to channels.
    PermissionNotLimitable,
    /// An account cannot delete itself.
    OwnAccount,
    /// The address has received this mail several times; request it later.
    MailedOften,
    /// The object does not exist.
    NotFound,
}

/// A user error of a staff, role or API token mutation.
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
    /// A user error of a customer mutation.
    CustomerUserError,
    /// The error codes of customer mutations.
    CustomerErrorCode {
        /// A text is too long or has characters that are not allowed; `field` names it.
        FieldInvalid,
        /// The slug is not valid.
        SlugInvalid,
        /// The name is empty or longer than 100 characters.
        NameInvalid,
        /// The customer group does not exist.
        GroupUnknown,
        /// The VAT identification number has wrong check digits, or the tax authority does not know it.
        VatIdInvalid,
        /// A promotion names the customer group; change or archive it first.
        GroupInUse,
        /// A part of the address is missing or too long; `field` names it.
        AddressInvalid,
        /// The address book has fifty entries already.
        TooManyAddresses,
        /// Another account has the email address.
        EmailTaken,
        /// The customer has a password already.
        HasPassword,
        /// The address has received this mail several times; send it later.
        MailedOften,
        /// The personal data of the account was erased.
        Erased,
        /// The email address is not valid.
        EmailInvalid,
        /// The customer does not exist.
        NotFound,
    }
}

impl FromRule<IdentityRule> for StaffUserError {
    fn from_rule(rule: IdentityRule) -> Result<Vec<Self>, IdentityRule> {
        use StaffErrorCode as Code;
        let message = rule.to_string();
        let (code, path): (Code, &[&str]) = match rule {
            IdentityRule::Throttled { retry_after_seconds, .. } => {
                let retry_after_seconds = Some(retry_after_seconds);
                return Ok(vec![Self { retry_after_seconds, ..Self::new(Code::Throttled, message, &[]) }]);
            }
            IdentityRule::InvalidCredentials => (Code::InvalidCredentials, &[]),
            IdentityRule::SecondFactorRequired => (Code::SecondFactorRequired, &["code"]),
            IdentityRule::SecondFactorInvalid => (Code::SecondFactorInvalid, &["code"]),
            IdentityRule::SecondFactorExists => (Code::SecondFactorExists, &[]),
            IdentityRule::StepUpRequired => (Code::StepUpRequired, &[]),
            IdentityRule::SecondFactorMissing => (Code::SecondFactorMissing, &[]),
            IdentityRule::Email(_) => (Code::EmailInvalid, &["email"]),
            IdentityRule::EmailTaken => (Code::EmailTaken, &["email"]),
            IdentityRule::Password(PasswordError::TooShort) => (Code::PasswordTooShort, &["password"]),
            IdentityRule::Password(PasswordError::TooLong) => (Code::PasswordTooLong, &["password"]),
            IdentityRule::Password(PasswordError::TooCommon) => (Code::PasswordTooCommon, &["password"]),
            IdentityRule::InvalidToken => (Code::TokenInvalid, &["token"]),
            IdentityRule::SessionEnded => (Code::SessionEnded, &[]),
            IdentityRule::RefreshTokenReused => (Code::RefreshTokenReused, &["refreshToken"]),
            IdentityRule::Staff(StaffError::LastOwner) => (Code::LastOwner, &[]),
            IdentityRule::Staff(StaffError::OwnerRole) => (Code::OwnerRole, &["permissions"]),
            IdentityRule::Staff(StaffError::MoreThanOwn) => (Code::MoreThanOwn, &[]),
            IdentityRule::Staff(StaffError::InvalidChannels) => (Code::ChannelsInvalid, &["channels"]),
            IdentityRule::Staff(StaffError::NotLimitable(_)) => (Code::PermissionNotLimitable, &["permissions"]),
            IdentityRule::Staff(StaffError::RoleInUse) => (Code::RoleInUse, &[]),
            IdentityRule::Staff(StaffError::OwnAccount) => (Code::OwnAccount, &[]),
            IdentityRule::UnknownChannel(_) => (Code::ChannelUnknown, &["channels"]),
            IdentityRule::ApiToken(ApiTokenError::MoreThanOwn) => (Code::MoreThanOwn, &["permissions"]),
            IdentityRule::ApiToken(ApiTokenError::NoPermissions) => (Code::NoPermissions, &["permissions"]),
            IdentityRule::ApiToken(ApiTokenError::AlreadyExpired) => (Code::AlreadyExpired, &["expiresAt"]),
            IdentityRule::ApiToken(ApiTokenError::InvalidName) | IdentityRule::InvalidName => {
                (Code::NameInvalid, &["name"])
            }
            IdentityRule::SlugTaken => (Code::SlugTaken, &["slug"]),
            IdentityRule::MailedOften => (Code::MailedOften, &["email"]),
            IdentityRule::Unknown(_) => (Code::RoleUnknown, &["roles"]),
            IdentityRule::NotFound => (Code::NotFound, &[]),
            // Rules of mutations for customers.
            rule @ (IdentityRule::Customer(_)
            | IdentityRule::InvalidAddress(_)
            | IdentityRule::PasswordRequired
            | IdentityRule::HasPassword
            | IdentityRule::GroupInUse(_)) => return Err(rule),
        };
        Ok(vec![Self::new(code, message, path)])
    }
}

impl FromRule<IdentityRule> for CustomerUserError {
    fn from_rule(rule: IdentityRule) -> Result<Vec<Self>, IdentityRule> {
        use CustomerErrorCode as Code;
        let error = match &rule {
            IdentityRule::Customer(CustomerError::InvalidField(name)) => Self::at(Code::FieldInvalid, &rule, name),
            IdentityRule::Customer(CustomerError::InvalidVatId(_) | CustomerError::VatIdNotRegistered) => {
                Self::at(Code::VatIdInvalid, &rule, "vatId")
            }
            IdentityRule::Customer(CustomerError::Erased) => Self::new(Code::Erased, &rule),
            IdentityRule::Email(_) => Self::at(Code::EmailInvalid, &rule, "email"),
            IdentityRule::InvalidName => Self::at(Code::NameInvalid, &rule, "name"),
            IdentityRule::Customer(CustomerError::TooManyAddresses) => Self::new(Code::TooManyAddresses, &rule),
            IdentityRule::EmailTaken => Self::at(Code::EmailTaken, &rule, "email"),
            IdentityRule::HasPassword => Self::new(Code::HasPassword, &rule),
            IdentityRule::MailedOften => Self::new(Code::MailedOften, &rule),
            IdentityRule::GroupInUse(_) => Self::new(Code::GroupInUse, &rule),
            IdentityRule::InvalidAddress(fields) => {
                let error = |name: &&str| {
                    let field = Some(vec!["address".to_owned(), (*name).to_owned()]);
                    Self { field, ..Self::new(Code::AddressInvalid, &rule) }
                };
                return Ok(fields.iter().map(error).collect());
            }
            IdentityRule::Unknown(_) => Self::at(Code::GroupUnknown, &rule, "groups"),
            IdentityRule::NotFound => Self::new(Code::NotFound, &rule),
            _ => return Err(rule),
        };
        Ok(vec![error])
    }
}
