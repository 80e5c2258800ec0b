//! Mutations of a customer's address book.

use std::collections::BTreeSet;

use async_graphql::{Context, Object, Result};
use model::customers::DefaultAddress;
use schema_shared::{CustomerAddress, RequestExt, parse_id, to_id, to_user_errors};
use services::identity::{self, AddressOwner};

use super::{
    inputs::{CustomerAddressCreateInput, CustomerAddressDeleteInput, CustomerAddressUpdateInput},
    payloads::{CustomerAddressCreatePayload, CustomerAddressDeletePayload, CustomerAddressUpdatePayload},
};

/// Mutations of a customer's address book.
#[derive(Default)]
pub struct AddressMutation;

#[Object]
impl AddressMutation {
    /// Adds an address to the address book of the customer who is logged in.
    async fn customer_address_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address to add.")] input: CustomerAddressCreateInput,
    ) -> Result<CustomerAddressCreatePayload> {
        let request = ctx.request()?;
        let defaults = defaults(input.is_default_shipping, input.is_default_billing);
        match identity::create_address(
            &request.app,
            &request.actor,
            AddressOwner::Actor,
            input.address.into(),
            defaults,
        )
        .await
        {
            Ok(address) => Ok(CustomerAddressCreatePayload::done(CustomerAddress(address))),
            Err(error) => Ok(CustomerAddressCreatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Replaces an address of the customer who is logged in.
    async fn customer_address_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address to replace, with the new values.")] input: CustomerAddressUpdateInput,
    ) -> Result<CustomerAddressUpdatePayload> {
        let request = ctx.request()?;
        let id = parse_id(&input.id)?;
        let defaults = defaults(input.is_default_shipping, input.is_default_billing);
        match identity::update_address(
            &request.app,
            &request.actor,
            AddressOwner::Actor,
            id,
            input.address.into(),
            defaults,
        )
        .await
        {
            Ok(address) => Ok(CustomerAddressUpdatePayload::done(CustomerAddress(address))),
            Err(error) => Ok(CustomerAddressUpdatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Deletes an address of the customer who is logged in.
    async fn customer_address_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address to delete.")] input: CustomerAddressDeleteInput,
    ) -> Result<CustomerAddressDeletePayload> {
        let request = ctx.request()?;
        match identity::delete_address(&request.app, &request.actor, AddressOwner::Actor, parse_id(&input.id)?).await {
            Ok(id) => Ok(CustomerAddressDeletePayload::done(to_id(id))),
            Err(error) => Ok(CustomerAddressDeletePayload::refused(to_user_errors(error)?)),
        }
    }
}

fn defaults(is_shipping: bool, is_billing: bool) -> BTreeSet<DefaultAddress> {
    let chosen = [(is_shipping, DefaultAddress::Shipping), (is_billing, DefaultAddress::Billing)];
    chosen.into_iter().filter(|(is_chosen, _)| *is_chosen).map(|(_, used)| used).collect()
}
