//! Staff, roles and API tokens.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{
    access::{Actor, Permission},
    customers::Subject,
    ids::SessionId,
};
use schema_shared::{
    Connection, ConnectionArgs, LoginSession, RequestExt, connection_fields, nullable, to_id, total_count,
};
use services::identity;

use super::permission;

/// A member of staff.
pub struct StaffUser {
    user: model::customers::StaffUser,
    /// False if the actor may read only the name.
    shows_account: bool,
}

impl StaffUser {
    /// An account that the use case shows to staff managers or to its owner only.
    pub const fn account(user: model::customers::StaffUser) -> Self {
        Self { user, shows_account: true }
    }

    /// An account as the actor may read it.
    pub fn seen_by(actor: &Actor, user: model::customers::StaffUser) -> Self {
        Self { shows_account: identity::may_read_account(actor, user.id), user }
    }

    fn shown(&self) -> Option<&model::customers::StaffUser> {
        self.shows_account.then_some(&self.user)
    }
}

/// A member of staff. All staff and API tokens read the name; the other fields are null without `STAFF_MANAGE`, except
/// for one's own account.
#[connection_fields]
#[Object]
impl StaffUser {
    /// Global id of the member of staff.
    pub async fn id(&self) -> ID {
        to_id(self.user.id)
    }

    /// Name of the member of staff; empty after the account was deleted.
    fn name(&self) -> &str {
        &self.user.name
    }

    /// Email address for logins; null without `STAFF_MANAGE`, and after the account was deleted.
    fn email(&self) -> Option<&str> {
        self.shown().filter(|user| user.deleted_at.is_none()).map(|user| user.email.as_str())
    }

    /// True if logins are allowed; null without `STAFF_MANAGE`.
    fn is_active(&self) -> Option<bool> {
        Some(self.shown()?.is_active)
    }

    /// Roles of the member of staff, ordered by slug; null without `STAFF_MANAGE`.
    fn roles(&self) -> Option<Vec<Role>> {
        Some(self.shown()?.roles.iter().cloned().map(Role).collect())
    }

    /// All permissions of the roles; null without `STAFF_MANAGE`.
    fn permissions(&self) -> Option<Vec<Permission>> {
        Some(permission::list(self.shown()?.granted()))
    }

    /// True if logins need a code; null without `STAFF_MANAGE`.
    fn has_second_factor(&self) -> Option<bool> {
        Some(self.shown()?.has_second_factor)
    }

    /// True if a role requires a second factor and none is enrolled, so that logins have no permissions; null without
    /// `STAFF_MANAGE`.
    fn is_second_factor_missing(&self) -> Option<bool> {
        Some(self.shown()?.lacks_second_factor())
    }

    /// Time of the invitation; null without `STAFF_MANAGE`.
    fn created_at(&self) -> Option<DateTime<Utc>> {
        Some(self.shown()?.created_at)
    }

    /// Time of the last login; null before the first login, and without `STAFF_MANAGE`.
    fn last_login_at(&self) -> Option<DateTime<Utc>> {
        self.shown()?.last_login_at
    }

    /// Time at which the account was deleted; null if it was not, and without `STAFF_MANAGE`.
    fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.shown()?.deleted_at
    }

    /// Sessions of the member of staff that have not ended, newest first; null without `STAFF_MANAGE`.
    async fn sessions(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Option<Result<Connection<LoginSession>>> {
        nullable(async {
            let request = ctx.request()?;
            let (app, actor) = (&request.app, &request.actor);
            let page = args.page::<SessionId>()?;
            if !identity::may_read_account(actor, self.user.id) {
                return Ok(None);
            }
            let subject = Subject::Staff(self.user.id);
            let found = identity::list_sessions(app, actor, subject, &page).await?;
            let total = total_count(ctx, identity::count_sessions(app, actor, subject)).await?;
            let session = |listed| LoginSession::new(listed, request.session);
            Ok(Some(Connection::new(&page, found, total, |listed| listed.id, session)))
        })
        .await
    }
}

/// A named set of permissions for staff.
pub struct Role(pub model::customers::Role);

/// A named set of permissions for staff.
#[Object]
impl Role {
    /// Global id of the role.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Slug of the role, such as `clerk`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name of the role for people.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Permissions of the role.
    fn permissions(&self) -> Vec<Permission> {
        permission::list(self.0.permissions())
    }

    /// True if members have no permissions until they have a second factor.
    fn requires_second_factor(&self) -> bool {
        self.0.requires_second_factor
    }

    /// Slugs of the channels to which the role is limited, ordered by slug; null if it is not limited.
    async fn channels(&self, ctx: &Context<'_>) -> Option<Result<Vec<String>>> {
        nullable(async {
            let Some(limit) = self.0.channels() else { return Ok(None) };
            let settings = ctx.request()?.back_office()?.settings().await?;
            let limited = settings.channels.iter().filter(|channel| limit.contains(&channel.id));
            Ok(Some(limited.map(|channel| channel.slug.to_string()).collect()))
        })
        .await
    }
}

/// An API token of an integration.
pub struct ApiToken(pub model::customers::ApiToken);

/// An API token of an integration. Its secret was returned once, when it was created.
#[Object]
impl ApiToken {
    /// Global id of the token.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Name of the token for people.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Permissions of the token. Effective are only those that its creator still has.
    fn permissions(&self) -> Vec<Permission> {
        permission::list(self.0.permissions)
    }

    /// The member of staff who created the token; null if the account no longer exists.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<StaffUser>> {
        nullable(async {
            let request = ctx.request()?;
            let found = request.loaders().staff().load(self.0.created_by).await?;
            Ok(found.map(|user| StaffUser::seen_by(&request.actor, user)))
        })
        .await
    }

    /// Time at which the token was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Time at which the token expires; null if it never expires.
    fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// Time of the last use, accurate to some minutes; null before the first use.
    fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }
}
