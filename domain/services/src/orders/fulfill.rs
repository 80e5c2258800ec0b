//! Fulfilling orders.

use model::{
    IdempotencyKey, Timestamp,
    access::{Actor, Permission},
    audit::{AuditFacts, created},
    events::DomainEvent,
    ids::{FulfillmentId, OrderId, ProductId, StockLocationId},
    orders::{FulfillItem, Fulfillment, FulfillmentState, Order, OrderEventKind, OrderLine, Shipment, Tracking},
};
use persistence::{Conn, StoreError, audit, db::Transactions as _, orders, outbox};
use serde_json::json;

use super::{
    FulfillError,
    error::FulfillRule,
    stock::{Record, ship},
};
use crate::{
    App, ServiceError,
    bus::Topic,
    error::OnStoreError as _,
    idempotency::{self, Keyed},
    mail::{self, MailKind},
    scope,
};

/// Input of [`fulfill`].
#[derive(Debug, Clone)]
pub struct FulfillOrder {
    /// The order.
    pub order_id: OrderId,
    /// Units of its lines; everything that is left if empty.
    pub items: Vec<FulfillItem>,
    /// The slug of the stock location that ships everything; without one, units leave from where they are allocated.
    pub location: Option<String>,
    /// The carrier.
    pub carrier: Option<String>,
    /// The tracking information of each parcel.
    pub trackings: Vec<Tracking>,
    /// The version of the order that the caller last saw.
    pub expected_version: Option<i32>,
    /// The key under which the same request may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Fulfills items: deducts the units from stock and from the order's allocations. The same key fulfills them once.
///
/// # Errors
/// [`FulfillError`].
pub async fn fulfill(app: &App, actor: &Actor, input: FulfillOrder) -> Result<(Order, Fulfillment), FulfillError> {
    if !scope::admits_order(app, actor, Permission::OrdersFulfill, input.order_id).await? {
        return Err(FulfillRule::NotFound.into());
    }
    let carrier = input.carrier.as_deref().map(Tracking::carrier).transpose()?;
    let trackings = Tracking::normalized_all(input.trackings)?;
    let input = FulfillOrder { carrier, trackings, ..input };
    let location = location(app, input.location.as_deref()).await?;
    let keyed = keyed(actor, &input)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let (order, fulfillment, products) = conn
        .transaction::<_, FulfillError, _>(async |conn| {
            if let Some(earlier) = idempotency::begin(conn, keyed.as_ref()).await? {
                let (order, fulfillment) = fulfilled_before(conn, input.order_id, earlier).await?;
                return Ok((order, fulfillment, Vec::new()));
            }
            let sent = send(conn, actor, &input, location, now).await?;
            idempotency::finish(conn, keyed.as_ref(), &sent.1.id).await?;
            Ok(sent)
        })
        .await?;
    app.availability.invalidate(&products);
    app.bus.publish(Topic::Outbox);
    app.bus.publish(Topic::Jobs);
    Ok((order, fulfillment))
}

async fn location(app: &App, slug: Option<&str>) -> Result<Option<StockLocationId>, FulfillError> {
    let Some(slug) = slug else { return Ok(None) };
    let settings = app.settings.current(&app.db).await?;
    let found = settings.location(slug).ok_or_else(|| FulfillRule::LocationNotFound(slug.to_owned()))?;
    Ok(Some(found.id))
}

/// The request with its idempotency key.
fn keyed(actor: &Actor, input: &FulfillOrder) -> Result<Option<Keyed>, ServiceError> {
    let items: Vec<_> = input.items.iter().map(|item| (item.line_id, item.quantity.get())).collect();
    let parcels = (&input.location, &input.carrier, &input.trackings);
    let asked = (input.order_id, items, parcels, input.expected_version);
    Keyed::of("orderFulfill", actor, input.idempotency_key.as_ref(), &asked)
}

async fn send(
    conn: &mut Conn,
    actor: &Actor,
    input: &FulfillOrder,
    location: Option<StockLocationId>,
    now: Timestamp,
) -> Result<(Order, Fulfillment, Vec<ProductId>), FulfillError> {
    let who = actor.to_string();
    let mut order = orders::lock(conn, input.order_id).await?.ok_or(FulfillRule::NotFound)?;
    order.require_version(input.expected_version)?;
    let before = order.clone();
    let mut lines = lines_of(conn, order.id).await?;
    let shipment = order.fulfill(&mut lines, &input.items, &who, now)?;
    let fulfillment = Fulfillment {
        id: FulfillmentId::new(),
        order_id: order.id,
        state: FulfillmentState::Shipped,
        carrier: input.carrier.clone(),
        trackings: input.trackings.clone(),
        location,
        lines: shipment.items.clone(),
        actor: who.clone(),
        created_at: now,
        updated_at: now,
        delivered_at: None,
    };
    orders::save(conn, &order).await?;
    orders::save_fulfilled(conn, &lines).await?;
    push_events(conn, &fulfillment, &shipment).await?;
    record(conn, actor, (&before, &order), &fulfillment, input.location.as_deref(), now).await?;
    mail::enqueue_order(conn, MailKind::Shipped { fulfillment: fulfillment.id }, order.id, now).await?;
    let reference = fulfillment.id.to_string();
    let by = Record { reference: &reference, actor: &who, now };
    let shipped = ship(conn, order.id, &shipment.deductions, location, by).await;
    let (parts, products) = shipped.on_constraint("inventory_levels_on_hand_check", FulfillRule::NotOnHand)?;
    orders::insert_fulfillment(conn, &fulfillment, &parts).await?;
    Ok((order, fulfillment, products))
}

async fn push_events(conn: &mut Conn, fulfillment: &Fulfillment, shipment: &Shipment) -> Result<(), FulfillError> {
    let events: Vec<_> = shipment
        .events
        .iter()
        .cloned()
        .map(|event| match event.kind {
            OrderEventKind::Fulfilled => event.with(fulfillment.details(Vec::new())),
            _ => event,
        })
        .collect();
    Ok(orders::push_events(conn, &events).await?)
}

async fn record(
    conn: &mut Conn,
    actor: &Actor,
    (before, order): (&Order, &Order),
    fulfillment: &Fulfillment,
    location: Option<&str>,
    now: Timestamp,
) -> Result<(), FulfillError> {
    let units: Vec<_> = fulfillment
        .lines
        .iter()
        .map(|item| json!({ "id": item.line_id.to_string(), "quantity": item.quantity }))
        .collect();
    let sent = json!({ "fulfillment": {
        "carrier": fulfillment.carrier,
        "trackings": fulfillment.trackings,
        "location": location,
        "lines": units,
    } });
    let mut changes = order.changes_since(before);
    changes.extend(created(&sent));
    let facts = AuditFacts { details: json!({ "fulfillment": fulfillment.id }), changes };
    audit::push(conn, actor, "orderFulfill", order.id, facts, now).await?;
    Ok(outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?)
}

/// The fulfillment that the key created before, and the current order.
async fn fulfilled_before(
    conn: &mut Conn,
    id: OrderId,
    sent: FulfillmentId,
) -> Result<(Order, Fulfillment), FulfillError> {
    let order = orders::find(conn, id).await?.ok_or(FulfillRule::NotFound)?;
    let all = orders::fulfillments_of(conn, &[id]).await?.remove(&id).unwrap_or_default();
    let fulfillment = all.into_iter().find(|fulfillment| fulfillment.id == sent);
    Ok((order, fulfillment.ok_or(StoreError::NotFound)?))
}

/// The lines of an order.
pub(super) async fn lines_of(conn: &mut Conn, id: OrderId) -> Result<Vec<OrderLine>, StoreError> {
    Ok(orders::lines_of(conn, &[id]).await?.remove(&id).unwrap_or_default())
}
