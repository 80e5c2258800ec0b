//! Creating, changing and archiving channels.

mod details;
mod rules;
mod transfer_account;

use std::sync::Arc;

use model::{
    Slug, Translations,
    access::{AccessError, Actor, Permission},
    audit::{Change, changed, created},
    channels::{CaptureMode, Channel, DeliveryTaxMode, TaxRounding},
    events::DomainEvent,
    ids::ChannelId,
    settings::Settings,
};
use persistence::{Conn, audit, channels as store, db::Transactions as _, orders, outbox};

pub use details::ChannelDetails;
pub use rules::{ChannelError, ChannelRule};
pub use transfer_account::{
    SetTransferAccount, TransferAccountError, TransferAccountRule, delete_transfer_account, set_transfer_account,
    transfer_account,
};

use crate::{App, ServiceResult, error::OnStoreError as _};

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

/// A reference to a channel.
#[derive(Debug, Clone)]
pub enum ChannelRef {
    /// By its id.
    Id(ChannelId),
    /// By its slug.
    Slug(String),
}

/// The channel to change.
#[derive(Debug, Clone)]
pub struct ChannelTarget {
    /// The channel.
    pub channel: ChannelRef,
    /// The version the caller last saw; any version if absent.
    pub expected_version: Option<i32>,
}

/// Passes if the actor may read channels, taxes and delivery. The storefront shows them to everybody, so one of the common
/// read permissions is enough.
///
/// # Errors
/// [`AccessError`] without one of these permissions.
pub(crate) fn require_settings_read(actor: &Actor) -> Result<(), AccessError> {
    let read = actor.channels_with(Permission::CatalogRead).or_else(|_| actor.channels_with(Permission::OrdersRead));
    read.or_else(|_| actor.channels_with(Permission::SettingsWrite)).map(drop)
}

/// The channels that the actor may know, ordered by slug, with archived ones: all, or those to which every role of the
/// actor is limited.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::CatalogRead`], [`Permission::OrdersRead`] or
/// [`Permission::SettingsWrite`].
pub async fn list(app: &App, actor: &Actor) -> ServiceResult<Vec<Arc<Channel>>> {
    require_settings_read(actor)?;
    let known = actor.known_channels();
    let settings = app.settings.current(&app.db).await?;
    Ok(settings.channels.iter().filter(|channel| known.contains(channel.id)).cloned().collect())
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
        version: 1,
        name: slug.to_string(),
        slug,
        translations: Translations::new(),
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
        is_default: settings.open_channels().next().is_none(),
        archived_at: None,
    };
    new.details.apply(&mut channel, &settings)?;
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ChannelError, _>(async |conn| {
        if channel.is_default {
            store::clear_default(conn).await?;
        }
        store::insert(conn, &channel).await?;
        Ok(record(app, conn, actor, "channelCreate", &channel, created(&channel)).await?)
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
    target: ChannelTarget,
    changes: ChannelDetails,
) -> Result<Channel, ChannelError> {
    actor.require(Permission::SettingsWrite)?;
    let settings = app.settings.current(&app.db).await?;
    let mut conn = app.db.write().await?;
    let channel = conn
        .transaction::<_, ChannelError, _>(async |conn| {
            let before = lock(conn, &settings, &target).await?;
            if before.is_archived() {
                return Err(ChannelRule::Archived.into());
            }
            if before.is_default && changes.is_default == Some(false) {
                return Err(ChannelRule::DefaultNeeded.into());
            }
            let mut channel = Channel { version: before.version + 1, ..before.clone() };
            changes.apply(&mut channel, &settings)?;
            let is_switched = channel.prices_include_tax != before.prices_include_tax;
            if is_switched && orders::exist_in(conn, channel.id).await? {
                return Err(ChannelRule::PriceModeFixed.into());
            }
            if channel.is_default {
                store::clear_default(conn).await?;
            }
            store::save(conn, &channel, app.clock.now()).await?;
            record(app, conn, actor, "channelUpdate", &channel, changed(&before, &channel)).await?;
            Ok(channel)
        })
        .await
        .on_constraint("channels_slug_key", ChannelRule::SlugTaken)?;
    app.settings.invalidate();
    Ok(channel)
}

/// Archives a channel: it sells nothing from now on, and requests to it are refused. Its orders stay readable and are
/// processed as before. Safe to repeat.
///
/// # Errors
/// [`ChannelError`] if the channel is the default one, or without [`Permission::SettingsWrite`].
pub async fn archive(app: &App, actor: &Actor, target: ChannelTarget) -> Result<Channel, ChannelError> {
    actor.require(Permission::SettingsWrite)?;
    let settings = app.settings.current(&app.db).await?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let channel = conn
        .transaction::<_, ChannelError, _>(async |conn| {
            let before = lock(conn, &settings, &target).await?;
            if before.is_archived() {
                return Ok(before);
            }
            if before.is_default {
                return Err(ChannelRule::DefaultNeeded.into());
            }
            let channel = Channel { version: before.version + 1, archived_at: Some(now), ..before.clone() };
            store::save(conn, &channel, now).await?;
            record(app, conn, actor, "channelArchive", &channel, changed(&before, &channel)).await?;
            Ok(channel)
        })
        .await?;
    app.settings.invalidate();
    Ok(channel)
}

/// Locks a channel and reads it as stored; a concurrent change of it waits.
async fn lock(conn: &mut Conn, settings: &Settings, target: &ChannelTarget) -> Result<Channel, ChannelError> {
    let known = match &target.channel {
        ChannelRef::Id(id) => settings.channel_by_id(*id),
        ChannelRef::Slug(slug) => settings.channel(slug),
    };
    let id = known.ok_or(ChannelRule::NotFound)?.id;
    store::lock(conn, id).await?.ok_or(ChannelRule::NotFound)?;
    let all = store::list(conn).await?;
    let channel = all.into_iter().find(|channel| channel.id == id).ok_or(ChannelRule::NotFound)?;
    match target.expected_version {
        Some(expected) if expected != channel.version => {
            Err(ChannelRule::VersionConflict { current: channel.version }.into())
        }
        _ => Ok(channel),
    }
}

async fn record(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    action: &str,
    channel: &Channel,
    changes: Vec<Change>,
) -> ServiceResult<()> {
    audit::push(conn, actor, action, channel.id, changes, app.clock.now()).await?;
    Ok(outbox::push(conn, &[DomainEvent::SettingsChanged { id: channel.id.to_string() }]).await?)
}
