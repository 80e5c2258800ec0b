//! Export and erasure of personal data on behalf of staff.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use model::{customers::Email, ids::CustomerId};
use schema_shared::{RequestExt, parse_id, to_id, to_user_errors};
use services::{
    identity::IdentityError,
    privacy::{self, Person},
};

use super::{
    customer_inputs::{CustomerDataExportInput, CustomerEraseInput, PersonInput},
    payloads::{CustomerDataExportPayload, CustomerErasePayload},
};

/// Extent of an erasure.
#[derive(SimpleObject)]
pub struct ErasedPerson {
    /// Global id of the erased account; null if the person has no account.
    customer_id: Option<ID>,
    /// Number of orders that lose the contact data of the person: finished ones now, open ones when they are finished.
    order_count: i32,
}

/// Mutations of personal data.
#[derive(Default)]
pub struct PrivacyMutation;

#[Object]
impl PrivacyMutation {
    /// Exports everything that is stored about a customer, or about a guest by email address: profile, addresses, carts,
    /// notes and tags of staff, sessions, known networks, and all orders with their payments. Needs `CUSTOMERS_EXPORT`.
    async fn customer_data_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Person whose data is exported.")] input: CustomerDataExportInput,
    ) -> Result<CustomerDataExportPayload> {
        let request = ctx.request()?;
        let person = match person(input.person)? {
            Ok(person) => person,
            Err(error) => return Ok(CustomerDataExportPayload::refused(to_user_errors(error)?)),
        };
        match privacy::export_as_staff(&request.app, &request.actor, &request.client, &person).await {
            Ok(held) => Ok(CustomerDataExportPayload::done(held.to_string())),
            Err(error) => Ok(CustomerDataExportPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Erases a customer, or a guest by email address. The account is erased and its sessions end. Orders are kept, as the
    /// law requires: a finished order loses email address, phone numbers, note, token and delivery address, and keeps the
    /// address for the invoice; an open order loses note and token now, and the rest when it is completed, canceled or
    /// expired. Values of the account in the audit log are removed. Needs `CUSTOMERS_ERASE`.
    async fn customer_erase(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Person to erase.")] input: CustomerEraseInput,
    ) -> Result<CustomerErasePayload> {
        let request = ctx.request()?;
        let person = match person(input.person)? {
            Ok(person) => person,
            Err(error) => return Ok(CustomerErasePayload::refused(to_user_errors(error)?)),
        };
        match privacy::erase_as_staff(&request.app, &request.actor, &request.client, &person).await {
            Ok(erased) => Ok(CustomerErasePayload::done(ErasedPerson {
                customer_id: erased.customer.map(to_id),
                order_count: i32::try_from(erased.orders).unwrap_or(i32::MAX),
            })),
            Err(error) => Ok(CustomerErasePayload::refused(to_user_errors(error)?)),
        }
    }
}

/// The person of an input, or the user error of a malformed e-mail address.
fn person(input: PersonInput) -> Result<Result<Person, IdentityError>> {
    Ok(match input {
        PersonInput::Id(id) => Ok(Person::Customer(parse_id::<CustomerId>(&id)?)),
        PersonInput::Email(email) => email.parse::<Email>().map(Person::Email).map_err(IdentityError::from),
    })
}
