//! Imports channels, stock locations, taxes, delivery methods and promotions.

use std::collections::HashSet;

use model::{
    channels::{Channel, StockLocation},
    events::DomainEvent,
    promotions::{NewCode, Promotion},
    settings::Settings,
    shipping::DeliveryMethod,
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
    /// Delivery methods, by channel and handle, in display order.
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
        written += import_rates_and_methods(conn, &known, settings).await?;
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
async fn import_rates_and_methods(conn: &mut Conn, known: &Settings, settings: &ShopSettings) -> ServiceResult<usize> {
    let mut missing_classes = settings.tax_classes.clone();
    missing_classes.retain(|class| known.taxes.class(class.slug.as_str()).is_none());
    let mut missing_rules = settings.tax_rules.clone();
    missing_rules.retain(|rule| !known.taxes.rules().iter().any(|known| known.replaces(rule)));
    let mut written = tax::insert_missing_classes(conn, &missing_classes).await?;
    written += tax::insert_missing(conn, &missing_rules).await?;
    let methods: HashSet<_> = known.delivery_methods.iter().map(|method| (method.channel, &method.handle)).collect();
    let mut missing_methods = settings.delivery_methods.clone();
    missing_methods.retain(|method| !methods.contains(&(method.channel, &method.handle)));
    shipping::upsert(conn, &missing_methods).await?;
    Ok(written + missing_methods.len())
}
