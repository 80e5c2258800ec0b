//! Customers and their addresses.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Email;
use crate::{
    Address, Locale, Slug, Timestamp,
    ids::{AddressId, CustomerGroupId, CustomerId},
};

/// The most addresses of one customer.
pub const MAX_ADDRESSES: usize = 50;
const MAX_NAME: usize = 100;
const MAX_PHONE: usize = 40;

/// A shopper with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// Identifier.
    pub id: CustomerId,
    /// Where mail goes and what they log in with; none once erased.
    pub email: Option<Email>,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Telephone.
    pub phone: Option<String>,
    /// Language that mail is written in.
    pub locale: Option<Locale>,
    /// Whether news may be sent.
    pub accepts_marketing: bool,
    /// The address that a new cart starts with.
    pub default_shipping_address: Option<AddressId>,
    /// The address that invoices go to.
    pub default_billing_address: Option<AddressId>,
    /// When they proved that the address is theirs.
    pub email_verified_at: Option<Timestamp>,
    /// When the personal data was erased.
    pub erased_at: Option<Timestamp>,
    /// When the account was opened.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// The change of a customer cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CustomerError {
    /// A text is too long or has characters that do not belong there.
    #[error("{0} is too long or holds control characters")]
    InvalidField(&'static str),
    /// The account was erased.
    #[error("this account was erased")]
    Erased,
    /// The customer has as many addresses as one may have.
    #[error("a customer has at most {MAX_ADDRESSES} addresses")]
    TooManyAddresses,
}

/// What to change of a customer; none leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerPatch {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Telephone; an empty one removes it.
    pub phone: Option<String>,
    /// Language that mail is written in.
    pub locale: Option<Locale>,
    /// Whether news may be sent.
    pub accepts_marketing: Option<bool>,
}

impl Customer {
    /// A new account without a name or phone number.
    #[must_use]
    pub fn new(id: CustomerId, email: Email, now: Timestamp) -> Self {
        Self { email: Some(email), ..Self::blank(id, now) }
    }

    /// An account without any personal data.
    const fn blank(id: CustomerId, created_at: Timestamp) -> Self {
        Self {
            id,
            email: None,
            first_name: String::new(),
            last_name: String::new(),
            phone: None,
            locale: None,
            accepts_marketing: false,
            default_shipping_address: None,
            default_billing_address: None,
            email_verified_at: None,
            erased_at: None,
            created_at,
            updated_at: created_at,
        }
    }

    /// Changes the fields that the patch holds, or none.
    ///
    /// # Errors
    /// [`CustomerError`] when a text is no name or number, or the account was erased.
    pub fn change(&mut self, patch: CustomerPatch, now: Timestamp) -> Result<(), CustomerError> {
        if self.erased_at.is_some() {
            return Err(CustomerError::Erased);
        }
        patch.check()?;
        let CustomerPatch { first_name, last_name, phone, locale, accepts_marketing } = patch;
        if let Some(name) = first_name {
            name.trim().clone_into(&mut self.first_name);
        }
        if let Some(name) = last_name {
            name.trim().clone_into(&mut self.last_name);
        }
        if let Some(phone) = phone {
            self.phone = Some(phone.trim().to_owned()).filter(|phone| !phone.is_empty());
        }
        self.locale = locale.or(self.locale.take());
        self.accepts_marketing = accepts_marketing.unwrap_or(self.accepts_marketing);
        self.updated_at = now;
        Ok(())
    }

    /// Moves the account to an address that was proven to be the customer's, and returns the old one; none once erased.
    #[must_use]
    pub fn move_to(&mut self, email: Email, now: Timestamp) -> Option<Email> {
        let old = self.email.replace(email);
        if old.is_none() {
            self.email = None;
            return None;
        }
        self.email_verified_at = Some(now);
        self.updated_at = now;
        old
    }

