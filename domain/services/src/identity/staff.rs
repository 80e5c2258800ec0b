//! Staff. They can grant and revoke only permissions that they have, and the last owner cannot be removed.

use std::collections::HashMap;

use model::{
    Page, PageRequest,
    access::{AccessError, Actor, Permission},
    audit::{AuditFacts, changed, created},
    customers::{Email, OneTimeToken, Purpose, Role, StaffError, StaffUser},
    ids::StaffUserId,
};
use persistence::{
    Conn, api_tokens, audit,
    db::Transactions as _,
    one_time_tokens,
    staff::{self, roles},
};
use serde_json::{Value, json};

use super::{Client, IdentityError, IdentityRule, invalidate_actors_everywhere, names::checked_name, step_up};
use crate::{App, ServiceResult, error::OnStoreError as _, mail};

/// Input of [`invite_staff`].
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// The e-mail address, for the invitation and for logging in.
    pub email: String,
    /// The display name.
    pub name: String,
    /// The slugs of their roles.
    pub roles: Vec<String>,
}

/// Input of [`update_staff`]; absent fields keep their values.
#[derive(Debug, Clone, Default)]
pub struct StaffUpdate {
    /// The display name.
    pub name: Option<String>,
    /// True if they may log in; if not, their sessions end and their API tokens are revoked.
    pub is_active: Option<bool>,
    /// The slugs of their roles.
    pub roles: Option<Vec<String>>,
}

/// A page of staff in the order in which they were invited.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::StaffManage`].
pub async fn list_staff(app: &App, actor: &Actor, page: &PageRequest<StaffUserId>) -> ServiceResult<Page<StaffUser>> {
    actor.require(Permission::StaffManage)?;
    Ok(staff::list(&mut *app.db.read().await?, page).await?)
}

/// The number of members of staff.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::StaffManage`].
pub async fn count_staff(app: &App, actor: &Actor) -> ServiceResult<i64> {
    actor.require(Permission::StaffManage)?;
    Ok(staff::count(&mut *app.db.read().await?).await?)
}

/// Members of staff by id, for all staff and tokens, who may show only the name unless [`may_read_account`].
///
/// # Errors
/// [`AccessError`] for customers and guests.
pub async fn staff_by_ids(
    app: &App,
    actor: &Actor,
    ids: &[StaffUserId],
) -> ServiceResult<HashMap<StaffUserId, StaffUser>> {
    match actor {
        Actor::Staff { .. } | Actor::Token { .. } | Actor::System => {
            Ok(staff::by_ids(&mut *app.db.read().await?, ids).await?)
        }
        Actor::Customer(_) | Actor::Anonymous => {
            actor.require(Permission::StaffManage)?;
            Ok(HashMap::new())
        }
    }
}

/// True if the actor may read more of a member of staff than the name: e-mail address, roles and logins. Members may read
/// their own account; the others need [`Permission::StaffManage`].
#[must_use]
pub fn may_read_account(actor: &Actor, id: StaffUserId) -> bool {
    actor.require_staff().is_ok_and(|own| own == id) || actor.require(Permission::StaffManage).is_ok()
}

/// Requires [`Permission::StaffManage`]. API tokens are refused, so that a leaked token cannot create accounts that
/// outlive it.
pub(super) fn require_manager(actor: &Actor) -> Result<(), AccessError> {
    actor.require(Permission::StaffManage)?;
    if matches!(actor, Actor::Token { .. }) { Err(AccessError::NotStaff) } else { Ok(()) }
}

/// The actor with their current permissions, because those of the request can be a few seconds old; a deactivated member
/// of staff becomes anonymous. The lock serializes changes of staff, roles and API tokens until the transaction ends, so
/// that permissions do not change meanwhile and two owners cannot remove each other.
pub(super) async fn current(conn: &mut Conn, actor: &Actor) -> ServiceResult<Actor> {
    roles::lock_owner_count(conn).await?;
    let Actor::Staff { id, verified_at, network, .. } = *actor else { return Ok(actor.clone()) };
    let user = staff::find(conn, id).await?.filter(|user| user.is_active);
    Ok(user.map_or(Actor::Anonymous, |user| Actor::Staff {
        id,
        permissions: user.permissions(),
        limited: user.limited_permissions(),
        verified_at,
        network,
    }))
}

