//! Prices of delivery: fixed, or by a table over the value, weight or number of the goods.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{Currency, Money};

/// The largest number of rows of a table.
const MAX_ROWS: usize = 100;
/// The largest price in minor units; added to a cart it does not overflow.
const MAX_PRICE: i64 = 1_000_000_000_000;

/// Weight and number of the goods that are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Freight {
    /// Weight in grams; goods without a weight count as zero.
    pub grams: i64,
    /// Number of units.
    pub units: i64,
}

/// The price of a delivery method in the channel's price mode (gross or net).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryPrice {
    /// One price for all goods.
    Fixed(Money),
    /// A price by a property of the goods.
    Table(RateTable),
}

/// Prices by a property of the goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateTable {
    /// The property that decides.
    pub basis: RateBasis,
    /// Rows with ascending lower bounds; the first begins at zero.
    pub rows: Vec<RateRow>,
    /// The method does not carry goods of this weight or number and above; None if there is no limit.
    pub below: Option<i64>,
}

/// A row of a rate table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateRow {
    /// Lower bound, included: minor units, grams or units.
    pub from: i64,
    /// Price from this bound on.
    pub price: Money,
}

/// The property of the goods that decides the price of delivery.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "DeliveryRateBasis"))]
pub enum RateBasis {
    /// Gross value of all goods of the cart after discounts.
    Subtotal,
    /// Weight of the goods that are shipped, in grams; goods without a weight count as zero.
    Weight,
    /// Number of units that are shipped.
    Quantity,
}

impl DeliveryPrice {
    /// True if the price is within its bounds and in the currency.
    #[must_use]
    pub fn is_valid(&self, currency: Currency) -> bool {
        match self {
            Self::Fixed(price) => is_price(*price, currency),
            Self::Table(table) => table.is_valid(currency),
        }
    }

    /// The price for goods of this gross value after discounts; None if the method does not carry so many.
    #[must_use]
    pub fn of(&self, goods: Money, freight: Freight) -> Option<Money> {
        match self {
            Self::Fixed(price) => Some(*price),
            Self::Table(table) => table.price_at(table.basis.value(goods, freight)),
        }
    }

    /// True if the method carries goods of this weight and number. It does not depend on their value, which discounts
    /// can still change.
    #[must_use]
    pub fn carries(&self, freight: Freight) -> bool {
        match self {
            Self::Fixed(_) | Self::Table(RateTable { basis: RateBasis::Subtotal, .. }) => true,
            Self::Table(table) => {
                let value = if table.basis == RateBasis::Weight { freight.grams } else { freight.units };
                table.price_at(value).is_some()
            }
        }
    }
}

impl RateBasis {
    const fn value(self, goods: Money, freight: Freight) -> i64 {
        match self {
            Self::Subtotal => goods.minor,
            Self::Weight => freight.grams,
            Self::Quantity => freight.units,
        }
    }
}

impl RateTable {
    /// The price of the last row whose bound is not above the value.
    fn price_at(&self, value: i64) -> Option<Money> {
        if self.below.is_some_and(|below| value >= below) {
            return None;
        }
        self.rows.iter().rev().find(|row| row.from <= value).map(|row| row.price)
    }

    fn is_valid(&self, currency: Currency) -> bool {
        let bounds: Vec<i64> = self.rows.iter().map(|row| row.from).collect();
        let last = bounds.last().copied().unwrap_or_default();
        // Without a limit by value: discounts decide it only after the methods are known.
        let is_limit = |below: i64| self.basis != RateBasis::Subtotal && below > last;
        (1..=MAX_ROWS).contains(&bounds.len())
            && bounds.first() == Some(&0)
            && bounds.is_sorted_by(|a, b| a < b)
            && self.rows.iter().all(|row| is_price(row.price, currency))
            && self.below.is_none_or(is_limit)
    }
}

