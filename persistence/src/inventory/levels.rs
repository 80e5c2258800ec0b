//! Stock levels. Every change is written together with the movement that explains it.

use std::collections::{BTreeSet, HashMap};

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use model::{
    ids::{ProductId, StockLocationId, VariantId},
    inventory::{InventoryLevel, LockedItem, StockMovement, Supply, SupplyPart, VariantStock},
};
use uuid::Uuid;

use super::{inventory_items, inventory_levels};
use crate::{Conn, StoreError, StoreResult};

#[derive(Queryable, Selectable)]
#[diesel(table_name = inventory_levels, check_for_backend(diesel::pg::Pg))]
struct LevelRow {
    variant_id: Uuid,
    location_id: Uuid,
    on_hand: i64,
    allocated: i64,
}

/// The levels of variants at all locations, sorted by variant and location.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn levels_by_variant(conn: &mut Conn, variants: &[VariantId]) -> StoreResult<Vec<InventoryLevel>> {
    let ids: Vec<Uuid> = variants.iter().map(|id| id.uuid()).collect();
    let rows: Vec<(LevelRow, String)> = inventory_levels::table
        .inner_join(inventory_items::table)
        .filter(inventory_levels::variant_id.eq_any(ids))
        .order((inventory_levels::variant_id, inventory_levels::location_id))
        .select((LevelRow::as_select(), inventory_items::sku))
        .load(conn)
        .await?;
    let restore = |(row, sku): (LevelRow, String)| InventoryLevel {
        variant_id: VariantId::restore(row.variant_id),
        sku,
        location_id: StockLocationId::restore(row.location_id),
        on_hand: row.on_hand,
        allocated: row.allocated,
    };
    Ok(rows.into_iter().map(restore).collect())
}

/// True if units at the location are allocated to orders that are not shipped yet.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn has_allocations_at(conn: &mut Conn, id: StockLocationId) -> StoreResult<bool> {
    let allocated = inventory_levels::location_id.eq(id.uuid()).and(inventory_levels::allocated.gt(0));
    Ok(diesel::select(diesel::dsl::exists(inventory_levels::table.filter(allocated))).get_result(conn).await?)
}

/// Inserts missing levels with zero units, in the order in which levels are locked.
///
/// # Errors
/// `inventory_levels_variant_id_fkey` or `inventory_levels_location_id_fkey` if the item or location does not exist.
pub async fn insert_missing_levels(
    conn: &mut Conn,
    levels: &BTreeSet<(VariantId, StockLocationId)>,
) -> StoreResult<()> {
    if levels.is_empty() {
        return Ok(());
    }
    let (variants, locations): (Vec<Uuid>, Vec<Uuid>) =
        levels.iter().map(|(variant, location)| (variant.uuid(), location.uuid())).unzip();
    let insertion = diesel::sql_query(include_str!("insert_missing_levels.sql"))
        .bind::<Array<diesel::sql_types::Uuid>, _>(variants)
        .bind::<Array<diesel::sql_types::Uuid>, _>(locations);
    insertion.execute(conn).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct LockedRow {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    variant_id: Uuid,
    #[diesel(sql_type = Text)]
    sku: String,
    #[diesel(sql_type = Bool)]
    is_tracked: bool,
    #[diesel(sql_type = Bool)]
    allows_backorder: bool,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    location_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<BigInt>)]
    on_hand: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    allocated: Option<i64>,
}

/// Locks the levels of variants at locations until the end of the transaction. These rows are the most contended ones
/// of a shop, so lock them last, directly before writing them.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock_items(
    conn: &mut Conn,
    variants: &BTreeSet<VariantId>,
    locations: &BTreeSet<StockLocationId>,
) -> StoreResult<Vec<LockedItem>> {
    let variants: Vec<Uuid> = variants.iter().map(|id| id.uuid()).collect();
    let locations: Vec<Uuid> = locations.iter().map(|id| id.uuid()).collect();
    let rows: Vec<LockedRow> = diesel::sql_query(include_str!("lock_items.sql"))
        .bind::<Array<diesel::sql_types::Uuid>, _>(variants)
        .bind::<Array<diesel::sql_types::Uuid>, _>(locations)
        .load(conn)
        .await?;
    let mut items: Vec<LockedItem> = Vec::new();
    for row in rows {
        let variant_id = VariantId::restore(row.variant_id);
        let level = match (row.location_id, row.on_hand, row.allocated) {
            (Some(location), Some(on_hand), Some(allocated)) => {
                let location_id = StockLocationId::restore(location);
                Some(InventoryLevel { variant_id, sku: row.sku, location_id, on_hand, allocated })
            }
            // An item without a level at these locations.
            _ => None,
        };
        match items.last_mut().filter(|item| item.variant_id == variant_id) {
            Some(item) => item.levels.extend(level),
            None => items.push(LockedItem {
                variant_id,
                is_tracked: row.is_tracked,
                allows_backorder: row.allows_backorder,
                levels: level.into_iter().collect(),
            }),
        }
    }
    Ok(items)
}

