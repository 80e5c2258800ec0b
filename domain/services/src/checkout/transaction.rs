//! The transaction that makes an order of a cart: stock, discount uses, order, payment, ledger, jobs, events, audit.

use std::collections::BTreeSet;

use futures_util::try_join;
use model::{
    Timestamp,
    access::Actor,
    cart::Cart,
    channels::Channel,
    events::DomainEvent,
    ids::{PaymentId, ProductId, VariantId},
    ledger,
    orders::{self as rules, Order, PlacedOrder, Settlement},
    payments::Payment,
    pricing::PricedCart,
};
use persistence::{
    Conn, audit, carts, inventory, jobs, ledger as ledger_store, orders, outbox, payments,
    promotions::{self, CodeUse},
};
use serde_json::json;

use super::{CompleteError, jobs::after_placing, stock::take_stock};
use crate::ServiceError;

/// Everything that was read before the transaction.
pub(super) struct Prepared<'a> {
    /// Whoever completes the cart.
    pub actor: &'a Actor,
    /// The cart as it was priced.
    pub cart: &'a Cart,
    /// What it costs, from the documents themselves.
    pub priced: &'a PricedCart,
    /// The place of sale.
    pub channel: &'a Channel,
    /// The time.
    pub now: Timestamp,
}

/// What came of it.
pub(super) enum Completed {
    /// The cart has just become this order; the stock of these products changed.
    Now(Order, Vec<ProductId>),
    /// The cart was this order already.
    Before(Order),
}

/// Makes the order, in some twenty statements for any number of lines. The rows that many want at once, discount codes
/// and stock, come last. An error rolls everything back; `seen` says which payment the cart had then.
pub(super) async fn place_order(
    conn: &mut Conn,
    with: &Prepared<'_>,
    seen: &mut Option<PaymentId>,
) -> Result<Completed, CompleteError> {
    let Prepared { actor, priced, now, .. } = *with;
    let who = actor.to_string();

    // Of many that complete the cart at once, one gets its lock, and the others find the order.
    let mut cart = carts::lock(conn, with.cart.id).await?.ok_or(CompleteError::CartNotFound)?;
    if cart.order.is_some() {
        let order = orders::find_by_cart(conn, cart.id).await?.ok_or(CompleteError::CartNotFound)?;
        return Ok(Completed::Before(order));
    }
    if cart.version != with.cart.version {
        return Err(CompleteError::Moved);
    }
    cart.claim(actor);

    let payment = payments::lock_active_for_cart(conn, cart.id).await?;
    *seen = payment.as_ref().map(|payment| payment.id);
    // What is wrong with the cart comes before its payment: nobody is asked to pay for what cannot be had.
    rules::require_no_problem(priced)?;
    // The payment is for exactly what the cart costs now, or there is no order.
    let settlement = Settlement::of(priced, payment.as_ref(), now)?;
    let mut placed = rules::place(&cart, priced, settlement, &who, now)?;
    orders::insert(conn, &mut placed).await?;
    let order = &placed.order;
    cart.complete(order.id, now)?;
    let variants: BTreeSet<VariantId> = placed.stock_needs().iter().map(|need| need.variant_id).collect();
    let variants: Vec<VariantId> = variants.into_iter().collect();
    let products = write_down(conn, with, &cart, order, payment.as_ref(), &variants).await?;
    take_scarce(conn, with, &placed, variants, &products).await?;
    Ok(Completed::Now(placed.order, products))
}

/// Writes what belongs to the order, and gives the products whose stock it is going to change.
async fn write_down(
    conn: &Conn,
    with: &Prepared<'_>,
    cart: &Cart,
    order: &Order,
    payment: Option<&Payment>,
    variants: &[VariantId],
) -> Result<Vec<ProductId>, CompleteError> {
    let (now, sale) = (with.now, [sale(order, with.now)?]);
    let jobs = after_placing(order, payment, with.channel.capture_mode, now);
    // Not the cart: a guest's id is what opens it.
    let details = json!({ "number": order.number, "total": order.total.gross });
    let attach = async {
        match payment {
            Some(payment) => payments::attach_order(conn, payment.id, order.id, now).await,
            None => Ok(()),
        }
    };
    // None of these waits for another, so that they are sent together. What is more than one statement comes last: the
    // error that is reported is then the first, not that its transaction had failed.
    let (products, ..) = try_join!(
        inventory::affected_products(conn, variants),
        attach,
        carts::complete(conn, cart),
        jobs::enqueue(conn, &jobs),
        audit::push(conn, with.actor, "cartComplete", order.id, &details, now),
        ledger_store::post(conn, &sale),
    )?;
    Ok(products.into_iter().collect())
}

/// Takes what others wait for until the transaction ends: uses of codes, then units of stock.
async fn take_scarce(
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
        return Err(CompleteError::CodesUsedUp(refused));
    }
    let locations = &with.channel.locations;
    let needs = placed.stock_needs();
    let allocations = take_stock(conn, order.id, &needs, locations, &with.actor.to_string(), with.now).await?;
    let mut events = vec![DomainEvent::OrderPlaced { id: order.id }];
    if !allocations.is_empty() {
        events.push(DomainEvent::InventoryChanged { products: products.to_vec(), variants });
    }
    let conn: &Conn = conn;
    try_join!(orders::insert_allocations(conn, order.id, &allocations), outbox::push(conn, &events))?;
    Ok(())
}

/// What the shopper owes, in the ledger.
fn sale(order: &Order, now: Timestamp) -> Result<ledger::LedgerEntry, ServiceError> {
    let internal = |error: &dyn std::fmt::Display| ServiceError::Internal(error.to_string());
    let amounts = order.amounts().map_err(|error| internal(&error))?;
    ledger::placement(order.id, &amounts, now).map_err(|error| internal(&error))
}
