//! Inputs of identity mutations.

use async_graphql::{ID, InputObject, OneofObject};
use chrono::{DateTime, Utc};
use model::access::Permission;

/// Input of `staffLogin`.
#[derive(InputObject)]
pub struct StaffLoginInput {
    /// Email address of the account.
    pub email: String,
    /// Password of the account.
    pub password: String,
    /// Code of the authenticator, or a recovery code; required if the account has a second factor.
    pub code: Option<String>,
}

/// Input of `staffStepUp`.
#[derive(InputObject)]
pub struct StaffStepUpInput {
    /// Password of the account.
    pub password: String,
    /// Code of the authenticator, or a recovery code; required if the account has a second factor.
    pub code: Option<String>,
}

/// Input of `staffTotpEnroll`.
#[derive(InputObject)]
pub struct StaffTotpEnrollInput {
    /// Password of the account.
    pub password: String,
}

/// Input of `staffTotpConfirm`.
#[derive(InputObject)]
pub struct StaffTotpConfirmInput {
    /// Code of the authenticator for the new secret.
    pub code: String,
}

/// Input of `staffTotpRemove`.
#[derive(InputObject)]
pub struct StaffTotpRemoveInput {
    /// Password of the account.
    pub password: String,
    /// Code of the authenticator, or a recovery code.
    pub code: String,
}

/// Input of `staffTotpReset`.
#[derive(InputObject)]
pub struct StaffTotpResetInput {
    /// Global id of the member of staff.
    pub id: ID,
}

/// Input of `staffRecoveryCodesRegenerate`.
#[derive(InputObject)]
pub struct StaffRecoveryCodesRegenerateInput {
    /// Password of the account.
    pub password: String,
    /// Code of the authenticator, or a recovery code.
    pub code: String,
}

/// Input of `staffSessionRefresh`.
#[derive(InputObject)]
pub struct StaffSessionRefreshInput {
    /// Newest refresh token of the session.
    pub refresh_token: String,
}

/// Input of `staffLogout`.
#[derive(InputObject)]
pub struct StaffLogoutInput {
    /// Refresh token of the session to end; if absent, the session of the request's access token ends.
    pub refresh_token: Option<String>,
}

/// Input of `staffPasswordResetRequest`.
#[derive(InputObject)]
pub struct StaffPasswordResetRequestInput {
    /// Email address of the account.
    pub email: String,
}

/// Input of `staffPasswordReset`.
#[derive(InputObject)]
pub struct StaffPasswordResetInput {
    /// Token from the email of an invitation or a password reset.
    pub token: String,
    /// New password, 10 to 128 characters.
    pub password: String,
}

/// Input of `staffInvite`.
#[derive(InputObject)]
pub struct StaffInviteInput {
    /// Email address for the invitation and for logins.
    pub email: String,
    /// Name of the member of staff.
    pub name: String,
    /// Slugs of the roles.
    pub roles: Vec<String>,
}

/// Input of `staffUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct StaffUpdateInput {
    /// Global id of the member of staff.
    pub id: ID,
    /// New name of the member of staff.
    pub name: Option<String>,
    /// True if logins are allowed; false also ends the sessions and revokes the API tokens that the member created.
    pub is_active: Option<bool>,
    /// Slugs of the roles; they replace the present ones.
    pub roles: Option<Vec<String>>,
}

/// Input of `roleCreate`.
#[derive(InputObject)]
pub struct RoleCreateInput {
    /// Slug of the role, such as `clerk`.
    pub slug: String,
    /// Name of the role for people.
    pub name: String,
    /// Permissions of the role; at most those that the actor has.
    pub permissions: Vec<Permission>,
    /// True if members have no permissions until they have a second factor.
    #[graphql(default)]
    pub requires_second_factor: bool,
}

/// Input of `roleUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct RoleUpdateInput {
    /// Global id of the role.
    pub id: ID,
    /// New name of the role for people.
    pub name: Option<String>,
    /// Permissions that replace the present ones; at most those that the actor has. Those of the owner role are fixed.
    pub permissions: Option<Vec<Permission>>,
    /// True if members have no permissions until they have a second factor.
    pub requires_second_factor: Option<bool>,
}

/// Input of `apiTokenCreate`.
#[derive(InputObject)]
pub struct ApiTokenCreateInput {
    /// Name of the token for people.
    pub name: String,
    /// Permissions of the token; at most those that the actor has.
    pub permissions: Vec<Permission>,
    /// Time at which the token expires; it never expires if absent.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Input of `apiTokenDelete`.
#[derive(InputObject)]
pub struct ApiTokenDeleteInput {
    /// Global id of the token.
    pub id: ID,
}

/// Conditions for a list of customers; all given conditions must be met.
#[derive(InputObject, Default)]
pub struct CustomerFilter {
    /// Start of an email address or a family name.
    pub query: Option<String>,
    /// Accounts created at this time or later.
    pub created_after: Option<DateTime<Utc>>,
    /// Accounts created before this time.
    pub created_before: Option<DateTime<Utc>>,
}

/// Input of `customerUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct CustomerUpdateInput {
    /// Global id of the customer.
    pub id: ID,
    /// Given name of the customer.
    pub first_name: Option<String>,
    /// Family name of the customer.
    pub last_name: Option<String>,
    /// Phone number of the customer; an empty text clears it.
    pub phone: Option<String>,
    /// Preferred language as a BCP 47 tag.
    pub locale: Option<String>,
    /// True if the customer agrees to receive marketing emails.
    pub accepts_marketing: Option<bool>,
    /// VAT identification number of a business, such as `DE136695976`; an empty text clears it.
    pub vat_id: Option<String>,
    /// True if the customer pays no taxes.
    pub is_tax_exempt: Option<bool>,
    /// Slugs of the customer groups; they replace the present ones.
    pub groups: Option<Vec<String>>,
}

/// Reference to a person whose data is exported or erased.
#[derive(OneofObject)]
pub enum PersonInput {
    /// Global id of the customer.
    Id(ID),
    /// Email address of an account, or of a guest who placed orders.
    Email(String),
}

/// Input of `customerDataExport`.
#[derive(InputObject)]
pub struct CustomerDataExportInput {
    /// Person whose data is exported.
    pub person: PersonInput,
}

/// Input of `customerErase`.
#[derive(InputObject)]
pub struct CustomerEraseInput {
    /// Person to erase.
    pub person: PersonInput,
}

/// Input of `customerGroupPut`.
#[derive(InputObject)]
pub struct CustomerGroupPutInput {
    /// Slug of the group for promotions and integrations. An existing group with this slug is renamed.
    pub slug: String,
    /// Name of the group for people.
    pub name: String,
}

/// Input of `staffSessionEnd`.
#[derive(InputObject)]
pub struct StaffSessionEndInput {
    /// Global id of the session.
    pub id: ID,
}

/// Input of `staffSessionsEnd`.
#[derive(InputObject)]
pub struct StaffSessionsEndInput {
    /// True to keep the session of the request.
    #[graphql(default)]
    pub except_current: bool,
}

/// Input of `staffUserSessionsEnd`.
#[derive(InputObject)]
pub struct StaffUserSessionsEndInput {
    /// Global id of the member of staff.
    pub id: ID,
}
