//! Channels, which define where and how the shop sells.

mod input;
mod transfer_account;

use async_graphql::{Context, ID, Object, Result};
use model::channels as domain;
use schema_shared::{
    CountryCode, CurrencyCode, FromRule, RequestExt, nullable, payloads, to_id, to_user_errors, user_errors,
};
use services::channels::{self, ChannelRule};

use input::{ChannelCreateInput, ChannelUpdateInput};
use transfer_account::TransferAccount;
pub use transfer_account::TransferAccountMutation;

/// Queries of channels.
#[derive(Default)]
pub struct ChannelQuery;

#[Object]
impl ChannelQuery {
    /// The channel that this request resolved to. Needs a staff login or an API token.
    async fn channel(&self, ctx: &Context<'_>) -> Result<Channel> {
        let request = ctx.request()?;
        // Authorizes before it reports a shop without channels.
        request.back_office()?;
        Ok(Channel(request.context()?.channel.as_ref().clone()))
    }

    /// All channels, ordered by slug. Needs `CATALOG_READ` or `ORDERS_READ`.
    async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<Channel>> {
        let request = ctx.request()?;
        let all = channels::list(&request.app, &request.actor).await?;
        Ok(all.iter().map(|channel| Channel(channel.as_ref().clone())).collect())
    }
}

/// Mutations of channels.
#[derive(Default)]
pub struct ChannelMutation;

