//! Customer accounts: registration, login, and the customer's own data.

mod account;
mod addresses;
mod customer;
mod errors;
mod inputs;
mod login;
mod payloads;
mod sessions;

use async_graphql::{Context, MergedObject, Object, Result};
use schema_shared::{RequestExt, nullable};

pub use customer::Customer;
pub use errors::{CustomerErrorCode, CustomerUserError};

/// The mutations that start, continue or end a session. They are executed even if the request's access token has expired,
/// because clients send it with every request.
pub const PUBLIC_MUTATIONS: &[&str] = &[
    "customerRegister",
    "customerEmailVerify",
    "customerLogin",
    "sessionRefresh",
    "customerLogout",
    "customerPasswordResetRequest",
    "customerPasswordReset",
];

/// The mutations that hash a password, which takes long on purpose. A request may contain only one of them.
pub const SINGLE_MUTATIONS: &[&str] = &[
    "customerRegister",
    "customerEmailVerify",
    "customerLogin",
    "customerPasswordReset",
    "customerUpdate",
    "customerErase",
];

/// The static cost of mutations that hash a password or read everything about a customer.
pub const FIELD_COSTS: &[(&str, u64)] = &[
    ("Mutation.customerRegister", 500),
    ("Mutation.customerEmailVerify", 2_500),
    ("Mutation.customerLogin", 2_500),
    ("Mutation.customerPasswordResetRequest", 500),
    ("Mutation.customerPasswordReset", 2_500),
    ("Mutation.customerUpdate", 2_500),
    ("Mutation.customerDataExport", 2_500),
    ("Mutation.customerErase", 2_500),
];

/// Mutations of customer accounts.
#[derive(MergedObject, Default)]
pub struct IdentityMutation(
    login::LoginMutation,
    sessions::SessionMutation,
    account::AccountMutation,
    addresses::AddressMutation,
);

/// Queries of customer accounts.
#[derive(Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// The customer who is logged in; null for a guest.
    async fn me(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(async {
            let request = ctx.request()?;
            let Some(id) = request.actor.customer() else { return Ok(None) };
            Ok(request.loaders().customers().load(id).await?.map(Customer))
        })
        .await
    }
}
