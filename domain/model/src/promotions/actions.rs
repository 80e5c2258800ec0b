//! How much an action takes off each line.

use super::{Goods, ProductSelector, PromotionAction};
use crate::{Money, MoneyError};

/// The basis points of the whole.
const WHOLE: i64 = 10_000;

/// What the action takes off each of the goods, in their order; never more than is left of one.
///
/// # Errors
/// An overflow.
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
        PromotionAction::FreeShipping { .. } => {
            Ok(goods.iter().map(|goods| Money::zero(goods.left.currency)).collect())
        }
    }
}

/// Takes a whole off the selected goods and splits it in proportion to what is left of each.
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
        // A fixed price that cannot be reckoned with is above whatever the goods cost.
        let Some(fixed) = price.times(goods.quantity).ok().filter(|_| *is_selected) else { return Ok(zero) };
        let above = goods.left.minus(fixed)?;
        Ok(if above.minor > 0 { above } else { zero })
    };
    goods.iter().zip(selected).map(reduce).collect()
}

/// So many units paid, so many reduced.
#[derive(Clone, Copy)]
struct Group {
    buy: i64,
    get: i64,
}

impl Group {
    /// How many of the first `units` are reduced.
    const fn reduced(self, units: i64) -> i64 {
        let size = self.buy + self.get;
        let rest = units % size - self.buy;
        units / size * self.get + if rest > 0 { rest } else { 0 }
    }
}

/// Lays all selected units in a row, dearest first, and reduces the last units of each group. Lines are walked, not
/// units, so a million units cost no more than one.
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
    // The sort is stable, so equal prices keep the order of the goods, which does not depend on the cart's.
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
