//! Accounts: registering, logging in, and what customers see and change of themselves.

mod account;
mod addresses;
mod customer;
mod errors;
mod inputs;
mod login;
mod payloads;

use async_graphql::{Context, MergedObject, Object, Result};
use schema_shared::{RequestExt, nullable};

pub use customer::Customer;
pub use errors::{CustomerErrorCode, CustomerUserError};

/// Everything that customers do with their accounts.
#[derive(MergedObject, Default)]
pub struct IdentityMutation(login::LoginMutation, account::AccountMutation, addresses::AddressMutation);

/// Reads about whoever is logged in.
#[derive(Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// The customer who is logged in; null when nobody is.
    async fn me(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(async {
            let request = ctx.request()?;
            let Some(id) = request.actor.customer() else { return Ok(None) };
            Ok(request.loaders().customers().load(id).await?.map(Customer))
        })
        .await
    }
}
