//! From a priced cart to an order.

use std::collections::HashMap;

use super::{
    FulfillmentStatus, Order, OrderDelivery, OrderEvent, OrderEventKind, OrderLine, OrderStatus, PaymentProgress, event,
};
use crate::{
    MoneyError, Quantity, Timestamp,
    cart::{Cart, CartLine},
    ids::{CartLineId, OrderId, OrderLineId},
    inventory::StockNeed,
    payments::{Payment, PaymentMethod, PaymentStatus},
    pricing::{CartProblem, PricedCart},
};

/// How long a bank transfer is waited for, in days.
const TRANSFER_DAYS: i64 = 7;
/// How long any other undecided payment is waited for, in days; gateways decide sooner.
const UNDECIDED_DAYS: i64 = 2;

/// How a cart is paid, as far as it is known when it completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// There is nothing to pay.
    Free,
    /// The money is held or was taken.
    Paid(PaymentProgress),
    /// The gateway, or the shopper's bank, has not decided.
    Undecided {
        /// Until when it is waited for.
        until: Timestamp,
    },
}

/// Why a cart does not become an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Something is missing or wrong.
    #[error("the cart cannot be completed: {}", .0.first().map_or("", |problem| problem.message.as_str()))]
    Problems(Vec<CartProblem>),
    /// No payment was begun, or the last one failed.
    #[error("pay for the cart first")]
    PaymentRequired,
    /// The shopper has to do something first, such as 3-D Secure.
    #[error("finish the payment first")]
    PaymentActionRequired,
    /// The cart has changed since it was paid.
    #[error("the payment is not for the cart's total; pay again")]
    PaymentAmountMismatch,
    /// Amounts are too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Settlement {
    /// How the payment settles what the cart costs.
    ///
    /// # Errors
    /// [`PlaceError`] when it does not.
    pub fn of(priced: &PricedCart, payment: Option<&Payment>, now: Timestamp) -> Result<Self, PlaceError> {
        let due = priced.total.gross;
        let Some(payment) = payment.filter(|payment| payment.is_active()) else {
            return if due.is_zero() { Ok(Self::Free) } else { Err(PlaceError::PaymentRequired) };
        };
        // Nobody is asked to finish a payment that is not for what the cart costs now.
        if !payment.covers(due) {
            return Err(PlaceError::PaymentAmountMismatch);
        }
        if payment.status == PaymentStatus::RequiresAction {
            return Err(PlaceError::PaymentActionRequired);
        }
        let days = if payment.method == PaymentMethod::BankTransfer { TRANSFER_DAYS } else { UNDECIDED_DAYS };
        Ok(match PaymentProgress::from(payment) {
            PaymentProgress::Pending => Self::Undecided { until: now + chrono::Duration::days(days) },
            progress => Self::Paid(progress),
        })
    }

    const fn status(self) -> OrderStatus {
        match self {
            Self::Free | Self::Paid(_) => OrderStatus::Open,
            Self::Undecided { .. } => OrderStatus::PendingPayment,
        }
    }

    const fn progress(self) -> PaymentProgress {
        match self {
            Self::Free => PaymentProgress::Paid,
            Self::Paid(progress) => progress,
            Self::Undecided { .. } => PaymentProgress::Pending,
        }
    }

    const fn event(self) -> Option<OrderEventKind> {
        match self {
            Self::Paid(PaymentProgress::Authorized) => Some(OrderEventKind::PaymentAuthorized),
            Self::Paid(PaymentProgress::Paid) => Some(OrderEventKind::PaymentCaptured),
            _ => None,
        }
    }
}

/// A new order with everything that is written with it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedOrder {
    /// The order.
    pub order: Order,
    /// Its lines.
    pub lines: Vec<OrderLine>,
    /// The begin of its timeline.
    pub events: Vec<OrderEvent>,
}

/// Passes when nothing stops a cart from becoming an order.
///
/// # Errors
/// [`PlaceError::Problems`] with all that does.
pub fn require_no_problem(priced: &PricedCart) -> Result<(), PlaceError> {
    if priced.problems.is_empty() { Ok(()) } else { Err(PlaceError::Problems(priced.problems.clone())) }
}

