//! Stock adjustments: goods received, damaged, lost or counted.

use std::collections::{BTreeSet, HashMap};

use model::{
    IdempotencyKey, Timestamp,
    access::{Actor, Permission},
    events::DomainEvent,
    ids::{ProductId, StockLocationId, StockMovementId, VariantId},
    inventory::{
        self as rules, AdjustmentReason, AdjustmentRefused, InventoryLevel, StockChange, StockMovement, StockTarget,
    },
    settings::Settings,
};
use persistence::{Conn, StoreError, audit, db::Transactions as _, inventory, outbox};
use serde::Serialize;

use crate::{
    App, UseCaseError,
    bus::Topic,
    error::{OrInternal as _, RuleError},
    idempotency::{self, Keyed},
};

/// The maximum number of levels per adjustment.
const MAX_CHANGES: usize = 500;
/// The maximum length of a reference in characters; every movement stores a copy.
const MAX_REFERENCE: usize = 255;

/// An adjustment of several levels, applied completely or not at all.
#[derive(Debug, Clone, Serialize)]
pub struct AdjustStock {
    /// The reason.
    pub reason: AdjustmentReason,
    /// A repeated adjustment with the same key changes nothing and returns the same result.
    pub idempotency_key: Option<IdempotencyKey>,
    /// A note for the record, such as a delivery note number; at most 255 characters.
    pub reference: Option<String>,
    /// The changes.
    pub changes: Vec<AdjustStockChange>,
}

/// The change of one level, by natural keys.
#[derive(Debug, Clone, Serialize)]
pub struct AdjustStockChange {
    /// The SKU of the variant.
    pub sku: String,
    /// The slug of the stock location.
    pub location: String,
    /// The target of the units on hand.
    pub target: StockTarget,
}

/// A rule that keeps stock from being adjusted; `at` is the index of the change that breaks it.
#[derive(Debug, thiserror::Error)]
pub enum AdjustRule {
    /// No change, or too many at once.
    #[error("an adjustment has 1 to {MAX_CHANGES} changes")]
    Count,
    /// The reference is too long.
    #[error("a reference has at most {MAX_REFERENCE} characters")]
    Reference,
    /// No variant has the SKU.
    #[error("no variant has this SKU")]
    UnknownSku {
        /// The index of the change.
        at: usize,
    },
    /// No location has the slug.
    #[error("there is no such stock location")]
    UnknownLocation {
        /// The index of the change.
        at: usize,
    },
    /// The same level occurs twice.
    #[error("this SKU is adjusted at this location twice")]
    Duplicate {
        /// The index of the change.
        at: usize,
    },
    /// The rules reject the new level.
    #[error("{why}")]
    Refused {
        /// The index of the change.
        at: usize,
        /// The rule.
        why: AdjustmentRefused,
    },
}

impl RuleError for AdjustRule {}

/// The stock was not adjusted.
pub type AdjustError = UseCaseError<AdjustRule>;

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
    let done = set_stock(conn, actor, input.reason, reference, &changes, now).await?;
    let details = serde_json::to_value(input).or_internal("write a stock adjustment to the audit log")?;
    audit::push(conn, actor, "inventoryAdjust", "inventory", details, now).await?;
    idempotency::finish(conn, keyed.as_ref(), &done.0).await?;
    Ok(done)
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
    let mut after = Vec::with_capacity(changes.len());
    let mut movements = Vec::with_capacity(changes.len());
    for (at, change) in changes.iter().enumerate() {
        let level = levels.get_mut(&(change.variant_id, change.location_id)).ok_or(AdjustRule::UnknownSku { at })?;
        let delta = rules::adjust(level, change.target).map_err(|why| AdjustRule::Refused { at, why })?;
        level.on_hand += delta;
        after.push(level.clone());
        if delta != 0 {
            movements.push(movement(actor, reason, reference, change, delta, now));
        }
    }
    inventory::move_stock(conn, &movements).await?;
    let moved: Vec<VariantId> = variants.into_iter().collect();
    let products = announce(conn, moved).await?;
    Ok((after, products))
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
