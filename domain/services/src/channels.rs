//! Creating and changing channels.

mod transfer_account;

use std::sync::Arc;

use model::{
    Country, Currency, InvalidSlug, Locale, Slug,
    access::{Actor, Permission},
    channels::{CaptureMode, Channel, ChannelRuleError, DeliveryTaxMode, ReturnOrigin, TaxRounding},
    events::DomainEvent,
    ids::{ChannelId, StockLocationId},
    settings::Settings,
};
use persistence::{Conn, audit, channels as store, db::Transactions as _, outbox};
use serde_json::json;

pub use transfer_account::{
    SetTransferAccount, TransferAccountError, TransferAccountRule, delete_transfer_account, set_transfer_account,
    transfer_account,
};

use crate::{
    App, ServiceResult, UseCaseError,
    error::{OnStoreError as _, RuleError},
};

/// Input of [`create`].
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// The slug, for systems and URLs.
    pub slug: String,
    /// True if prices are entered and shown with tax.
    pub prices_include_tax: bool,
    /// The other fields.
    pub details: ChannelDetails,
}

/// The fields of a channel that can change; absent fields keep their values.
#[derive(Debug, Clone, Default)]
pub struct ChannelDetails {
    /// The display name for staff.
    pub name: Option<String>,
    /// Currencies, the default first.
    pub currencies: Option<Vec<Currency>>,
    /// Languages, the default first.
    pub locales: Option<Vec<Locale>>,
    /// Countries, the default first.
    pub countries: Option<Vec<Country>>,
    /// Slugs of stock locations, in order of preference.
    pub locations: Option<Vec<String>>,
    /// The time when authorized payments are captured.
    pub capture_mode: Option<CaptureMode>,
    /// Hours for which an unpaid order by bank transfer reserves its stock.
    pub transfer_hold_hours: Option<i32>,
    /// Origins of the pages and apps to which shoppers may return from a gateway.
    pub return_origins: Option<Vec<ReturnOrigin>>,
    /// The tax on delivery.
    pub delivery_tax_mode: Option<DeliveryTaxMode>,
    /// The rounding of taxes.
    pub tax_rounding: Option<TaxRounding>,
    /// True for the channel of requests that name none.
    pub is_default: Option<bool>,
}

/// A reference to a channel.
#[derive(Debug, Clone)]
pub enum ChannelRef {
    /// By its id.
    Id(ChannelId),
    /// By its slug.
    Slug(String),
}

