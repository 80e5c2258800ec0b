//! Roles. Staff can grant and revoke only permissions that they have.

use model::{
    Slug,
    access::{Actor, Permission, Permissions},
    customers::{Role, StaffError},
    ids::RoleId,
};
use persistence::{audit, db::Transactions as _, staff::roles};
use serde_json::json;

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
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let actor = &current_manager(conn, actor).await?;
        StaffError::check_grant(actor.permissions(), role.permissions())?;
        roles::insert(conn, &role).await?;
        let details = json!({
            "slug": role.slug,
            "permissions": role.permissions(),
            "requiresSecondFactor": role.requires_second_factor,
        });
        audit::push(conn, client.author(actor), "roleCreate", role.id, details, now).await?;
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
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let role = conn
        .transaction::<_, IdentityError, _>(async |conn| {
            let actor = &current_manager(conn, actor).await?;
            let mut role = roles::find(conn, id).await?.ok_or(IdentityRule::NotFound)?;
            StaffError::check_grant(actor.permissions(), role.permissions())?;
            if let Some(permissions) = update.permissions {
                role.grant(permissions)?;
                StaffError::check_grant(actor.permissions(), permissions)?;
            }
            role.name = name.unwrap_or(role.name);
            role.requires_second_factor = update.requires_second_factor.unwrap_or(role.requires_second_factor);
            roles::save(conn, &role).await?;
            let details = json!({
                "permissions": role.permissions(),
                "requiresSecondFactor": role.requires_second_factor,
            });
            audit::push(conn, client.author(actor), "roleUpdate", id, details, now).await?;
            Ok(role)
        })
        .await?;
    invalidate_actors_everywhere(app);
    Ok(role)
}
