//! Secrets that are mailed and work once.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use super::{Customer, Email};
use crate::{
    Timestamp,
    ids::{CustomerId, StaffUserId},
};

/// The purpose of a one-time token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Purpose {
    /// Creates the customer account of a registration.
    Register,
    /// Sets a new password for a customer.
    PasswordReset,
    /// Changes the email address of a customer to the token's address.
    EmailChange,
    /// Lets an invited staff member choose a password.
    StaffInvite,
    /// Sets a new password for a staff member.
    StaffPasswordReset,
}

impl Purpose {
    /// The time after which the token expires.
    #[must_use]
    pub const fn lifetime(self) -> TimeDelta {
        match self {
            Self::Register | Self::EmailChange => TimeDelta::hours(48),
            Self::PasswordReset | Self::StaffPasswordReset => TimeDelta::hours(1),
            Self::StaffInvite => TimeDelta::days(7),
        }
    }
}

/// A one-time token. The account of a registration exists only once its token is used, so that nobody can prepare an
/// account for an address that is not theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeToken {
    /// Identifier, not the secret.
    pub id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it is mailed to.
    pub email: Email,
    /// The customer it is for, once that is known.
    pub customer: Option<CustomerId>,
    /// The member of staff it is for.
    pub staff: Option<StaffUserId>,
    /// What was registered.
    pub registration: Option<Registration>,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// What somebody entered to register, kept until they prove that the address is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// Argon2id hash of the chosen password.
    pub password_hash: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Whether news may be sent.
    pub accepts_marketing: bool,
}

impl OneTimeToken {
    /// A token for an address, to be mailed.
    #[must_use]
    pub fn new(purpose: Purpose, email: Email, now: Timestamp) -> Self {
        let expires_at = now + purpose.lifetime();
        Self { id: Uuid::now_v7(), purpose, email, customer: None, staff: None, registration: None, expires_at }
    }

    /// The account that a used registration opens.
    #[must_use]
    pub fn into_customer(self, now: Timestamp) -> Option<(Customer, String)> {
        let Registration { password_hash, first_name, last_name, accepts_marketing } = self.registration?;
        let customer =
            Customer { first_name, last_name, accepts_marketing, ..Customer::new(CustomerId::new(), self.email, now) };
        Some((Customer { email_verified_at: Some(now), ..customer }, password_hash))
    }
}
