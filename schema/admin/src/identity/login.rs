//! Login and logout of staff.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, to_user_errors};
use services::identity::{self, Audience};

use super::{
    StaffUser,
    inputs::{
        StaffLoginInput, StaffLogoutInput, StaffPasswordResetInput, StaffPasswordResetRequestInput,
        StaffSessionRefreshInput,
    },
    payloads::{
        StaffLoginPayload, StaffLogoutPayload, StaffPasswordResetPayload, StaffPasswordResetRequestPayload,
        StaffSessionRefreshPayload,
    },
};

/// Mutations of staff sessions.
#[derive(Default)]
pub struct StaffLoginMutation;

#[Object]
impl StaffLoginMutation {
    /// Logs in a member of staff. A wrong password and an unknown email address return the same error. An account with
    /// a second factor returns `SECOND_FACTOR_REQUIRED` if the password is right and the code is absent. If it is the
    /// only field of the request, an expired access token in the header is ignored.
    async fn staff_login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Email address, password and code.")] input: StaffLoginInput,
    ) -> Result<StaffLoginPayload> {
        let request = ctx.request()?;
        let StaffLoginInput { email, password, code } = input;
        match identity::staff_login(&request.app, &request.client, &email, &password, code.as_deref()).await {
            Ok((user, session)) => Ok(StaffLoginPayload::done(session.into(), StaffUser::account(user))),
            Err(error) => Ok(StaffLoginPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Exchanges a refresh token for new tokens. Two exchanges of one token within ten seconds return the same tokens;
    /// a later one ends the session, because the token may have been stolen. If it is the only field of the request, an
    /// expired access token in the header is ignored.
    async fn staff_session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Newest refresh token of the session.")] input: StaffSessionRefreshInput,
    ) -> Result<StaffSessionRefreshPayload> {
        let request = ctx.request()?;
        match identity::refresh_session(&request.app, Audience::Staff, &request.client, &input.refresh_token).await {
            Ok(session) => Ok(StaffSessionRefreshPayload::done(session.into())),
            Err(error) => Ok(StaffSessionRefreshPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Ends a session. If it is the only field of the request, an expired access token in the header is ignored.
    async fn staff_logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Session to end.")] input: StaffLogoutInput,
    ) -> Result<StaffLogoutPayload> {
        let request = ctx.request()?;
        match input.refresh_token {
            Some(token) => identity::end_session_of(&request.app, Audience::Staff, &request.client, &token).await?,
            None => identity::end_session(&request.app, &request.actor, &request.client, request.session).await?,
        }
        Ok(StaffLogoutPayload::done(true))
    }

    /// Sends an email with a token for a new password if the address has an account. The payload is the same if it has
    /// none.
    async fn staff_password_reset_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Email address of the account.")] input: StaffPasswordResetRequestInput,
    ) -> Result<StaffPasswordResetRequestPayload> {
        let request = ctx.request()?;
        match identity::request_staff_reset(&request.app, &request.client, &input.email).await {
            Ok(()) => Ok(StaffPasswordResetRequestPayload::done(input.email)),
            Err(error) => Ok(StaffPasswordResetRequestPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Sets the new or first password of a member of staff with a token from an email, and ends their sessions.
    async fn staff_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Token and new password.")] input: StaffPasswordResetInput,
    ) -> Result<StaffPasswordResetPayload> {
        let request = ctx.request()?;
        let StaffPasswordResetInput { token, password } = input;
        match identity::reset_staff_password(&request.app, &request.client, &token, &password).await {
            Ok(user) => Ok(StaffPasswordResetPayload::done(StaffUser::account(user))),
            Err(error) => Ok(StaffPasswordResetPayload::refused(to_user_errors(error)?)),
        }
    }
}
