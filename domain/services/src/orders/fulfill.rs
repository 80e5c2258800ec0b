//! Sending goods of an order.

use model::{
    access::{Actor, Permission},
    events::DomainEvent,
    ids::{FulfillmentId, OrderId},
    orders::{FulfillItem, Fulfillment, FulfillmentState, Order, Tracking},
};
use persistence::{Conn, audit, db::Transactions as _, orders, outbox};
use serde_json::json;

use super::{
    FulfillError,
    stock::{Record, deduct},
};
use crate::{App, ServiceError, bus::Topic};

/// What is sent.
#[derive(Debug, Clone)]
pub struct FulfillOrder {
    /// The order.
    pub order_id: OrderId,
    /// Units of its lines; everything that is left when empty.
    pub items: Vec<FulfillItem>,
    /// How to follow the parcel.
    pub tracking: Option<Tracking>,
}

/// Sends goods: the units leave the building and the promise to the order.
///
/// # Errors
/// [`FulfillError`].
pub async fn fulfill(app: &App, actor: &Actor, input: FulfillOrder) -> Result<(Order, Fulfillment), FulfillError> {
    actor.require(Permission::OrdersFulfill).map_err(ServiceError::from)?;
    check_tracking(input.tracking.as_ref())?;
    let mut conn = app.db.write().await?;
    let (order, fulfillment, products) = conn
        .transaction::<_, FulfillError, _>(async |conn| {
            let now = app.clock.now();
            let who = actor.to_string();
            let mut order = orders::lock(conn, input.order_id).await?.ok_or(FulfillError::NotFound)?;
            let mut lines = lines(conn, order.id).await?;
            let shipment = order.fulfill(&mut lines, &input.items, &who, now)?;
            let fulfillment = Fulfillment {
                id: FulfillmentId::new(),
                order_id: order.id,
                state: FulfillmentState::Shipped,
                tracking: input.tracking,
                lines: shipment.items,
                actor: who.clone(),
                created_at: now,
            };
            orders::save(conn, &order).await?;
            orders::save_fulfilled(conn, &lines).await?;
            orders::insert_fulfillment(conn, &fulfillment).await?;
            orders::push_events(conn, &shipment.events).await?;
            let details = json!({ "fulfillment": fulfillment.id });
            audit::push(conn, actor, "orderFulfill", order.id, &details, now).await?;
            outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?;
            let reference = fulfillment.id.to_string();
            let record = Record { reference: &reference, actor: &who, now };
            let products = deduct(conn, order.id, &shipment.deductions, record).await?;
            Ok((order, fulfillment, products))
        })
        .await?;
    app.availability.invalidate(&products);
    app.bus.publish(Topic::Outbox);
    Ok((order, fulfillment))
}

async fn lines(conn: &mut Conn, id: OrderId) -> Result<Vec<model::orders::OrderLine>, FulfillError> {
    Ok(orders::lines_of(conn, &[id]).await?.remove(&id).unwrap_or_default())
}

fn check_tracking(tracking: Option<&Tracking>) -> Result<(), FulfillError> {
    let Some(tracking) = tracking else { return Ok(()) };
    let is_number = (1..=200).contains(&tracking.number.trim().chars().count());
    let is_link = |url: &String| {
        url.len() <= 2_000
            && (url.starts_with("https://") || url.starts_with("http://"))
            && !url.contains(['<', '>', '"', ' '])
    };
    match (is_number, tracking.url.as_ref().is_none_or(is_link)) {
        (false, _) => Err(FulfillError::Tracking("a tracking number has 1 to 200 characters")),
        (_, false) => Err(FulfillError::Tracking("a tracking address is a link that begins with http")),
        _ => Ok(()),
    }
}
