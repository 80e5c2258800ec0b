//! The resolved channel of a request.

use async_graphql::{Context, Object, Result};
use schema_shared::{Channel, RequestExt};

/// Reads about the place of sale.
#[derive(Default)]
pub struct ChannelQuery;

#[Object]
impl ChannelQuery {
    /// What this request was resolved to: channel, currency, language and country.
    async fn channel(&self, ctx: &Context<'_>) -> Result<Channel> {
        Ok(Channel(ctx.request()?.context()?.clone()))
    }
}
