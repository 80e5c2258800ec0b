//! Mutations of API tokens.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, parse_id, to_id};
use services::identity::{self, NewApiToken};

use super::{
    ApiToken,
    errors::staff_errors,
    inputs::{ApiTokenCreateInput, ApiTokenDeleteInput},
    payloads::{ApiTokenCreatePayload, ApiTokenDeletePayload},
    permission,
};

/// Creating and deleting API tokens.
#[derive(Default)]
pub struct ApiTokenMutation;

#[Object]
impl ApiTokenMutation {
    /// Creates a token for an integration and shows its secret this once. Staff only, with `STAFF_MANAGE`; a token never
    /// holds more than whoever created it.
    async fn api_token_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: ApiTokenCreateInput,
    ) -> Result<ApiTokenCreatePayload> {
        let request = ctx.request()?;
        let permissions = permission::set(&input.permissions);
        let new = NewApiToken { name: input.name, permissions, expires_at: input.expires_at };
        match identity::create_api_token(&request.app, &request.actor, &new).await {
            Ok((token, secret)) => Ok(ApiTokenCreatePayload::done(secret, ApiToken(token))),
            Err(error) => Ok(ApiTokenCreatePayload::refused(staff_errors(ctx, error)?)),
        }
    }

    /// Revokes a token; it stops within seconds everywhere. Needs `STAFF_MANAGE`, and for somebody else's token
    /// everything that it may do.
    async fn api_token_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token.")] input: ApiTokenDeleteInput,
    ) -> Result<ApiTokenDeletePayload> {
        let request = ctx.request()?;
        match identity::revoke_api_token(&request.app, &request.actor, parse_id(&input.id)?).await {
            Ok(id) => Ok(ApiTokenDeletePayload::done(to_id(id))),
            Err(error) => Ok(ApiTokenDeletePayload::refused(staff_errors(ctx, error)?)),
        }
    }
}
