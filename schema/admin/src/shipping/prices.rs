//! Tables of delivery prices, in answers and inputs.

use async_graphql::{InputObject, SimpleObject};
use model::{
    Currency, Money,
    shipping::{RateBasis, RateTable},
};
use schema_shared::Decimal;
use services::shipping::{RowInput, TableInput};

/// Prices of delivery by a property of the goods.
#[derive(SimpleObject)]
pub struct DeliveryRateTable {
    /// Property of the goods that decides.
    basis: RateBasis,
    /// Rows with ascending lower bounds; the last row whose bound is reached applies.
    rows: Vec<DeliveryRateRow>,
    /// Weight in grams, or number of units, from which on the method does not carry the goods; null if there is no limit.
    below: Option<Decimal>,
}

/// A row of a table of delivery prices.
#[derive(SimpleObject)]
pub struct DeliveryRateRow {
    /// Lower bound, included: an amount of money for `SUBTOTAL`, grams for `WEIGHT`, units for `QUANTITY`.
    from: Decimal,
    /// Price from this bound on, with or without tax as the channel defines.
    price: Decimal,
}

impl DeliveryRateTable {
    /// The table in the currency of its method.
    pub(super) fn of(table: &RateTable, currency: Currency) -> Self {
        let bound = |value: i64| match table.basis {
            RateBasis::Subtotal => Money::new(value, currency).to_decimal(),
            RateBasis::Weight | RateBasis::Quantity => value.to_string(),
        };
        let rows = table.rows.iter().map(|row| DeliveryRateRow {
            from: Decimal(bound(row.from).into()),
            price: Decimal(row.price.to_decimal().into()),
        });
        Self { basis: table.basis, rows: rows.collect(), below: table.below.map(|value| Decimal(bound(value).into())) }
    }
}

/// Prices of delivery by a property of the goods.
#[derive(InputObject)]
pub struct DeliveryRateTableInput {
    /// Property of the goods that decides.
    basis: RateBasis,
    /// Rows with ascending lower bounds, 1 to 100. The first bound is 0.
    rows: Vec<DeliveryRateRowInput>,
    /// Weight in grams, or number of units, from which on the method does not carry the goods. Only for `WEIGHT` and
    /// `QUANTITY`; no limit if absent.
    below: Option<Decimal>,
}

/// A row of a table of delivery prices.
#[derive(InputObject)]
pub struct DeliveryRateRowInput {
    /// Lower bound, included: an amount of money for `SUBTOTAL`, grams for `WEIGHT`, units for `QUANTITY`.
    from: Decimal,
    /// Price from this bound on, with or without tax as the channel defines.
    price: Decimal,
}

impl From<DeliveryRateTableInput> for TableInput {
    fn from(input: DeliveryRateTableInput) -> Self {
        let row =
            |row: DeliveryRateRowInput| RowInput { from: row.from.0.into_owned(), price: row.price.0.into_owned() };
        Self {
            basis: input.basis,
            rows: input.rows.into_iter().map(row).collect(),
            below: input.below.map(|below| below.0.into_owned()),
        }
    }
}
