//! Changing fulfillments after the shipment: tracking, delivery, cancellation.

use model::{
    IdempotencyKey, Patch, Timestamp,
    access::{Actor, ChannelScope, Permission},
    audit::{AuditFacts, Change, changed},
    events::DomainEvent,
    ids::{FulfillmentId, OrderId, ProductId},
    orders::{Fulfillment, FulfillmentState, Order, OrderEvent, OrderEventKind, Tracking},
};
use persistence::{Conn, audit, db::Transactions as _, orders, outbox};
use serde_json::{Value, json};

use super::{
    FulfillError, FulfillRule,
    fulfill::lines_of,
    stock::{Record, unship},
};
use crate::{
    App,
    bus::Topic,
    idempotency::{self, Keyed},
};

/// A fulfillment to change.
#[derive(Debug, Clone)]
pub struct ChangeFulfillment {
    /// The fulfillment.
    pub fulfillment_id: FulfillmentId,
    /// The version of the order that the caller last saw.
    pub expected_version: Option<i32>,
    /// The key under which the same request may be sent again; only for cancellations.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// New carrier and tracking information; absent parts stay.
#[derive(Debug, Clone)]
pub struct TrackFulfillment {
    /// The fulfillment.
    pub fulfillment_id: FulfillmentId,
    /// The carrier.
    pub carrier: Patch<String>,
    /// The tracking information of all parcels.
    pub trackings: Option<Vec<Tracking>>,
    /// The version of the order that the caller last saw.
    pub expected_version: Option<i32>,
}

/// Replaces carrier and tracking information of a fulfillment.
///
/// # Errors
/// [`FulfillError`].
pub async fn track_fulfillment(
    app: &App,
    actor: &Actor,
    input: TrackFulfillment,
) -> Result<(Order, Fulfillment), FulfillError> {
    let scope = actor.channels_with(Permission::OrdersFulfill)?;
    let TrackFulfillment { fulfillment_id, carrier, trackings, expected_version } = input;
    let carrier = match carrier {
        Patch::Set(name) => Patch::Set(Tracking::carrier(&name)?),
        other => other,
    };
    let trackings = trackings.map(Tracking::normalized_all).transpose()?;
    change(app, (actor, &scope), "fulfillmentTrackingUpdate", (fulfillment_id, expected_version), |fulfillment, now| {
        let mut named = fulfillment.carrier.clone();
        carrier.apply(&mut named);
        let parcels = trackings.unwrap_or_else(|| fulfillment.trackings.clone());
        fulfillment.track(named, parcels, now)?;
        Ok(OrderEventKind::TrackingUpdated)
    })
    .await
}

/// Marks a fulfillment as delivered.
///
/// # Errors
/// [`FulfillError`].
pub async fn mark_delivered(
    app: &App,
    actor: &Actor,
    input: ChangeFulfillment,
) -> Result<(Order, Fulfillment), FulfillError> {
    let scope = actor.channels_with(Permission::OrdersFulfill)?;
    let which = (input.fulfillment_id, input.expected_version);
    change(app, (actor, &scope), "fulfillmentMarkDelivered", which, |fulfillment, now| {
        // A repeated request changes nothing.
        if fulfillment.state != FulfillmentState::Delivered {
            fulfillment.deliver(now)?;
        }
        Ok(OrderEventKind::Delivered)
    })
    .await
}

/// Cancels a fulfillment: its units return to the locations that they left, where they are allocated to the order again.
/// A canceled one stays as it is.
///
/// # Errors
/// [`FulfillError`].
pub async fn cancel_fulfillment(
    app: &App,
    actor: &Actor,
    input: ChangeFulfillment,
) -> Result<(Order, Fulfillment), FulfillError> {
    let scope = actor.channels_with(Permission::OrdersFulfill)?;
    let id = input.fulfillment_id;
    let asked = (id, input.expected_version);
    let keyed = Keyed::of("fulfillmentCancel", actor, input.idempotency_key.as_ref(), &asked)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let (order, fulfillment, products) = conn
        .transaction::<_, FulfillError, _>(async |conn| {
            let before: Option<OrderId> = idempotency::begin(conn, keyed.as_ref()).await?;
            let (order, fulfillment) = lock(conn, &scope, id).await?;
            if before.is_some() || fulfillment.state == FulfillmentState::Canceled {
                return Ok((order, fulfillment, Vec::new()));
            }
            order.require_version(input.expected_version)?;
            idempotency::finish(conn, keyed.as_ref(), &order.id).await?;
            cancel_locked(conn, actor, order, fulfillment, now).await
        })
        .await?;
    app.availability.invalidate(&products);
    app.bus.publish(Topic::Outbox);
    Ok((order, fulfillment))
}

async fn cancel_locked(
    conn: &mut Conn,
    actor: &Actor,
    mut order: Order,
    mut fulfillment: Fulfillment,
    now: Timestamp,
) -> Result<(Order, Fulfillment, Vec<ProductId>), FulfillError> {
    let who = actor.to_string();
    let (order_before, before) = (order.clone(), view(&fulfillment));
    let mut lines = lines_of(conn, order.id).await?;
    let event = order.cancel_fulfillment(&mut lines, &mut fulfillment, &who, now)?;
    orders::save_fulfilled(conn, &lines).await?;
    let mut changes = order.changes_since(&order_before);
    changes.extend(changed(&before, &view(&fulfillment)));
    save(conn, actor, "fulfillmentCancel", (&order, &fulfillment), event, changes).await?;
    let parts = orders::shipped_parts(conn, fulfillment.id).await?;
    let reference = fulfillment.id.to_string();
    let products = unship(conn, order.id, &parts, Record { reference: &reference, actor: &who, now }).await?;
    Ok((order, fulfillment, products))
}

/// Changes a fulfillment that moves no stock.
async fn change(
    app: &App,
    (actor, scope): (&Actor, &ChannelScope),
    action: &'static str,
    (id, expected): (FulfillmentId, Option<i32>),
    decide: impl FnOnce(&mut Fulfillment, Timestamp) -> Result<OrderEventKind, FulfillError> + Send,
) -> Result<(Order, Fulfillment), FulfillError> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let result = conn
        .transaction::<_, FulfillError, _>(async |conn| {
            let (mut order, mut fulfillment) = lock(conn, scope, id).await?;
            order.require_version(expected)?;
            let before = view(&fulfillment);
            let kind = decide(&mut fulfillment, now)?;
            let changes = changed(&before, &view(&fulfillment));
            if changes.is_empty() {
                return Ok((order, fulfillment));
            }
            let details = fulfillment.details(changes.clone());
            let event = order.fulfillment_changed(kind, details, &actor.to_string(), now);
            save(conn, actor, action, (&order, &fulfillment), event, changes).await?;
            Ok((order, fulfillment))
        })
        .await?;
    app.bus.publish(Topic::Outbox);
    Ok(result)
}

