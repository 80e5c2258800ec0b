//! The channel that a request resolved to, and the channels to switch to.

use async_graphql::{Context, ID, Object, Result};
use model::{Locale, channels};
use schema_shared::{Channel, CountryCode, CurrencyCode, RequestExt, to_id};

/// Queries of channels.
#[derive(Default)]
pub struct ChannelQuery;

#[Object]
impl ChannelQuery {
    /// The channel, currency, language and country that this request resolved to.
    async fn channel(&self, ctx: &Context<'_>) -> Result<Channel> {
        Ok(Channel(ctx.request()?.context()?.clone()))
    }

    /// Channels that shoppers can switch to, ordered by slug; archived channels are left out.
    async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<AvailableChannel>> {
        let channels = ctx.request()?.storefront()?.channels().await?;
        Ok(channels.into_iter().map(|channel| AvailableChannel(channel.as_ref().clone())).collect())
    }
}

/// A channel that shoppers can switch to.
pub struct AvailableChannel(channels::Channel);

/// A channel that shoppers can switch to, for example by country.
#[Object]
impl AvailableChannel {
    /// Global id of the channel.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Slug of the channel for the URL of requests, such as `eu`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name of the channel in the language of the request.
    async fn name(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.0.name_in(&ctx.request()?.context()?.locales).to_owned())
    }

    /// Countries that the channel sells to, the default first.
    fn countries(&self) -> Vec<CountryCode> {
        self.0.countries.iter().copied().map(CountryCode).collect()
    }

    /// Currencies of the channel, the default first.
    fn currencies(&self) -> Vec<CurrencyCode> {
        self.0.currencies.iter().copied().map(CurrencyCode).collect()
    }

    /// Languages of the channel as BCP 47 tags, the default first.
    fn locales(&self) -> Vec<&str> {
        self.0.locales.iter().map(Locale::as_str).collect()
    }

    /// True if requests that name no channel use this one.
    fn is_default(&self) -> bool {
        self.0.is_default
    }
}
