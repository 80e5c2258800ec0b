//! Inputs of identity mutations.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use model::{Patch, access::Permission};

/// The partial update of a value that can be absent or null in an input.
pub(super) fn patch<T>(value: MaybeUndefined<T>) -> Patch<T> {
    match value {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value),
    }
}

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

/// Input of `staffDelete`.
#[derive(InputObject)]
pub struct StaffDeleteInput {
    /// Global id of the member of staff.
    pub id: ID,
}

/// Input of `staffPasswordChange`.
#[derive(InputObject)]
pub struct StaffPasswordChangeInput {
    /// Present password of the account.
    pub current_password: String,
    /// Code of the authenticator, or a recovery code; required if the account has a second factor.
    pub code: Option<String>,
    /// New password, 10 to 128 characters.
    pub new_password: String,
}

/// Input of `staffEmailChange`.
#[derive(InputObject)]
pub struct StaffEmailChangeInput {
    /// New email address. It takes effect when the token sent to it is used.
    pub email: String,
    /// Password of the account.
    pub password: String,
    /// Code of the authenticator, or a recovery code; required if the account has a second factor.
    pub code: Option<String>,
}

/// Input of `staffEmailVerify`.
#[derive(InputObject)]
pub struct StaffEmailVerifyInput {
    /// Token from the email.
    pub token: String,
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
    /// Slugs of the channels to which the role is limited, 1 to 100; every channel if absent or null. Members see and
    /// change only orders, carts, payments and promotions of these channels, and read what all channels share. Not
    /// possible with permissions that concern the whole shop, such as `SETTINGS_WRITE`.
    #[graphql(validator(max_items = 100))]
    pub channels: Option<Vec<String>>,
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
    /// Slugs of the channels to which the role is limited, 1 to 100; null removes the limit.
    pub channels: MaybeUndefined<Vec<String>>,
}

/// Input of `roleDelete`.
#[derive(InputObject)]
pub struct RoleDeleteInput {
    /// Global id of the role.
    pub id: ID,
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
