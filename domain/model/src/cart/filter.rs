//! Carts as staff list them.

use serde::{Deserialize, Serialize};

use super::Cart;
use crate::{
    Currency, Money, Timestamp,
    ids::{CartRecordId, ChannelId, CustomerId},
};

/// An active cart as staff see it.
#[derive(Debug, Clone, PartialEq)]
pub struct CartRecord {
    /// Global id for staff, which does not open the cart in the storefront.
    pub id: CartRecordId,
    /// The cart.
    pub cart: Cart,
    /// The lines at the prices at which they were added; None in carts of earlier versions.
    pub subtotal: Option<Money>,
}

/// A filter of active carts; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CartFilter {
    /// Customer of the carts.
    pub customer: Option<CustomerId>,
    /// E-mail address of the buyer, in lower case.
    pub email: Option<String>,
    /// Channels of the carts; None for every channel.
    pub channels: Option<Vec<ChannelId>>,
    /// Carts changed at this time or later.
    pub updated_after: Option<Timestamp>,
    /// Carts changed before this time.
    pub updated_before: Option<Timestamp>,
    /// Smallest subtotal in each currency; carts in other currencies do not match. None for any subtotal.
    pub minimum_subtotals: Option<Vec<Money>>,
    /// True for carts whose buyer has given an e-mail address, false for the others.
    pub has_email: Option<bool>,
}

/// A position in a list of carts, which is sorted by the time of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartCursor {
    /// Time of the last change.
    pub at: Timestamp,
    /// Id of the cart for staff.
    pub id: CartRecordId,
}

impl CartRecord {
    /// The position of the cart.
    #[must_use]
    pub const fn cursor(&self) -> CartCursor {
        CartCursor { at: self.cart.updated_at, id: self.id }
    }
}

impl CartFilter {
    /// The smallest subtotal in a currency for a decimal such as `49.99`; further digits than the currency has are rounded
    /// up. None if no subtotal can reach it.
    #[must_use]
    pub fn minimum_in(decimal: &str, currency: Currency) -> Option<Money> {
        if decimal.starts_with('-') {
            return Some(Money::zero(currency));
        }
        let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
        let width = usize::try_from(currency.digits()).ok()?;
        let kept: String = fraction.chars().take(width).collect();
        let is_rounded = fraction.chars().skip(width).any(|digit| digit != '0');
        let minor: i64 = format!("{whole}{kept:0<width$}").parse().ok()?;
        Some(Money { minor: minor.checked_add(i64::from(is_rounded))?, currency })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minimum_applies_in_every_currency() {
        let minor = |text, code: &str| CartFilter::minimum_in(text, code.parse().unwrap()).map(|money| money.minor);
        for (text, eur, jpy, kwd) in [
            ("50", 5_000, 50, 50_000),
            ("49.99", 4_999, 50, 49_990),
            ("0.001", 1, 1, 1),
            ("12.50", 1_250, 13, 12_500),
            ("12.00", 1_200, 12, 12_000),
            ("-3", 0, 0, 0),
        ] {
            let found = ["EUR", "JPY", "KWD"].map(|code| minor(text, code));
            assert_eq!(found, [Some(eur), Some(jpy), Some(kwd)], "{text}");
        }
        assert_eq!(minor(&"9".repeat(30), "EUR"), None);
    }
}
