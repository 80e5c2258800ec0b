//! Address books of customers, changed by staff.

use std::collections::BTreeSet;

use async_graphql::{Context, Object, Result};
use model::customers::DefaultAddress;
use schema_shared::{CustomerAddress, RequestExt, parse_id, to_id, to_user_errors};
use services::identity::{self, AddressOwner};

use super::{
    customer_inputs::{CustomerAddressCreateInput, CustomerAddressDeleteInput, CustomerAddressUpdateInput},
    payloads::{CustomerAddressCreatePayload, CustomerAddressDeletePayload, CustomerAddressUpdatePayload},
};

/// Mutations of the address books of customers.
#[derive(Default)]
pub struct CustomerAddressMutation;

#[Object]
impl CustomerAddressMutation {
    /// Adds an address to the address book of a customer, which has at most fifty. Needs `CUSTOMERS_WRITE`.
    async fn customer_address_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address to add.")] input: CustomerAddressCreateInput,
    ) -> Result<CustomerAddressCreatePayload> {
        let request = ctx.request()?;
        let owner = AddressOwner::Customer(parse_id(&input.customer_id)?);
        let defaults = defaults(input.is_default_shipping, input.is_default_billing);
        match identity::create_address(&request.app, &request.actor, owner, input.address.into(), defaults).await {
            Ok(address) => Ok(CustomerAddressCreatePayload::done(CustomerAddress(address))),
            Err(error) => Ok(CustomerAddressCreatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Replaces an address of a customer. Needs `CUSTOMERS_WRITE`.
    async fn customer_address_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address to replace, with the new values.")] input: CustomerAddressUpdateInput,
    ) -> Result<CustomerAddressUpdatePayload> {
        let request = ctx.request()?;
        let owner = AddressOwner::Customer(parse_id(&input.customer_id)?);
        let id = parse_id(&input.id)?;
        let defaults = defaults(input.is_default_shipping, input.is_default_billing);
        match identity::update_address(&request.app, &request.actor, owner, id, input.address.into(), defaults).await {
            Ok(address) => Ok(CustomerAddressUpdatePayload::done(CustomerAddress(address))),
            Err(error) => Ok(CustomerAddressUpdatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Deletes an address of a customer; a default address then has no successor. Needs `CUSTOMERS_WRITE`.
    async fn customer_address_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address to delete.")] input: CustomerAddressDeleteInput,
    ) -> Result<CustomerAddressDeletePayload> {
        let request = ctx.request()?;
        let owner = AddressOwner::Customer(parse_id(&input.customer_id)?);
        match identity::delete_address(&request.app, &request.actor, owner, parse_id(&input.id)?).await {
            Ok(id) => Ok(CustomerAddressDeletePayload::done(to_id(id))),
            Err(error) => Ok(CustomerAddressDeletePayload::refused(to_user_errors(error)?)),
        }
    }
}

fn defaults(is_shipping: bool, is_billing: bool) -> BTreeSet<DefaultAddress> {
    let chosen = [(is_shipping, DefaultAddress::Shipping), (is_billing, DefaultAddress::Billing)];
    chosen.into_iter().filter(|(is_chosen, _)| *is_chosen).map(|(_, used)| used).collect()
}
