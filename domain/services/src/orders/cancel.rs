//! Calling an order off.

use model::{
    IdempotencyKey, Money,
    access::{Actor, Permission},
    events::DomainEvent,
    ids::{OrderId, ProductId},
    orders::{CancelReason, Order},
    payments::Payment,
};
use persistence::{Conn, audit, db::Transactions as _, orders, outbox, payments};
use serde_json::json;

use super::{
    CancelError, CancelRule,
    stock::{Fate, Record, settle_all},
    undo::undo_sale,
};
use crate::{
    App, ServiceError,
    bus::Topic,
    idempotency::{self, Keyed},
    jobs::{self, release_payment},
    telemetry::Counter,
};

/// How an order is called off.
#[derive(Debug, Clone)]
pub struct CancelOrder {
    /// The order.
    pub order_id: OrderId,
    /// Why.
    pub reason: CancelReason,
    /// Whether its goods can be sold again; else they are written off.
    pub restock: bool,
    /// Whether money that was taken is given back. What is only held is always released, and what comes later is always
    /// given back.
    pub refund: bool,
    /// The version of the order that the caller last saw.
    pub expected_version: Option<i32>,
    /// The key under which the same request may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Calls an order off; giving taken money back needs [`Permission::PaymentsWrite`] too. Promised stock and what is
/// owed are given back at once, money by jobs; codes only where no money had come, so that one that may be used once is
/// not used again by whoever buys and calls off.
///
/// Without a refund, what was taken until now is kept and stays a sale. From now on nobody owes anything: what a
/// capture under way still brings is given back as soon as it is known, so that the receivable ends at zero whichever
/// comes first.
///
/// # Errors
/// [`CancelError`].
pub async fn cancel(app: &App, actor: &Actor, input: CancelOrder) -> Result<Order, CancelError> {
    actor.require(Permission::OrdersWrite)?;
    let keyed = keyed(actor, &input)?;
    let mut conn = app.db.write().await?;
    let (order, products) = conn
        .transaction::<_, CancelError, _>(async |conn| {
            let before: Option<OrderId> = idempotency::begin(conn, keyed.as_ref()).await?;
            // Payments are always locked before their orders.
            let payment = payments::lock_of_order(conn, input.order_id).await?;
            let order = orders::lock(conn, input.order_id).await?.ok_or(CancelRule::NotFound)?;
            if before.is_some() {
                return Ok((order, None));
            }
            order.require_version(input.expected_version)?;
            idempotency::finish(conn, keyed.as_ref(), &order.id).await?;
            let (order, products) = cancel_locked(conn, app, actor, order, payment, &input).await?;
            Ok((order, Some(products)))
        })
        .await?;
    let Some(products) = products else { return Ok(order) };
    app.availability.invalidate(&products);
    app.telemetry.count(Counter::OrderCanceled);
    app.bus.publish(Topic::Outbox);
    app.bus.publish(Topic::Jobs);
    Ok(order)
}

/// A request with its key, by everything it asks for.
fn keyed(actor: &Actor, input: &CancelOrder) -> Result<Option<Keyed>, ServiceError> {
    let asked = (input.order_id, input.reason, input.restock, input.refund, input.expected_version);
    Keyed::of("orderCancel", actor, input.idempotency_key.as_ref(), &asked)
}

async fn cancel_locked(
    conn: &mut Conn,
    app: &App,
    actor: &Actor,
    mut order: Order,
    payment: Option<Payment>,
    input: &CancelOrder,
) -> Result<(Order, Vec<ProductId>), CancelError> {
    let now = app.clock.now();
    let who = actor.to_string();
    let lines = orders::lines_of(conn, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let event = order.cancel(&lines, input.reason, &who, now)?;
    orders::save(conn, &order).await?;
    orders::push_events(conn, &[event]).await?;
    let captured = payment.as_ref().map_or(Money::zero(order.currency), |payment| payment.captured);
    if let Some(payment) = payment.filter(|payment| !payment.status.is_over()) {
        // Where nothing was taken, nothing is kept. Where a part was, more that comes is given back when it is learnt.
        if input.refund || payment.captured.is_zero() {
            if !payment.captured.is_zero() {
                actor.require(Permission::PaymentsWrite)?;
            }
            let release = release_payment(conn, &payment, now).await?;
            jobs::enqueue(conn, &[release]).await?;
        }
    }
    undo_sale(conn, &order, captured, now).await?;
    let details = json!({ "reason": input.reason, "restock": input.restock, "refund": input.refund });
    audit::push(conn, actor, "orderCancel", order.id, &details, now).await?;
    outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?;
    let reference = order.id.to_string();
    let fate = if input.restock { Fate::Freed } else { Fate::WrittenOff };
    let products = settle_all(conn, order.id, fate, Record { reference: &reference, actor: &who, now }).await?;
    Ok((order, products))
}
