//! Confirmations of orders.

use model::{
    Money, Timestamp,
    access::Actor,
    customers::{Email, ThrottlePolicy},
    events::DomainEvent,
    ids::{OrderEventId, OrderId},
    orders::{Order, OrderEvent, OrderEventKind, OrderLine, OrderStatus, REMOVED_EMAIL},
};
use persistence::{Conn, customers, db::Transactions as _, orders, outbox};

use crate::{
    App, ServiceError, ServiceResult,
    abuse::{self, Limit},
    jobs::{self, ConfirmedLine, Job, MailJob, OrderConfirmation},
};

/// Enqueues the confirmation mail of an order, once. An order that waits for its payment is confirmed when it opens; a
/// canceled or expired one is not, nor is one whose address has received too many confirmations.
///
/// # Errors
/// [`ServiceError`] if the database fails.
pub async fn confirm(app: &App, id: OrderId) -> ServiceResult<()> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ServiceError, _>(async |conn| {
        let Some(order) = orders::lock(conn, id).await? else { return Ok(()) };
        if order.status.is_void() || order.status == OrderStatus::PendingPayment {
            return Ok(());
        }
        let events = orders::events_of(conn, &[id]).await?.remove(&id).unwrap_or_default();
        if events.iter().any(|event| event.kind == OrderEventKind::ConfirmationSent) {
            return Ok(());
        }
        if order.email == REMOVED_EMAIL {
            return Ok(());
        }
        let Ok(to) = order.email.parse::<Email>() else {
            tracing::warn!(order = %id, "order has no valid e-mail address; its confirmation is not sent");
            return Ok(());
        };
        if is_mail_limit_reached(conn, &order, &to, now).await? {
            tracing::info!(order = %id, "too many confirmations to this address; this one is not sent");
            return Ok(());
        }
        let lines = orders::lines_of(conn, &[id]).await?.remove(&id).unwrap_or_default();
        let mail = MailJob::OrderConfirmation(confirmation(&order, to, &lines));
        jobs::enqueue(conn, &[Job::SendMail(mail).at(now)]).await?;
        let kind = OrderEventKind::ConfirmationSent;
        let actor = Actor::System.to_string();
        orders::push_events(conn, &[OrderEvent { id: OrderEventId::new(), order_id: id, kind, actor, at: now }])
            .await?;
        Ok(outbox::push(conn, &[DomainEvent::OrderUpdated { id }]).await?)
    })
    .await
}

/// Counts a confirmation for its address; true if there were too many, so that nobody floods the mailbox of a stranger.
/// Customers who have verified the address are exempt.
async fn is_mail_limit_reached(conn: &mut Conn, order: &Order, to: &Email, now: Timestamp) -> ServiceResult<bool> {
    if let Some(customer) = order.customer {
        let customer = customers::find(conn, customer).await?;
        if customer.is_some_and(|customer| customer.email.as_ref() == Some(to) && customer.email_verified_at.is_some())
        {
            return Ok(false);
        }
    }
    let limit = [Limit::new("order-confirmations", to, ThrottlePolicy::MAIL)];
    Ok(abuse::count(conn, &limit, 1, now).await?.is_some())
}

fn confirmation(order: &Order, to: Email, lines: &[OrderLine]) -> OrderConfirmation {
    let text = |amount: Money| format!("{} {}", amount.currency, amount.to_decimal());
    let line = |line: &OrderLine| ConfirmedLine {
        name: line.sold.name.clone(),
        quantity: line.sold.quantity.get(),
        total: text(line.sold.total.gross),
    };
    OrderConfirmation {
        to,
        number: order.number.to_string(),
        order_id: Some(order.id),
        lines: lines.iter().map(line).collect(),
        total: text(order.total.gross),
    }
}
