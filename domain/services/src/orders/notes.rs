//! Notes of staff about orders.

use std::collections::HashMap;

use model::{
    IdempotencyKey,
    access::{Actor, Permission},
    audit::{AuditFacts, created},
    events::DomainEvent,
    ids::{OrderId, OrderNoteId},
    orders::{Order, OrderNote},
};
use persistence::{Conn, StoreError, audit, db::Transactions as _, orders, outbox};
use serde_json::json;

use super::{UpdateError, UpdateRule};
use crate::{
    App, ServiceResult,
    bus::Topic,
    idempotency::{self, Keyed},
    scope,
};

/// Input of [`add_note`].
#[derive(Debug, Clone)]
pub struct AddNote {
    /// The order.
    pub order_id: OrderId,
    /// The text.
    pub text: String,
    /// The key under which the same request may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Adds a note to an order. The same key adds it once.
///
/// # Errors
/// [`UpdateError`].
pub async fn add_note(app: &App, actor: &Actor, input: AddNote) -> Result<(OrderNote, Order), UpdateError> {
    if !scope::admits_order(app, actor, Permission::OrdersWrite, input.order_id).await? {
        return Err(UpdateRule::NotFound.into());
    }
    let asked = (input.order_id, &input.text);
    let keyed = Keyed::of("orderNoteAdd", actor, input.idempotency_key.as_ref(), &asked)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let added = conn
        .transaction::<_, UpdateError, _>(async |conn| {
            if let Some(earlier) = idempotency::begin(conn, keyed.as_ref()).await? {
                return Ok(added_before(conn, input.order_id, earlier).await?);
            }
            let mut order = orders::lock(conn, input.order_id).await?.ok_or(UpdateRule::NotFound)?;
            let (note, event) = order.add_note(&input.text, &actor.to_string(), now)?;
            orders::save(conn, &order).await?;
            orders::insert_note(conn, &note).await?;
            orders::push_events(conn, &[event]).await?;
            let changes = created(&json!({ "note": note.text }));
            let facts = AuditFacts { details: json!({ "note": note.id }), changes };
            audit::push(conn, actor, "orderNoteAdd", order.id, facts, now).await?;
            outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?;
            idempotency::finish(conn, keyed.as_ref(), &note.id).await?;
            Ok((note, order))
        })
        .await?;
    app.bus.publish(Topic::Outbox);
    Ok(added)
}

/// The note that the key added before, and the current order.
async fn added_before(conn: &mut Conn, id: OrderId, note: OrderNoteId) -> Result<(OrderNote, Order), StoreError> {
    let order = orders::find(conn, id).await?.ok_or(StoreError::NotFound)?;
    let all = orders::notes_of(conn, &[id]).await?.remove(&id).unwrap_or_default();
    let found = all.into_iter().find(|added| added.id == note).ok_or(StoreError::NotFound)?;
    Ok((found, order))
}

/// The notes of orders, oldest first, for staff.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn notes_of(app: &App, actor: &Actor, orders: &[OrderId]) -> ServiceResult<HashMap<OrderId, Vec<OrderNote>>> {
    actor.channels_with(Permission::OrdersRead)?;
    let mut conn = app.db.read().await?;
    Ok(persistence::orders::notes_of(&mut conn, orders).await?)
}
