//! Fulfillments of orders.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    ids::{FulfillmentId, OrderId, OrderLineId},
    orders::{FulfillItem, Fulfillment, Tracking},
};
use uuid::Uuid;

use super::{
    rows::{from_column, to_column},
    tables::{fulfillment_lines, fulfillments},
};
use crate::{Conn, StoreError, StoreResult};

/// Inserts a fulfillment with its lines, in two statements.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn insert_fulfillment(conn: &mut Conn, fulfillment: &Fulfillment) -> StoreResult<()> {
    let tracking = fulfillment.tracking.as_ref();
    let head = (
        fulfillments::id.eq(fulfillment.id.uuid()),
        fulfillments::order_id.eq(fulfillment.order_id.uuid()),
        fulfillments::state.eq(<&str>::from(fulfillment.state)),
        fulfillments::tracking_number.eq(tracking.map(|tracking| tracking.number.as_str())),
        fulfillments::tracking_url.eq(tracking.and_then(|tracking| tracking.url.as_deref())),
        fulfillments::actor.eq(&fulfillment.actor),
        fulfillments::created_at.eq(fulfillment.created_at),
    );
    diesel::insert_into(fulfillments::table).values(head).execute(conn).await?;
    let lines: Vec<_> = fulfillment
        .lines
        .iter()
        .map(|item| {
            (
                fulfillment_lines::fulfillment_id.eq(fulfillment.id.uuid()),
                fulfillment_lines::order_line_id.eq(item.line_id.uuid()),
                fulfillment_lines::quantity.eq(to_column(item.quantity)),
            )
        })
        .collect();
    diesel::insert_into(fulfillment_lines::table).values(lines).execute(conn).await?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = fulfillments, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    order_id: Uuid,
    state: String,
    tracking_number: Option<String>,
    tracking_url: Option<String>,
    actor: String,
    created_at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = fulfillment_lines, check_for_backend(diesel::pg::Pg))]
struct LineRow {
    order_line_id: Uuid,
    quantity: i32,
}

/// The fulfillments of orders with their lines, oldest first, in one statement.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn fulfillments_of(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<HashMap<OrderId, Vec<Fulfillment>>> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.uuid()).collect();
    let rows: Vec<(Row, LineRow)> = fulfillments::table
        .inner_join(fulfillment_lines::table)
        .filter(fulfillments::order_id.eq_any(ids))
        .order((fulfillments::order_id, fulfillments::id, fulfillment_lines::order_line_id))
        .select((Row::as_select(), LineRow::as_select()))
        .load(conn)
        .await?;
    let mut found: HashMap<OrderId, Vec<Fulfillment>> = HashMap::new();
    for (head, line) in rows {
        let item =
            FulfillItem { line_id: OrderLineId::restore(line.order_line_id), quantity: from_column(line.quantity)? };
        let of_order = found.entry(OrderId::restore(head.order_id)).or_default();
        match of_order.last_mut().filter(|last| last.id.uuid() == head.id) {
            Some(last) => last.lines.push(item),
            None => of_order.push(restore(head, item)?),
        }
    }
    Ok(found)
}

fn restore(row: Row, first: FulfillItem) -> StoreResult<Fulfillment> {
    Ok(Fulfillment {
        id: FulfillmentId::restore(row.id),
        order_id: OrderId::restore(row.order_id),
        state: row.state.parse().map_err(StoreError::corrupt)?,
        tracking: row.tracking_number.map(|number| Tracking { number, url: row.tracking_url }),
        lines: vec![first],
        actor: row.actor,
        created_at: row.created_at,
    })
}
