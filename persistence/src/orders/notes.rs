//! Notes of staff about orders.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    ids::{OrderId, OrderNoteId},
    orders::OrderNote,
};
use uuid::Uuid;

use super::tables::order_notes;
use crate::{Conn, StoreResult};

/// The maximum number of notes that are read at once.
const MAX_NOTES: i64 = 10_000;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = order_notes, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    order_id: Uuid,
    text: String,
    actor: String,
    at: Timestamp,
}

impl From<Row> for OrderNote {
    fn from(row: Row) -> Self {
        Self {
            id: OrderNoteId::restore(row.id),
            order_id: OrderId::restore(row.order_id),
            text: row.text,
            actor: row.actor,
            at: row.at,
        }
    }
}

/// Inserts a note.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn insert_note(conn: &mut Conn, note: &OrderNote) -> StoreResult<()> {
    let row = Row {
        id: note.id.uuid(),
        order_id: note.order_id.uuid(),
        text: note.text.clone(),
        actor: note.actor.clone(),
        at: note.at,
    };
    diesel::insert_into(order_notes::table).values(row).execute(conn).await?;
    Ok(())
}

/// The notes of orders, oldest first.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn notes_of(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<HashMap<OrderId, Vec<OrderNote>>> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Row> = order_notes::table
        .filter(order_notes::order_id.eq_any(ids))
        .order((order_notes::order_id, order_notes::id))
        .limit(MAX_NOTES)
        .select(Row::as_select())
        .load(conn)
        .await?;
    let mut found: HashMap<OrderId, Vec<OrderNote>> = HashMap::new();
    for note in rows.into_iter().map(OrderNote::from) {
        found.entry(note.order_id).or_default().push(note);
    }
    Ok(found)
}