/// Locks the order of a fulfillment, which protects the fulfillment too. It is absent outside of the actor's channels.
async fn lock(conn: &mut Conn, scope: &ChannelScope, id: FulfillmentId) -> Result<(Order, Fulfillment), FulfillError> {
    let order = orders::find_fulfillment_order(conn, id).await?.ok_or(FulfillRule::NotFound)?;
    let order = orders::lock(conn, order).await?.filter(|order| scope.contains(order.channel));
    let order = order.ok_or(FulfillRule::NotFound)?;
    let all = orders::fulfillments_of(conn, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let found = all.into_iter().find(|fulfillment| fulfillment.id == id).ok_or(FulfillRule::NotFound)?;
    Ok((order, found))
}

async fn save(
    conn: &mut Conn,
    actor: &Actor,
    action: &str,
    (order, fulfillment): (&Order, &Fulfillment),
    event: OrderEvent,
    changes: Vec<Change>,
) -> Result<(), FulfillError> {
    orders::save(conn, order).await?;
    orders::save_fulfillment(conn, fulfillment).await?;
    let at = event.at;
    orders::push_events(conn, &[event]).await?;
    let facts = AuditFacts { details: json!({ "fulfillment": fulfillment.id }), changes };
    audit::push(conn, actor, action, order.id, facts, at).await?;
    Ok(outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?)
}

/// The values of which changes are recorded.
fn view(fulfillment: &Fulfillment) -> Value {
    json!({ "fulfillment": {
        "status": fulfillment.state,
        "carrier": fulfillment.carrier,
        "trackings": fulfillment.trackings,
        "deliveredAt": fulfillment.delivered_at,
    } })
}
