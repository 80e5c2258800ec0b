//! Allocations: units at stock locations that are reserved for order lines.

use std::collections::{BTreeMap, HashMap};

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    ids::{OrderId, OrderLineId, StockLocationId, VariantId},
    inventory::Allocation,
};
use uuid::Uuid;

use super::tables::order_allocations;
use crate::{Conn, StoreResult};

/// Inserts the allocations of a new order, in one statement.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn insert_allocations(mut conn: &Conn, order: OrderId, allocations: &[Allocation]) -> StoreResult<()> {
    if allocations.is_empty() {
        return Ok(());
    }
    // A line can have an available part and a backordered part at the same location; they share one row.
    let mut held: BTreeMap<(Uuid, Uuid, Uuid), i64> = BTreeMap::new();
    for part in allocations {
        let place = (part.line_id.uuid(), part.variant_id.uuid(), part.location_id.uuid());
        *held.entry(place).or_default() += part.quantity;
    }
    let insert = diesel::sql_query(include_str!("insert_allocations.sql"))
        .bind::<SqlUuid, _>(order.uuid())
        .bind::<Array<SqlUuid>, _>(held.keys().map(|(line, ..)| *line).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(held.keys().map(|(_, variant, _)| *variant).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(held.keys().map(|(.., location)| *location).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(held.into_values().collect::<Vec<_>>());
    insert.execute(&mut conn).await?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = order_allocations, check_for_backend(diesel::pg::Pg))]
struct AllocationRow {
    order_line_id: Uuid,
    variant_id: Uuid,
    location_id: Uuid,
    quantity: i64,
}

impl From<AllocationRow> for Allocation {
    fn from(row: AllocationRow) -> Self {
        Self {
            line_id: OrderLineId::restore(row.order_line_id),
            variant_id: VariantId::restore(row.variant_id),
            location_id: StockLocationId::restore(row.location_id),
            quantity: row.quantity,
            is_backorder: false,
        }
    }
}

/// The allocations of an order that are not shipped yet.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn allocations_of(conn: &mut Conn, order: OrderId) -> StoreResult<Vec<Allocation>> {
    let rows: Vec<AllocationRow> = order_allocations::table
        .filter(order_allocations::order_id.eq(order.uuid()).and(order_allocations::quantity.gt(0)))
        .order((order_allocations::order_line_id, order_allocations::variant_id, order_allocations::location_id))
        .select(AllocationRow::as_select())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The allocations of lines that are not shipped yet, by line.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn allocations_of_lines(
    conn: &mut Conn,
    lines: &[OrderLineId],
) -> StoreResult<HashMap<OrderLineId, Vec<Allocation>>> {
    let ids: Vec<Uuid> = lines.iter().map(|id| id.uuid()).collect();
    let rows: Vec<AllocationRow> = order_allocations::table
        .filter(order_allocations::order_line_id.eq_any(ids).and(order_allocations::quantity.gt(0)))
        .order((order_allocations::order_line_id, order_allocations::variant_id, order_allocations::location_id))
        .select(AllocationRow::as_select())
        .load(conn)
        .await?;
    let mut found: HashMap<OrderLineId, Vec<Allocation>> = HashMap::new();
    for allocation in rows.into_iter().map(Allocation::from) {
        found.entry(allocation.line_id).or_default().push(allocation);
    }
    Ok(found)
}

/// Adds units to the allocations of an order, in one statement.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn add_allocations(conn: &mut Conn, order: OrderId, added: &[Allocation]) -> StoreResult<()> {
    let ids = |read: fn(&Allocation) -> Uuid| added.iter().map(read).collect::<Vec<Uuid>>();
    diesel::sql_query(include_str!("add_allocations.sql"))
        .bind::<SqlUuid, _>(order.uuid())
        .bind::<Array<SqlUuid>, _>(ids(|part| part.line_id.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|part| part.variant_id.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|part| part.location_id.uuid()))
        .bind::<Array<BigInt>, _>(added.iter().map(|part| part.quantity).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}

/// Saves the remaining quantities of allocations, in one statement.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn save_allocations(conn: &mut Conn, allocations: &[Allocation]) -> StoreResult<()> {
    let ids = |read: fn(&Allocation) -> Uuid| allocations.iter().map(read).collect::<Vec<Uuid>>();
    diesel::sql_query(include_str!("save_allocations.sql"))
        .bind::<Array<SqlUuid>, _>(ids(|part| part.line_id.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|part| part.variant_id.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|part| part.location_id.uuid()))
        .bind::<Array<BigInt>, _>(allocations.iter().map(|part| part.quantity).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}
