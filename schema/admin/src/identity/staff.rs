//! Mutations of staff.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, parse_id, to_id, to_user_errors};
use services::identity::{self, NewStaff, StaffProof, StaffUpdate};

use super::{
    StaffUser,
    inputs::{
        StaffDeleteInput, StaffEmailChangeInput, StaffEmailVerifyInput, StaffInviteInput, StaffPasswordChangeInput,
        StaffUpdateInput,
    },
    payloads::{
        StaffDeletePayload, StaffEmailChangePayload, StaffEmailVerifyPayload, StaffInvitePayload,
        StaffPasswordChangePayload, StaffUpdatePayload,
    },
};

/// Mutations of staff.
#[derive(Default)]
pub struct StaffMutation;

#[Object]
impl StaffMutation {
    /// Deletes the account of a member of staff: name, email address, password, second factor and roles are removed, the
    /// sessions end, and the API tokens that the member created are revoked. The audit log keeps the id and loses the
    /// values. The last active owner and one's own account cannot be deleted. Needs a staff login with `STAFF_MANAGE` and
    /// every permission of the member.
    async fn staff_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Member of staff to delete.")] input: StaffDeleteInput,
    ) -> Result<StaffDeletePayload> {
        let request = ctx.request()?;
        let id = parse_id(&input.id)?;
        match identity::delete_staff(&request.app, &request.actor, &request.client, id).await {
            Ok(id) => Ok(StaffDeletePayload::done(to_id(id))),
            Err(error) => Ok(StaffDeletePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Replaces the password of the member of staff who is logged in. The other sessions end, and mailed tokens stop
    /// working. Needs a staff login.
    async fn staff_password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Present and new password.")] input: StaffPasswordChangeInput,
    ) -> Result<StaffPasswordChangePayload> {
        let request = ctx.request()?;
        let proof = StaffProof { password: &input.current_password, code: input.code.as_deref() };
        let (app, actor, client) = (&request.app, &request.actor, &request.client);
        match identity::change_staff_password(app, actor, client, request.session, proof, &input.new_password).await {
            Ok(user) => Ok(StaffPasswordChangePayload::done(StaffUser::account(user))),
            Err(error) => Ok(StaffPasswordChangePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Sends a token to a new email address of the member of staff who is logged in, and a notice to the present address.
    /// The address changes when `staffEmailVerify` receives the token, within 48 hours. Needs a staff login.
    async fn staff_email_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New email address, with the password.")] input: StaffEmailChangeInput,
    ) -> Result<StaffEmailChangePayload> {
        let request = ctx.request()?;
        let proof = StaffProof { password: &input.password, code: input.code.as_deref() };
        let (app, actor, client) = (&request.app, &request.actor, &request.client);
        match identity::request_staff_email_change(app, actor, client, proof, &input.email).await {
            Ok(email) => Ok(StaffEmailChangePayload::done(email.to_string())),
            Err(error) => Ok(StaffEmailChangePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Uses the token of a `staffEmailChange`: the account gets the new email address, its sessions end, and the former
    /// address gets a notice. If it is the only field of the request, an expired access token in the header is ignored.
    async fn staff_email_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Token from the email.")] input: StaffEmailVerifyInput,
    ) -> Result<StaffEmailVerifyPayload> {
        let request = ctx.request()?;
        match identity::verify_staff_email(&request.app, &request.client, &input.token).await {
            Ok(user) => Ok(StaffEmailVerifyPayload::done(StaffUser::account(user))),
            Err(error) => Ok(StaffEmailVerifyPayload::refused(to_user_errors(error)?)),
        }
    }

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

    /// Changes a member of staff. A dismissal also revokes the API tokens that the member created. Needs a staff login with
    /// `STAFF_MANAGE` and every permission that the change grants or removes.
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
}