/// Makes an order of a cart at the prices given. The lines, delivery and discounts are copied, so that nothing that
/// changes later changes the order.
///
/// # Errors
/// [`PlaceError::Problems`] when something stops the cart.
pub fn place(
    cart: &Cart,
    priced: &PricedCart,
    settlement: Settlement,
    actor: &str,
    now: Timestamp,
) -> Result<PlacedOrder, PlaceError> {
    require_no_problem(priced)?;
    let id = OrderId::new();
    let lines = lines(id, cart, priced);
    let order = Order {
        id,
        number: 0,
        cart_id: cart.id,
        token: cart.token.clone(),
        version: 1,
        channel: cart.channel,
        currency: cart.currency,
        locale: cart.locale.clone(),
        customer: cart.customer,
        email: cart.buyer.email.clone().unwrap_or_default(),
        phone: cart.buyer.phone.clone(),
        shipping_address: cart.shipping_address.clone(),
        billing_address: cart.billing_address.clone().or_else(|| cart.shipping_address.clone()),
        note: cart.note.clone(),
        subtotal: priced.subtotal,
        discount_total: priced.discount_total,
        shipping: priced.shipping,
        total: priced.total,
        deliveries: deliveries(priced),
        promotions: priced.promotions.clone(),
        status: settlement.status(),
        payment_status: settlement.progress(),
        fulfillment_status: FulfillmentStatus::of(&lines),
        cancel_reason: None,
        placed_at: now,
        updated_at: now,
        expires_at: match settlement {
            Settlement::Undecided { until } => Some(until),
            Settlement::Free | Settlement::Paid(_) => None,
        },
    };
    let mut placed = PlacedOrder { order, lines, events: Vec::new() };
    let kinds = [Some(OrderEventKind::Placed), settlement.event()];
    placed.events.extend(kinds.into_iter().flatten().map(|kind| event(id, kind, actor, now)));
    placed.events.extend(placed.order.complete_if_done(actor, now));
    Ok(placed)
}

impl PlacedOrder {
    /// What the lines take from stock.
    #[must_use]
    pub fn stock_needs(&self) -> Vec<StockNeed> {
        let of_line = |line: &OrderLine| {
            let line_id = line.id;
            let needs = line.stock_needs.clone();
            needs.into_iter().map(move |(variant_id, quantity)| StockNeed { line_id, variant_id, quantity })
        };
        self.lines.iter().flat_map(of_line).filter(|need| need.quantity > 0).collect()
    }

    /// The codes whose promotions reduced something, each once.
    #[must_use]
    pub fn used_codes(&self) -> Vec<String> {
        let mut codes: Vec<String> =
            self.order.promotions.iter().filter_map(|promotion| promotion.code.clone()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

fn lines(order_id: OrderId, cart: &Cart, priced: &PricedCart) -> Vec<OrderLine> {
    let wishes: HashMap<CartLineId, &CartLine> = cart.lines.iter().map(|line| (line.id, line)).collect();
    (0_i32..)
        .zip(&priced.lines)
        .map(|(position, line)| OrderLine {
            id: OrderLineId::new(),
            order_id,
            position,
            variant_id: line.variant_id,
            product_id: line.product_id,
            sku: line.sku.clone(),
            name: line.name.clone(),
            quantity: line.quantity,
            fulfilled: Quantity::ZERO,
            unit_price: line.unit_price,
            subtotal: line.subtotal,
            total: line.total,
            discounts: line.discounts.clone(),
            tax_class: line.tax_class.clone(),
            tax_rate: line.tax_rate,
            requires_shipping: line.requires_shipping,
            attributes: wishes.get(&line.id).map(|wish| wish.attributes.clone()).unwrap_or_default(),
            stock_needs: line.stock_needs.clone(),
        })
        .collect()
}

fn deliveries(priced: &PricedCart) -> Vec<OrderDelivery> {
    let chosen = priced.delivery_groups.iter().filter_map(|group| {
        let handle = group.selected.as_ref()?;
        group.options.iter().find(|option| option.handle == *handle)
    });
    chosen
        .map(|option| OrderDelivery {
            handle: option.handle.clone(),
            title: option.title.clone(),
            price: option.price,
            estimated_days: option.estimated_days,
            is_pickup: option.is_pickup,
        })
        .collect()
}
