//! Channels: where and how the shop sells.

mod input;

use async_graphql::{Context, ID, Object, Result};
use model::channels as domain;
use schema_shared::{CountryCode, CurrencyCode, RequestExt, payloads, to_id, user_errors};
use services::channels::{self, ChannelError};

use input::{ChannelCreateInput, ChannelUpdateInput};

/// Reads about places of sale.
#[derive(Default)]
pub struct ChannelQuery;

#[Object]
impl ChannelQuery {
    /// The channel that this request was resolved to. For staff and API tokens.
    async fn channel(&self, ctx: &Context<'_>) -> Result<Channel> {
        let request = ctx.request()?;
        request.actor.require_back_office()?;
        Ok(Channel(request.context()?.channel.as_ref().clone()))
    }

    /// Every channel, by slug. Needs `CATALOG_READ` or `ORDERS_READ`.
    async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<Channel>> {
        let request = ctx.request()?;
        let all = channels::list(&request.app, &request.actor).await?;
        Ok(all.iter().map(|channel| Channel(channel.as_ref().clone())).collect())
    }
}

/// Changes of places of sale.
#[derive(Default)]
pub struct ChannelMutation;

#[Object]
impl ChannelMutation {
    /// Opens a place of sale. Needs `SETTINGS_WRITE`.
    async fn channel_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is and what it sells in.")] input: ChannelCreateInput,
    ) -> Result<ChannelCreatePayload> {
        let request = ctx.request()?;
        let new = match input.read() {
            Ok(new) => new,
            Err(error) => return Ok(ChannelCreatePayload::refused(vec![error])),
        };
        match channels::create(&request.app, &request.actor, new).await {
            Ok(channel) => Ok(ChannelCreatePayload::done(Channel(channel))),
            Err(error) => Ok(ChannelCreatePayload::refused(vec![user_error(error)?])),
        }
    }

    /// Changes a place of sale. Needs `SETTINGS_WRITE`.
    async fn channel_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which channel, and what changes; what is absent stays as it is.")] input: ChannelUpdateInput,
    ) -> Result<ChannelUpdatePayload> {
        let request = ctx.request()?;
        let (which, changes) = match input.read()? {
            Ok(read) => read,
            Err(error) => return Ok(ChannelUpdatePayload::refused(vec![error])),
        };
        match channels::update(&request.app, &request.actor, which, changes).await {
            Ok(channel) => Ok(ChannelUpdatePayload::done(Channel(channel))),
            Err(error) => Ok(ChannelUpdatePayload::refused(vec![user_error(error)?])),
        }
    }
}

/// A place of sale with its assortment, currencies, locales and stock.
pub struct Channel(domain::Channel);

/// A place of sale with its assortment, currencies, locales and stock.
#[Object]
impl Channel {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// What URLs and systems call it, such as `eu`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// What people call it.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether prices are entered and shown with tax.
    fn prices_include_tax(&self) -> bool {
        self.0.prices_include_tax
    }

    /// Currencies sold in, the default first.
    fn currency_codes(&self) -> Vec<CurrencyCode> {
        self.0.currencies.iter().copied().map(CurrencyCode).collect()
    }

    /// Languages of content as BCP 47 tags, the default first; every fallback ends at the default.
    fn locales(&self) -> Vec<&str> {
        self.0.locales.iter().map(model::Locale::as_str).collect()
    }

    /// Countries delivered to, the default first.
    fn country_codes(&self) -> Vec<CountryCode> {
        self.0.countries.iter().copied().map(CountryCode).collect()
    }

    /// Slugs of the stock locations that serve it, in order of preference.
    async fn locations(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let request = ctx.request()?;
        let settings = request.app.settings.current(&request.app.db).await?;
        let slug = |id: &model::ids::StockLocationId| {
            settings.locations.iter().find(|location| location.id == *id).map(|location| location.slug.to_string())
        };
        Ok(self.0.locations.iter().filter_map(slug).collect())
    }

    /// When the money of an authorised card is taken.
    fn capture_mode(&self) -> domain::CaptureMode {
        self.0.capture_mode
    }

    /// Whether requests that name no channel get this one.
    fn is_default(&self) -> bool {
        self.0.is_default
    }
}

user_errors! {
    /// Why a channel was not opened or changed.
    ChannelUserError,
    /// What stopped a change of a channel.
    ChannelErrorCode {
        /// No channel has this id or slug.
        ChannelNotFound,
        /// A slug has lower-case letters, digits and single hyphens.
        InvalidSlug,
        /// Another channel has this slug.
        SlugTaken,
        /// A name has 1 to 200 characters.
        InvalidName,
        /// A channel sells in at least one currency, each named once.
        InvalidCurrencies,
        /// A channel has at least one language, each a BCP 47 tag named once.
        InvalidLocales,
        /// A channel delivers to at least one country, each named once.
        InvalidCountries,
        /// Each stock location is named once.
        InvalidLocations,
        /// No stock location has this slug.
        LocationNotFound,
        /// The shop needs a default channel; make another one the default instead.
        DefaultNeeded,
    }
}

payloads! {
    errors ChannelUserError;

    "channelCreate" => ChannelCreatePayload {
        /// The new channel; null when it was not opened.
        channel: Channel,
    }
    "channelUpdate" => ChannelUpdatePayload {
        /// The channel after the change; null when it was not changed.
        channel: Channel,
    }
}

/// What the caller can mend becomes a user error, everything else a top-level one.
fn user_error(error: ChannelError) -> Result<ChannelUserError> {
    match (code(&error), error) {
        (Some((code, Some(field))), error) => Ok(ChannelUserError::at(code, error, field)),
        (Some((code, None)), error) => Ok(ChannelUserError::new(code, error)),
        (None, ChannelError::Service(error)) => Err(error.into()),
        (None, error) => Err(error.into()),
    }
}

/// The code of an error that the caller can mend, and the field it is about.
fn code(error: &ChannelError) -> Option<(ChannelErrorCode, Option<&'static str>)> {
    use ChannelErrorCode as Code;
    use domain::ChannelRuleError as Rule;
    Some(match error {
        ChannelError::NotFound => (Code::ChannelNotFound, None),
        ChannelError::Slug(_) => (Code::InvalidSlug, Some("slug")),
        ChannelError::SlugTaken => (Code::SlugTaken, Some("slug")),
        ChannelError::LocationNotFound(_) => (Code::LocationNotFound, Some("locations")),
        ChannelError::Rule(Rule::Name) => (Code::InvalidName, Some("name")),
        ChannelError::Rule(Rule::Currencies) => (Code::InvalidCurrencies, Some("currencyCodes")),
        ChannelError::Rule(Rule::Locales) => (Code::InvalidLocales, Some("locales")),
        ChannelError::Rule(Rule::Countries) => (Code::InvalidCountries, Some("countryCodes")),
        ChannelError::Rule(Rule::Locations) => (Code::InvalidLocations, Some("locations")),
        ChannelError::DefaultNeeded => (Code::DefaultNeeded, Some("isDefault")),
        ChannelError::Service(_) => return None,
    })
}