#[Object]
impl ChannelMutation {
    /// Creates a channel. Needs `SETTINGS_WRITE`.
    async fn channel_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Channel to create.")] input: ChannelCreateInput,
    ) -> Result<ChannelCreatePayload> {
        let request = ctx.request()?;
        let new = match input.read() {
            Ok(new) => new,
            Err(error) => return Ok(ChannelCreatePayload::refused(vec![error])),
        };
        match channels::create(&request.app, &request.actor, new).await {
            Ok(channel) => Ok(ChannelCreatePayload::done(Channel(channel))),
            Err(error) => Ok(ChannelCreatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Changes a channel. Absent fields stay unchanged. Needs `SETTINGS_WRITE`.
    async fn channel_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Channel to change, with the new values.")] input: ChannelUpdateInput,
    ) -> Result<ChannelUpdatePayload> {
        let request = ctx.request()?;
        let (which, changes) = match input.read()? {
            Ok(read) => read,
            Err(error) => return Ok(ChannelUpdatePayload::refused(vec![error])),
        };
        match channels::update(&request.app, &request.actor, which, changes).await {
            Ok(channel) => Ok(ChannelUpdatePayload::done(Channel(channel))),
            Err(error) => Ok(ChannelUpdatePayload::refused(to_user_errors(error)?)),
        }
    }
}

/// A sales channel with its products, currencies, languages, countries and stock locations.
pub struct Channel(domain::Channel);

impl Channel {
    /// The channel as staff see it.
    pub(crate) const fn new(channel: domain::Channel) -> Self {
        Self(channel)
    }
}

/// A sales channel with its products, currencies, languages, countries and stock locations.
#[Object]
impl Channel {
    /// Global id of the channel.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Slug of the channel, such as `eu`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name of the channel for people.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// True if prices are entered and shown with tax.
    fn prices_include_tax(&self) -> bool {
        self.0.prices_include_tax
    }

    /// Currencies of the channel, the default first.
    fn currency_codes(&self) -> Vec<CurrencyCode> {
        self.0.currencies.iter().copied().map(CurrencyCode).collect()
    }

    /// Languages of content as BCP 47 tags, the default first. Missing translations fall back to the default.
    fn locales(&self) -> Vec<&str> {
        self.0.locales.iter().map(model::Locale::as_str).collect()
    }

    /// Countries that the channel delivers to, the default first.
    fn country_codes(&self) -> Vec<CountryCode> {
        self.0.countries.iter().copied().map(CountryCode).collect()
    }

    /// Slugs of the stock locations that supply the channel, in order of preference.
    async fn locations(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let settings = ctx.request()?.back_office()?.settings().await?;
        let slug = |id: &model::ids::StockLocationId| {
            settings.locations.iter().find(|location| location.id == *id).map(|location| location.slug.to_string())
        };
        Ok(self.0.locations.iter().filter_map(slug).collect())
    }

    /// Time at which authorized card payments are captured.
    fn capture_mode(&self) -> domain::CaptureMode {
        self.0.capture_mode
    }

    /// Hours for which an unpaid order by bank transfer reserves its stock.
    fn transfer_hold_hours(&self) -> i32 {
        self.0.transfer_hold_hours
    }

    /// Account for bank transfers, which unpaid orders show in `paymentInstructions`; null if there is none.
    async fn transfer_account(&self, ctx: &Context<'_>) -> Option<Result<TransferAccount>> {
        nullable(async {
            let request = ctx.request()?;
            let found = channels::transfer_account(&request.app, &request.actor, self.0.id).await?;
            Ok(found.map(TransferAccount))
        })
        .await
    }

    /// Origins of the pages and apps to which shoppers may return from a payment gateway, such as
    /// `https://shop.example.org` or `myapp://return`. The storefront of `MERCATOR_STOREFRONT_URL` need not be listed.
    fn return_origins(&self) -> Vec<String> {
        self.0.return_origins.iter().map(ToString::to_string).collect()
    }

    /// Tax on delivery.
    fn delivery_tax_mode(&self) -> domain::DeliveryTaxMode {
        self.0.delivery_tax_mode
    }

    /// Rounding of taxes.
    fn tax_rounding(&self) -> domain::TaxRounding {
        self.0.tax_rounding
    }

    /// True if requests that name no channel use this one.
    fn is_default(&self) -> bool {
        self.0.is_default
    }
}

user_errors! {
    /// A user error of a channel mutation.
    ChannelUserError,
    /// The error codes of channel mutations.
    ChannelErrorCode {
        /// The channel does not exist.
        ChannelNotFound,
        /// The slug has other characters than lowercase letters, digits and single hyphens.
        InvalidSlug,
        /// Another channel has this slug.
        SlugTaken,
        /// The name is empty or longer than 200 characters.
        InvalidName,
        /// No currency is given, or one is repeated.
        InvalidCurrencies,
        /// No language is given, one is repeated, or one is not a BCP 47 tag.
        InvalidLocales,
        /// No country is given, or one is repeated.
        InvalidCountries,
        /// A stock location is repeated.
        InvalidLocations,
        /// The reservation of unpaid orders is not within 1 to 720 hours.
        InvalidTransferHold,
        /// The stock location does not exist.
        LocationNotFound,
        /// A return origin is repeated, or is not scheme, host and port of a page or an app.
        InvalidReturnOrigins,
        /// The shop needs a default channel; make another channel the default instead.
        DefaultNeeded,
    }
}

payloads! {
    errors ChannelUserError;

    "channelCreate" => ChannelCreatePayload {
        /// The new channel; null if it was not created.
        channel: Channel,
    }
    "channelUpdate" => ChannelUpdatePayload {
        /// The channel after the change; null if it was not changed.
        channel: Channel,
    }
}

impl FromRule<ChannelRule> for ChannelUserError {
    fn from_rule(rule: ChannelRule) -> Result<Vec<Self>, ChannelRule> {
        use ChannelErrorCode as Code;
        use domain::ChannelRuleError as Invalid;
        let (code, field) = match &rule {
            ChannelRule::NotFound => return Ok(vec![Self::new(Code::ChannelNotFound, rule)]),
            ChannelRule::Slug(_) => (Code::InvalidSlug, "slug"),
            ChannelRule::SlugTaken => (Code::SlugTaken, "slug"),
            ChannelRule::LocationNotFound(_) => (Code::LocationNotFound, "locations"),
            ChannelRule::Invalid(Invalid::Name) => (Code::InvalidName, "name"),
            ChannelRule::Invalid(Invalid::Currencies) => (Code::InvalidCurrencies, "currencyCodes"),
            ChannelRule::Invalid(Invalid::Locales) => (Code::InvalidLocales, "locales"),
            ChannelRule::Invalid(Invalid::Countries) => (Code::InvalidCountries, "countryCodes"),
            ChannelRule::Invalid(Invalid::Locations) => (Code::InvalidLocations, "locations"),
            ChannelRule::Invalid(Invalid::TransferHold) => (Code::InvalidTransferHold, "transferHoldHours"),
            ChannelRule::Invalid(Invalid::ReturnOrigins) => (Code::InvalidReturnOrigins, "returnOrigins"),
            ChannelRule::DefaultNeeded => (Code::DefaultNeeded, "isDefault"),
        };
        Ok(vec![Self::at(code, rule, field)])
    }
}
