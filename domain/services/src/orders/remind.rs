//! Reminders of unpaid bank transfers.

use model::{
    access::Actor,
    events::DomainEvent,
    ids::OrderId,
    orders::{EventDetails, Order, OrderEvent, OrderEventKind, OrderStatus},
    payments::TransferInstructions,
};
use persistence::{Conn, db::Transactions as _, orders, outbox, payments};

use crate::{
    App, ServiceError, ServiceResult,
    bus::Topic,
    jobs::{Job, ScheduledJob},
    mail::{self, MailKind},
};

/// The job that reminds the buyer of an order that waits for a bank transfer; none if the order does not wait, or if reminders
/// are turned off.
pub(super) fn reminder(order: &Order, instructions: &TransferInstructions) -> Option<ScheduledJob> {
    let hours = chrono::TimeDelta::hours(i64::from(instructions.account.reminder_hours));
    let at = order.expires_at.filter(|_| !hours.is_zero())? - hours;
    (at > order.placed_at).then(|| Job::RemindPayment(order.id).at(at))
}

/// Enqueues the reminder of an order that still waits for a bank transfer, once. Does nothing to any other order.
///
/// # Errors
/// [`ServiceError`] if the database fails.
pub async fn remind(app: &App, id: OrderId) -> ServiceResult<()> {
    let now = app.clock.now();
    let settings = app.settings.current(&app.db).await?;
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ServiceError, _>(async |conn| {
        let Some(order) = orders::lock(conn, id).await? else { return Ok(()) };
        let account = settings.transfer_account(order.channel);
        let Some(account) = account.filter(|account| account.reminder_hours > 0) else { return Ok(()) };
        let paid = payments::by_orders(conn, &[id]).await?.remove(&id).unwrap_or_default();
        let awaited = paid.iter().find_map(|payment| TransferInstructions::of(&order, payment, account));
        let Some(awaited) = awaited.filter(|_| order.status == OrderStatus::PendingPayment) else { return Ok(()) };
        if order.expires_at.is_some_and(|at| at <= now) || was_reminded(conn, id).await? {
            return Ok(());
        }
        let kind = OrderEventKind::PaymentReminderSent;
        let details = EventDetails { amount: Some(awaited.open), ..EventDetails::default() };
        let event = OrderEvent::new(id, kind, &Actor::System.to_string(), now).with(details);
        orders::push_events(conn, &[event]).await?;
        mail::enqueue_order(conn, MailKind::PaymentReminder, id, now).await?;
        Ok(outbox::push(conn, &[DomainEvent::OrderUpdated { id }]).await?)
    })
    .await?;
    app.bus.publish(Topic::Jobs);
    Ok(())
}

async fn was_reminded(conn: &mut Conn, id: OrderId) -> ServiceResult<bool> {
    let events = orders::events_of(conn, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(events.iter().any(|event| event.kind == OrderEventKind::PaymentReminderSent))
}
