//! Timelines of orders.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    ids::{OrderEventId, OrderId},
    orders::{EventDetails, OrderEvent},
};
use uuid::Uuid;

use super::tables::order_events;
use crate::{Conn, StoreError, StoreResult, json::Json};

/// The maximum number of events that are read at once.
const MAX_EVENTS: i64 = 10_000;

/// Appends events to timelines, in one statement.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn push_events(mut conn: &Conn, events: &[OrderEvent]) -> StoreResult<()> {
    let rows: Vec<_> = events
        .iter()
        .map(|event| {
            (
                order_events::id.eq(event.id.uuid()),
                order_events::order_id.eq(event.order_id.uuid()),
                order_events::kind.eq(<&str>::from(event.kind)),
                order_events::actor.eq(&event.actor),
                order_events::at.eq(event.at),
                order_events::details.eq(Json(event.details.clone())),
            )
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(order_events::table).values(rows).execute(&mut conn).await?;
    }
    Ok(())
}

/// The timelines of orders, oldest event first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn events_of(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<HashMap<OrderId, Vec<OrderEvent>>> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.uuid()).collect();
    let rows: Vec<EventRow> = order_events::table
        .filter(order_events::order_id.eq_any(ids))
        .order((order_events::order_id, order_events::id))
        .limit(MAX_EVENTS)
        .select(EventRow::as_select())
        .load(conn)
        .await?;
    let mut found: HashMap<OrderId, Vec<OrderEvent>> = HashMap::new();
    for row in rows {
        let event = OrderEvent::try_from(row)?;
        found.entry(event.order_id).or_default().push(event);
    }
    Ok(found)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = order_events, check_for_backend(diesel::pg::Pg))]
struct EventRow {
    id: Uuid,
    order_id: Uuid,
    kind: String,
    actor: String,
    at: Timestamp,
    details: Json<EventDetails>,
}

impl TryFrom<EventRow> for OrderEvent {
    type Error = StoreError;
    fn try_from(row: EventRow) -> StoreResult<Self> {
        Ok(Self {
            id: OrderEventId::restore(row.id),
            order_id: OrderId::restore(row.order_id),
            kind: row.kind.parse().map_err(StoreError::corrupt)?,
            actor: row.actor,
            at: row.at,
            details: row.details.0,
        })
    }
}
