//! Root fields that read staff, roles and API tokens.

use async_graphql::{Context, ID, Object, Result};
use model::{
    access::Permission,
    ids::{ApiTokenId, StaffUserId},
};
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, nullable, parse_id, total_count};
use services::identity;

use super::{ApiToken, Role, StaffUser, permission};

/// Queries of staff, roles and API tokens.
#[derive(Default)]
pub struct StaffQuery;

#[connection_fields]
#[Object]
impl StaffQuery {
    /// The member of staff who is logged in; null for an API token.
    async fn me(&self, ctx: &Context<'_>) -> Option<Result<StaffUser>> {
        nullable(async {
            let request = ctx.request()?;
            let Some(id) = request.back_office()?.staff_user() else { return Ok(None) };
            Ok(request.loaders().staff().load(id).await?.map(StaffUser::account))
        })
        .await
    }

    /// Permissions of the request's login or API token: those in a channel, or without one those in any channel. A
    /// permission can be limited to channels by its role.
    async fn my_permissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of a channel; any channel if absent. An unknown channel has no permissions.")]
        channel: Option<String>,
    ) -> Result<Vec<Permission>> {
        let back_office = ctx.request()?.back_office()?;
        let Some(slug) = channel else { return Ok(permission::list(back_office.permissions(None))) };
        let settings = back_office.settings().await?;
        let Some(channel) = settings.channel(&slug) else { return Ok(Vec::new()) };
        Ok(permission::list(back_office.permissions(Some(channel.id))))
    }

    /// Staff in the order of their invitation. Needs `STAFF_MANAGE`.
    async fn staff(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<StaffUser>> {
        let request = ctx.request()?;
        let page = args.page::<StaffUserId>()?;
        let found = identity::list_staff(&request.app, &request.actor, &page).await?;
        let total = total_count(ctx, identity::count_staff(&request.app, &request.actor)).await?;
        Ok(Connection::new(&page, found, total, |user| user.id, StaffUser::account))
    }

    /// The member of staff of an id; null if there is none. Needs a staff login or an API token.
    async fn staff_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the member of staff.")] id: ID,
    ) -> Option<Result<StaffUser>> {
        nullable(async {
            let request = ctx.request()?;
            let found = request.loaders().staff().load(parse_id(&id)?).await?;
            Ok(found.map(|user| StaffUser::seen_by(&request.actor, user)))
        })
        .await
    }

    /// Roles ordered by slug, at most 1,000. Needs `STAFF_MANAGE`.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<Role>> {
        let request = ctx.request()?;
        let roles = identity::list_roles(&request.app, &request.actor).await?;
        Ok(roles.into_iter().map(Role).collect())
    }

    /// API tokens that are not deleted, newest first. Needs `STAFF_MANAGE`.
    async fn api_tokens(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<ApiToken>> {
        let request = ctx.request()?;
        let page = args.page::<ApiTokenId>()?;
        let found = identity::list_api_tokens(&request.app, &request.actor, &page).await?;
        let total = total_count(ctx, identity::count_api_tokens(&request.app, &request.actor)).await?;
        Ok(Connection::new(&page, found, total, |token| token.id, ApiToken))
    }
}
