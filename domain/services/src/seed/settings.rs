//! Writes the channels, taxes, delivery methods and promotions that are missing.

use std::collections::HashSet;

use model::{events::DomainEvent, settings::Settings};
use persistence::{Conn, channels, db::Transactions as _, outbox, promotions, shipping, tax};

use super::{SeedError, shop};
use crate::{App, identity};

/// Passes when the database is empty or a demo already.
pub(super) async fn check(app: &App) -> Result<(), SeedError> {
    let has_channels = !channels::list(&mut *app.db.read().await?).await?.is_empty();
    if has_channels && !identity::is_demo(app).await? { Err(SeedError::NotADemo) } else { Ok(()) }
}

pub(super) async fn seed(app: &App) -> Result<(), SeedError> {
    let now = app.clock.now();
    app.settings.invalidate();
    let known = app.settings.current(&app.db).await?;
    let promotions = shop::promotions(now);
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        let mut written = places(conn, &known).await?;
        written += rates_and_methods(conn, &known).await?;
        for (promotion, code) in &promotions {
            if promotions::lock(conn, promotion.id).await?.is_none() {
                promotions::insert(conn, promotion, now).await?;
                promotions::insert_codes(conn, promotion.id, code.as_slice(), now).await?;
                written += 1;
            }
        }
        if written > 0 {
            let changed = known_ids()?.into_iter().map(|id| DomainEvent::SettingsChanged { id });
            outbox::push(conn, &changed.collect::<Vec<_>>()).await?;
        }
        Ok::<_, SeedError>(())
    })
    .await?;
    app.settings.invalidate();
    Ok(())
}

/// What settings are called in the event that tells of their change.
fn known_ids() -> Result<Vec<String>, SeedError> {
    Ok(shop::channels()?.into_iter().map(|channel| channel.id.to_string()).collect())
}

async fn places(conn: &mut Conn, known: &Settings) -> Result<usize, SeedError> {
    let mut written = 0;
    for location in shop::locations()? {
        if known.location(location.slug.as_str()).is_none() {
            channels::insert_location(conn, &location).await?;
            written += 1;
        }
    }
    for channel in shop::channels()? {
        if known.channel(channel.slug.as_str()).is_none() {
            channels::insert(conn, &channel).await?;
            written += 1;
        }
    }
    Ok(written)
}

async fn rates_and_methods(conn: &mut Conn, known: &Settings) -> Result<usize, SeedError> {
    let rules: HashSet<_> = known.taxes.rules.iter().map(|rule| (rule.country, &rule.region, &rule.class)).collect();
    let mut missing_rules = shop::taxes()?;
    missing_rules.retain(|rule| !rules.contains(&(rule.country, &rule.region, &rule.class)));
    let methods: HashSet<_> = known.delivery_methods.iter().map(|method| (method.channel, &method.handle)).collect();
    let mut missing_methods = shop::delivery_methods()?;
    missing_methods.retain(|method| !methods.contains(&(method.channel, &method.handle)));
    tax::upsert(conn, &missing_rules).await?;
    shipping::upsert(conn, &missing_methods).await?;
    Ok(missing_rules.len() + missing_methods.len())
}
