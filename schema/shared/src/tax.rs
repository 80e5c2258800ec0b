//! Taxes in prices.

use async_graphql::{Context, Result, SimpleObject};
use model::{orders::Order, tax};
use services::error::OrInternal as _;

use crate::{Decimal, Money, RequestExt};

/// A named tax in a price.
#[derive(Debug, Clone, SimpleObject)]
pub struct TaxLine {
    /// Name for shoppers, such as `VAT`, or that of a component, such as `California`.
    name: String,
    /// Rate as a percentage, such as `"19"` or `"7.25"`.
    percent: Decimal,
    /// Tax in the price.
    amount: Money,
}

impl From<&tax::TaxLine> for TaxLine {
    fn from(line: &tax::TaxLine) -> Self {
        Self { name: line.name.clone(), percent: line.rate.into(), amount: line.amount.into() }
    }
}

impl From<tax::TaxRate> for Decimal {
    fn from(rate: tax::TaxRate) -> Self {
        Self(rate.to_string().into())
    }
}

/// The taxes of an order, added up by name and rate.
///
/// # Errors
/// A top-level error if a store is unavailable.
pub async fn order_taxes(ctx: &Context<'_>, order: &Order) -> Result<Vec<TaxLine>> {
    let lines = ctx.request()?.loaders().order_lines().load(order.id).await?.unwrap_or_default();
    let taxes = order.taxes(&lines).or_internal("add up the taxes of an order")?;
    Ok(taxes.iter().map(TaxLine::from).collect())
}
