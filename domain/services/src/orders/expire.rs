//! Expiry of orders whose payment was not decided in time.

use model::{Money, access::Actor, events::DomainEvent, ids::OrderId, payments::PaymentMethod};
use persistence::{db::Transactions as _, orders, outbox, payments};

use super::{
    reversal::reverse_sale,
    stock::{AllocationEnd, Record, end_allocations},
};
use crate::{
    App, ServiceError, ServiceResult,
    bus::Topic,
    jobs::{self, release_payment},
    mail::{self, MailKind},
};

/// Expires an order whose payment was not decided in time: releases its stock and codes, and its payment, which is
/// voided if it is authorized later. Does nothing to any other order; safe to repeat.
///
/// # Errors
/// [`ServiceError`] if the database fails.
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
            let captured = payment.as_ref().map_or(Money::zero(order.currency), |payment| payment.captured);
            if let Some(payment) = payment.filter(|payment| !payment.status.is_over()) {
                let release = release_payment(conn, &payment, now).await?;
                // What has arrived of a bank transfer is kept until staff return it.
                if payment.method != PaymentMethod::BankTransfer || captured.is_zero() {
                    jobs::enqueue(conn, &[release]).await?;
                }
            }
            reverse_sale(conn, &order, captured, now).await?;
            outbox::push(conn, &[DomainEvent::OrderUpdated { id }]).await?;
            mail::enqueue_order(conn, MailKind::Canceled, id, now).await?;
            let reference = id.to_string();
            let record = Record { reference: &reference, actor: &actor, now };
            Ok(end_allocations(conn, id, AllocationEnd::Released, record).await?)
        })
        .await?;
    app.availability.invalidate(&products);
    app.bus.publish(Topic::Outbox);
    Ok(())
}

/// Deletes what the limits on unpaid orders counted for reservations that have ended. Many processes may run it at the
/// same time.
///
/// # Errors
/// [`ServiceError`] if the database fails.
pub async fn purge(app: &App) -> ServiceResult<()> {
    let mut conn = app.db.write().await?;
    orders::delete_ended_transfers(&mut conn, app.clock.now()).await?;
    Ok(())
}
