//! Effects of a changed payment on its order.

use model::{
    Timestamp,
    access::Actor,
    events::DomainEvent,
    orders::OrderStatus,
    payments::{Payment, PaymentTransaction, TransactionKind},
};
use persistence::{Conn, orders, outbox};

use super::{
    reversal::reverse_sale,
    stock::{AllocationEnd, Record, end_allocations},
};
use crate::{
    ServiceResult,
    jobs::{self, Job, ScheduledJob},
    mail::{self, MailKind},
};

/// The cause of a change of a payment, for the timeline of its order.
#[derive(Debug, Clone, Copy)]
pub struct PaymentCause<'a> {
    /// The actor.
    pub actor: &'a Actor,
    /// The reference of a bank transfer.
    pub reference: Option<&'a str>,
}

impl PaymentCause<'_> {
    /// A report of a gateway, or a job.
    pub const SYSTEM: PaymentCause<'static> = PaymentCause { actor: &Actor::System, reference: None };
}

/// Updates the order of a payment, in the transaction that changed the payment and holds its lock: an order that waited
/// opens when the payment is authorized, or expires and releases its stock when it failed. Its timeline gets the
/// transactions that have just succeeded, each once. Returns the order's status. Safe to repeat without the
/// transactions; does nothing for a payment without an order.
///
/// # Errors
/// [`crate::ServiceError`] if the database fails.
pub async fn payment_changed(
    conn: &mut Conn,
    payment: &Payment,
    succeeded: &[&PaymentTransaction],
    cause: PaymentCause<'_>,
    now: Timestamp,
) -> ServiceResult<Option<OrderStatus>> {
    let Some(order_id) = payment.order_id else { return Ok(None) };
    let Some(mut order) = orders::lock(conn, order_id).await? else { return Ok(None) };
    let actor = cause.actor.to_string();
    let was_waiting = order.status == OrderStatus::PendingPayment;
    let mut outcome = order.payment_changed(payment, succeeded, &actor, now);
    if outcome.events.is_empty() {
        return Ok(Some(order.status));
    }
    for event in outcome.events.iter_mut().filter(|event| event.details.amount.is_some()) {
        event.details.reference = cause.reference.map(str::to_owned);
    }
    orders::save(conn, &order).await?;
    orders::push_events(conn, &outcome.events).await?;
    outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?;
    let refunds = succeeded.iter().filter(|transaction| transaction.kind == TransactionKind::Refund);
    let mut next: Vec<ScheduledJob> =
        refunds.map(|refund| mail::order_job(MailKind::Refunded { transaction: refund.id }, order.id, now)).collect();
    if was_waiting && !order.status.is_void() && order.status != OrderStatus::PendingPayment {
        next.push(Job::ConfirmOrder(order.id).at(now));
    }
    if outcome.has_expired {
        next.push(mail::order_job(MailKind::Canceled, order.id, now));
    }
    if !next.is_empty() {
        jobs::enqueue(conn, &next).await?;
    }
    if outcome.has_expired {
        reverse_sale(conn, &order, payment.captured, now).await?;
        let reference = order.id.to_string();
        end_allocations(conn, order.id, AllocationEnd::Released, Record { reference: &reference, actor: &actor, now })
            .await?;
    }
    Ok(Some(order.status))
}
