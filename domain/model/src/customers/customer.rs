//! Customers and their addresses.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Email;
use crate::{
    Address, CheckedVatId, InvalidVatId, Locale, Slug, Timestamp, VatId,
    ids::{AddressId, CustomerGroupId, CustomerId},
};

/// Maximum number of addresses of a customer.
pub const MAX_ADDRESSES: usize = 50;
const MAX_NAME: usize = 100;
const MAX_PHONE: usize = 40;

/// A customer account of a shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// Global id.
    pub id: CustomerId,
    /// Email address for login and mail; None if the account was erased.
    pub email: Option<Email>,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Phone number.
    pub phone: Option<String>,
    /// Locale of mails; None for the default of the channel.
    pub locale: Option<Locale>,
    /// True if the customer agreed to marketing mails.
    pub accepts_marketing: bool,
    /// VAT identification number of a business; new carts start with it.
    pub vat_id: Option<CheckedVatId>,
    /// True if the customer pays no taxes.
    pub is_tax_exempt: bool,
    /// Shipping address of new carts.
    pub default_shipping_address: Option<AddressId>,
    /// Billing address of new carts.
    pub default_billing_address: Option<AddressId>,
    /// Note of staff, which the customer does not see.
    pub note: Option<String>,
    /// Tags of staff, which the customer does not see.
    pub tags: Vec<String>,
    /// Time when the email address was verified; None if it was not.
    pub email_verified_at: Option<Timestamp>,
    /// Time when the personal data was erased; None for an active account.
    pub erased_at: Option<Timestamp>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

/// The reason why a customer cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CustomerError {
    /// A field is too long or contains control characters.
    #[error("{0} is too long or contains control characters")]
    InvalidField(&'static str),
    /// The text is not a VAT identification number, or its check digits are wrong.
    #[error(transparent)]
    InvalidVatId(#[from] InvalidVatId),
    /// The tax authority does not know the VAT identification number.
    #[error("this VAT identification number is not registered")]
    VatIdNotRegistered,
    /// The account was erased.
    #[error("this account was erased")]
    Erased,
    /// The customer has the maximum number of addresses.
    #[error("a customer has at most {MAX_ADDRESSES} addresses")]
    TooManyAddresses,
}

/// A partial update of a customer; None leaves a field unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerPatch {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Phone number; an empty text removes it.
    pub phone: Option<String>,
    /// Locale of mails.
    pub locale: Option<Locale>,
    /// True if the customer agrees to marketing mails.
    pub accepts_marketing: Option<bool>,
    /// VAT identification number; an empty text removes it.
    pub vat_id: Option<String>,
    /// Time at which the tax authority confirmed the new VAT identification number; None if it did not.
    pub vat_id_confirmed_at: Option<Timestamp>,
    /// True if the customer pays no taxes.
    pub is_tax_exempt: Option<bool>,
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
            vat_id: None,
            is_tax_exempt: false,
            default_shipping_address: None,
            default_billing_address: None,
            note: None,
            tags: Vec::new(),
            email_verified_at: None,
            erased_at: None,
            created_at,
            updated_at: created_at,
        }
    }

    /// Applies an update; an invalid update changes nothing.
    ///
    /// # Errors
    /// [`CustomerError`] if a field is not valid or the account was erased.
    pub fn change(&mut self, patch: CustomerPatch, now: Timestamp) -> Result<(), CustomerError> {
        if self.erased_at.is_some() {
            return Err(CustomerError::Erased);
        }
        patch.check()?;
        let vat_id = patch.new_vat_id()?;
        let CustomerPatch { first_name, last_name, phone, locale, accepts_marketing, is_tax_exempt, .. } = patch;
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
        if let Some(vat_id) = vat_id {
            self.vat_id = vat_id;
        }
        self.is_tax_exempt = is_tax_exempt.unwrap_or(self.is_tax_exempt);
        self.updated_at = now;
        Ok(())
    }

    /// Sets a verified email address and returns the old one. None if the account was erased; then nothing changes.
    #[must_use]
    pub fn change_email(&mut self, email: Email, now: Timestamp) -> Option<Email> {
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

    /// Makes an address the default for the given uses, and for uses that have no default yet.
    pub fn set_default(&mut self, address: AddressId, uses: &BTreeSet<DefaultAddress>) {
        if uses.contains(&DefaultAddress::Shipping) || self.default_shipping_address.is_none() {
            self.default_shipping_address = Some(address);
        }
        if uses.contains(&DefaultAddress::Billing) || self.default_billing_address.is_none() {
            self.default_billing_address = Some(address);
        }
    }

    /// Checks that a customer with this number of addresses may add another one.
    ///
    /// # Errors
    /// [`CustomerError::TooManyAddresses`] if the maximum is reached.
    pub const fn check_address_count(existing: usize) -> Result<(), CustomerError> {
        if existing < MAX_ADDRESSES { Ok(()) } else { Err(CustomerError::TooManyAddresses) }
    }
}

