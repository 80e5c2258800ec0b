//! Mutations of staff and roles.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, parse_id, to_user_errors};
use services::identity::{self, NewRole, NewStaff, RoleUpdate, StaffUpdate};

use super::{
    Role, StaffErrorCode, StaffUser, StaffUserError,
    inputs::{RoleCreateInput, RoleUpdateInput, StaffInviteInput, StaffUpdateInput},
    payloads::{RoleCreatePayload, RoleUpdatePayload, StaffInvitePayload, StaffUpdatePayload},
    permission,
};

/// Mutations of staff and roles.
#[derive(Default)]
pub struct StaffMutation;

#[Object]
impl StaffMutation {
    /// Invites a member of staff with an email that contains a token for the first password. Needs a staff login with
    /// `STAFF_MANAGE`.
    async fn staff_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Member of staff to invite.")] input: StaffInviteInput,
    ) -> Result<StaffInvitePayload> {
        let request = ctx.request()?;
        let StaffInviteInput { email, name, roles } = input;
        match identity::invite_staff(&request.app, &request.actor, &request.client, NewStaff { email, name, roles })
            .await
        {
            Ok(user) => Ok(StaffInvitePayload::done(StaffUser::account(user))),
            Err(error) => Ok(StaffInvitePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Changes a member of staff. A dismissal also revokes the API tokens that the member created. Needs a staff login with `STAFF_MANAGE` and every permission that the change grants
    /// or removes.
    async fn staff_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Member of staff to change, with the new values.")] input: StaffUpdateInput,
    ) -> Result<StaffUpdatePayload> {
        let request = ctx.request()?;
        let id = parse_id(&input.id)?;
        let StaffUpdateInput { name, is_active, roles, .. } = input;
        match identity::update_staff(
            &request.app,
            &request.actor,
            &request.client,
            id,
            StaffUpdate { name, is_active, roles },
        )
        .await
        {
            Ok(user) => Ok(StaffUpdatePayload::done(StaffUser::account(user))),
            Err(error) => Ok(StaffUpdatePayload::refused(to_user_errors(error)?)),
        }
    }

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
        let RoleCreateInput { name, requires_second_factor, .. } = input;
        let permissions = permission::set(&input.permissions);
        let new = NewRole { slug, name, permissions, requires_second_factor };
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
        let RoleUpdateInput { name, requires_second_factor, .. } = input;
        let update = RoleUpdate { name, permissions, requires_second_factor };
        match identity::update_role(&request.app, &request.actor, &request.client, id, update).await {
            Ok(role) => Ok(RoleUpdatePayload::done(Role(role))),
            Err(error) => Ok(RoleUpdatePayload::refused(to_user_errors(error)?)),
        }
    }
}
