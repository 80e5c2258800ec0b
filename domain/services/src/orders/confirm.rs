//! Confirmations of orders.

use model::{
    Timestamp,
    access::Actor,
    channels::TransferAccount,
    customers::{Email, ThrottlePolicy},
    events::DomainEvent,
    ids::OrderId,
    orders::{Order, OrderEvent, OrderEventKind, OrderStatus, REMOVED_EMAIL},
    payments::TransferInstructions,
};
use persistence::{Conn, customers, db::Transactions as _, orders, outbox, payments};

use super::remind::reminder;
use crate::{
    App, ServiceError, ServiceResult,
    abuse::{self, Limit},
    jobs::{self, ScheduledJob},
    mail::{self, MailKind},
};

/// Enqueues the mail that an order was received, with the instructions for a bank transfer, or that it is confirmed; each
/// once. A canceled or expired order causes none, nor does one whose address has received too many of them.
///
/// # Errors
/// [`ServiceError`] if the database fails.
pub async fn confirm(app: &App, id: OrderId) -> ServiceResult<()> {
    let now = app.clock.now();
    let settings = app.settings.current(&app.db).await?;
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ServiceError, _>(async |conn| {
        let Some(order) = orders::lock(conn, id).await? else { return Ok(()) };
        let event = match order.status {
            status if status.is_void() => return Ok(()),
            OrderStatus::PendingPayment => OrderEventKind::AcknowledgmentSent,
            _ => OrderEventKind::ConfirmationSent,
        };
        let events = orders::events_of(conn, &[id]).await?.remove(&id).unwrap_or_default();
        if order.email == REMOVED_EMAIL || events.iter().any(|known| known.kind == event) {
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
        let (mail, reminder) = kind(conn, &order, settings.transfer_account(order.channel)).await?;
        let jobs: Vec<ScheduledJob> = [mail::order_job(mail, id, now)].into_iter().chain(reminder).collect();
        jobs::enqueue(conn, &jobs).await?;
        let actor = Actor::System.to_string();
        orders::push_events(conn, &[OrderEvent::new(id, event, &actor, now)]).await?;
        Ok(outbox::push(conn, &[DomainEvent::OrderUpdated { id }]).await?)
    })
    .await
}

/// The mail for the state of an order, and the reminder of an unpaid bank transfer.
pub(super) async fn kind(
    conn: &mut Conn,
    order: &Order,
    account: Option<&TransferAccount>,
) -> ServiceResult<(MailKind, Option<ScheduledJob>)> {
    if order.status != OrderStatus::PendingPayment {
        return Ok((MailKind::Confirmed, None));
    }
    let paid = payments::by_orders(conn, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let awaited = |account| paid.iter().find_map(|payment| TransferInstructions::of(order, payment, account));
    Ok(match account.and_then(awaited) {
        Some(instructions) => (MailKind::PaymentInstructions, reminder(order, &instructions)),
        None => (MailKind::Received, None),
    })
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
