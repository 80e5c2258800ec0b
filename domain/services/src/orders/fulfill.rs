//! Fulfilling orders.

use model::{
    IdempotencyKey, Timestamp, WebUrl,
    access::{Actor, Permission},
    events::DomainEvent,
    ids::{FulfillmentId, OrderId, ProductId},
    orders::{FulfillItem, Fulfillment, FulfillmentState, Order, Tracking},
};
use persistence::{Conn, StoreError, audit, db::Transactions as _, orders, outbox};
use serde_json::json;

use super::{
    FulfillError,
    error::FulfillRule,
    stock::{Record, deduct},
};
use crate::{
    App, ServiceError,
    bus::Topic,
    error::OnStoreError as _,
    idempotency::{self, Keyed},
    mail::{self, MailKind},
};

/// Input of [`fulfill`].
#[derive(Debug, Clone)]
pub struct FulfillOrder {
    /// The order.
    pub order_id: OrderId,
    /// Units of its lines; everything that is left if empty.
    pub items: Vec<FulfillItem>,
    /// The tracking information.
    pub tracking: Option<Tracking>,
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
    actor.require(Permission::OrdersFulfill)?;
    let input = FulfillOrder { tracking: valid_tracking(input.tracking)?, ..input };
    let keyed = keyed(actor, &input)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let (order, fulfillment, products) = conn
        .transaction::<_, FulfillError, _>(async |conn| {
            if let Some(earlier) = idempotency::begin(conn, keyed.as_ref()).await? {
                let (order, fulfillment) = fulfilled_before(conn, input.order_id, earlier).await?;
                return Ok((order, fulfillment, Vec::new()));
            }
            let sent = send(conn, actor, &input, now).await?;
            idempotency::finish(conn, keyed.as_ref(), &sent.1.id).await?;
            Ok(sent)
        })
        .await?;
    app.availability.invalidate(&products);
    app.bus.publish(Topic::Outbox);
    Ok((order, fulfillment))
}

/// The request with its idempotency key.
fn keyed(actor: &Actor, input: &FulfillOrder) -> Result<Option<Keyed>, ServiceError> {
    let items: Vec<_> = input.items.iter().map(|item| (item.line_id, item.quantity.get())).collect();
    let tracking = input.tracking.as_ref().map(|tracking| (&tracking.number, &tracking.url));
    let asked = (input.order_id, items, tracking, input.expected_version);
    Keyed::of("orderFulfill", actor, input.idempotency_key.as_ref(), &asked)
}

async fn send(
    conn: &mut Conn,
    actor: &Actor,
    input: &FulfillOrder,
    now: Timestamp,
) -> Result<(Order, Fulfillment, Vec<ProductId>), FulfillError> {
    let who = actor.to_string();
    let mut order = orders::lock(conn, input.order_id).await?.ok_or(FulfillRule::NotFound)?;
    order.require_version(input.expected_version)?;
    let mut lines = lines(conn, order.id).await?;
    let shipment = order.fulfill(&mut lines, &input.items, &who, now)?;
    let fulfillment = Fulfillment {
        id: FulfillmentId::new(),
        order_id: order.id,
        state: FulfillmentState::Shipped,
        tracking: input.tracking.clone(),
        lines: shipment.items,
        actor: who.clone(),
        created_at: now,
    };
    orders::save(conn, &order).await?;
    orders::save_fulfilled(conn, &lines).await?;
    orders::insert_fulfillment(conn, &fulfillment).await?;
    orders::push_events(conn, &shipment.events).await?;
    let details = json!({ "fulfillment": fulfillment.id });
    audit::push(conn, actor, "orderFulfill", order.id, details, now).await?;
    outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?;
    mail::enqueue_order(conn, MailKind::Shipped { fulfillment: fulfillment.id }, order.id, now).await?;
    let reference = fulfillment.id.to_string();
    let record = Record { reference: &reference, actor: &who, now };
    let deducted = deduct(conn, order.id, &shipment.deductions, record).await;
    let products = deducted.on_constraint("inventory_levels_on_hand_check", FulfillRule::NotOnHand)?;
    Ok((order, fulfillment, products))
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

async fn lines(conn: &mut Conn, id: OrderId) -> Result<Vec<model::orders::OrderLine>, FulfillError> {
    Ok(orders::lines_of(conn, &[id]).await?.remove(&id).unwrap_or_default())
}

/// The tracking information as it is stored: the number without surrounding blanks.
fn valid_tracking(given: Option<Tracking>) -> Result<Option<Tracking>, FulfillRule> {
    let Some(Tracking { number, url }) = given else { return Ok(None) };
    let number = number.trim().to_owned();
    let is_number = (1..=200).contains(&number.chars().count());
    if !is_number {
        return Err(FulfillRule::Tracking("a tracking number has 1 to 200 characters"));
    }
    let invalid = |_| {
        FulfillRule::Tracking(
            "a tracking URL starts with https:// or http:// and has no user name, password and blanks",
        )
    };
    let url = url.as_deref().map(WebUrl::parse).transpose().map_err(invalid)?;
    Ok(Some(Tracking { number, url: url.map(String::from) }))
}