pub(super) fn is_price(price: Money, currency: Currency) -> bool {
    price.currency == currency && (0..=MAX_PRICE).contains(&price.minor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn table(basis: RateBasis, rows: &[(i64, i64)], below: Option<i64>) -> DeliveryPrice {
        let rows = rows.iter().map(|(from, price)| RateRow { from: *from, price: euros(*price) }).collect();
        DeliveryPrice::Table(RateTable { basis, rows, below })
    }

    #[test]
    fn the_last_row_whose_bound_is_reached_applies() {
        let parcel = table(RateBasis::Weight, &[(0, 390), (2_000, 590), (10_000, 1_290)], Some(31_500));
        let price = |grams| parcel.of(euros(0), Freight { grams, units: 1 }).map(|price| price.minor);
        for (grams, expected) in [
            (0, Some(390)),
            (1_999, Some(390)),
            (2_000, Some(590)),
            (9_999, Some(590)),
            (10_000, Some(1_290)),
            (31_499, Some(1_290)),
            (31_500, None),
        ] {
            assert_eq!(price(grams), expected, "{grams} g");
            assert_eq!(parcel.carries(Freight { grams, units: 1 }), expected.is_some(), "{grams} g");
        }
    }

    #[test]
    fn tables_read_the_value_that_they_are_based_on() {
        let freight = Freight { grams: 5, units: 7 };
        let rows = [(0, 1), (5, 2), (7, 3), (9, 4)];
        for (basis, expected) in [(RateBasis::Subtotal, 4), (RateBasis::Weight, 2), (RateBasis::Quantity, 3)] {
            assert_eq!(table(basis, &rows, None).of(euros(10), freight), Some(euros(expected)), "{basis}");
        }
        assert_eq!(DeliveryPrice::Fixed(euros(490)).of(euros(10), freight), Some(euros(490)));
    }

    #[test]
    fn tables_are_checked() {
        let is_valid = |price: DeliveryPrice| price.is_valid(Currency::EUR);
        assert!(is_valid(table(RateBasis::Quantity, &[(0, 0), (3, 500)], Some(10))));
        assert!(is_valid(table(RateBasis::Subtotal, &[(0, 500), (5_000, 0)], None)));
        assert!(!is_valid(table(RateBasis::Quantity, &[], None)));
        assert!(!is_valid(table(RateBasis::Quantity, &[(1, 500)], None)), "a first row that is not at zero");
        assert!(!is_valid(table(RateBasis::Quantity, &[(0, 500), (0, 600)], None)), "a repeated bound");
        assert!(!is_valid(table(RateBasis::Quantity, &[(0, 500), (5, 600), (3, 700)], None)), "a descending bound");
        assert!(!is_valid(table(RateBasis::Quantity, &[(0, -1)], None)), "a negative price");
        assert!(!is_valid(table(RateBasis::Weight, &[(0, 1), (9, 2)], Some(9))), "a row that never applies");
        assert!(!is_valid(table(RateBasis::Subtotal, &[(0, 1)], Some(9))), "a limit by value");
        assert!(!table(RateBasis::Weight, &[(0, 1)], None).is_valid(Currency::USD), "another currency");
        assert!(!is_valid(DeliveryPrice::Fixed(euros(MAX_PRICE + 1))));
    }

    proptest! {
        #[test]
        fn a_valid_table_prices_every_value_below_its_limit(
            steps in prop::collection::vec((1_i64..1_000, 0_i64..10_000), 0..20),
            value in 0_i64..20_000, limit in prop::option::of(1_i64..500),
        ) {
            let mut rows = vec![RateRow { from: 0, price: euros(100) }];
            for (step, price) in steps {
                rows.push(RateRow { from: rows[rows.len() - 1].from + step, price: euros(price) });
            }
            let below = limit.map(|limit| rows[rows.len() - 1].from + limit);
            let price = DeliveryPrice::Table(RateTable { basis: RateBasis::Weight, rows: rows.clone(), below });
            prop_assert!(price.is_valid(Currency::EUR));
            let found = price.of(euros(0), Freight { grams: value, units: 1 });
            prop_assert_eq!(found.is_some(), below.is_none_or(|below| value < below));
            if let Some(found) = found {
                // The rule, written in another way: the row with the largest bound that is reached.
                let row = rows.iter().filter(|row| row.from <= value).max_by_key(|row| row.from).unwrap();
                prop_assert_eq!(found, row.price);
            }
        }
    }
}
