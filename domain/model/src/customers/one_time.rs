//! One-time tokens that are sent by mail.

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
    /// Lets a customer whose account staff created choose a password.
    CustomerInvite,
    /// Lets an invited staff member choose a password.
    StaffInvite,
    /// Sets a new password for a staff member.
    StaffPasswordReset,
    /// Changes the email address of a staff member to the token's address.
    StaffEmailChange,
}

impl Purpose {
    /// The time after which the token expires.
    #[must_use]
    pub const fn lifetime(self) -> TimeDelta {
        match self {
            Self::Register | Self::EmailChange | Self::StaffEmailChange => TimeDelta::hours(48),
            Self::PasswordReset | Self::StaffPasswordReset => TimeDelta::hours(1),
            Self::CustomerInvite | Self::StaffInvite => TimeDelta::days(7),
        }
    }
}

/// A one-time token. A registration creates its account only when the token is used, so that an attacker cannot
/// prepare an account for an address that is not theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeToken {
    /// Id of the token, not its secret.
    pub id: Uuid,
    /// Purpose of the token.
    pub purpose: Purpose,
    /// Address the token is sent to.
    pub email: Email,
    /// Customer the token is for; None for registrations and staff.
    pub customer: Option<CustomerId>,
    /// Staff member the token is for; None for customers.
    pub staff: Option<StaffUserId>,
    /// Data of a registration; None for other purposes.
    pub registration: Option<Registration>,
    /// Time when the token expires.
    pub expires_at: Timestamp,
}

/// The data of a registration, stored until the email address is verified. It has no password: the holder of the token
/// chooses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// True if the customer agreed to marketing mails.
    pub accepts_marketing: bool,
}

impl OneTimeToken {
    /// Creates a token for an email address.
    #[must_use]
    pub fn new(purpose: Purpose, email: Email, now: Timestamp) -> Self {
        let expires_at = now + purpose.lifetime();
        Self { id: Uuid::now_v7(), purpose, email, customer: None, staff: None, registration: None, expires_at }
    }

    /// The customer of a used registration token; None for other purposes.
    #[must_use]
    pub fn into_customer(self, now: Timestamp) -> Option<Customer> {
        let Registration { first_name, last_name, accepts_marketing } = self.registration?;
        let customer =
            Customer { first_name, last_name, accepts_marketing, ..Customer::new(CustomerId::new(), self.email, now) };
        Some(Customer { email_verified_at: Some(now), ..customer })
    }
}
