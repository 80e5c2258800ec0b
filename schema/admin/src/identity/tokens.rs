//! Mutations of API tokens.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, parse_id, to_id, to_user_errors};
use services::identity::{self, NewApiToken};

use super::{
    ApiToken,
    inputs::{ApiTokenCreateInput, ApiTokenDeleteInput},
    payloads::{ApiTokenCreatePayload, ApiTokenDeletePayload},
    permission,
};

/// Mutations of API tokens.
#[derive(Default)]
pub struct ApiTokenMutation;

#[Object]
impl ApiTokenMutation {
    /// Creates a token for an integration and returns its secret, once. A token never has more permissions than the
    /// member of staff who created it. Needs a staff login with `STAFF_MANAGE`.
    async fn api_token_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "API token to create.")] input: ApiTokenCreateInput,
    ) -> Result<ApiTokenCreatePayload> {
        let request = ctx.request()?;
        let permissions = permission::set(&input.permissions);
        let new = NewApiToken { name: input.name, permissions, expires_at: input.expires_at };
        match identity::create_api_token(&request.app, &request.actor, &request.client, &new).await {
            Ok((token, secret)) => Ok(ApiTokenCreatePayload::done(secret, ApiToken(token))),
            Err(error) => Ok(ApiTokenCreatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Deletes a token; every process rejects it within seconds. Needs `STAFF_MANAGE`, and every permission of the
    /// token if it was created by somebody else.
    async fn api_token_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "API token to delete.")] input: ApiTokenDeleteInput,
    ) -> Result<ApiTokenDeletePayload> {
        let request = ctx.request()?;
        match identity::revoke_api_token(&request.app, &request.actor, &request.client, parse_id(&input.id)?).await {
            Ok(id) => Ok(ApiTokenDeletePayload::done(to_id(id))),
            Err(error) => Ok(ApiTokenDeletePayload::refused(to_user_errors(error)?)),
        }
    }
}
