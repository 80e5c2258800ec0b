//! Goods that left.

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

/// Writes a fulfilment with its lines, in two statements.
///
/// # Errors
/// [`StoreError`] of the database.
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

type Row = (Uuid, Uuid, String, Option<String>, Option<String>, String, Timestamp);

/// The fulfilments of orders with their lines, oldest first, in one statement.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn fulfillments_of(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<HashMap<OrderId, Vec<Fulfillment>>> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.uuid()).collect();
    let rows: Vec<(Row, (Uuid, i32))> = fulfillments::table
        .inner_join(fulfillment_lines::table)
        .filter(fulfillments::order_id.eq_any(ids))
        .order((fulfillments::order_id, fulfillments::id, fulfillment_lines::order_line_id))
        .select((fulfillments::all_columns, (fulfillment_lines::order_line_id, fulfillment_lines::quantity)))
        .load(conn)
        .await?;
    let mut found: HashMap<OrderId, Vec<Fulfillment>> = HashMap::new();
    for (head, (line, quantity)) in rows {
        let item = FulfillItem { line_id: OrderLineId::restore(line), quantity: from_column(quantity)? };
        let of_order = found.entry(OrderId::restore(head.1)).or_default();
        match of_order.last_mut().filter(|last| last.id.uuid() == head.0) {
            Some(last) => last.lines.push(item),
            None => of_order.push(restore(head, item)?),
        }
    }
    Ok(found)
}

fn restore((id, order_id, state, number, url, actor, created_at): Row, first: FulfillItem) -> StoreResult<Fulfillment> {
    Ok(Fulfillment {
        id: FulfillmentId::restore(id),
        order_id: OrderId::restore(order_id),
        state: state.parse().map_err(StoreError::corrupt)?,
        tracking: number.map(|number| Tracking { number, url }),
        lines: vec![first],
        actor,
        created_at,
    })
}
