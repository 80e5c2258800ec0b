//! Orders with their lines, allocations, fulfillments and timeline. A new order takes one insert per table.

mod allocations;
mod channels;
pub mod erasure;
mod fulfillments;
mod lines;
mod lists;
mod notes;
mod numbers;
mod rows;
pub(crate) mod tables;
mod timeline;
mod unpaid_transfers;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::try_join;
use model::{
    ids::{CartId, ChannelId, OrderId},
    orders::{Order, OrderNumber, PlacedOrder},
};
use uuid::Uuid;

pub use self::{
    allocations::{add_allocations, allocations_of, allocations_of_lines, insert_allocations, save_allocations},
    channels::exist_in,
    fulfillments::{find_fulfillment_order, fulfillments_of, insert_fulfillment, save_fulfillment, shipped_parts},
    lines::{lines_of, save_fulfilled},
    lists::{by_ids, count, list, list_of_buyer, list_of_customer},
    notes::{insert_note, notes_of},
    numbers::{next_number, restart_numbers},
    timeline::{events_of, push_events},
    unpaid_transfers::{delete_ended_transfers, insert_unpaid_transfer, lock_unpaid_transfers},
};
use self::{
    rows::{NewOrderRow, OrderBody, OrderRow},
    tables::orders,
};
use crate::{Conn, StoreResult, json::Json};

/// Inserts an order with its lines and first events, and sets its number.
///
/// # Errors
/// `orders_cart_id_key` if an order of the cart already exists.
pub async fn insert(conn: &mut Conn, placed: &mut PlacedOrder) -> StoreResult<()> {
    let insert = diesel::insert_into(orders::table).values(NewOrderRow::from(&placed.order));
    let (number, text) = insert.returning((orders::number, orders::number_text)).get_result(conn).await?;
    placed.order.number = OrderNumber::restore(number, text);
    let conn: &Conn = conn;
    try_join!(lines::insert(conn, &placed.lines), push_events(conn, &placed.events)).map(drop)
}

/// Finds an order.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, id: OrderId) -> StoreResult<Option<Order>> {
    let row: Option<OrderRow> =
        orders::table.find(id.uuid()).select(OrderRow::as_select()).first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// The channel of an order; `None` if it does not exist.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn channel_of(conn: &mut Conn, id: OrderId) -> StoreResult<Option<ChannelId>> {
    let channel: Option<Uuid> =
        orders::table.find(id.uuid()).select(orders::channel_id).first(conn).await.optional()?;
    Ok(channel.map(ChannelId::restore))
}

/// Finds the order of a completed cart.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn find_by_cart(conn: &mut Conn, cart: CartId) -> StoreResult<Option<Order>> {
    let query = orders::table.filter(orders::cart_id.eq(cart.uuid())).select(OrderRow::as_select());
    let row: Option<OrderRow> = query.first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Finds an order and locks it until the end of the transaction.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn lock(conn: &mut Conn, id: OrderId) -> StoreResult<Option<Order>> {
    let query = orders::table.find(id.uuid()).select(OrderRow::as_select()).for_no_key_update();
    let row: Option<OrderRow> = query.first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Saves the mutable fields of a locked order.
///
/// # Errors
/// [`crate::StoreError::NotFound`] if there is no such row.
pub async fn save(conn: &mut Conn, order: &Order) -> StoreResult<()> {
    let changes = (
        orders::version.eq(order.version),
        orders::status.eq(<&str>::from(order.status)),
        orders::payment_status.eq(<&str>::from(order.payment_status)),
        orders::fulfillment_status.eq(<&str>::from(order.fulfillment_status)),
        orders::cancel_reason.eq(order.cancel_reason.map(<&str>::from)),
        orders::updated_at.eq(order.updated_at),
        orders::expires_at.eq(order.expires_at),
    );
    match diesel::update(orders::table.find(order.id.uuid())).set(changes).execute(conn).await? {
        0 => Err(crate::StoreError::NotFound),
        _ => Ok(()),
    }
}

/// Saves contact data, addresses, tags and metafields of a locked order.
///
/// # Errors
/// [`crate::StoreError::NotFound`] if there is no such row.
pub async fn save_details(conn: &mut Conn, order: &Order) -> StoreResult<()> {
    let body = Json(OrderBody::from(order));
    let changes = (orders::email.eq(&order.email), orders::tags.eq(&order.tags), orders::body.eq(body));
    match diesel::update(orders::table.find(order.id.uuid())).set(changes).execute(conn).await? {
        0 => Err(crate::StoreError::NotFound),
        _ => save(conn, order).await,
    }
}
