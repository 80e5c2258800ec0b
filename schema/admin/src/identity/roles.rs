//! Mutations of roles.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, parse_id, to_id, to_user_errors};
use services::identity::{self, NewRole, RoleUpdate};

use super::{
    Role, StaffErrorCode, StaffUserError,
    inputs::{RoleCreateInput, RoleDeleteInput, RoleUpdateInput, patch},
    payloads::{RoleCreatePayload, RoleDeletePayload, RoleUpdatePayload},
    permission,
};

/// Mutations of roles.
#[derive(Default)]
pub struct RoleMutation;

#[Object]
impl RoleMutation {
    /// Creates a role. Needs a staff login with `STAFF_MANAGE` and every permission of the role.
    async fn role_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Role to create.")] input: RoleCreateInput,
    ) -> Result<RoleCreatePayload> {
        let request = ctx.request()?;
        let slug = match input.slug.parse::<model::Slug>() {
            Ok(slug) => slug,
            Err(error) => {
                let error = StaffUserError::new(StaffErrorCode::SlugInvalid, error, &["slug"]);
                return Ok(RoleCreatePayload::refused(vec![error]));
            }
        };
        let permissions = permission::set(&input.permissions);
        let RoleCreateInput { name, requires_second_factor, channels, .. } = input;
        let new = NewRole { slug, name, permissions, requires_second_factor, channels };
        match identity::create_role(&request.app, &request.actor, &request.client, new).await {
            Ok(role) => Ok(RoleCreatePayload::done(Role(role))),
            Err(error) => Ok(RoleCreatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Changes a role for all its members. Needs a staff login with `STAFF_MANAGE` and every permission that the role has
    /// before and after the change.
    async fn role_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Role to change, with the new values.")] input: RoleUpdateInput,
    ) -> Result<RoleUpdatePayload> {
        let request = ctx.request()?;
        let id = parse_id(&input.id)?;
        let permissions = input.permissions.as_deref().map(permission::set);
        let RoleUpdateInput { name, requires_second_factor, channels, .. } = input;
        let channels = patch(channels);
        let update = RoleUpdate { name, permissions, requires_second_factor, channels };
        match identity::update_role(&request.app, &request.actor, &request.client, id, update).await {
            Ok(role) => Ok(RoleUpdatePayload::done(Role(role))),
            Err(error) => Ok(RoleUpdatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Deletes a role. Refused while staff hold it, active or not. Needs a staff login with `STAFF_MANAGE` and every
    /// permission of the role.
    async fn role_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Role to delete.")] input: RoleDeleteInput,
    ) -> Result<RoleDeletePayload> {
        let request = ctx.request()?;
        match identity::delete_role(&request.app, &request.actor, &request.client, parse_id(&input.id)?).await {
            Ok(id) => Ok(RoleDeletePayload::done(to_id(id))),
            Err(error) => Ok(RoleDeletePayload::refused(to_user_errors(error)?)),
        }
    }
}
