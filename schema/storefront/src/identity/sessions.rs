//! Mutations that end sessions of a customer.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, parse_id, to_id, to_user_errors};
use services::identity::{self, Audience};

use super::{
    inputs::{CustomerSessionEndInput, CustomerSessionsEndInput},
    payloads::{CustomerSessionEndPayload, CustomerSessionsEndPayload},
};

/// Mutations that end listed sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Ends a session of the customer who is logged in. Its tokens are refused from then on, in other processes after a
    /// few seconds.
    async fn customer_session_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Session to end.")] input: CustomerSessionEndInput,
    ) -> Result<CustomerSessionEndPayload> {
        let request = ctx.request()?;
        let id = parse_id(&input.id)?;
        match identity::end_own_session(&request.app, (&request.actor, &request.client), Audience::Customers, id).await
        {
            Ok(id) => Ok(CustomerSessionEndPayload::done(to_id(id))),
            Err(error) => Ok(CustomerSessionEndPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Ends all sessions of the customer who is logged in.
    async fn customer_sessions_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sessions to end.")] input: CustomerSessionsEndInput,
    ) -> Result<CustomerSessionsEndPayload> {
        let request = ctx.request()?;
        let except = request.session.filter(|_| input.except_current);
        match identity::end_own_sessions(&request.app, (&request.actor, &request.client), Audience::Customers, except)
            .await
        {
            Ok(count) => Ok(CustomerSessionsEndPayload::done(count)),
            Err(error) => Ok(CustomerSessionsEndPayload::refused(to_user_errors(error)?)),
        }
    }
}
