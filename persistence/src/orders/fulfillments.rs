//! Fulfillments of orders.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    ids::{FulfillmentId, OrderId, OrderLineId, StockLocationId, VariantId},
    inventory::ShippedPart,
    orders::{FulfillItem, Fulfillment, Tracking},
};
use uuid::Uuid;

use super::{
    rows::{from_column, to_column},
    tables::{fulfillment_allocations, fulfillment_lines, fulfillments},
};
use crate::{Conn, StoreError, StoreResult, json::Json};

/// Inserts a fulfillment with its lines, and with its units by location, in at most three statements.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn insert_fulfillment(conn: &mut Conn, fulfillment: &Fulfillment, parts: &[ShippedPart]) -> StoreResult<()> {
    let head = (
        fulfillments::id.eq(fulfillment.id.uuid()),
        fulfillments::order_id.eq(fulfillment.order_id.uuid()),
        fulfillments::actor.eq(&fulfillment.actor),
        fulfillments::location_id.eq(fulfillment.location.map(StockLocationId::uuid)),
        fulfillments::created_at.eq(fulfillment.created_at),
        Changes::from(fulfillment),
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
    insert_parts(conn, fulfillment.id, parts).await
}

async fn insert_parts(conn: &mut Conn, id: FulfillmentId, parts: &[ShippedPart]) -> StoreResult<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let ids = |read: fn(&ShippedPart) -> Uuid| parts.iter().map(read).collect::<Vec<Uuid>>();
    diesel::sql_query(include_str!("insert_shipped.sql"))
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Array<SqlUuid>, _>(ids(|part| part.line_id.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|part| part.variant_id.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|part| part.location_id.uuid()))
        .bind::<Array<BigInt>, _>(parts.iter().map(|part| part.quantity).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}

/// The columns that change after the shipment.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = fulfillments, treat_none_as_null = true)]
struct Changes {
    state: &'static str,
    tracking_number: Option<String>,
    tracking_url: Option<String>,
    carrier: Option<String>,
    further_trackings: Json<Vec<Tracking>>,
    updated_at: Timestamp,
    delivered_at: Option<Timestamp>,
}

impl From<&Fulfillment> for Changes {
    fn from(fulfillment: &Fulfillment) -> Self {
        let first = fulfillment.trackings.as_slice().first();
        Self {
            state: fulfillment.state.into(),
            tracking_number: first.map(|tracking| tracking.number.clone()),
            tracking_url: first.and_then(|tracking| tracking.url.clone()),
            carrier: fulfillment.carrier.clone(),
            further_trackings: Json(fulfillment.trackings.iter().skip(1).cloned().collect()),
            updated_at: fulfillment.updated_at,
            delivered_at: fulfillment.delivered_at,
        }
    }
}

/// Saves the state and the parcels of a fulfillment, whose order is locked.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn save_fulfillment(conn: &mut Conn, fulfillment: &Fulfillment) -> StoreResult<()> {
    let row = fulfillments::table.find(fulfillment.id.uuid());
    match diesel::update(row).set(Changes::from(fulfillment)).execute(conn).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}

/// The order of a fulfillment.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find_fulfillment_order(conn: &mut Conn, id: FulfillmentId) -> StoreResult<Option<OrderId>> {
    let order = fulfillments::table.find(id.uuid()).select(fulfillments::order_id);
    Ok(order.first(conn).await.optional()?.map(OrderId::restore))
}

/// The units of a fulfillment by the location that they left.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn shipped_parts(conn: &mut Conn, id: FulfillmentId) -> StoreResult<Vec<ShippedPart>> {
    use fulfillment_allocations as t;
    let rows: Vec<(Uuid, Uuid, Uuid, i64)> = t::table
        .filter(t::fulfillment_id.eq(id.uuid()))
        .order((t::order_line_id, t::variant_id, t::location_id))
        .select((t::order_line_id, t::variant_id, t::location_id, t::quantity))
        .load(conn)
        .await?;
    let part = |(line, variant, location, quantity)| ShippedPart {
        line_id: OrderLineId::restore(line),
        variant_id: VariantId::restore(variant),
        location_id: StockLocationId::restore(location),
        quantity,
    };
    Ok(rows.into_iter().map(part).collect())
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
    carrier: Option<String>,
    further_trackings: Json<Vec<Tracking>>,
    location_id: Option<Uuid>,
    updated_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
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
    let tracking = row.tracking_number.map(|number| Tracking { number, url: row.tracking_url });
    Ok(Fulfillment {
        id: FulfillmentId::restore(row.id),
        order_id: OrderId::restore(row.order_id),
        state: row.state.parse().map_err(StoreError::corrupt)?,
        carrier: row.carrier,
        trackings: tracking.into_iter().chain(row.further_trackings.0).collect(),
        location: row.location_id.map(StockLocationId::restore),
        lines: vec![first],
        actor: row.actor,
        created_at: row.created_at,
        updated_at: row.updated_at.unwrap_or(row.created_at),
        delivered_at: row.delivered_at,
    })
}
