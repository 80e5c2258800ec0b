//! Delivery methods.

use std::{collections::BTreeMap, sync::Arc};

use model::{
    Currency, Money,
    access::{Actor, ChannelScope, Permission},
    audit::{changed, created},
    channels::Channel,
    ids::{DeliveryMethodId, DeliveryZoneId},
    settings::Settings,
    shipping::{DeliveryMethod, DeliveryPrice},
};
use persistence::{Conn, db::Transactions as _, shipping as store};

use super::{
    draft::{MethodInput, apply},
    readable, record,
    rules::{MethodError, MethodRule},
};
use crate::{App, ServiceResult, error::OnStoreError as _};

/// The method to change.
#[derive(Debug, Clone, Copy)]
pub struct MethodTarget {
    /// The method.
    pub id: DeliveryMethodId,
    /// The version the caller last saw; any version if absent.
    pub expected_version: Option<i32>,
}

/// The settings with the methods that are not archived, by channel and in display order; for an actor whose roles are all
/// limited to channels, only those of these channels.
///
/// # Errors
/// [`crate::ServiceError::Access`] without one of the permissions to read settings.
pub async fn list_methods(app: &App, actor: &Actor) -> ServiceResult<Arc<Settings>> {
    let settings = readable(app, actor).await?;
    let known = actor.known_channels();
    if known == ChannelScope::All {
        return Ok(settings);
    }
    let mut limited = Settings::clone(&settings);
    limited.delivery_methods.retain(|method| known.contains(method.channel));
    Ok(Arc::new(limited))
}

/// Creates a method of a channel, given by its slug or id.
///
/// # Errors
/// [`MethodError`] if the input breaks a rule, or without [`Permission::SettingsWrite`].
pub async fn create_method(
    app: &App,
    actor: &Actor,
    channel: &str,
    handle: String,
    currency: Currency,
    input: MethodInput,
) -> Result<DeliveryMethod, MethodError> {
    actor.require(Permission::SettingsWrite)?;
    if input.price.is_none() && input.rates.is_none() {
        return Err(MethodRule::PriceMissing.into());
    }
    let settings = current(app).await?;
    let channel = find_channel(&settings, channel)?;
    if !channel.currencies.contains(&currency) {
        return Err(MethodRule::Currency.into());
    }
    let mut method = DeliveryMethod {
        id: DeliveryMethodId::new(),
        version: 1,
        // Replaced by the zone of the input.
        zone: DeliveryZoneId::new(),
        channel: channel.id,
        handle,
        name: String::new(),
        translations: BTreeMap::new(),
        currency,
        price: DeliveryPrice::Fixed(Money::zero(currency)),
        free_from: None,
        estimated_days: (0, 0),
        position: 0,
        pickup_at: None,
        profiles: Vec::new(),
        archived_at: None,
    };
    apply(&mut method, input, &settings)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, MethodError, _>(async |conn| {
        store::insert(conn, std::slice::from_ref(&method), now).await?;
        // `insert` takes the lock of all settings, so concurrent inserts cannot exceed the limit together.
        if store::count_methods(conn).await? > store::MAX_METHODS {
            return Err(MethodRule::TooMany.into());
        }
        Ok(record(app, conn, actor, "deliveryMethodCreate", method.id, created(&method)).await?)
    })
    .await
    .on_constraint("delivery_methods_handle_key", MethodRule::HandleTaken)
    .on_constraint("delivery_methods_zone_id_fkey", MethodRule::ZoneNotFound)?;
    app.settings.invalidate();
    Ok(method)
}

/// Changes a method. Channel, handle and currency are fixed.
///
/// # Errors
/// [`MethodError`] if the input breaks a rule, or without [`Permission::SettingsWrite`].
pub async fn update_method(
    app: &App,
    actor: &Actor,
    target: MethodTarget,
    input: MethodInput,
) -> Result<DeliveryMethod, MethodError> {
    actor.require(Permission::SettingsWrite)?;
    let settings = current(app).await?;
    let mut conn = app.db.write().await?;
    let method = conn
        .transaction::<_, MethodError, _>(async |conn| {
            let before = lock(conn, target).await?;
            if before.archived_at.is_some() {
                return Err(MethodRule::Archived.into());
            }
            let mut method = DeliveryMethod { version: before.version + 1, ..before.clone() };
            apply(&mut method, input, &settings)?;
            store::save(conn, &method, app.clock.now()).await?;
            record(app, conn, actor, "deliveryMethodUpdate", method.id, changed(&before, &method)).await?;
            Ok(method)
        })
        .await
        .on_constraint("delivery_methods_handle_key", MethodRule::HandleTaken)
        .on_constraint("delivery_methods_zone_id_fkey", MethodRule::ZoneNotFound)?;
    app.settings.invalidate();
    Ok(method)
}

/// Archives a method: it is no longer offered, and carts that selected it must select another one. Safe to repeat.
///
/// # Errors
/// [`MethodError`] if the method does not exist, or without [`Permission::SettingsWrite`].
pub async fn archive_method(app: &App, actor: &Actor, target: MethodTarget) -> Result<DeliveryMethod, MethodError> {
    actor.require(Permission::SettingsWrite)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let method = conn
        .transaction::<_, MethodError, _>(async |conn| {
            let before = lock(conn, target).await?;
            if before.archived_at.is_some() {
                return Ok(before);
            }
            let method = DeliveryMethod { version: before.version + 1, archived_at: Some(now), ..before.clone() };
            store::save(conn, &method, now).await?;
            record(app, conn, actor, "deliveryMethodArchive", method.id, changed(&before, &method)).await?;
            Ok(method)
        })
        .await?;
    app.settings.invalidate();
    Ok(method)
}

/// The settings as stored now: what was created a moment ago in another process can be named.
async fn current(app: &App) -> ServiceResult<Arc<Settings>> {
    app.settings.confirmed(&app.db).await
}

fn find_channel<'a>(settings: &'a Settings, reference: &str) -> Result<&'a Channel, MethodRule> {
    let found = match reference.parse() {
        Ok(id) => settings.channel_by_id(id),
        Err(_) => settings.channel(reference),
    };
    found.map(Arc::as_ref).filter(|channel| !channel.is_archived()).ok_or(MethodRule::ChannelNotFound)
}

async fn lock(conn: &mut Conn, target: MethodTarget) -> Result<DeliveryMethod, MethodError> {
    let method = store::lock(conn, target.id).await?.ok_or(MethodRule::NotFound)?;
    match target.expected_version {
        Some(expected) if expected != method.version => {
            Err(MethodRule::VersionConflict { current: method.version }.into())
        }
        _ => Ok(method),
    }
}