/// A rule that keeps a channel from being created or changed.
#[derive(Debug, thiserror::Error)]
pub enum ChannelRule {
    /// No channel has the id or slug.
    #[error("there is no such channel")]
    NotFound,
    /// The slug is malformed.
    #[error(transparent)]
    Slug(#[from] InvalidSlug),
    /// Another channel has the slug.
    #[error("another channel has this slug")]
    SlugTaken,
    /// No stock location has the slug.
    #[error("there is no stock location `{0}`")]
    LocationNotFound(String),
    /// The channel is invalid.
    #[error(transparent)]
    Invalid(#[from] ChannelRuleError),
    /// The shop would have no default channel.
    #[error("make another channel the default one instead")]
    DefaultNeeded,
}

impl RuleError for ChannelRule {}
impl RuleError for InvalidSlug {}
impl RuleError for ChannelRuleError {}

/// The channel was not created or changed.
pub type ChannelError = UseCaseError<ChannelRule>;

/// All channels, ordered by slug.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::CatalogRead`] or [`Permission::OrdersRead`].
pub async fn list(app: &App, actor: &Actor) -> ServiceResult<Vec<Arc<Channel>>> {
    // The storefront shows the channels to everybody, so one of the common read permissions is enough.
    actor.require(Permission::CatalogRead).or_else(|_| actor.require(Permission::OrdersRead))?;
    Ok(app.settings.current(&app.db).await?.channels.clone())
}

/// Creates a channel; the first one becomes the default.
///
/// # Errors
/// [`ChannelError`] if the input breaks a rule, or without [`Permission::SettingsWrite`].
pub async fn create(app: &App, actor: &Actor, new: NewChannel) -> Result<Channel, ChannelError> {
    actor.require(Permission::SettingsWrite)?;
    let slug: Slug = new.slug.parse()?;
    let settings = app.settings.current(&app.db).await?;
    let mut channel = Channel {
        id: ChannelId::new(),
        name: slug.to_string(),
        slug,
        prices_include_tax: new.prices_include_tax,
        currencies: Vec::new(),
        locales: Vec::new(),
        countries: Vec::new(),
        locations: Vec::new(),
        capture_mode: CaptureMode::Automatic,
        transfer_hold_hours: Channel::TRANSFER_HOLD_HOURS,
        return_origins: Vec::new(),
        delivery_tax_mode: DeliveryTaxMode::default(),
        tax_rounding: TaxRounding::default(),
        // Requests without a channel need a default, so the first one becomes it.
        is_default: settings.channels.is_empty(),
    };
    apply(&mut channel, new.details, &settings)?;
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ChannelError, _>(async |conn| {
        if channel.is_default {
            store::clear_default(conn).await?;
        }
        store::insert(conn, &channel).await?;
        Ok(record(app, conn, actor, "channelCreate", &channel).await?)
    })
    .await
    .on_constraint("channels_slug_key", ChannelRule::SlugTaken)?;
    app.settings.invalidate();
    Ok(channel)
}

/// Changes a channel.
///
/// # Errors
/// [`ChannelError`] if the input breaks a rule, or without [`Permission::SettingsWrite`].
pub async fn update(
    app: &App,
    actor: &Actor,
    which: ChannelRef,
    changes: ChannelDetails,
) -> Result<Channel, ChannelError> {
    actor.require(Permission::SettingsWrite)?;
    let settings = app.settings.current(&app.db).await?;
    let mut conn = app.db.write().await?;
    let channel = conn
        .transaction::<_, ChannelError, _>(async |conn| {
            // The lock makes a concurrent change of the channel see this one.
            let id = store::lock(conn, find(&settings, &which)?.id).await?.ok_or(ChannelRule::NotFound)?;
            let all = store::list(conn).await?;
            let mut channel = all.into_iter().find(|channel| channel.id == id).ok_or(ChannelRule::NotFound)?;
            if channel.is_default && changes.is_default == Some(false) {
                return Err(ChannelRule::DefaultNeeded.into());
            }
            apply(&mut channel, changes, &settings)?;
            if channel.is_default {
                store::clear_default(conn).await?;
            }
            store::save(conn, &channel, app.clock.now()).await?;
            record(app, conn, actor, "channelUpdate", &channel).await?;
            Ok(channel)
        })
        .await?;
    app.settings.invalidate();
    Ok(channel)
}

fn find<'a>(settings: &'a Settings, which: &ChannelRef) -> Result<&'a Channel, ChannelRule> {
    let found = match which {
        ChannelRef::Id(id) => settings.channel_by_id(*id),
        ChannelRef::Slug(slug) => settings.channel(slug),
    };
    found.map(Arc::as_ref).ok_or(ChannelRule::NotFound)
}

fn apply(channel: &mut Channel, changes: ChannelDetails, settings: &Settings) -> Result<(), ChannelRule> {
    if let Some(name) = changes.name {
        name.trim().clone_into(&mut channel.name);
    }
    if let Some(slugs) = changes.locations {
        channel.locations = locations(settings, &slugs)?;
    }
    channel.currencies = changes.currencies.unwrap_or(std::mem::take(&mut channel.currencies));
    channel.locales = changes.locales.unwrap_or(std::mem::take(&mut channel.locales));
    channel.countries = changes.countries.unwrap_or(std::mem::take(&mut channel.countries));
    channel.return_origins = changes.return_origins.unwrap_or(std::mem::take(&mut channel.return_origins));
    channel.capture_mode = changes.capture_mode.unwrap_or(channel.capture_mode);
    channel.transfer_hold_hours = changes.transfer_hold_hours.unwrap_or(channel.transfer_hold_hours);
    channel.delivery_tax_mode = changes.delivery_tax_mode.unwrap_or(channel.delivery_tax_mode);
    channel.tax_rounding = changes.tax_rounding.unwrap_or(channel.tax_rounding);
    channel.is_default |= changes.is_default == Some(true);
    Ok(channel.check()?)
}

fn locations(settings: &Settings, slugs: &[String]) -> Result<Vec<StockLocationId>, ChannelRule> {
    let id = |slug: &String| {
        let location = settings.location(slug).ok_or_else(|| ChannelRule::LocationNotFound(slug.clone()))?;
        Ok(location.id)
    };
    slugs.iter().map(id).collect()
}

async fn record(app: &App, conn: &mut Conn, actor: &Actor, action: &str, channel: &Channel) -> ServiceResult<()> {
    let details = json!({ "slug": channel.slug });
    audit::push(conn, actor, action, channel.id, details, app.clock.now()).await?;
    Ok(outbox::push(conn, &[DomainEvent::SettingsChanged { id: channel.id.to_string() }]).await?)
}
