//! Filters and sort orders of orders.

use serde::{Deserialize, Serialize};

use super::{FulfillmentStatus, Order, OrderStatus, PaymentProgress};
use crate::{
    Direction, Money, Timestamp,
    ids::{ChannelId, CustomerId, OrderId},
    payments::PaymentMethod,
};

/// A filter of orders; all conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// Orders in one of these states; empty for all states.
    pub status: Vec<OrderStatus>,
    /// Orders with one of these payment states; empty for all states.
    pub payment_status: Vec<PaymentProgress>,
    /// Orders with one of these fulfillment states; empty for all states.
    pub fulfillment_status: Vec<FulfillmentStatus>,
    /// Orders with a payment by this method.
    pub payment_method: Option<PaymentMethod>,
    /// Orders of this channel.
    pub channel: Option<ChannelId>,
    /// Orders of these channels, to which the reader is limited; None for every channel.
    pub scope: Option<Vec<ChannelId>>,
    /// Orders of this customer.
    pub customer: Option<CustomerId>,
    /// Orders with a line of this SKU.
    pub sku: Option<String>,
    /// Orders with all of these tags.
    pub tags: Vec<String>,
    /// Orders placed at this time or later.
    pub created_after: Option<Timestamp>,
    /// Orders placed before this time.
    pub created_before: Option<Timestamp>,
    /// Orders changed at this time or later.
    pub updated_after: Option<Timestamp>,
    /// The smallest total, in ten-thousandths of the unit of the order's currency.
    pub total_from: Option<i64>,
    /// The largest total, in ten-thousandths of the unit of the order's currency.
    pub total_to: Option<i64>,
    /// Orders with this number, or with an email address that starts with this text.
    pub query: Option<String>,
}

/// The order of a list of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderSort {
    /// The value to sort by; equal values are sorted by id.
    pub key: OrderSortKey,
    /// The direction.
    pub direction: Direction,
}

impl Default for OrderSort {
    /// Newest first.
    fn default() -> Self {
        Self { key: OrderSortKey::PlacedAt, direction: Direction::Descending }
    }
}

/// The value by which orders are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum OrderSortKey {
    /// Time of placement.
    PlacedAt,
    /// Time of the last change.
    UpdatedAt,
    /// Number of the order.
    Number,
    /// Total, in units of the order's currency.
    Total,
}

/// The value of an order that a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OrderPosition {
    /// Time of placement.
    PlacedAt(Timestamp),
    /// Time of the last change.
    UpdatedAt(Timestamp),
    /// Number of the order.
    Number(i64),
    /// Total in ten-thousandths of the unit of its currency.
    Total(i64),
}

/// The place of an order in a sorted list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrderCursor {
    /// The value that the list is sorted by.
    pub position: OrderPosition,
    /// The order.
    pub id: OrderId,
}

impl OrderPosition {
    /// The value that the position contains.
    #[must_use]
    pub const fn key(self) -> OrderSortKey {
        match self {
            Self::PlacedAt(_) => OrderSortKey::PlacedAt,
            Self::UpdatedAt(_) => OrderSortKey::UpdatedAt,
            Self::Number(_) => OrderSortKey::Number,
            Self::Total(_) => OrderSortKey::Total,
        }
    }
}

impl OrderCursor {
    /// The place of an order in a list that is sorted by a value.
    #[must_use]
    pub fn of(order: &Order, key: OrderSortKey) -> Self {
        let position = match key {
            OrderSortKey::PlacedAt => OrderPosition::PlacedAt(order.placed_at),
            OrderSortKey::UpdatedAt => OrderPosition::UpdatedAt(order.updated_at),
            OrderSortKey::Number => OrderPosition::Number(order.number.value()),
            OrderSortKey::Total => OrderPosition::Total(ten_thousandths(order.total.gross)),
        };
        Self { position, id: order.id }
    }
}

/// The amount in ten-thousandths of the unit of its currency, so that amounts of all currencies can be compared: no currency
/// has more than four digits. Amounts beyond 64 bits are cut; no order has one.
#[must_use]
pub fn ten_thousandths(amount: Money) -> i64 {
    let factor = 10_i64.saturating_pow(4_u32.saturating_sub(amount.currency.digits()));
    amount.minor.saturating_mul(factor)
}

/// Reads a bound of totals in ten-thousandths of a unit; none if the text is no amount with at most four digits.
#[must_use]
pub fn total_bound(text: &str) -> Option<i64> {
    // The Chilean unit of account has four digits.
    let widest = "CLF".parse().ok()?;
    Money::parse(text, widest).ok().map(|amount| amount.minor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn amounts_of_currencies_with_different_digits_are_comparable() {
        let amount = |text: &str, code: &str| ten_thousandths(Money::parse(text, code.parse().unwrap()).unwrap());
        assert_eq!(amount("12.50", "EUR"), 125_000);
        assert_eq!(amount("1250", "JPY"), 12_500_000);
        assert_eq!(amount("1.250", "KWD"), 12_500);
        assert!(Currency::all().iter().all(|currency| currency.digits() <= 4));
        assert_eq!((total_bound("12.5"), total_bound("0.00001"), total_bound("x")), (Some(125_000), None, None));
    }
}
