//! Giving up on a payment that did not come.

use model::{Money, access::Actor, events::DomainEvent, ids::OrderId};
use persistence::{db::Transactions as _, orders, outbox, payments};

use super::{
    stock::{Fate, Record, settle_all},
    undo::undo_sale,
};
use crate::{
    App, ServiceError, ServiceResult,
    bus::Topic,
    jobs::{self, release_payment},
};

/// Expires an order whose payment was waited for long enough: stock and codes become free, and the payment is voided
/// should it still turn up. Nothing happens to any other order; safe to repeat.
///
/// # Errors
/// A store's error.
pub async fn expire(app: &App, id: OrderId) -> ServiceResult<()> {
    let now = app.clock.now();
    let actor = Actor::System.to_string();
    let mut conn = app.db.write().await?;
    let products = conn
        .transaction::<_, ServiceError, _>(async |conn| {
            // Payments are always locked before their orders.
            let payment = payments::lock_of_order(conn, id).await?;
            let Some(mut order) = orders::lock(conn, id).await? else { return Ok(Vec::new()) };
            if order.expires_at.is_none_or(|expires_at| now < expires_at) {
                return Ok(Vec::new());
            }
            let events = order.expire(&actor, now);
            orders::save(conn, &order).await?;
            orders::push_events(conn, events.as_slice()).await?;
            if let Some(payment) = payment.filter(|payment| !payment.status.is_over()) {
                let release = release_payment(conn, &payment, now).await?;
                jobs::enqueue(conn, &[release]).await?;
            }
            undo_sale(conn, &order, Money::zero(order.currency), now).await?;
            outbox::push(conn, &[DomainEvent::OrderUpdated { id }]).await?;
            let reference = id.to_string();
            let record = Record { reference: &reference, actor: &actor, now };
            Ok(settle_all(conn, id, Fate::Freed, record).await?)
        })
        .await?;
    app.availability.invalidate(&products);
    app.bus.publish(Topic::Outbox);
    Ok(())
}
