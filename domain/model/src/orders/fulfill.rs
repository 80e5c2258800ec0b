//! Fulfilling orders.

use std::collections::HashSet;

use super::{FulfillmentStatus, Order, OrderEvent, OrderEventKind, OrderLine, OrderStatus, PaymentProgress, event};
use crate::{
    Quantity, Timestamp,
    ids::{OrderLineId, VariantId},
};

/// Units of a line that are fulfilled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FulfillItem {
    /// The line.
    pub line_id: OrderLineId,
    /// The number of units.
    pub quantity: Quantity,
}

/// Items cannot be fulfilled; `at` is the position of the invalid item in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FulfillRefused {
    /// The order waits for its payment, is completed, canceled or expired.
    #[error("an order that is {0} cannot be fulfilled")]
    Status(OrderStatus),
    /// The payment failed, or was voided or refunded.
    #[error("an order whose payment is {0} cannot be fulfilled")]
    NotPaid(PaymentProgress),
    /// Nothing is left to fulfill.
    #[error("nothing is left to fulfill")]
    Nothing,
    /// The order has no such line.
    #[error("the order has no such line")]
    UnknownLine {
        /// Position in the input.
        at: usize,
    },
    /// The line appears twice.
    #[error("this line appears twice")]
    Duplicate {
        /// Position in the input.
        at: usize,
    },
    /// The quantity is zero or exceeds what is left.
    #[error("{left} units of this line are left to fulfill")]
    Quantity {
        /// Position in the input.
        at: usize,
        /// The number of units that are left.
        left: u32,
    },
}

/// The effects of fulfilling items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// The fulfilled items.
    pub items: Vec<FulfillItem>,
    /// The units to deduct from stock: line, variant, units.
    pub deductions: Vec<(OrderLineId, VariantId, i64)>,
    /// The new events of the timeline.
    pub events: Vec<OrderEvent>,
}

impl Order {
    /// Fulfills units of lines; everything that is left if no item is given.
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
            // `check` has limited the quantity to what is left.
            line.fulfilled = before.plus(item.quantity).unwrap_or(line.sold.quantity);
            let left_before = |units: i64| share(units, before, line.sold.quantity);
            let left_now = |units: i64| share(units, line.fulfilled, line.sold.quantity);
            let parts =
                line.sold.stock_needs.iter().map(|(variant, units)| (*variant, left_now(*units) - left_before(*units)));
            deductions.extend(parts.filter(|(_, units)| *units > 0).map(|(variant, units)| (line.id, variant, units)));
        }
        self.fulfillment_status = FulfillmentStatus::of(lines);
        let mut events = vec![event(self.id, OrderEventKind::Fulfilled, actor, now)];
        events.extend(self.complete_if_done(actor, now));
        self.touch(now);
        Ok(Shipment { items, deductions, events })
    }
}

/// The part of a line's stock need that belongs to the first `gone` of its `of` units.
fn share(units: i64, gone: Quantity, of: Quantity) -> i64 {
    // Far below 64 bits: quantities are limited. A line has at least one unit.
    units.saturating_mul(i64::from(gone)) / i64::from(of).max(1)
}

fn everything_left(lines: &[OrderLine]) -> Vec<FulfillItem> {
    // At most the quantity of the line, which is valid.
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
