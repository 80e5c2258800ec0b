//! Stock adjustments: goods received, damaged, lost or counted.

use std::collections::{BTreeSet, HashMap};

use super::adjustment::{AdjustError, AdjustRule, AdjustStock, AdjustStockChange, MAX_CHANGES, MAX_REFERENCE};
use crate::{
    App,
    bus::Topic,
    error::OrInternal as _,
    idempotency::{self, Keyed},
};
use model::{
    Timestamp,
    access::{Actor, Permission},
    audit::{AuditFacts, Change},
    events::DomainEvent,
    ids::{ProductId, StockLocationId, StockMovementId, VariantId},
    inventory::{self as rules, AdjustmentReason, InventoryLevel, StockChange, StockMovement},
    settings::Settings,
};
use persistence::{Conn, StoreError, audit, db::Transactions as _, inventory, outbox};

/// Adjusts levels and returns the new levels in the order of the changes.
///
/// # Errors
/// [`AdjustError`].
pub async fn adjust(app: &App, actor: &Actor, input: AdjustStock) -> Result<Vec<InventoryLevel>, AdjustError> {
    actor.require(Permission::InventoryWrite)?;
    if input.changes.is_empty() || input.changes.len() > MAX_CHANGES {
        return Err(AdjustRule::Count.into());
    }
    if input.reference.as_ref().is_some_and(|reference| reference.chars().count() > MAX_REFERENCE) {
        return Err(AdjustRule::Reference.into());
    }
    let settings = app.settings.current(&app.db).await?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let (levels, products) = conn
        .transaction::<_, AdjustError, _>(async |conn| adjust_in(conn, actor, &settings, &input, now).await)
        .await?;
    app.availability.invalidate(&products);
    app.bus.publish(Topic::Outbox);
    Ok(levels)
}

type Adjusted = (Vec<InventoryLevel>, Vec<ProductId>);

async fn adjust_in(
    conn: &mut Conn,
    actor: &Actor,
    settings: &Settings,
    input: &AdjustStock,
    now: Timestamp,
) -> Result<Adjusted, AdjustError> {
    let keyed = Keyed::of("inventoryAdjust", actor, input.idempotency_key.as_ref(), input)?;
    if let Some(levels) = idempotency::begin(conn, keyed.as_ref()).await? {
        return Ok((levels, Vec::new()));
    }
    let changes = resolve(conn, settings, &input.changes).await?;
    let reference = input.reference.as_deref();
    let (levels, before, products) = set_levels(conn, actor, input.reason, reference, &changes, now).await?;
    let details = serde_json::to_value(input).or_internal("write a stock adjustment to the audit log")?;
    let changes = audited(settings, &levels, &before);
    audit::push(conn, actor, "inventoryAdjust", "inventory", AuditFacts { details, changes }, now).await?;
    idempotency::finish(conn, keyed.as_ref(), &levels).await?;
    Ok((levels, products))
}

/// The changed units on hand, by SKU and location.
fn audited(settings: &Settings, levels: &[InventoryLevel], before: &[i64]) -> Vec<Change> {
    let change = |(level, before): (&InventoryLevel, &i64)| {
        let location = settings.location_by_id(level.location_id).map(|location| location.slug.to_string());
        let location = location.unwrap_or_else(|| level.location_id.to_string());
        Change {
            path: format!("levels[{}].onHand[{location}]", level.sku),
            from: Some(before.to_string()),
            to: Some(level.on_hand.to_string()),
        }
    };
    levels.iter().zip(before).filter(|(level, before)| level.on_hand != **before).map(change).collect()
}

/// Sets levels in the caller's transaction, with movements and an event. Returns the new levels in the order of the
/// changes, and the products whose availability changed. Does not authorize.
///
/// # Errors
/// [`AdjustRule::Refused`], or a store's error.
pub async fn set_stock(
    conn: &mut Conn,
    actor: &Actor,
    reason: AdjustmentReason,
    reference: Option<&str>,
    changes: &[StockChange],
    now: Timestamp,
) -> Result<Adjusted, AdjustError> {
    let (levels, _, products) = set_levels(conn, actor, reason, reference, changes, now).await?;
    Ok((levels, products))
}

