//! Imports channels, stock locations, taxes, delivery methods and promotions.

use std::collections::HashSet;

use model::{
    Timestamp,
    channels::{Channel, StockLocation},
    events::DomainEvent,
    promotions::{NewCode, Promotion},
    settings::Settings,
    shipping::{DeliveryMethod, DeliveryZone},
    tax::{TaxClass, TaxRule},
};
use persistence::{Conn, channels, db::Transactions as _, outbox, promotions, shipping, tax};

use crate::{App, ServiceResult};

/// The settings of a shop.
#[derive(Debug, Clone, Default)]
pub struct ShopSettings {
    /// Stock locations, by slug.
    pub locations: Vec<StockLocation>,
    /// Channels, by slug.
    pub channels: Vec<Channel>,
    /// Tax classes, by slug.
    pub tax_classes: Vec<TaxClass>,
    /// Tax rates, by place, class and start.
    pub tax_rules: Vec<TaxRule>,
    /// Delivery zones, by id.
    pub delivery_zones: Vec<DeliveryZone>,
    /// Delivery methods, by zone, channel and handle.
    pub delivery_methods: Vec<DeliveryMethod>,
    /// Promotions, by id, each with the code it needs, if any.
    pub promotions: Vec<(Promotion, Option<NewCode>)>,
}

/// Writes the settings that are missing, in one transaction.
///
/// # Errors
/// [`crate::ServiceError`] if the database fails.
pub async fn import_settings(app: &App, settings: &ShopSettings) -> ServiceResult<()> {
    // Another process may have written settings that this one has not read yet.
    app.settings.invalidate();
    let known = app.settings.current(&app.db).await?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        let mut written = import_channels(conn, &known, settings).await?;
        written += import_rates(conn, &known, settings).await?;
        written += import_delivery(conn, &known, settings, now).await?;
        for (promotion, code) in &settings.promotions {
            if promotions::lock(conn, promotion.id).await?.is_none() {
                promotions::insert(conn, promotion, now).await?;
                promotions::insert_codes(conn, promotion.id, code.as_slice(), now).await?;
                written += 1;
            }
        }
        if written > 0 {
            let ids = settings.channels.iter().map(|channel| channel.id.to_string());
            let changed: Vec<_> = ids.map(|id| DomainEvent::SettingsChanged { id }).collect();
            outbox::push(conn, &changed).await?;
        }
        Ok::<_, crate::ServiceError>(())
    })
    .await?;
    app.settings.invalidate();
    Ok(())
}

/// Returns the number of rows written.
async fn import_channels(conn: &mut Conn, known: &Settings, settings: &ShopSettings) -> ServiceResult<usize> {
    let mut written = 0;
    for location in &settings.locations {
        if known.location(location.slug.as_str()).is_none() {
            channels::insert_location(conn, location).await?;
            written += 1;
        }
    }
    for channel in &settings.channels {
        if known.channel(channel.slug.as_str()).is_none() {
            channels::insert(conn, channel).await?;
            written += 1;
        }
    }
    Ok(written)
}

/// Returns the number of rows written.
async fn import_rates(conn: &mut Conn, known: &Settings, settings: &ShopSettings) -> ServiceResult<usize> {
    let mut classes = settings.tax_classes.clone();
    classes.retain(|class| known.taxes.class(class.slug.as_str()).is_none());
    let mut rules = settings.tax_rules.clone();
    rules.retain(|rule| !known.taxes.rules().iter().any(|known| known.replaces(rule)));
    let written = tax::insert_missing_classes(conn, &classes).await?;
    Ok(written + tax::insert_missing(conn, &rules).await?)
}

/// Returns the number of rows written. A method is written only with its zone, so that one that staff have archived does
/// not return, and not beside one of the same handle in another zone.
async fn import_delivery(
    conn: &mut Conn,
    known: &Settings,
    settings: &ShopSettings,
    now: Timestamp,
) -> ServiceResult<usize> {
    let is_new = |zone: &&DeliveryZone| known.delivery_zone(zone.id).is_none();
    let zones: Vec<&DeliveryZone> = settings.delivery_zones.iter().filter(is_new).collect();
    for zone in &zones {
        shipping::insert_zone(conn, zone, now).await?;
    }
    let mut methods = settings.delivery_methods.clone();
    let handles: HashSet<_> = known.delivery_methods.iter().map(|method| (method.channel, &method.handle)).collect();
    methods.retain(|method| {
        zones.iter().any(|zone| zone.id == method.zone) && !handles.contains(&(method.channel, &method.handle))
    });
    shipping::insert(conn, &methods, now).await?;
    Ok(zones.len() + methods.len())
}
