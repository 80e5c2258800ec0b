//! Payments, their attempts and transactions; routing rules; received webhooks.

mod lists;
mod record;
mod refunds;
mod routing;
mod rows;
mod stats;
mod tables;
mod webhooks;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    ids::{CartId, ChannelId, OrderId, PaymentId},
    payments::{Payment, PaymentAttempt},
};
use uuid::Uuid;

pub use self::{
    lists::{attempts_of, by_ids, by_orders, transactions_of, undecided},
    record::{PaymentBlock, find_record, insert, lock_record, save_record},
    refunds::{Refund, insert_refund, refunds_by_ids, refunds_of},
    routing::{delete_rule, insert_rule, rules},
    stats::{GatewayStats, gateway_stats},
    webhooks::{delete_webhooks, record_webhook},
};
use self::{
    rows::{AttemptRow, PaymentRow},
    tables::{payment_attempts, payments},
};
use crate::{Conn, StoreError, StoreResult};

/// Finds a payment.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, id: PaymentId) -> StoreResult<Option<Payment>> {
    let row: Option<PaymentRow> =
        payments::table.find(id.uuid()).select(PaymentRow::as_select()).first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// The channel of a payment; `None` if it does not exist.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn channel_of(conn: &mut Conn, id: PaymentId) -> StoreResult<Option<ChannelId>> {
    let channel: Option<Uuid> =
        payments::table.find(id.uuid()).select(payments::channel_id).first(conn).await.optional()?;
    Ok(channel.map(ChannelId::restore))
}

/// Locks the active payment of a cart, if any: the one that is neither final nor unwanted.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock_active_for_cart(conn: &mut Conn, cart: CartId) -> StoreResult<Option<Payment>> {
    let row: Option<PaymentRow> = payments::table
        .filter(payments::cart_id.eq(cart.uuid()).and(payments::is_active.eq(true)))
        .select(PaymentRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Locks the payment of an order, whatever its status.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock_of_order(conn: &mut Conn, order: OrderId) -> StoreResult<Option<Payment>> {
    let row: Option<PaymentRow> = payments::table
        .filter(payments::order_id.eq(order.uuid()))
        .select(PaymentRow::as_select())
        .order(payments::id.desc())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Finds a payment by cart and idempotency key.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find_by_key(conn: &mut Conn, cart: CartId, key: &str) -> StoreResult<Option<Payment>> {
    let row: Option<PaymentRow> = payments::table
        .filter(payments::cart_id.eq(cart.uuid()).and(payments::idempotency_key.eq(key)))
        .select(PaymentRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Sets the order of a payment.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn attach_order(mut conn: &Conn, id: PaymentId, order: OrderId, now: Timestamp) -> StoreResult<()> {
    let changes = (payments::order_id.eq(order.uuid()), payments::updated_at.eq(now));
    let written = diesel::update(payments::table.find(id.uuid())).set(changes).execute(&mut conn).await?;
    if written == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Marks a payment as unwanted, so that another one can replace it and a late authorization is voided.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn mark_unwanted(conn: &mut Conn, id: PaymentId, now: Timestamp) -> StoreResult<()> {
    let changes = (payments::is_unwanted.eq(true), payments::updated_at.eq(now));
    diesel::update(payments::table.find(id.uuid())).set(changes).execute(conn).await?;
    Ok(())
}

/// Finds an attempt by the reference that we sent to the gateway.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn attempt_by_reference(
    conn: &mut Conn,
    gateway: &str,
    reference: &str,
) -> StoreResult<Option<PaymentAttempt>> {
    let row: Option<AttemptRow> = payment_attempts::table
        .filter(payment_attempts::gateway.eq(gateway).and(payment_attempts::reference.eq(reference)))
        .select(AttemptRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}
