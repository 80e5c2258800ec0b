//! Staff, roles and API tokens, and customers as staff see them.

mod addresses;
mod customer;
mod customer_inputs;
mod customers;
mod errors;
mod groups;
mod inputs;
mod login;
mod payloads;
mod permission;
mod privacy;
mod queries;
mod roles;
mod second_factor;
mod sessions;
mod staff;
mod tokens;
mod types;

use async_graphql::MergedObject;

pub use customer::Customer;
pub use errors::{CustomerErrorCode, CustomerUserError, StaffErrorCode, StaffUserError};
pub use groups::CustomerGroup;
pub use privacy::ErasedPerson;
pub use types::{ApiToken, Role, StaffUser};

/// The mutations that start, continue or end a session. They are executed even if the request's access token has expired,
/// because clients send it with every request.
pub const PUBLIC_MUTATIONS: &[&str] = &[
    "staffLogin",
    "staffSessionRefresh",
    "staffLogout",
    "staffPasswordResetRequest",
    "staffPasswordReset",
    "staffEmailVerify",
];

/// The mutations that hash a password, which takes long on purpose. A request may contain only one of them.
pub const SINGLE_MUTATIONS: &[&str] = &[
    "staffLogin",
    "staffPasswordReset",
    "staffStepUp",
    "staffTotpEnroll",
    "staffTotpRemove",
    "staffRecoveryCodesRegenerate",
    "staffPasswordChange",
    "staffEmailChange",
];

/// The static cost of mutations that hash a password.
pub const FIELD_COSTS: &[(&str, u64)] = &[
    ("Mutation.staffLogin", 2_500),
    ("Mutation.staffStepUp", 2_500),
    ("Mutation.staffPasswordReset", 2_500),
    // Two hashes and an estimate of the strength.
    ("Mutation.staffPasswordChange", 7_500),
    ("Mutation.staffEmailChange", 2_500),
];

/// Queries of staff, roles, API tokens and customers.
#[derive(MergedObject, Default)]
pub struct IdentityQuery(queries::StaffQuery, customers::CustomerQuery, groups::CustomerGroupQuery);

/// Mutations of staff, roles, API tokens and customers.
#[derive(MergedObject, Default)]
pub struct IdentityMutation(
    login::StaffLoginMutation,
    sessions::StaffSessionMutation,
    second_factor::SecondFactorMutation,
    staff::StaffMutation,
    roles::RoleMutation,
    tokens::ApiTokenMutation,
    customers::CustomerMutation,
    addresses::CustomerAddressMutation,
    groups::CustomerGroupMutation,
    privacy::PrivacyMutation,
);
