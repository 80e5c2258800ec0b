//! Staff, roles and API tokens, and customers as staff see them.

mod customers;
mod errors;
mod inputs;
mod login;
mod payloads;
mod permission;
mod privacy;
mod queries;
mod second_factor;
mod sessions;
mod staff;
mod tokens;
mod types;

use async_graphql::MergedObject;

pub use errors::{CustomerErrorCode, CustomerUserError, StaffErrorCode, StaffUserError};
pub use privacy::ErasedPerson;
pub use types::{ApiToken, Customer, CustomerGroup, Role, StaffUser};

/// The mutations that start, continue or end a session. They are executed even if the request's access token has expired,
/// because clients send it with every request.
pub const PUBLIC_MUTATIONS: &[&str] =
    &["staffLogin", "staffSessionRefresh", "staffLogout", "staffPasswordResetRequest", "staffPasswordReset"];

/// The mutations that hash a password, which takes long on purpose. A request may contain only one of them.
pub const SINGLE_MUTATIONS: &[&str] = &[
    "staffLogin",
    "staffPasswordReset",
    "staffStepUp",
    "staffTotpEnroll",
    "staffTotpRemove",
    "staffRecoveryCodesRegenerate",
];

/// The static cost of mutations that hash a password.
pub const FIELD_COSTS: &[(&str, u64)] =
    &[("Mutation.staffLogin", 2_500), ("Mutation.staffStepUp", 2_500), ("Mutation.staffPasswordReset", 2_500)];

/// Queries of staff, roles, API tokens and customers.
#[derive(MergedObject, Default)]
pub struct IdentityQuery(queries::StaffQuery, customers::CustomerQuery);

/// Mutations of staff, roles, API tokens and customers.
#[derive(MergedObject, Default)]
pub struct IdentityMutation(
    login::StaffLoginMutation,
    sessions::StaffSessionMutation,
    second_factor::SecondFactorMutation,
    staff::StaffMutation,
    tokens::ApiTokenMutation,
    customers::CustomerMutation,
    privacy::PrivacyMutation,
);
