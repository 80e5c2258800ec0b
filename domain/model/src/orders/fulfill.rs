//! Sending goods.

use std::collections::HashSet;

use super::{FulfillmentStatus, Order, OrderEvent, OrderEventKind, OrderLine, OrderStatus, PaymentProgress, event};
use crate::{
    Quantity, Timestamp,
    ids::{OrderLineId, VariantId},
};

/// Units of a line to be sent, or sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FulfillItem {
    /// The line.
    pub line_id: OrderLineId,
    /// How many.
    pub quantity: Quantity,
}

/// Why goods are not sent; `at` is the place of the culprit in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FulfillRefused {
    /// The order waits for its payment, or came to nothing.
    #[error("an order that is {0} is not sent")]
    Status(OrderStatus),
    /// No money will come of its payment, or all of it was given back.
    #[error("an order whose payment is {0} is not sent")]
    NotPaid(PaymentProgress),
    /// Nothing is named, or nothing is left.
    #[error("nothing is left to be sent")]
    Nothing,
    /// The line is not of this order.
    #[error("the order has no such line")]
    UnknownLine {
        /// Which entry.
        at: usize,
    },
    /// The line is named twice.
    #[error("this line is named twice")]
    Duplicate {
        /// Which entry.
        at: usize,
    },
    /// The number is zero or more than is left.
    #[error("{left} units of this line are left to be sent")]
    Quantity {
        /// Which entry.
        at: usize,
        /// How many are left.
        left: u32,
    },
}

/// What leaves stock for a shipment: units of variants, per line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// What is sent.
    pub items: Vec<FulfillItem>,
    /// What leaves the building: line, variant, units.
    pub deductions: Vec<(OrderLineId, VariantId, i64)>,
    /// What the timeline gains.
    pub events: Vec<OrderEvent>,
}

impl Order {
    /// Sends units of lines, everything that is left when none is named.
    ///
    /// # Errors
    /// [`FulfillRefused`]; then nothing has changed.
    pub fn fulfill(
        &mut self,
        lines: &mut [OrderLine],
        wanted: &[FulfillItem],
        actor: &str,
        now: Timestamp,
    ) -> Result<Shipment, FulfillRefused> {
        if self.status != OrderStatus::Open {
            return Err(FulfillRefused::Status(self.status));
        }
        if self.payment_status.is_lost() || self.payment_status == PaymentProgress::Refunded {
            return Err(FulfillRefused::NotPaid(self.payment_status));
        }
        let items = if wanted.is_empty() { everything_left(lines) } else { wanted.to_vec() };
        if items.is_empty() {
            return Err(FulfillRefused::Nothing);
        }
        check(lines, &items)?;
        let mut deductions = Vec::new();
        for item in &items {
            let Some(line) = lines.iter_mut().find(|line| line.id == item.line_id) else { continue };
            let before = line.fulfilled;
            line.fulfilled = before.plus(item.quantity).unwrap_or(line.quantity);
            let left_before = |units: i64| share(units, before, line.quantity);
            let left_now = |units: i64| share(units, line.fulfilled, line.quantity);
            let parts =
                line.stock_needs.iter().map(|(variant, units)| (*variant, left_now(*units) - left_before(*units)));
            deductions.extend(parts.filter(|(_, units)| *units > 0).map(|(variant, units)| (line.id, variant, units)));
        }
        self.fulfillment_status = FulfillmentStatus::of(lines);
        let mut events = vec![event(self.id, OrderEventKind::Fulfilled, actor, now)];
        events.extend(self.complete_if_done(actor, now));
        self.touch(now);
        Ok(Shipment { items, deductions, events })
    }
}

/// How much of a line's need is gone once so many of its units are.
fn share(units: i64, gone: Quantity, of: Quantity) -> i64 {
    units.saturating_mul(i64::from(gone)) / i64::from(of).max(1)
}

fn everything_left(lines: &[OrderLine]) -> Vec<FulfillItem> {
    let left = |line: &OrderLine| Quantity::try_from(i64::from(line.outstanding())).unwrap_or(Quantity::ZERO);
    let items = lines.iter().map(|line| FulfillItem { line_id: line.id, quantity: left(line) });
    items.filter(|item| item.quantity > Quantity::ZERO).collect()
}

fn check(lines: &[OrderLine], items: &[FulfillItem]) -> Result<(), FulfillRefused> {
    let mut seen = HashSet::new();
    for (at, item) in items.iter().enumerate() {
        let line = lines.iter().find(|line| line.id == item.line_id).ok_or(FulfillRefused::UnknownLine { at })?;
        if !seen.insert(item.line_id) {
            return Err(FulfillRefused::Duplicate { at });
        }
        let left = line.outstanding();
        if !(1..=left).contains(&item.quantity.get()) {
            return Err(FulfillRefused::Quantity { at, left });
        }
    }
    Ok(())
}
