//! The discount of an action on each line.

use super::{Goods, ProductSelector, PromotionAction};
use crate::{Money, MoneyError};

/// Basis points of 100 %.
const WHOLE: i64 = 10_000;

/// The discount of an action on each of the goods, in their order; never more than the remaining price.
///
/// # Errors
/// [`MoneyError`] if an amount overflows.
pub(super) fn reductions(action: &PromotionAction, goods: &[Goods<'_>]) -> Result<Vec<Money>, MoneyError> {
    let selected = |target: Option<&ProductSelector>| -> Vec<bool> {
        goods.iter().map(|goods| target.is_none_or(|target| goods.is_in(target))).collect()
    };
    match action {
        PromotionAction::PercentageOff { basis_points, target } => {
            spread(goods, &selected(target.as_ref()), |left| left.fraction(*basis_points, WHOLE))
        }
        PromotionAction::AmountOff { amount, target } => {
            spread(goods, &selected(target.as_ref()), |left| Ok(if *amount < left { *amount } else { left }))
        }
        PromotionAction::FixedPrice { price, target } => fixed_price(goods, &selected(Some(target)), *price),
        PromotionAction::BuyXGetY { buy, get, basis_points, target } => {
            let group = Group { buy: i64::from(*buy), get: i64::from(*get) };
            buy_x_get_y(goods, &selected(Some(target)), group, *basis_points)
        }
        // A gift is a line of its own, and delivery is priced later.
        PromotionAction::FreeShipping { .. } | PromotionAction::Gift { .. } => {
            Ok(goods.iter().map(|goods| Money::zero(goods.left.currency)).collect())
        }
    }
}

/// Splits a discount over the selected goods in proportion to their remaining prices.
fn spread(
    goods: &[Goods<'_>],
    selected: &[bool],
    whole: impl FnOnce(Money) -> Result<Money, MoneyError>,
) -> Result<Vec<Money>, MoneyError> {
    let Some(first) = goods.first() else { return Ok(Vec::new()) };
    let weigh =
        |(goods, is_selected): (&Goods<'_>, &bool)| if *is_selected { goods.left.minor.unsigned_abs() } else { 0 };
    let weights: Vec<u64> = goods.iter().zip(selected).map(weigh).collect();
    let chosen = goods.iter().zip(selected).filter(|(_, is_selected)| **is_selected);
    let left = Money::sum(first.left.currency, chosen.map(|(goods, _)| goods.left))?;
    if left.minor <= 0 {
        return Ok(vec![Money::zero(left.currency); goods.len()]);
    }
    Ok(whole(left)?.allocate(&weights))
}

fn fixed_price(goods: &[Goods<'_>], selected: &[bool], price: Money) -> Result<Vec<Money>, MoneyError> {
    let reduce = |(goods, is_selected): (&Goods<'_>, &bool)| {
        let zero = Money::zero(goods.left.currency);
        // A fixed price that overflows exceeds any price of goods.
        let Some(fixed) = price.times(goods.quantity).ok().filter(|_| *is_selected) else { return Ok(zero) };
        let above = goods.left.minus(fixed)?;
        Ok(if above.minor > 0 { above } else { zero })
    };
    goods.iter().zip(selected).map(reduce).collect()
}

/// A group of units at full price and units at a reduced price.
#[derive(Clone, Copy)]
struct Group {
    buy: i64,
    get: i64,
}

impl Group {
    /// The number of reduced units among the first `units`.
    const fn reduced(self, units: i64) -> i64 {
        let size = self.buy + self.get;
        let rest = units % size - self.buy;
        units / size * self.get + if rest > 0 { rest } else { 0 }
    }
}

/// Sorts the selected units by price, most expensive first, and reduces the last units of each group. It iterates over
/// lines, not units, so the cost does not depend on quantities.
fn buy_x_get_y(
    goods: &[Goods<'_>],
    selected: &[bool],
    group: Group,
    basis_points: i64,
) -> Result<Vec<Money>, MoneyError> {
    let mut reductions: Vec<Money> = goods.iter().map(|goods| Money::zero(goods.left.currency)).collect();
    let mut row: Vec<(&Goods<'_>, &mut Money)> = goods
        .iter()
        .zip(&mut reductions)
        .zip(selected)
        .filter(|(_, is_selected)| **is_selected)
        .map(|(pair, _)| pair)
        .collect();
    // The sort is stable: equal prices keep the order of the goods, which does not depend on the cart's order.
    row.sort_by_key(|(goods, _)| std::cmp::Reverse(goods.unit_price.minor));
    let mut before = 0;
    for (goods, reduction) in row {
        let after = before + goods.quantity;
        let units = group.reduced(after) - group.reduced(before);
        *reduction = goods.left.fraction(units, goods.quantity)?.fraction(basis_points, WHOLE)?;
        before = after;
    }
    Ok(reductions)
}
