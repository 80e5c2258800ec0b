//! What a payment that changed means to its order.

use model::{
    Money, Timestamp,
    access::Actor,
    events::DomainEvent,
    orders::OrderStatus,
    payments::{Payment, PaymentTransaction},
};
use persistence::{Conn, orders, outbox};

use super::{
    stock::{Fate, Record, settle_all},
    undo::undo_sale,
};
use crate::{
    ServiceResult,
    jobs::{self, Job},
};

/// Brings the order of a payment up to date, within the transaction that changed the payment and holds its lock: an
/// order that waited opens when the money is there, or expires and gives its stock back when it will not come. Its
/// timeline gains the transactions that have just succeeded, each of which is told once. Says where the order is then.
/// Safe to repeat without the transactions; nothing happens to a payment without an order.
///
/// # Errors
/// A store's error.
pub async fn payment_changed(
    conn: &mut Conn,
    payment: &Payment,
    succeeded: &[&PaymentTransaction],
    now: Timestamp,
) -> ServiceResult<Option<OrderStatus>> {
    let Some(order_id) = payment.order_id else { return Ok(None) };
    let Some(mut order) = orders::lock(conn, order_id).await? else { return Ok(None) };
    let actor = Actor::System.to_string();
    let was_waiting = order.status == OrderStatus::PendingPayment;
    let outcome = order.payment_changed(payment, succeeded, &actor, now);
    if outcome.events.is_empty() {
        return Ok(Some(order.status));
    }
    orders::save(conn, &order).await?;
    orders::push_events(conn, &outcome.events).await?;
    outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?;
    if was_waiting && !order.status.is_void() && order.status != OrderStatus::PendingPayment {
        jobs::enqueue(conn, &[Job::ConfirmOrder(order.id).at(now)]).await?;
    }
    if outcome.has_expired {
        undo_sale(conn, &order, Money::zero(order.currency), now).await?;
        let reference = order.id.to_string();
        settle_all(conn, order.id, Fate::Freed, Record { reference: &reference, actor: &actor, now }).await?;
    }
    Ok(Some(order.status))
}