    /// Deletes all personal data. The account and its id remain because orders refer to them.
    pub fn erase(&mut self, now: Timestamp) {
        *self = Self { erased_at: Some(now), updated_at: now, ..Self::blank(self.id, self.created_at) };
    }

    /// Makes an address the one that carts or invoices start with.
    pub fn set_default(&mut self, address: AddressId, uses: &BTreeSet<DefaultAddress>) {
        if uses.contains(&DefaultAddress::Shipping) || self.default_shipping_address.is_none() {
            self.default_shipping_address = Some(address);
        }
        if uses.contains(&DefaultAddress::Billing) || self.default_billing_address.is_none() {
            self.default_billing_address = Some(address);
        }
    }

    /// Whether one more address fits.
    ///
    /// # Errors
    /// [`CustomerError::TooManyAddresses`] otherwise.
    pub const fn room_for_address(existing: usize) -> Result<(), CustomerError> {
        if existing < MAX_ADDRESSES { Ok(()) } else { Err(CustomerError::TooManyAddresses) }
    }
}

impl CustomerPatch {
    /// Names and numbers of bounded length, on one line.
    ///
    /// # Errors
    /// [`CustomerError::InvalidField`] with the GraphQL name of the first that is not.
    pub fn check(&self) -> Result<(), CustomerError> {
        let texts = [
            ("firstName", &self.first_name, MAX_NAME),
            ("lastName", &self.last_name, MAX_NAME),
            ("phone", &self.phone, MAX_PHONE),
        ];
        let is_line = |text: &str, most| text.chars().count() <= most && !text.chars().any(char::is_control);
        let wrong = texts.into_iter().find(|(_, text, most)| text.as_deref().is_some_and(|text| !is_line(text, *most)));
        wrong.map_or(Ok(()), |(name, ..)| Err(CustomerError::InvalidField(name)))
    }
}

/// What an address may be the default for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DefaultAddress {
    /// Where goods go.
    Shipping,
    /// Where invoices go.
    Billing,
}

/// An address that a customer keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerAddress {
    /// Identifier.
    pub id: AddressId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// The address.
    pub address: Address,
    /// When it was entered.
    pub created_at: Timestamp,
}

/// Customers who get the same prices and promotions, such as `vip`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerGroup {
    /// Identifier.
    pub id: CustomerGroupId,
    /// What promotions and systems call it.
    pub slug: Slug,
    /// What staff call it.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer() -> Customer {
        Customer::new(CustomerId::new(), "ada@example.org".parse().unwrap(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_refused_change_leaves_everything_as_it_was() {
        let mut ada = customer();
        let patch = CustomerPatch {
            first_name: Some("Ada".to_owned()),
            last_name: Some("Love\nlace".to_owned()),
            ..CustomerPatch::default()
        };
        assert_eq!(ada.change(patch, Timestamp::UNIX_EPOCH), Err(CustomerError::InvalidField("lastName")));
        assert_eq!(ada.first_name, "");
    }

    #[test]
    fn nothing_personal_survives_erasure() {
        let mut ada = customer();
        let patch = CustomerPatch { first_name: Some("Ada".to_owned()), ..CustomerPatch::default() };
        ada.change(patch.clone(), Timestamp::UNIX_EPOCH).unwrap();
        ada.erase(Timestamp::UNIX_EPOCH);
        let kept = serde_json::to_string(&ada).unwrap();
        assert!(!kept.contains("Ada") && !kept.contains("ada@"));
        assert_eq!(ada.change(patch, Timestamp::UNIX_EPOCH), Err(CustomerError::Erased));
    }

    #[test]
    fn the_first_address_is_the_default_and_later_ones_only_on_request() {
        let mut ada = customer();
        let (first, second) = (AddressId::new(), AddressId::new());
        ada.set_default(first, &BTreeSet::new());
        ada.set_default(second, &BTreeSet::from([DefaultAddress::Billing]));
        assert_eq!(ada.default_shipping_address, Some(first));
        assert_eq!(ada.default_billing_address, Some(second));
    }
}
