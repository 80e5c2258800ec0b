//! Changing contact data, addresses, tags and metafields of orders. Prices never change: a new place must have the taxes of
//! the sale, and the delivery that was bought must reach it.

use model::{
    Address, Patch, Timestamp,
    access::{Actor, Permission},
    audit::AuditFacts,
    catalog::Metafield,
    customers::Email,
    events::DomainEvent,
    ids::OrderId,
    orders::{Order, OrderLine, OrderPatch},
    settings::Settings,
    shipping::method_at,
    tax::{Destination, STANDARD_CLASS},
};
use persistence::{audit, db::Transactions as _, orders, outbox};
use serde_json::json;

use super::{UpdateError, UpdateRule, fulfill::lines_of};
use crate::{App, bus::Topic, scope};

/// Input of [`update`]; absent values stay.
#[derive(Debug, Clone)]
pub struct UpdateOrder {
    /// The order.
    pub order_id: OrderId,
    /// The e-mail address.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Patch<String>,
    /// The delivery address.
    pub shipping_address: Option<Address>,
    /// The address for the invoice.
    pub billing_address: Option<Address>,
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// All metafields.
    pub metafields: Option<Vec<Metafield>>,
    /// The version of the order that the caller last saw.
    pub expected_version: Option<i32>,
}

/// Changes an order. Returns it, and false if all values were as requested before.
///
/// # Errors
/// [`UpdateError`].
pub async fn update(app: &App, actor: &Actor, input: UpdateOrder) -> Result<(Order, bool), UpdateError> {
    if !scope::admits_order(app, actor, Permission::OrdersWrite, input.order_id).await? {
        return Err(UpdateRule::NotFound.into());
    }
    let email = input.email.map(|email| email.parse::<Email>()).transpose().map_err(|_| UpdateRule::Email)?;
    let patch = OrderPatch {
        email,
        phone: input.phone,
        shipping_address: input.shipping_address.map(Address::normalized),
        billing_address: input.billing_address.map(Address::normalized),
        tags: input.tags,
        metafields: input.metafields,
    };
    let settings = app.settings.confirmed(&app.db).await?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let updated = conn
        .transaction::<_, UpdateError, _>(async |conn| {
            let mut order = orders::lock(conn, input.order_id).await?.ok_or(UpdateRule::NotFound)?;
            order.require_version(input.expected_version)?;
            let lines = lines_of(conn, order.id).await?;
            let before = order.clone();
            let changed = order.update(&lines, patch, &actor.to_string(), now).map_err(UpdateRule::Refused)?;
            let Some(event) = changed else { return Ok((order, false)) };
            require_same_place(&settings, &before, &order, &lines, now)?;
            orders::save_details(conn, &order).await?;
            let facts = AuditFacts { details: json!({}), changes: event.details.changes.clone() };
            orders::push_events(conn, &[event]).await?;
            audit::push(conn, actor, "orderUpdate", order.id, facts, now).await?;
            outbox::push(conn, &[DomainEvent::OrderUpdated { id: order.id }]).await?;
            Ok((order, true))
        })
        .await?;
    app.bus.publish(Topic::Outbox);
    Ok(updated)
}

/// Passes if taxes and delivery of the order are the same at its new place.
fn require_same_place(
    settings: &Settings,
    before: &Order,
    order: &Order,
    lines: &[OrderLine],
    now: Timestamp,
) -> Result<(), UpdateRule> {
    let (Some(old), Some(new)) = (before.place(), order.place()) else { return Ok(()) };
    if old == new {
        return Ok(());
    }
    let rate =
        |address: &Address, class: &str| settings.taxes.find(destination(address), class, now).map(|rate| rate.id);
    let mut classes = lines.iter().map(|line| line.sold.tax_class.as_str()).chain([STANDARD_CLASS]);
    if classes.any(|class| rate(old, class) != rate(new, class)) {
        return Err(UpdateRule::TaxesDiffer);
    }
    let is_served = settings.channel_by_id(order.channel).is_none_or(|channel| channel.serves(new.country));
    let method = |handle: &str, place: &Address| {
        let (zones, methods) = (&settings.delivery_zones, &settings.delivery_methods);
        let found = method_at(zones, methods, order.channel, order.currency, handle, destination(place));
        found.map(|method| method.id)
    };
    // A method that was archived since then delivers as it was bought.
    let is_same = |handle: &str| method(handle, old).is_none_or(|bought| method(handle, new) == Some(bought));
    let is_delivered = order.deliveries.iter().all(|delivery| is_same(&delivery.handle));
    if is_served && is_delivered { Ok(()) } else { Err(UpdateRule::NotServed) }
}

fn destination(address: &Address) -> Destination<'_> {
    Destination {
        country: address.country,
        region: address.region.as_deref(),
        postal_code: Some(address.postal_code.as_str()),
    }
}
