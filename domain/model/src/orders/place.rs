//! Placing an order from a priced cart.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::{
    EventDetails, FulfillmentStatus, Order, OrderDelivery, OrderEvent, OrderEventKind, OrderLine, OrderNumber,
    OrderStatus, PaymentProgress, event,
};
use crate::{
    MoneyError, Quantity, Timestamp,
    cart::{Cart, CartLine},
    ids::{CartLineId, OrderId, OrderLineId},
    inventory::StockNeed,
    payments::{Payment, PaymentMethod, PaymentStatus},
    pricing::{CartProblem, DeliveryGroup, PricedCart},
};

/// The time until an order expires whose payment is not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentHolds {
    /// For bank transfers, from the channel.
    pub transfer: TimeDelta,
    /// For other payments, from the settings of the shop; gateways decide sooner.
    pub other: TimeDelta,
}

/// The state of a cart's payment when the order is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// There is nothing to pay.
    Free,
    /// The payment is authorized or captured.
    Paid(PaymentProgress),
    /// The gateway or the shopper's bank has not decided.
    Undecided {
        /// Time at which the order expires without a decision.
        until: Timestamp,
    },
}

/// A cart cannot become an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The cart has problems.
    #[error("the cart cannot be completed: {}", .0.first().map_or("", |problem| problem.message.as_str()))]
    Problems(Vec<CartProblem>),
    /// The cart has no e-mail address; pricing reports it as a problem before.
    #[error("an e-mail address is missing")]
    EmailMissing,
    /// The cart has no payment, or its last payment failed or does not secure the whole amount.
    #[error("pay for the cart first")]
    PaymentRequired,
    /// The shopper must complete an action first, such as 3-D Secure.
    #[error("finish the payment first")]
    PaymentActionRequired,
    /// The payment is not for the cart's current total.
    #[error("the payment is not for the cart's total; pay again")]
    PaymentAmountMismatch,
    /// Amounts cannot be computed with.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Settlement {
    /// The state of the payment, checked against the cart. An order with an undecided payment waits for one of `holds`.
    ///
    /// # Errors
    /// [`PlaceError`] if the cart has problems or the payment does not settle it.
    pub fn of(
        priced: &PricedCart,
        payment: Option<&Payment>,
        holds: PaymentHolds,
        now: Timestamp,
    ) -> Result<Self, PlaceError> {
        // Problems of the cart come before its payment: the shopper must not pay for what cannot be bought.
        require_no_problem(priced)?;
        let due = priced.total.gross;
        let Some(payment) = payment.filter(|payment| payment.is_active()) else {
            return if due.is_zero() { Ok(Self::Free) } else { Err(PlaceError::PaymentRequired) };
        };
        // Check the amount before asking the shopper to complete 3-D Secure.
        if !payment.covers(due) {
            return Err(PlaceError::PaymentAmountMismatch);
        }
        if payment.status == PaymentStatus::RequiresAction {
            return Err(PlaceError::PaymentActionRequired);
        }
        if payment.status.is_undecided() {
            let hold = if payment.method == PaymentMethod::BankTransfer { holds.transfer } else { holds.other };
            return Ok(Self::Undecided { until: now + hold });
        }
        // The amount that was asked for is not always the amount that the gateway holds.
        if payment.is_secured() { Ok(Self::Paid(payment.into())) } else { Err(PlaceError::PaymentRequired) }
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

/// A new order with everything that is inserted with it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedOrder {
    /// The order.
    pub order: Order,
    /// Its lines.
    pub lines: Vec<OrderLine>,
    /// The first events of its timeline.
    pub events: Vec<OrderEvent>,
}

/// Passes if the cart has no problem.
///
/// # Errors
/// [`PlaceError::Problems`] with all problems.
pub fn require_no_problem(priced: &PricedCart) -> Result<(), PlaceError> {
    if priced.problems.is_empty() { Ok(()) } else { Err(PlaceError::Problems(priced.problems.clone())) }
}

