//! Personal data: export, erasure and retention. `docs/privacy.md` describes what is kept, how long and why.

mod erase;
mod export;
mod retention;

use model::{
    customers::{Customer, Email},
    ids::CustomerId,
};
use persistence::{Conn, customers};

pub use self::{
    erase::{Erased, erase_as_staff, erase_customer},
    export::{export_as_staff, export_customer},
    retention::{Due, RetentionKind, due, retain},
};
use crate::identity::{IdentityError, IdentityRule};

/// A person whose data staff export or erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// The holder of an account.
    Customer(CustomerId),
    /// The holder of an e-mail address, with or without an account.
    Email(Email),
}

/// The account and the e-mail address of a person.
#[derive(Debug, Clone)]
struct Holder {
    customer: Option<Customer>,
    email: Email,
}

impl Holder {
    /// Finds a person.
    ///
    /// # Errors
    /// [`IdentityRule::NotFound`] if the account does not exist or was erased before.
    async fn find(conn: &mut Conn, person: &Person) -> Result<Self, IdentityError> {
        let customer = match person {
            Person::Customer(id) => Some(customers::find(conn, *id).await?.ok_or(IdentityRule::NotFound)?),
            Person::Email(email) => customers::find_by_email(conn, email).await?,
        };
        let email = match (&customer, person) {
            (_, Person::Email(email)) | (Some(Customer { email: Some(email), .. }), _) => email.clone(),
            _ => return Err(IdentityRule::NotFound.into()),
        };
        Ok(Self { customer, email })
    }

    fn customer_id(&self) -> Option<CustomerId> {
        self.customer.as_ref().map(|customer| customer.id)
    }
}
