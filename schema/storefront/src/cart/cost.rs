//! Cost and discounts of a cart.

use std::sync::Arc;

use async_graphql::{Object, Result, SimpleObject};
use model::pricing;
use schema_shared::{Money, TaxLine, TaxedMoney};
use services::{checkout::CartPrices, error::OrInternal as _};

/// The cost of a cart.
pub struct CartCost(pub Arc<CartPrices>);

/// The cost of a cart. All amounts are exact: lines and delivery add up to the total.
#[Object]
impl CartCost {
    /// Sum of the lines before discounts.
    fn subtotal(&self) -> TaxedMoney {
        TaxedMoney(self.0.cart.subtotal)
    }

    /// Total line discounts, in the channel's price mode (gross or net): `subtotal` minus `discountTotal` plus
    /// `shipping` equals `total`. Delivery discounts appear in `discounts` only.
    fn discount_total(&self) -> Money {
        Money(self.0.cart.discount_total)
    }

    /// Delivery cost after discounts; zero until a delivery method is selected.
    fn shipping(&self) -> TaxedMoney {
        TaxedMoney(self.0.cart.shipping)
    }

    /// Tax contained in the total.
    fn tax(&self) -> Money {
        Money(self.0.cart.total.tax())
    }

    /// Taxes of lines and delivery, added up by name and rate; together they are the tax of the total.
    fn taxes(&self) -> Result<Vec<TaxLine>> {
        let taxes = self.0.cart.taxes().or_internal("add up the taxes of a cart")?;
        Ok(taxes.iter().map(TaxLine::from).collect())
    }

    /// Total of lines and delivery after discounts.
    fn total(&self) -> TaxedMoney {
        TaxedMoney(self.0.cart.total)
    }

    /// Amount to pay, including tax.
    fn amount_due(&self) -> Money {
        Money(self.0.cart.total.gross)
    }
}

/// A discount of a cart, or the part of it that applies to one line.
#[derive(SimpleObject)]
pub struct DiscountAllocation {
    /// Title of the promotion for shoppers.
    title: String,
    /// Discount code that activated it; null for an automatic promotion.
    code: Option<String>,
    /// Discounted amount, positive, in the channel's price mode (gross or net).
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

/// A discount code entered for a cart.
#[derive(SimpleObject)]
pub struct CartDiscountCode {
    /// Code in upper case.
    code: String,
    /// True if the code applies to the cart now. A code that does not apply is also one of the cart's problems.
    is_applicable: bool,
}

impl From<&pricing::CodeStatus> for CartDiscountCode {
    fn from(status: &pricing::CodeStatus) -> Self {
        Self { code: status.code.clone(), is_applicable: status.is_applicable }
    }
}
