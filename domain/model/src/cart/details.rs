//! Changes of buyer, addresses, delivery method and note.

use serde::Serialize;

use super::{Cart, CartError, Refusal, Refusals};
use crate::{
    Address, CheckedVatId, Country, InvalidVatId, Patch, Timestamp, VatId, customers::Email, ids::DeliveryGroupId,
};

const MAX_NOTE: usize = 5_000;

/// A partial update of the buyer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BuyerChange {
    /// Email address for the order confirmation.
    pub email: Patch<String>,
    /// Phone number.
    pub phone: Patch<String>,
    /// Country of the buyer, used until there is an address.
    pub country: Patch<Country>,
    /// VAT identification number of a business.
    pub vat_id: Patch<String>,
    /// Time at which the tax authority confirmed the new VAT identification number; None if it did not.
    #[serde(skip)]
    pub vat_id_confirmed_at: Option<Timestamp>,
}

/// A partial update of the addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AddressesChange {
    /// Shipping address.
    pub shipping: Patch<Address>,
    /// Billing address.
    pub billing: Patch<Address>,
}

impl Cart {
    /// Updates the buyer. `parent` is the path of the buyer in the input, for error paths.
    ///
    /// # Errors
    /// [`Refusals`] if the email address, phone number or VAT identification number is not valid; then nothing changes.
    pub fn update_buyer(&mut self, change: BuyerChange, parent: &[&str]) -> Result<(), Refusals> {
        let email = change.email.map(|email| email.parse::<Email>());
        let phone = change.phone.map(|phone| phone.trim().to_owned());
        let vat_id = change.vat_id.map(|number| number.parse::<VatId>());
        let mut refusals = Refusals::new();
        let mut refuse = |error, part| refusals.push(Refusal::at(error, &[parent, &[part]].concat()));
        if matches!(&email, Patch::Set(Err(_))) {
            refuse(CartError::InvalidEmail, "email");
        }
        if matches!(&phone, Patch::Set(phone) if !is_phone(phone)) {
            refuse(CartError::InvalidPhone, "phone");
        }
        if matches!(&vat_id, Patch::Set(Err(_))) {
            refuse(CartError::InvalidVatId(InvalidVatId), "vatId");
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        match email {
            Patch::Set(Ok(email)) => self.buyer.email = Some(email.into()),
            Patch::Clear => self.buyer.email = None,
            Patch::Set(Err(_)) | Patch::Keep => {}
        }
        match vat_id {
            Patch::Set(Ok(number)) => {
                self.buyer.vat_id = Some(CheckedVatId { number, confirmed_at: change.vat_id_confirmed_at });
            }
            Patch::Clear => self.buyer.vat_id = None,
            Patch::Set(Err(_)) | Patch::Keep => {}
        }
        phone.apply(&mut self.buyer.phone);
        change.country.apply(&mut self.buyer.country);
        Ok(())
    }

    /// Updates the addresses.
    ///
    /// # Errors
    /// [`Refusals`] with each invalid field; then nothing changes.
    pub fn update_addresses(&mut self, change: AddressesChange) -> Result<(), Refusals> {
        let shipping = change.shipping.map(Address::normalized);
        let billing = change.billing.map(Address::normalized);
        let mut refusals = Refusals::new();
        for (name, address) in [("shipping", &shipping), ("billing", &billing)] {
            if let Patch::Set(address) = address {
                let invalid = address.invalid_fields();
                refusals.extend(invalid.iter().map(|part| Refusal::at(CartError::InvalidAddress, &[name, part])));
            }
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        shipping.apply(&mut self.shipping_address);
        billing.apply(&mut self.billing_address);
        Ok(())
    }

    /// Selects the delivery method of a group. `is_offered` tells if a method serves the cart's destination.
    ///
    /// # Errors
    /// [`Refusals`] if the group does not exist or the method is not offered.
    pub fn select_delivery(
        &mut self,
        group: DeliveryGroupId,
        handle: String,
        is_offered: impl FnOnce(&Self, &str) -> bool,
    ) -> Result<(), Refusals> {
        if group != self.delivery_group {
            return Err(vec![Refusal::at(CartError::DeliveryGroupNotFound, &["deliveryGroupId"])]);
        }
        if !is_offered(self, &handle) {
            return Err(vec![Refusal::at(CartError::DeliveryOptionNotFound, &["handle"])]);
        }
        self.delivery_choices.insert(group, handle);
        Ok(())
    }

    /// Updates the note to the merchant; an empty note is removed.
    ///
    /// # Errors
    /// [`Refusals`] if the note is too long.
    pub fn update_note(&mut self, change: Patch<String>) -> Result<(), Refusals> {
        let mut note = self.note.clone();
        change.map(|note| note.trim().to_owned()).apply(&mut note);
        let note = note.filter(|note| !note.is_empty());
        if note.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE) {
            return Err(vec![Refusal::at(CartError::NoteTooLong, &["note"])]);
        }
        self.note = note;
        Ok(())
    }
}

/// True for 4 to 40 digits and usual separators, with at least one digit.
fn is_phone(text: &str) -> bool {
    let is_mark = |c: char| c.is_ascii_digit() || " +-().,/x".contains(c);
    (4..=40).contains(&text.len()) && text.chars().all(is_mark) && text.chars().any(|c| c.is_ascii_digit())
}
