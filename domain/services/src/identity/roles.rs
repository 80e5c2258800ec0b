//! Roles. Staff can grant and revoke only permissions that they have.

use model::{
    Patch, Slug,
    access::{Actor, Permission, Permissions},
    audit::{changed, created, deleted},
    customers::{MAX_ROLE_CHANNELS, Role, StaffError},
    ids::{ChannelId, RoleId},
};
use persistence::{audit, db::Transactions as _, staff::roles};
use serde_json::{Value, json};

use super::{
    Client, IdentityError, IdentityRule, invalidate_actors_everywhere,
    names::checked_name,
    staff::{current_manager, require_manager},
    step_up,
};
use crate::{App, ServiceResult, error::OnStoreError as _};

/// Input of [`create_role`].
#[derive(Debug, Clone)]
pub struct NewRole {
    /// The unique name in the API.
    pub slug: Slug,
    /// The display name.
    pub name: String,
    /// The permissions.
    pub permissions: Permissions,
    /// True if members have no permissions until they have a second factor.
    pub requires_second_factor: bool,
    /// The slugs of the channels to which the role is limited; every channel if absent.
    pub channels: Option<Vec<String>>,
}

/// Input of [`update_role`]; absent fields keep their values.
#[derive(Debug, Clone, Default)]
pub struct RoleUpdate {
    /// The display name.
    pub name: Option<String>,
    /// The permissions.
    pub permissions: Option<Permissions>,
    /// True if members have no permissions until they have a second factor.
    pub requires_second_factor: Option<bool>,
    /// The slugs of the channels to which the role is limited.
    pub channels: Patch<Vec<String>>,
}

/// The roles, at most 1,000.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::StaffManage`].
pub async fn list_roles(app: &App, actor: &Actor) -> ServiceResult<Vec<Role>> {
    actor.require(Permission::StaffManage)?;
    Ok(roles::list(&mut *app.db.read().await?).await?)
}

/// Creates a role.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule, for API tokens, or without [`Permission::StaffManage`].
pub async fn create_role(app: &App, actor: &Actor, client: &Client, new: NewRole) -> Result<Role, IdentityError> {
    require_manager(actor)?;
    step_up::require(app, actor)?;
    let mut role = Role::restore(RoleId::new(), new.slug, checked_name(&new.name)?, new.permissions);
    role.requires_second_factor = new.requires_second_factor;
    if let Some(slugs) = &new.channels {
        role.limit(Some(channels_of(app, slugs).await?))?;
    }
    role.check_limit()?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let actor = &current_manager(conn, actor).await?;
        StaffError::check_grant(actor.permissions(), role.permissions())?;
        roles::insert(conn, &role).await?;
        audit::push(conn, client.author(actor), "roleCreate", role.id, created(&values(&role)), now).await?;
        Ok(())
    });
    outcome.await.on_constraint(roles::SLUG_KEY, IdentityRule::SlugTaken)?;
    Ok(role)
}

/// Changes a role, for all its members at once.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule, for API tokens, or without [`Permission::StaffManage`].
pub async fn update_role(
    app: &App,
    actor: &Actor,
    client: &Client,
    id: RoleId,
    update: RoleUpdate,
) -> Result<Role, IdentityError> {
    require_manager(actor)?;
    step_up::require(app, actor)?;
    let name = update.name.as_deref().map(checked_name).transpose()?;
    let channels = match &update.channels {
        Patch::Keep => None,
        Patch::Clear => Some(None),
        Patch::Set(slugs) => Some(Some(channels_of(app, slugs).await?)),
    };
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let role = conn
        .transaction::<_, IdentityError, _>(async |conn| {
            let actor = &current_manager(conn, actor).await?;
            let before = roles::find(conn, id).await?.ok_or(IdentityRule::NotFound)?;
            StaffError::check_grant(actor.permissions(), before.permissions())?;
            let mut role = before.clone();
            if let Some(permissions) = update.permissions {
                role.grant(permissions)?;
                StaffError::check_grant(actor.permissions(), permissions)?;
            }
            if let Some(channels) = channels.clone() {
                role.limit(channels)?;
            }
            role.check_limit()?;
            role.name = name.unwrap_or(role.name);
            role.requires_second_factor = update.requires_second_factor.unwrap_or(role.requires_second_factor);
            roles::save(conn, &role).await?;
            let changes = changed(&values(&before), &values(&role));
            audit::push(conn, client.author(actor), "roleUpdate", id, changes, now).await?;
            Ok(role)
        })
        .await?;
    invalidate_actors_everywhere(app);
    Ok(role)
}

/// Deletes a role that nobody holds.
///
/// # Errors
/// [`StaffError::RoleInUse`] while staff hold the role, active or not; [`StaffError::OwnerRole`]; otherwise as
/// [`update_role`].
pub async fn delete_role(app: &App, actor: &Actor, client: &Client, id: RoleId) -> Result<RoleId, IdentityError> {
    require_manager(actor)?;
    step_up::require(app, actor)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, IdentityError, _>(async |conn| {
        // The lock of `current_manager` keeps others from assigning the role meanwhile.
        let actor = &current_manager(conn, actor).await?;
        let role = roles::find(conn, id).await?.ok_or(IdentityRule::NotFound)?;
        if role.is_owner() {
            return Err(StaffError::OwnerRole.into());
        }
        StaffError::check_grant(actor.permissions(), role.permissions())?;
        if roles::is_held(conn, id).await? {
            return Err(StaffError::RoleInUse.into());
        }
        roles::delete(conn, id).await?;
        audit::push(conn, client.author(actor), "roleDelete", id, deleted(&values(&role)), now).await?;
        Ok(id)
    })
    .await
}

/// The channels of these slugs.
async fn channels_of(app: &App, slugs: &[String]) -> Result<Vec<ChannelId>, IdentityError> {
    if slugs.len() > MAX_ROLE_CHANNELS {
        return Err(StaffError::InvalidChannels.into());
    }
    let settings = app.settings.fresh(&app.db).await?;
    let find = |slug: &String| {
        let channel = settings.channel(slug).map(|channel| channel.id);
        channel.ok_or_else(|| IdentityRule::UnknownChannel(slug.clone()))
    };
    Ok(slugs.iter().map(find).collect::<Result<_, _>>()?)
}

/// The values of a role, for the audit log.
fn values(role: &Role) -> Value {
    json!({
        "slug": role.slug,
        "name": role.name,
        "permissions": role.permissions(),
        "requiresSecondFactor": role.requires_second_factor,
        "channels": role.channels(),
    })
}