/// Turns a cart into an order at these prices. Lines, delivery and discounts are copied, so that later changes do not
/// affect the order.
///
/// # Errors
/// [`PlaceError::EmailMissing`]; [`Settlement::of`] has checked everything else.
pub fn place(
    cart: &Cart,
    priced: &PricedCart,
    settlement: Settlement,
    actor: &str,
    now: Timestamp,
) -> Result<PlacedOrder, PlaceError> {
    let id = OrderId::new();
    let lines = lines(id, cart, priced);
    let order = Order {
        id,
        number: OrderNumber::unassigned(),
        cart_id: cart.id,
        token: cart.token.clone(),
        version: 1,
        channel: cart.channel,
        currency: cart.currency,
        locale: cart.locale.clone(),
        customer: cart.customer,
        email: cart.buyer.email.clone().ok_or(PlaceError::EmailMissing)?,
        phone: cart.buyer.phone.clone(),
        shipping_address: cart.shipping_address.clone(),
        billing_address: cart.billing_address.clone().or_else(|| cart.shipping_address.clone()),
        note: cart.note.clone(),
        subtotal: priced.subtotal,
        discount_total: priced.discount_total,
        shipping: priced.shipping,
        total: priced.total,
        tax_treatment: priced.tax_treatment,
        vat_id: cart.buyer.vat_id.clone(),
        deliveries: deliveries(priced),
        promotions: priced.promotions.clone(),
        tags: Vec::new(),
        metafields: Vec::new(),
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
    let amount = Some(placed.order.total.gross);
    placed.events.extend(kinds.into_iter().flatten().map(|kind| {
        let details = EventDetails { amount, ..EventDetails::default() };
        event(id, kind, actor, now).with(details)
    }));
    placed.events.extend(placed.order.complete_if_done(actor, now));
    Ok(placed)
}

impl PlacedOrder {
    /// The stock that the lines need. Goods that the shopper picks up come from the location of the pickup.
    #[must_use]
    pub fn stock_needs(&self) -> Vec<StockNeed> {
        let pickup = self.order.deliveries.iter().find_map(|delivery| delivery.pickup.as_ref());
        let pickup = pickup.map(|point| point.location);
        let of_line = |line: &OrderLine| {
            let line_id = line.id;
            // A gift may be brought from another location.
            let location = pickup.filter(|_| line.sold.requires_shipping && !line.sold.is_gift);
            let needs = line.sold.stock_needs.clone();
            let need = move |(variant_id, quantity)| StockNeed { line_id, variant_id, quantity, location };
            needs.into_iter().map(need)
        };
        self.lines.iter().flat_map(of_line).filter(|need| need.quantity > 0).collect()
    }

    /// The discount codes whose promotions applied, each once.
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
    let requested: HashMap<CartLineId, &CartLine> = cart.lines.iter().map(|line| (line.id, line)).collect();
    (0_i32..)
        .zip(&priced.lines)
        .map(|(position, line)| OrderLine {
            id: OrderLineId::new(),
            order_id,
            position,
            fulfilled: Quantity::ZERO,
            // Priced lines are lines of this cart; most have no attributes.
            attributes: requested.get(&line.id).map(|line| line.attributes.clone()).unwrap_or_default(),
            sold: line.clone(),
        })
        .collect()
}

fn deliveries(priced: &PricedCart) -> Vec<OrderDelivery> {
    let chosen = priced.delivery_groups.iter().filter_map(DeliveryGroup::selected_option);
    chosen
        .map(|option| OrderDelivery {
            handle: option.handle.clone(),
            title: option.title.clone(),
            price: option.price,
            taxes: option.taxes.clone(),
            estimated_days: option.estimated_days,
            is_pickup: option.is_pickup,
            pickup: option.pickup.clone(),
        })
        .collect()
}
