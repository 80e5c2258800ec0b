//! Canceling orders.

use model::{
    IdempotencyKey, Money,
    access::{Actor, Permission},
    audit::AuditFacts,
    events::DomainEvent,
    ids::{OrderId, ProductId},
    orders::{CancelReason, Order, OrderStatus, PaymentProgress},
    payments::Payment,
};
use persistence::{Conn, audit, db::Transactions as _, orders, outbox, payments};
use serde_json::json;

use super::{
    CancelError,
    error::{CancelRule, MAX_CANCELED},
    reversal::reverse_sale,
    stock::{AllocationEnd, Record, end_allocations},
};
use crate::{
    App, ServiceError,
    bus::Topic,
    idempotency::{self, Keyed},
    identity::step_up::RefundLimit,
    jobs::{self, release_payment},
    mail::{self, MailKind},
    telemetry::Counter,
};

/// Input of [`cancel`].
#[derive(Debug, Clone)]
pub struct CancelOrder {
    /// The order.
    pub order_id: OrderId,
    /// The reason.
    pub reason: CancelReason,
    /// True if its goods can be sold again; otherwise they are written off.
    pub restock: bool,
    /// True if captured money is refunded. Authorized money is always voided, and a capture that completes after the
    /// cancellation is always refunded.
    pub refund: bool,
    /// The version of the order that the caller last saw.
    pub expected_version: Option<i32>,
    /// The key under which the same request may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Input of [`cancel_unpaid`].
#[derive(Debug, Clone)]
pub struct CancelUnpaid {
    /// The orders, at most [`MAX_CANCELED`].
    pub orders: Vec<OrderId>,
    /// The reason.
    pub reason: CancelReason,
}

/// Cancels orders that wait for their payment, each in its own transaction, and returns the outcome of each in the order
/// of the input. Their stock is released. An order that is paid in the meantime, or of which a part has arrived, is kept.
///
/// # Errors
/// [`CancelRule::TooMany`], or the first failure; orders before it stay canceled, and the call can be repeated.
pub async fn cancel_unpaid(
    app: &App,
    actor: &Actor,
    input: CancelUnpaid,
) -> Result<Vec<Result<Order, CancelRule>>, CancelError> {
    actor.channels_with(Permission::OrdersWrite)?;
    if input.orders.len() > MAX_CANCELED {
        return Err(CancelRule::TooMany.into());
    }
    let mut outcomes = Vec::with_capacity(input.orders.len());
    for order_id in input.orders {
        let one = CancelOrder {
            order_id,
            reason: input.reason,
            restock: true,
            refund: true,
            expected_version: None,
            idempotency_key: None,
        };
        outcomes.push(match cancel_if(app, actor, "ordersCancelUnpaid", one, require_unpaid).await {
            Ok(order) => Ok(order),
            Err(CancelError::Rule(rule)) => Err(rule),
            Err(failure) => return Err(failure),
        });
    }
    Ok(outcomes)
}

fn require_unpaid(order: &Order) -> Result<(), CancelRule> {
    match (order.status, order.payment_status) {
        (OrderStatus::PendingPayment, PaymentProgress::Pending) => Ok(()),
        (status, _) => Err(CancelRule::NotUnpaid(status)),
    }
}

/// Cancels an order; refunding captured money needs [`Permission::PaymentsWrite`] too. Allocated stock is released and
/// the receivable is reversed at once, money is refunded by jobs. Discount codes are released only if no payment was
/// received: otherwise a single-use code could be reused by buying and canceling.
///
/// Without a refund, what was captured before stays a sale. From then on nothing is owed: a capture in progress is
/// refunded as soon as its outcome is known, so that the receivable ends at zero in either order.
///
/// # Errors
/// [`CancelError`].
pub async fn cancel(app: &App, actor: &Actor, input: CancelOrder) -> Result<Order, CancelError> {
    cancel_if(app, actor, "orderCancel", input, |_| Ok(())).await
}

/// Cancels an order that passes a check after it was locked. It is absent outside of the actor's channels.
async fn cancel_if(
    app: &App,
    actor: &Actor,
    action: &'static str,
    input: CancelOrder,
    check: fn(&Order) -> Result<(), CancelRule>,
) -> Result<Order, CancelError> {
    let scope = actor.channels_with(Permission::OrdersWrite)?;
    let keyed = keyed(actor, &input)?;
    let mut conn = app.db.write().await?;
    let (order, products) = conn
        .transaction::<_, CancelError, _>(async |conn| {
            let before: Option<OrderId> = idempotency::begin(conn, keyed.as_ref()).await?;
            // Payments are always locked before their orders.
            let payment = payments::lock_of_order(conn, input.order_id).await?;
            let order = orders::lock(conn, input.order_id).await?.filter(|order| scope.contains(order.channel));
            let order = order.ok_or(CancelRule::NotFound)?;
            if before.is_some() {
                return Ok((order, None));
            }
            order.require_version(input.expected_version)?;
            check(&order)?;
            idempotency::finish(conn, keyed.as_ref(), &order.id).await?;
            let (order, products) = cancel_locked(conn, app, (actor, action), (order, payment), &input).await?;
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

/// The request with its idempotency key.
fn keyed(actor: &Actor, input: &CancelOrder) -> Result<Option<Keyed>, ServiceError> {
    let asked = (input.order_id, input.reason, input.restock, input.refund, input.expected_version);
    Keyed::of("orderCancel", actor, input.idempotency_key.as_ref(), &asked)
}

async fn cancel_locked(
    conn: &mut Conn,
    app: &App,
    (actor, action): (&Actor, &str),
    (mut order, payment): (Order, Option<Payment>),
    input: &CancelOrder,
) -> Result<(Order, Vec<ProductId>), CancelError> {
    let now = app.clock.now();
    let who = actor.to_string();
    let lines = orders::lines_of(conn, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let before = order.clone();
    let event = order.cancel(&lines, input.reason, &who, now)?;
    orders::save(conn, &order).await?;
    orders::push_events(conn, &[event]).await?;
    let captured = payment.as_ref().map_or(Money::zero(order.currency), |payment| payment.captured);
    if let Some(payment) = payment.filter(|payment| !payment.status.is_over()) {
        // A payment without captures is always released. After a partial capture, later captures are refunded when they
        // are reported.
        if input.refund || payment.captured.is_zero() {
            if !payment.captured.is_zero() {
                actor.require_in(Permission::PaymentsWrite, order.channel)?;
                if !RefundLimit::of(app, actor).permits(payment.captured) {
                    return Err(CancelRule::StepUpRequired.into());
                }
            }
            let release = release_payment(conn, &payment, now).await?;
            jobs::enqueue(conn, &[release]).await?;
        }
    }
    reverse_sale(conn, &order, captured, now).await?;
    let details = json!({ "reason": input.reason, "restock": input.restock, "refund": input.refund });
    let facts = AuditFacts { details, changes: order.changes_since(&before) };
    audit::push(conn, actor, action, order.id, facts, now).await?;
    outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?;
    mail::enqueue_order(conn, MailKind::Canceled, order.id, now).await?;
    let reference = order.id.to_string();
    let end = if input.restock { AllocationEnd::Released } else { AllocationEnd::WrittenOff };
    let products = end_allocations(conn, order.id, end, Record { reference: &reference, actor: &who, now }).await?;
    Ok((order, products))
}