/// Like [`set_stock`]; also returns the units on hand before each change.
async fn set_levels(
    conn: &mut Conn,
    actor: &Actor,
    reason: AdjustmentReason,
    reference: Option<&str>,
    changes: &[StockChange],
    now: Timestamp,
) -> Result<(Vec<InventoryLevel>, Vec<i64>, Vec<ProductId>), AdjustError> {
    let keys: BTreeSet<_> = changes.iter().map(|change| (change.variant_id, change.location_id)).collect();
    let variants: BTreeSet<VariantId> = keys.iter().map(|(variant, _)| *variant).collect();
    let locations: BTreeSet<StockLocationId> = keys.iter().map(|(_, location)| *location).collect();
    inventory::insert_missing_levels(conn, &keys).await?;
    let items = inventory::lock_items(conn, &variants, &locations).await?;
    let mut levels: HashMap<_, _> = items
        .into_iter()
        .flat_map(|item| item.levels)
        .map(|level| ((level.variant_id, level.location_id), level))
        .collect();
    let mut before = Vec::with_capacity(changes.len());
    let mut after = Vec::with_capacity(changes.len());
    let mut movements = Vec::with_capacity(changes.len());
    for (at, change) in changes.iter().enumerate() {
        let level = levels.get_mut(&(change.variant_id, change.location_id)).ok_or(AdjustRule::UnknownSku { at })?;
        let delta = rules::adjust(level, change.target).map_err(|why| AdjustRule::Refused { at, why })?;
        before.push(level.on_hand);
        level.on_hand += delta;
        after.push(level.clone());
        if delta != 0 {
            movements.push(movement(actor, reason, reference, change, delta, now));
        }
    }
    inventory::move_stock(conn, &movements).await?;
    let moved: Vec<VariantId> = variants.into_iter().collect();
    let products = announce(conn, moved).await?;
    Ok((after, before, products))
}

/// Writes the event that the stock of variants changed, and returns the affected products.
///
/// # Errors
/// The store's error.
pub(crate) async fn announce(conn: &mut Conn, variants: Vec<VariantId>) -> Result<Vec<ProductId>, StoreError> {
    let products: Vec<ProductId> = inventory::affected_products(conn, &variants).await?.into_iter().collect();
    outbox::push(conn, &[DomainEvent::InventoryChanged { products: products.clone(), variants }]).await?;
    Ok(products)
}

fn movement(
    actor: &Actor,
    reason: AdjustmentReason,
    reference: Option<&str>,
    change: &StockChange,
    delta: i64,
    now: Timestamp,
) -> StockMovement {
    StockMovement {
        id: StockMovementId::new(),
        variant_id: change.variant_id,
        location_id: change.location_id,
        kind: reason.into(),
        on_hand: delta,
        allocated: 0,
        reference: reference.map(str::to_owned),
        actor: actor.to_string(),
        at: now,
    }
}

/// Resolves SKUs and location slugs, in one statement.
async fn resolve(
    conn: &mut Conn,
    settings: &Settings,
    changes: &[AdjustStockChange],
) -> Result<Vec<StockChange>, AdjustError> {
    let skus: Vec<&str> = changes.iter().map(|change| change.sku.as_str()).collect();
    let items = inventory::items_by_sku(conn, &skus).await?;
    let mut seen = BTreeSet::new();
    let mut resolved = Vec::with_capacity(changes.len());
    for (at, change) in changes.iter().enumerate() {
        let item = items.get(&change.sku).ok_or(AdjustRule::UnknownSku { at })?;
        let location = settings.location(&change.location).ok_or(AdjustRule::UnknownLocation { at })?;
        if !seen.insert((item.variant_id, location.id)) {
            return Err(AdjustRule::Duplicate { at }.into());
        }
        let (variant_id, location_id) = (item.variant_id, location.id);
        resolved.push(StockChange { variant_id, location_id, target: change.target });
    }
    Ok(resolved)
}
