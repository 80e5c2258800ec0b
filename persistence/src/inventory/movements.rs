//! Stock movements, newest first.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest, Timestamp,
    ids::{StockLocationId, StockMovementId, VariantId},
    inventory::StockMovement,
};
use uuid::Uuid;

use super::stock_movements;
use crate::{
    Conn, StoreError, StoreResult,
    keyset::{self, ListOrder},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = stock_movements, check_for_backend(diesel::pg::Pg))]
struct MovementRow {
    id: Uuid,
    variant_id: Uuid,
    location_id: Uuid,
    kind: String,
    on_hand: i64,
    allocated: i64,
    reference: Option<String>,
    actor: String,
    at: Timestamp,
}

/// A page of a variant's movements, newest first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn movements(
    conn: &mut Conn,
    variant: VariantId,
    page: &PageRequest<StockMovementId>,
) -> StoreResult<Page<StockMovement>> {
    let of_variant = stock_movements::table.filter(stock_movements::variant_id.eq(variant.uuid()));
    let query = of_variant.select(MovementRow::as_select()).into_boxed();
    let rows: Vec<MovementRow> =
        keyset::page(query, stock_movements::id, page, ListOrder::NewestFirst).load(conn).await?;
    let movements = rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?;
    Ok(Page::from_rows(page, movements))
}

/// The number of movements of a variant.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn count_movements(conn: &mut Conn, variant: VariantId) -> StoreResult<i64> {
    let of_variant = stock_movements::table.filter(stock_movements::variant_id.eq(variant.uuid()));
    Ok(of_variant.count().get_result(conn).await?)
}

impl TryFrom<MovementRow> for StockMovement {
    type Error = StoreError;
    fn try_from(row: MovementRow) -> StoreResult<Self> {
        Ok(Self {
            id: StockMovementId::restore(row.id),
            variant_id: VariantId::restore(row.variant_id),
            location_id: StockLocationId::restore(row.location_id),
            kind: row.kind.parse().map_err(StoreError::corrupt)?,
            on_hand: row.on_hand,
            allocated: row.allocated,
            reference: row.reference,
            actor: row.actor,
            at: row.at,
        })
    }
}
