//! What staff enter about people and rights.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use model::access::Permission;

/// Address and password of a member of staff.
#[derive(InputObject)]
pub struct StaffLoginInput {
    /// The account's address.
    pub email: String,
    /// The account's password.
    pub password: String,
}

/// The newest refresh token of a session.
#[derive(InputObject)]
pub struct StaffSessionRefreshInput {
    /// The refresh token.
    pub refresh_token: String,
}

/// Which session to end.
#[derive(InputObject)]
pub struct StaffLogoutInput {
    /// A refresh token of the session; without it, the session of the request's access token ends.
    pub refresh_token: Option<String>,
}

/// Whose password is to be reset.
#[derive(InputObject)]
pub struct StaffPasswordResetRequestInput {
    /// The account's address.
    pub email: String,
}

/// A new or first password with the token that allows it.
#[derive(InputObject)]
pub struct StaffPasswordResetInput {
    /// The mailed token, of an invitation or of a reset.
    pub token: String,
    /// The new password, 10 to 128 characters.
    pub password: String,
}

/// Somebody to be invited.
#[derive(InputObject)]
pub struct StaffInviteInput {
    /// Where the invitation goes, and what they log in with.
    pub email: String,
    /// What colleagues call them.
    pub name: String,
    /// Slugs of their roles.
    pub roles: Vec<String>,
}

/// What to change of a member of staff; what is left out stays.
#[derive(InputObject)]
pub struct StaffUpdateInput {
    /// Who.
    pub id: ID,
    /// What colleagues call them.
    pub name: Option<String>,
    /// Whether they may log in; their sessions end when not.
    pub is_active: Option<bool>,
    /// Slugs of their roles, in place of those they have.
    pub roles: Option<Vec<String>>,
}

/// A role to be defined.
#[derive(InputObject)]
pub struct RoleCreateInput {
    /// What systems call it, such as `clerk`.
    pub slug: String,
    /// What staff call it.
    pub name: String,
    /// What it allows; at most what you hold yourself.
    pub permissions: Vec<Permission>,
}

/// An API token to be created.
#[derive(InputObject)]
pub struct ApiTokenCreateInput {
    /// What staff call it.
    pub name: String,
    /// What it may do; at most what you hold yourself.
    pub permissions: Vec<Permission>,
    /// Until when it works; for ever without.
    pub expires_at: Option<DateTime<Utc>>,
}

/// An API token to be deleted.
#[derive(InputObject)]
pub struct ApiTokenDeleteInput {
    /// Which one.
    pub id: ID,
}

/// Which customers to list.
#[derive(InputObject, Default)]
pub struct CustomerFilter {
    /// The beginning of an e-mail address or family name.
    pub query: Option<String>,
    /// Opened at or after this moment.
    pub created_after: Option<DateTime<Utc>>,
    /// Opened before this moment.
    pub created_before: Option<DateTime<Utc>>,
}

/// What to change of a customer; what is left out stays.
#[derive(InputObject)]
pub struct CustomerUpdateInput {
    /// Who.
    pub id: ID,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Telephone; an empty text removes it.
    pub phone: Option<String>,
    /// Preferred language, a BCP 47 tag.
    pub locale: Option<String>,
    /// Whether news may be sent.
    pub accepts_marketing: Option<bool>,
    /// Slugs of their groups, in place of those they are in.
    pub groups: Option<Vec<String>>,
}

/// A group of customers.
#[derive(InputObject)]
pub struct CustomerGroupPutInput {
    /// What promotions and systems call it; a group that has this slug is renamed.
    pub slug: String,
    /// What staff call it.
    pub name: String,
}