/// As [`current`], and requires that the actor may still manage staff.
pub(super) async fn current_manager(conn: &mut Conn, actor: &Actor) -> ServiceResult<Actor> {
    let actor = current(conn, actor).await?;
    require_manager(&actor)?;
    Ok(actor)
}

/// Invites a member of staff, who gets a mail with a token to choose a password.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule, for API tokens, or without [`Permission::StaffManage`].
pub async fn invite_staff(
    app: &App,
    actor: &Actor,
    client: &Client,
    new: NewStaff,
) -> Result<StaffUser, IdentityError> {
    require_manager(actor)?;
    step_up::require(app, actor)?;
    let email: Email = new.email.parse()?;
    let name = checked_name(&new.name)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let actor = &current_manager(conn, actor).await?;
        let roles = roles_of(conn, &new.roles).await?;
        let id = StaffUserId::new();
        let user = StaffUser {
            id,
            email,
            name,
            is_active: true,
            roles,
            created_at: now,
            last_login_at: None,
            has_second_factor: false,
            deleted_at: None,
        };
        StaffError::check_grant(actor.permissions(), user.granted())?;
        staff::insert(conn, &user, None).await?;
        let token = OneTimeToken::new(Purpose::StaffInvite, user.email.clone(), now);
        let token = OneTimeToken { staff: Some(id), ..token };
        one_time_tokens::insert(conn, &token).await?;
        mail::enqueue_token(conn, token.id, client.locale.as_ref(), now).await?;
        audit::push(conn, client.author(actor), "staffInvite", id, created(&values(&user)), now).await?;
        Ok(user)
    });
    outcome.await.on_constraint(staff::EMAIL_KEY, IdentityRule::EmailTaken)
}

/// Changes a member of staff. A dismissal also revokes the API tokens that they created; a return does not bring them
/// back.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule, for API tokens, or without [`Permission::StaffManage`].
pub async fn update_staff(
    app: &App,
    actor: &Actor,
    client: &Client,
    id: StaffUserId,
    update: StaffUpdate,
) -> Result<StaffUser, IdentityError> {
    require_manager(actor)?;
    step_up::require(app, actor)?;
    let name = update.name.as_deref().map(checked_name).transpose()?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let actor = &current_manager(conn, actor).await?;
        let before = staff::find(conn, id).await?.filter(|user| user.deleted_at.is_none());
        let before = before.ok_or(IdentityRule::NotFound)?;
        StaffError::check_grant(actor.permissions(), before.granted())?;
        let mut user = before.clone();
        if let Some(slugs) = &update.roles {
            user.roles = roles_of(conn, slugs).await?;
        }
        StaffError::check_grant(actor.permissions(), user.granted())?;
        user.is_active = update.is_active.unwrap_or(user.is_active);
        user.name = name.unwrap_or(user.name);
        staff::save(conn, &user).await?;
        if roles::lock_owner_count(conn).await? == 0 {
            return Err(StaffError::LastOwner.into());
        }
        // On a return as well, because an earlier version did not revoke them on the dismissal.
        let revoked =
            if before.is_active && user.is_active { Vec::new() } else { api_tokens::revoke_of(conn, id, now).await? };
        let details = json!({ "revokedTokens": revoked });
        let facts = AuditFacts { details, changes: changed(&values(&before), &values(&user)) };
        audit::push(conn, client.author(actor), "staffUpdate", id, facts, now).await?;
        Ok(user)
    });
    let user = outcome.await.on_not_found(IdentityRule::NotFound)?;
    invalidate_actors_everywhere(app);
    Ok(user)
}

pub(super) async fn roles_of(conn: &mut Conn, slugs: &[String]) -> Result<Vec<Role>, IdentityError> {
    let known = roles::by_slugs(conn, slugs).await?;
    let find = |slug: &String| known.get(slug).cloned().ok_or_else(|| IdentityRule::Unknown(format!("role {slug}")));
    Ok(slugs.iter().map(find).collect::<Result<_, _>>()?)
}

/// The values of a member of staff, for the audit log. They are removed when the account is deleted.
fn values(user: &StaffUser) -> Value {
    let roles: Vec<&str> = user.roles.iter().map(|role| role.slug.as_str()).collect();
    json!({ "email": user.email, "name": user.name, "isActive": user.is_active, "roles": roles })
}
