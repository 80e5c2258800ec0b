//! What a cart costs, and what reduces it.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use model::pricing;
use schema_shared::{Money, TaxedMoney};

use super::prices::Prices;

/// What a cart costs.
pub struct CartCost(pub Arc<Prices>);

/// What a cart costs. Every sum is exact: lines and delivery add up to the total.
#[Object]
impl CartCost {
    /// The lines before discounts.
    fn subtotal(&self) -> TaxedMoney {
        TaxedMoney(self.0.cart.subtotal)
    }

    /// All reductions of lines, with tax where the channel's prices include it and without where not: `subtotal` less
    /// this plus `shipping` is `total`. What delivery is reduced by is in `discounts` alone.
    fn discount_total(&self) -> Money {
        Money(self.0.cart.discount_total)
    }

    /// Delivery after discounts; zero until it is chosen.
    fn shipping(&self) -> TaxedMoney {
        TaxedMoney(self.0.cart.shipping)
    }

    /// The tax in the total.
    fn tax(&self) -> Money {
        Money(self.0.cart.total.tax())
    }

    /// What the order will cost.
    fn total(&self) -> TaxedMoney {
        TaxedMoney(self.0.cart.total)
    }

    /// Amount to pay, with tax.
    fn amount_due(&self) -> Money {
        Money(self.0.cart.total.gross)
    }
}

/// A discount, or the part of one that falls on a line.
#[derive(SimpleObject)]
pub struct DiscountAllocation {
    /// What shoppers read.
    title: String,
    /// The code that let it in; null for automatic discounts.
    code: Option<String>,
    /// What it takes off, positive; with tax where the channel's prices include it and without where not.
    amount: Money,
}

impl From<&pricing::DiscountAllocation> for DiscountAllocation {
    fn from(part: &pricing::DiscountAllocation) -> Self {
        Self { title: part.title.clone(), code: part.code.clone(), amount: part.amount.into() }
    }
}

impl From<&pricing::AppliedPromotion> for DiscountAllocation {
    fn from(whole: &pricing::AppliedPromotion) -> Self {
        Self { title: whole.title.clone(), code: whole.code.clone(), amount: whole.amount.into() }
    }
}

/// A discount code that was entered.
#[derive(SimpleObject)]
pub struct CartDiscountCode {
    /// The code, in upper case.
    code: String,
    /// Whether it fits the cart now. A code that does not is also one of the cart's problems.
    is_applicable: bool,
}

impl From<&pricing::CodeStatus> for CartDiscountCode {
    fn from(status: &pricing::CodeStatus) -> Self {
        Self { code: status.code.clone(), is_applicable: status.is_applicable }
    }
}