#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = BigInt)]
    levels: i64,
}

/// Applies movements to levels and stores the movements, in one statement. Units are allocated only if they are
/// available or if the item allows backorders. Lock the levels first ([`lock_items`]) if there are several.
///
/// # Errors
/// [`StoreError::Retry`] if a level is missing or too little is available; `inventory_levels_on_hand_check` or
/// `inventory_levels_allocated_check` if a level would become negative. Roll back in each case.
pub async fn move_stock(conn: &mut Conn, movements: &[StockMovement]) -> StoreResult<()> {
    type SqlUuid = diesel::sql_types::Uuid;
    fn column<'a, T>(movements: &'a [StockMovement], read: impl Fn(&'a StockMovement) -> T) -> Vec<T> {
        movements.iter().map(read).collect()
    }
    if movements.is_empty() {
        return Ok(());
    }
    let moved: Moved = diesel::sql_query(include_str!("move_stock.sql"))
        .bind::<Array<SqlUuid>, _>(column(movements, |movement| movement.id.uuid()))
        .bind::<Array<SqlUuid>, _>(column(movements, |movement| movement.variant_id.uuid()))
        .bind::<Array<SqlUuid>, _>(column(movements, |movement| movement.location_id.uuid()))
        .bind::<Array<Text>, _>(column(movements, |movement| <&str>::from(movement.kind)))
        .bind::<Array<BigInt>, _>(column(movements, |movement| movement.on_hand))
        .bind::<Array<BigInt>, _>(column(movements, |movement| movement.allocated))
        .bind::<Array<Nullable<Text>>, _>(column(movements, |movement| movement.reference.as_deref()))
        .bind::<Array<Text>, _>(column(movements, |movement| movement.actor.as_str()))
        .bind::<Array<Timestamptz>, _>(column(movements, |movement| movement.at))
        .get_result(conn)
        .await?;
    let levels: BTreeSet<_> = movements.iter().map(|movement| (movement.variant_id, movement.location_id)).collect();
    if usize::try_from(moved.levels) == Ok(levels.len()) { Ok(()) } else { Err(StoreError::Retry) }
}

#[derive(QueryableByName)]
struct SupplyRow {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    product_id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    variant_id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    part_id: Uuid,
    #[diesel(sql_type = BigInt)]
    units: i64,
    #[diesel(sql_type = Bool)]
    is_unlimited: bool,
    #[diesel(sql_type = Bool)]
    allows_backorder: bool,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    location_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<BigInt>)]
    available: Option<i64>,
}

/// The available units of the variants of products, in one statement; products without variants are omitted.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn supply_by_product(
    conn: &mut Conn,
    products: &[ProductId],
) -> StoreResult<HashMap<ProductId, Vec<(VariantId, VariantStock)>>> {
    let ids: Vec<Uuid> = products.iter().map(|id| id.uuid()).collect();
    let rows: Vec<SupplyRow> = diesel::sql_query(include_str!("supply_by_product.sql"))
        .bind::<Array<diesel::sql_types::Uuid>, _>(ids)
        .load(conn)
        .await?;
    let mut found: HashMap<ProductId, Vec<(VariantId, VariantStock)>> = HashMap::new();
    let mut last_part = None;
    for row in rows {
        let variants = found.entry(ProductId::restore(row.product_id)).or_default();
        let variant_id = VariantId::restore(row.variant_id);
        if variants.last().is_none_or(|(id, _)| *id != variant_id) {
            variants.push((variant_id, VariantStock::default()));
        }
        let Some((_, stock)) = variants.last_mut() else { continue };
        let part = (row.variant_id, row.part_id);
        if last_part != Some(part) {
            let supply = match (row.is_unlimited, row.allows_backorder) {
                (true, _) => Supply::Unlimited,
                (false, true) => Supply::Backorder(Vec::new()),
                (false, false) => Supply::Stock(Vec::new()),
            };
            stock.parts.push(SupplyPart { variant_id: VariantId::restore(row.part_id), units: row.units, supply });
            last_part = Some(part);
        }
        if let (Some(Supply::Stock(levels) | Supply::Backorder(levels)), Some(location), Some(available)) =
            (stock.parts.last_mut().map(|part| &mut part.supply), row.location_id, row.available)
        {
            levels.push((StockLocationId::restore(location), available));
        }
    }
    Ok(found)
}
