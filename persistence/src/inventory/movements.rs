//! The record of movements, read newest first.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Direction, PageRequest, Timestamp,
    ids::{StockLocationId, StockMovementId, VariantId},
    inventory::StockMovement,
};
use uuid::Uuid;

use super::stock_movements;
use crate::{Conn, StoreError, StoreResult};

type MovementRow = (Uuid, Uuid, Uuid, String, i64, i64, Option<String>, String, Timestamp);

/// A page of a variant's movements, newest first, and whether there are more in the page's direction.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn movements(
    conn: &mut Conn,
    variant: VariantId,
    page: &PageRequest<StockMovementId>,
) -> StoreResult<(Vec<StockMovement>, bool)> {
    let cursor = page.cursor.map(StockMovementId::uuid);
    let mut query = stock_movements::table
        .filter(stock_movements::variant_id.eq(variant.uuid()))
        .limit(i64::try_from(page.size + 1).unwrap_or(i64::MAX))
        .into_boxed();
    query = match page.direction {
        Direction::Ascending => query.order(stock_movements::id.desc()),
        Direction::Descending => query.order(stock_movements::id.asc()),
    };
    if let Some(cursor) = cursor {
        query = match page.direction {
            Direction::Ascending => query.filter(stock_movements::id.lt(cursor)),
            Direction::Descending => query.filter(stock_movements::id.gt(cursor)),
        };
    }
    let rows: Vec<MovementRow> = query.load(conn).await?;
    let has_more = rows.len() > page.size;
    let mut found: Vec<_> = rows.into_iter().take(page.size).map(restore).collect::<StoreResult<_>>()?;
    if page.direction == Direction::Descending {
        found.reverse();
    }
    Ok((found, has_more))
}

/// How many movements a variant has.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn count_movements(conn: &mut Conn, variant: VariantId) -> StoreResult<i64> {
    let of_variant = stock_movements::table.filter(stock_movements::variant_id.eq(variant.uuid()));
    Ok(of_variant.count().get_result(conn).await?)
}

fn restore(row: MovementRow) -> StoreResult<StockMovement> {
    let (id, variant_id, location_id, kind, on_hand, allocated, reference, actor, at) = row;
    Ok(StockMovement {
        id: StockMovementId::restore(id),
        variant_id: VariantId::restore(variant_id),
        location_id: StockLocationId::restore(location_id),
        kind: kind.parse().map_err(StoreError::corrupt)?,
        on_hand,
        allocated,
        reference,
        actor,
        at,
    })
}
