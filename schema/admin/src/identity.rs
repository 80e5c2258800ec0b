//! Staff, roles and API tokens, and customers as staff see them.

mod customers;
mod errors;
mod inputs;
mod login;
mod payloads;
mod permission;
mod queries;
mod staff;
mod tokens;
mod types;

use async_graphql::MergedObject;

pub use errors::{CustomerErrorCode, CustomerUserError, StaffErrorCode, StaffUserError};
pub use types::{ApiToken, Customer, CustomerGroup, Role, StaffUser};

/// Queries of staff, roles, API tokens and customers.
#[derive(MergedObject, Default)]
pub struct IdentityQuery(queries::StaffQuery, customers::CustomerQuery);

/// Mutations of staff, roles, API tokens and customers.
#[derive(MergedObject, Default)]
pub struct IdentityMutation(
    login::StaffLoginMutation,
    staff::StaffMutation,
    tokens::ApiTokenMutation,
    customers::CustomerMutation,
);
