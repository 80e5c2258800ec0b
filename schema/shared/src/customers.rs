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
    /// Where mail goes and what they log in with; null once erased.
    fn email(&self) -> Option<&str> {
        self.0.email.as_ref().map(customers::Email::as_str)
    }

    /// Given name; empty when it was not told.
    fn first_name(&self) -> &str {
        &self.0.first_name
    }

    /// Family name; empty when it was not told.
    fn last_name(&self) -> &str {
        &self.0.last_name
    }

    /// Telephone.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Preferred language, a BCP 47 tag; null if none is set. E-mails are in English today.
    fn locale(&self) -> Option<&str> {
        self.0.locale.as_ref().map(model::Locale::as_str)
    }

    /// Whether news may be sent.
    fn accepts_marketing(&self) -> bool {
        self.0.accepts_marketing
    }

    /// When the account was opened.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
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
