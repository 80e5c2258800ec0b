//! The transaction that turns a cart into an order: stock, discount uses, order, payment, ledger, jobs, events, audit.

use std::collections::BTreeSet;

use futures_util::try_join;
use model::{
    Network, Timestamp,
    access::Actor,
    cart::Cart,
    channels::{CaptureMode, Channel},
    events::DomainEvent,
    ids::{ProductId, VariantId},
    ledger,
    orders::{self as rules, Order, PaymentHolds, PlacedOrder, Settlement},
    payments::{Payment, PaymentStatus},
    pricing::PricedCart,
};
use persistence::{
    Conn, audit, carts, inventory, ledger as ledger_store, orders, outbox, payments,
    promotions::{self, CodeUse},
};
use serde_json::json;

use super::{CompleteError, CompleteRule, error::Refusal, request::CompletionKey, stock::allocate_stock, transfers};
use crate::{
    ServiceError,
    abuse::AbuseConfig,
    error::OrInternal as _,
    jobs::{self, Job, ScheduledJob},
};

/// Everything that was read before the transaction.
pub(super) struct Prepared<'a> {
    /// The actor who completes the cart.
    pub actor: &'a Actor,
    /// The cart as it was priced.
    pub cart: &'a Cart,
    /// Its prices, from the documents themselves.
    pub priced: &'a PricedCart,
    /// The cart's channel.
    pub channel: &'a Channel,
    /// The time until an order with an undecided payment expires.
    pub holds: PaymentHolds,
    /// The key under which the order is kept.
    pub key: &'a CompletionKey,
    /// The network of the client, if it is known.
    pub network: Option<Network>,
    /// The limits on unpaid orders.
    pub limits: &'a AbuseConfig,
    /// The current time.
    pub now: Timestamp,
}

/// The result of [`place_order`].
pub(super) enum Completed {
    /// The cart became this order; the stock of these products changed.
    Now(Order, Vec<ProductId>),
    /// The cart had become this order before.
    Before(Order),
}

/// Places the order, in some twenty statements for any number of lines. The rows that many transactions want at once,
/// discount codes and stock, come last. An error rolls everything back.
pub(super) async fn place_order(conn: &mut Conn, with: &Prepared<'_>) -> Result<Completed, Refusal> {
    // Of concurrent completions of a cart one gets its lock, and the others find the order.
    let cart = carts::lock(conn, with.cart.id).await.map_err(CompleteError::from)?;
    let cart = cart.ok_or(CompleteRule::CartNotFound)?;
    if cart.order.is_some() {
        let order = orders::find_by_cart(conn, cart.id).await.map_err(CompleteError::from)?;
        let order = order.ok_or(CompleteRule::CartNotFound)?;
        with.key.keep(conn, order.id).await?;
        return Ok(Completed::Before(order));
    }
    if cart.version != with.cart.version {
        return Err(CompleteRule::Changed.into());
    }
    let payment = payments::lock_active_for_cart(conn, cart.id).await.map_err(CompleteError::from)?;
    let placed = place_locked(conn, with, cart, payment.as_ref()).await;
    placed.map_err(|reason| Refusal { reason, payment: payment.map(|payment| payment.id) })
}

/// Decides and writes, with the cart and its payment locked.
async fn place_locked(
    conn: &mut Conn,
    with: &Prepared<'_>,
    mut cart: Cart,
    payment: Option<&Payment>,
) -> Result<Completed, CompleteError> {
    let Prepared { actor, priced, key, now, .. } = *with;
    cart.assign_to(actor);
    // Fails if the cart has a problem, or if the payment is not for exactly what the cart costs now.
    let settlement = Settlement::of(priced, payment, with.holds, now)?;
    let mut placed = rules::place(&cart, priced, settlement, &actor.to_string(), now)?;
    orders::insert(conn, &mut placed).await?;
    transfers::admit(conn, with.limits, with.network, &placed, payment).await?;
    let order = &placed.order;
    cart.complete(order.id, now)?;
    let variants: BTreeSet<VariantId> = placed.stock_needs().iter().map(|need| need.variant_id).collect();
    let variants: Vec<VariantId> = variants.into_iter().collect();
    let products = write_order(conn, with, &cart, order, payment, &variants).await?;
    take_limited(conn, with, &placed, variants, &products).await?;
    key.keep(conn, placed.order.id).await?;
    Ok(Completed::Now(placed.order, products))
}

