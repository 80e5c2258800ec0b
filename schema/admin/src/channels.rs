//! Channels, which define where and how the shop sells.

mod errors;
mod input;
mod transfer_account;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::channels as domain;
use schema_shared::{
    CountryCode, CurrencyCode, NameTranslation, RequestExt, nullable, payloads, to_id, to_user_errors,
};
use services::channels;

use errors::ChannelUserError;
use input::{ChannelArchiveInput, ChannelCreateInput, ChannelUpdateInput};
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

    /// All channels, ordered by slug, with archived ones. Needs `SETTINGS_WRITE`, `CATALOG_READ` or `ORDERS_READ`.
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
        let (target, changes) = match input.read()? {
            Ok(read) => read,
            Err(error) => return Ok(ChannelUpdatePayload::refused(vec![error])),
        };
        match channels::update(&request.app, &request.actor, target, changes).await {
            Ok(channel) => Ok(ChannelUpdatePayload::done(Channel(channel))),
            Err(error) => Ok(ChannelUpdatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Archives a channel: it sells nothing from then on, and requests to it are refused. Its orders stay readable, and are
    /// processed as before. The default channel cannot be archived. Archiving it again changes nothing. Needs
    /// `SETTINGS_WRITE`.
    async fn channel_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Channel to archive.")] input: ChannelArchiveInput,
    ) -> Result<ChannelArchivePayload> {
        let request = ctx.request()?;
        match channels::archive(&request.app, &request.actor, input.read()?).await {
            Ok(channel) => Ok(ChannelArchivePayload::done(Channel(channel))),
            Err(error) => Ok(ChannelArchivePayload::refused(to_user_errors(error)?)),
        }
    }
}

/// A sales channel with its products, currencies, languages, countries and stock locations.
pub struct Channel(pub domain::Channel);

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

    /// Version of the channel: starts at 1 and increases with each change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Slug of the channel, such as `eu`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name of the channel for people whose language has no translation.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Names of the channel in other languages.
    fn translations(&self) -> Vec<NameTranslation> {
        NameTranslation::all(&self.0.translations)
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

    /// Slugs of the active stock locations that supply the channel, in order of preference. A location that is inactive
    /// now keeps its place.
    async fn locations(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let settings = ctx.request()?.back_office()?.settings().await?;
        let known = self.0.locations.iter().filter_map(|id| settings.location_by_id(*id));
        Ok(known.filter(|location| location.is_active).map(|location| location.slug.to_string()).collect())
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

    /// Time at which the channel was archived; null while it sells.
    fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
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
    "channelArchive" => ChannelArchivePayload {
        /// The archived channel; null if it was not archived.
        channel: Channel,
    }
}
