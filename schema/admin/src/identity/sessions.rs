//! Mutations that end sessions of staff.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, parse_id, to_id, to_user_errors};
use services::identity::{self, Audience};

use super::{
    inputs::{StaffSessionEndInput, StaffSessionsEndInput, StaffUserSessionsEndInput},
    payloads::{StaffSessionEndPayload, StaffSessionsEndPayload, StaffUserSessionsEndPayload},
};

/// Mutations that end listed sessions.
#[derive(Default)]
pub struct StaffSessionMutation;

#[Object]
impl StaffSessionMutation {
    /// Ends a session of the member of staff who is logged in. Its tokens are refused at once.
    async fn staff_session_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Session to end.")] input: StaffSessionEndInput,
    ) -> Result<StaffSessionEndPayload> {
        let request = ctx.request()?;
        let id = parse_id(&input.id)?;
        match identity::end_own_session(&request.app, (&request.actor, &request.client), Audience::Staff, id).await {
            Ok(id) => Ok(StaffSessionEndPayload::done(to_id(id))),
            Err(error) => Ok(StaffSessionEndPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Ends all sessions of the member of staff who is logged in.
    async fn staff_sessions_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sessions to end.")] input: StaffSessionsEndInput,
    ) -> Result<StaffSessionsEndPayload> {
        let request = ctx.request()?;
        let except = request.session.filter(|_| input.except_current);
        match identity::end_own_sessions(&request.app, (&request.actor, &request.client), Audience::Staff, except).await
        {
            Ok(count) => Ok(StaffSessionsEndPayload::done(count)),
            Err(error) => Ok(StaffSessionsEndPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Ends all sessions of a member of staff. Needs a staff login with `STAFF_MANAGE` and every permission of the
    /// member.
    async fn staff_user_sessions_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Member of staff whose sessions end.")] input: StaffUserSessionsEndInput,
    ) -> Result<StaffUserSessionsEndPayload> {
        let request = ctx.request()?;
        let id = parse_id(&input.id)?;
        match identity::end_staff_sessions(&request.app, &request.actor, &request.client, id).await {
            Ok(count) => Ok(StaffUserSessionsEndPayload::done(count)),
            Err(error) => Ok(StaffUserSessionsEndPayload::refused(to_user_errors(error)?)),
        }
    }
}
