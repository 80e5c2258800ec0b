//! The channel that a request resolved to.

use async_graphql::{Context, Object, Result};
use schema_shared::{Channel, RequestExt};

/// Queries of the channel.
#[derive(Default)]
pub struct ChannelQuery;

#[Object]
impl ChannelQuery {
    /// The channel, currency, language and country that this request resolved to.
    async fn channel(&self, ctx: &Context<'_>) -> Result<Channel> {
        Ok(Channel(ctx.request()?.context()?.clone()))
    }
}