/// Writes what belongs to the order, and returns the products whose stock will change.
async fn write_order(
    conn: &Conn,
    with: &Prepared<'_>,
    cart: &Cart,
    order: &Order,
    payment: Option<&Payment>,
    variants: &[VariantId],
) -> Result<Vec<ProductId>, CompleteError> {
    let (now, sale) = (with.now, [sale(order, with.now)?]);
    let jobs = next_jobs(order, payment, with.channel.capture_mode, now);
    // Without the cart's id, which is a guest's credential for the cart.
    let details = json!({ "number": order.number, "total": order.total.gross });
    let attach = async {
        match payment {
            Some(payment) => payments::attach_order(conn, payment.id, order.id, now).await,
            None => Ok(()),
        }
    };
    // These do not depend on each other, so that they are sent together. The one with several statements comes last: so
    // the reported error is the first one, not that its transaction had failed.
    let (products, ..) = try_join!(
        inventory::affected_products(conn, variants),
        attach,
        carts::complete(conn, cart),
        jobs::enqueue(conn, &jobs),
        audit::push(conn, with.actor, "cartComplete", order.id, details, now),
        ledger_store::post(conn, &sale),
    )?;
    Ok(products.into_iter().collect())
}

/// Takes what concurrent transactions wait for until this one ends: uses of codes, then units of stock.
async fn take_limited(
    conn: &mut Conn,
    with: &Prepared<'_>,
    placed: &PlacedOrder,
    variants: Vec<VariantId>,
    products: &[ProductId],
) -> Result<(), CompleteError> {
    let order = &placed.order;
    let by = CodeUse { order: order.id, customer: order.customer, email: &order.email, at: with.now };
    let refused = promotions::use_codes(conn, &placed.used_codes(), &by).await?;
    if !refused.is_empty() {
        return Err(CompleteRule::CodesUsedUp(refused).into());
    }
    let locations = &with.channel.locations;
    let needs = placed.stock_needs();
    let allocations = allocate_stock(conn, order.id, &needs, locations, &with.actor.to_string(), with.now).await?;
    let mut events = vec![DomainEvent::OrderPlaced { id: order.id }];
    if !allocations.is_empty() {
        events.push(DomainEvent::InventoryChanged { products: products.to_vec(), variants });
    }
    let conn: &Conn = conn;
    try_join!(orders::insert_allocations(conn, order.id, &allocations), outbox::push(conn, &events))?;
    Ok(())
}

/// The ledger entry of the sale.
fn sale(order: &Order, now: Timestamp) -> Result<ledger::LedgerEntry, ServiceError> {
    let amounts = order.amounts().or_internal("add up an order")?;
    ledger::placement(order.id, &amounts, now).or_internal("make the ledger entry of a sale")
}

/// Confirms the order or acknowledges it, captures its payment where the channel does so at once, and expires it if the
/// payment is not decided in time.
fn next_jobs(order: &Order, payment: Option<&Payment>, mode: CaptureMode, now: Timestamp) -> Vec<ScheduledJob> {
    let mut jobs = vec![Job::ConfirmOrder(order.id).at(now)];
    jobs.extend(order.expires_at.map(|until| Job::ExpireOrder(order.id).at(until)));
    let held = payment.filter(|payment| payment.status == PaymentStatus::Authorized && mode == CaptureMode::Automatic);
    jobs.extend(held.map(|payment| Job::CapturePayment(payment.id).at(now)));
    jobs
}
