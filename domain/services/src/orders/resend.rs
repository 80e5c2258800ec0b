//! Sending the confirmation of an order again.

use model::{
    IdempotencyKey, Timestamp,
    access::{Actor, Permission},
    audit::created,
    channels::TransferAccount,
    customers::{Email, ThrottlePolicy},
    events::DomainEvent,
    ids::OrderId,
    orders::{Order, OrderEvent, OrderEventKind, REMOVED_EMAIL},
};
use persistence::{Conn, audit, db::Transactions as _, orders, outbox};
use serde_json::json;

use super::{UpdateError, UpdateRule, confirm::kind};
use crate::{
    App,
    abuse::{self, Limit},
    bus::Topic,
    idempotency::{self, Keyed},
    mail::{self, MailKind},
    scope,
};

/// Input of [`resend_confirmation`].
#[derive(Debug, Clone)]
pub struct ResendConfirmation {
    /// The order.
    pub order_id: OrderId,
    /// The key under which the same request may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Enqueues the confirmation of an order again, or the payment instructions of one that waits for a bank transfer. The same key
/// sends one mail.
///
/// # Errors
/// [`UpdateError`].
pub async fn resend_confirmation(app: &App, actor: &Actor, input: ResendConfirmation) -> Result<Order, UpdateError> {
    if !scope::admits_order(app, actor, Permission::OrdersWrite, input.order_id).await? {
        return Err(UpdateRule::NotFound.into());
    }
    let keyed = Keyed::of("orderConfirmationSend", actor, input.idempotency_key.as_ref(), &input.order_id)?;
    let now = app.clock.now();
    let settings = app.settings.current(&app.db).await?;
    let mut conn = app.db.write().await?;
    let order = conn
        .transaction::<_, UpdateError, _>(async |conn| {
            let before: Option<OrderId> = idempotency::begin(conn, keyed.as_ref()).await?;
            let order = orders::lock(conn, input.order_id).await?.ok_or(UpdateRule::NotFound)?;
            if before.is_none() {
                send(conn, actor, &order, settings.transfer_account(order.channel), now).await?;
                idempotency::finish(conn, keyed.as_ref(), &order.id).await?;
            }
            Ok(order)
        })
        .await?;
    app.bus.publish(Topic::Outbox);
    app.bus.publish(Topic::Jobs);
    Ok(order)
}

async fn send(
    conn: &mut Conn,
    actor: &Actor,
    order: &Order,
    account: Option<&TransferAccount>,
    now: Timestamp,
) -> Result<(), UpdateError> {
    if order.status.is_void() {
        return Err(UpdateRule::Ended(order.status).into());
    }
    if order.email == REMOVED_EMAIL || order.email.parse::<Email>().is_err() {
        return Err(UpdateRule::NoRecipient.into());
    }
    let limit = [Limit::new("order-confirmations-again", order.id, ThrottlePolicy::MAIL)];
    if let Some(throttled) = abuse::count(conn, &limit, 1, now).await? {
        return Err(UpdateRule::TooManyMails(throttled.retry_after_seconds(now)).into());
    }
    let (kind, _) = kind(conn, order, account).await?;
    let sent = match kind {
        MailKind::Confirmed => OrderEventKind::ConfirmationSent,
        _ => OrderEventKind::AcknowledgmentSent,
    };
    let event = OrderEvent::new(order.id, sent, &actor.to_string(), now);
    orders::push_events(conn, &[event]).await?;
    mail::enqueue_order(conn, kind, order.id, now).await?;
    let changes = created(&json!({ "mail": kind }));
    audit::push(conn, actor, "orderConfirmationSend", order.id, changes, now).await?;
    Ok(outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?)
}
