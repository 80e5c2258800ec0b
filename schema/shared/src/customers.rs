//! The parts of customers that both APIs show.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use model::customers;

use crate::{Address, to_id};

/// Fields of a customer in both APIs.
pub struct CustomerFields<'a>(pub &'a customers::Customer);

/// Fields of a customer in both APIs.
#[Object]
impl CustomerFields<'_> {
    /// Email address for messages and logins; null after the personal data was erased.
    fn email(&self) -> Option<&str> {
        self.0.email.as_ref().map(customers::Email::as_str)
    }

    /// Given name; empty if it was not provided.
    fn first_name(&self) -> &str {
        &self.0.first_name
    }

    /// Family name; empty if it was not provided.
    fn last_name(&self) -> &str {
        &self.0.last_name
    }

    /// Phone number of the customer; null if none was provided.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Preferred language as a BCP 47 tag; null if none is set. Emails are in English today.
    fn locale(&self) -> Option<&str> {
        self.0.locale.as_ref().map(model::Locale::as_str)
    }

    /// True if the customer agrees to receive marketing emails.
    fn accepts_marketing(&self) -> bool {
        self.0.accepts_marketing
    }

    /// VAT identification number of a business, with which new carts start; null if none was provided.
    fn vat_id(&self) -> Option<&str> {
        self.0.vat_id.as_ref().map(|vat_id| vat_id.number.as_str())
    }

    /// True if the tax authority confirmed the VAT identification number. False if there is none, and if confirmation is
    /// off.
    fn is_vat_id_confirmed(&self) -> bool {
        self.0.vat_id.as_ref().is_some_and(|vat_id| vat_id.confirmed_at.is_some())
    }

    /// True if the customer pays no taxes.
    fn is_tax_exempt(&self) -> bool {
        self.0.is_tax_exempt
    }

    /// Time at which the account was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Time of the last change.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// An address in the address book of a customer.
pub struct CustomerAddress(pub customers::CustomerAddress);

/// An address in the address book of a customer.
#[Object]
impl CustomerAddress {
    /// Global id of the entry.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The address itself.
    #[graphql(flatten)]
    fn address(&self) -> Address<'_> {
        Address(&self.0.address)
    }
}