impl CustomerPatch {
    /// Checks that all fields are short enough and without control characters.
    ///
    /// # Errors
    /// [`CustomerError::InvalidField`] with the GraphQL name of the first invalid field, or
    /// [`CustomerError::InvalidVatId`].
    pub fn check(&self) -> Result<(), CustomerError> {
        let texts = [
            ("firstName", &self.first_name, MAX_NAME),
            ("lastName", &self.last_name, MAX_NAME),
            ("phone", &self.phone, MAX_PHONE),
        ];
        let is_line = |text: &str, most| text.chars().count() <= most && !text.chars().any(char::is_control);
        let wrong = texts.into_iter().find(|(_, text, most)| text.as_deref().is_some_and(|text| !is_line(text, *most)));
        wrong.map_or(Ok(()), |(name, ..)| Err(CustomerError::InvalidField(name)))?;
        self.new_vat_id().map(drop)
    }

    /// The new VAT identification number: None keeps the present one, `Some(None)` removes it.
    #[expect(clippy::option_option, reason = "an absent value differs from one that is removed")]
    fn new_vat_id(&self) -> Result<Option<Option<CheckedVatId>>, CustomerError> {
        let Some(text) = self.vat_id.as_deref().map(str::trim) else { return Ok(None) };
        if text.is_empty() {
            return Ok(Some(None));
        }
        Ok(Some(Some(CheckedVatId { number: text.parse::<VatId>()?, confirmed_at: self.vat_id_confirmed_at })))
    }
}

/// A use that an address can be the default for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DefaultAddress {
    /// Default shipping address.
    Shipping,
    /// Default billing address.
    Billing,
}

/// A saved address of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerAddress {
    /// Global id.
    pub id: AddressId,
    /// Customer the address belongs to.
    pub customer_id: CustomerId,
    /// The postal address.
    pub address: Address,
    /// Time of creation.
    pub created_at: Timestamp,
}

/// A group of customers that promotions can target, such as `vip`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerGroup {
    /// Global id.
    pub id: CustomerGroupId,
    /// Unique name in the API and in promotions.
    pub slug: Slug,
    /// Name shown to staff.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer() -> Customer {
        Customer::new(CustomerId::new(), "ada@example.org".parse().unwrap(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn an_invalid_update_changes_nothing() {
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
    fn erasing_removes_all_personal_data() {
        let mut ada = customer();
        let patch = CustomerPatch { first_name: Some("Ada".to_owned()), ..CustomerPatch::default() };
        ada.change(patch.clone(), Timestamp::UNIX_EPOCH).unwrap();
        ada.erase(Timestamp::UNIX_EPOCH);
        let kept = serde_json::to_string(&ada).unwrap();
        assert!(!kept.contains("Ada") && !kept.contains("ada@"));
        assert_eq!(ada.change(patch, Timestamp::UNIX_EPOCH), Err(CustomerError::Erased));
    }

    #[test]
    fn a_vat_id_is_checked_and_can_be_removed() {
        let mut ada = customer();
        let with = |text: &str| CustomerPatch { vat_id: Some(text.to_owned()), ..CustomerPatch::default() };
        assert_eq!(
            ada.change(with("ATU13585628"), Timestamp::UNIX_EPOCH),
            Err(CustomerError::InvalidVatId(InvalidVatId))
        );
        ada.change(with("atu 13585627"), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(ada.vat_id.as_ref().map(|vat_id| vat_id.number.as_str()), Some("ATU13585627"));
        ada.change(CustomerPatch::default(), Timestamp::UNIX_EPOCH).unwrap();
        assert!(ada.vat_id.is_some());
        ada.change(with(""), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(ada.vat_id, None);
    }

    #[test]
    fn the_first_address_becomes_the_default() {
        let mut ada = customer();
        let (first, second) = (AddressId::new(), AddressId::new());
        ada.set_default(first, &BTreeSet::new());
        ada.set_default(second, &BTreeSet::from([DefaultAddress::Billing]));
        assert_eq!(ada.default_shipping_address, Some(first));
        assert_eq!(ada.default_billing_address, Some(second));
    }
}
