//! Selection and application of promotions. The rules are in the documentation of [`crate::promotions`].

use std::{cmp::Reverse, collections::BTreeMap};

use super::{
    CodeRefusal, Conditions, DiscountClass, DiscountCode, Goods, Promotion, PromotionAction, Reduction,
    actions::reductions, enabled_by,
};
use crate::{
    Currency, Money, MoneyError, Slug, Timestamp,
    ids::{ChannelId, PromotionId},
    shipping::{DeliveryMethod, Freight},
};

/// The inputs of the selection.
pub(crate) struct Shopping<'a> {
    /// All promotions of the shop.
    pub promotions: &'a [Promotion],
    /// Entered codes in their order.
    pub entered: &'a [String],
    /// The entered codes that exist.
    pub codes: &'a [DiscountCode],
    /// Slugs of the buyer's customer groups.
    pub groups: &'a [Slug],
    /// Channel of the cart.
    pub channel: ChannelId,
    /// Currency of the cart.
    pub currency: Currency,
    /// Delivery methods of the cart; empty if nothing is shipped.
    pub delivery: &'a [&'a DeliveryMethod],
    /// Selected delivery method.
    pub selected: Option<&'a DeliveryMethod>,
    /// Weight and number of the goods to deliver.
    pub freight: Freight,
    /// Gross value of the goods before discounts, which determines if delivery is free without a promotion.
    pub worth: Money,
    /// Value of the gift of each promotion whose gift can be sold.
    pub gifts: BTreeMap<PromotionId, Money>,
    /// Current time.
    pub now: Timestamp,
}

/// A promotion that was selected.
#[derive(Clone, Copy)]
pub(crate) struct Chosen<'a> {
    /// The promotion.
    pub promotion: &'a Promotion,
    /// Discount code; None for an automatic promotion.
    pub code: Option<&'a str>,
    /// Discount it would give alone.
    alone: Money,
}

/// The selected promotions, and the reason why each other code does not apply.
pub(crate) type Outcome<'a> = (Vec<Chosen<'a>>, Vec<(&'a str, CodeRefusal)>);

/// Selects the promotions of a cart, in order of application, and finds why each other code does not apply.
///
/// # Errors
/// [`MoneyError`] if an amount overflows.
pub(crate) fn choose<'a>(shopping: &Shopping<'a>, goods: &[Goods<'_>]) -> Result<Outcome<'a>, MoneyError> {
    let mut candidates = Vec::new();
    for promotion in shopping.promotions {
        if !promotion.needs_code && promotion.is_active(shopping.channel, shopping.now) {
            candidates.extend(candidate(shopping, goods, promotion, None)?);
        }
    }
    let mut refused = Vec::new();
    for code in shopping.entered {
        match enabled_by(code, shopping.codes, shopping.promotions, shopping.channel, shopping.now) {
            Err(refusal) => refused.push((code.as_str(), refusal)),
            Ok(promotion) => match candidate(shopping, goods, promotion, Some(code))? {
                None => refused.push((code.as_str(), CodeRefusal::ConditionsNotMet)),
                Some(candidate) => candidates.push(candidate),
            },
        }
    }
    candidates.sort_by_key(|one| (Reverse(one.promotion.priority), Reverse(one.alone.minor), one.promotion.id));
    let mut taken: Vec<Chosen<'a>> = Vec::with_capacity(candidates.len());
    for one in candidates {
        let is_new = taken.iter().all(|other| other.promotion.id != one.promotion.id);
        if is_new && taken.iter().all(|other| other.promotion.combines(one.promotion)) {
            taken.push(one);
        } else if let Some(code) = one.code {
            refused.push((code, CodeRefusal::NotCombinable));
        }
    }
    Ok((taken, refused))
}

/// The promotion as a candidate; None if its conditions do not hold or it would reduce nothing.
fn candidate<'a>(
    shopping: &Shopping<'a>,
    goods: &[Goods<'_>],
    promotion: &'a Promotion,
    code: Option<&'a str>,
) -> Result<Option<Chosen<'a>>, MoneyError> {
    if !has_currency(&promotion.action, shopping.currency)
        || !conditions_hold(&promotion.conditions, goods, shopping.groups)?
    {
        return Ok(None);
    }
    let alone = match &promotion.action {
        PromotionAction::FreeShipping { methods } => {
            let is_named = |method: &&DeliveryMethod| methods.is_empty() || methods.contains(&method.handle);
            // The code applies as soon as a method it makes free is offered, even if another one is selected.
            if !shopping.delivery.iter().any(is_named) {
                return Ok(None);
            }
            let selected = shopping.selected.filter(is_named);
            let price = selected.and_then(|method| method.price_for(shopping.worth, shopping.freight));
            price.unwrap_or(Money::zero(shopping.currency))
        }
        PromotionAction::Gift { .. } => match shopping.gifts.get(&promotion.id) {
            Some(value) => *value,
            None => return Ok(None),
        },
        action => Money::sum(shopping.currency, reductions(action, goods)?)?,
    };
    // A gift counts even if the shop lists it for nothing.
    let is_gift = matches!(promotion.action, PromotionAction::Gift { .. });
    let is_something = alone.minor > 0 || is_gift || promotion.class() == DiscountClass::Shipping;
    Ok(is_something.then_some(Chosen { promotion, code, alone }))
}

/// True if the goods and the buyer's groups meet all conditions.
fn conditions_hold(conditions: &Conditions, goods: &[Goods<'_>], groups: &[Slug]) -> Result<bool, MoneyError> {
    let allowed = &conditions.customer_groups;
    if !allowed.is_empty() && !allowed.iter().any(|group| groups.contains(group)) {
        return Ok(false);
    }
    let is_counted = |goods: &&Goods<'_>| conditions.products.as_ref().is_none_or(|selector| goods.is_in(selector));
    let counted: Vec<&Goods<'_>> = goods.iter().filter(is_counted).collect();
    let Some(first) = counted.first() else { return Ok(false) };
    let units: i64 = counted.iter().map(|goods| goods.quantity).sum();
    let subtotal = Money::sum(first.unit_price.currency, counted.iter().map(|goods| goods.full))?;
    let is_enough = conditions.minimum_quantity.is_none_or(|minimum| units >= i64::from(minimum));
    Ok(is_enough && conditions.minimum_subtotal.is_none_or(|minimum| subtotal >= minimum))
}

/// True if the action has no amount or its amount is in the cart's currency.
fn has_currency(action: &PromotionAction, currency: Currency) -> bool {
    match action {
        PromotionAction::AmountOff { amount: money, .. } | PromotionAction::FixedPrice { price: money, .. } => {
            money.currency == currency
        }
        PromotionAction::PercentageOff { .. }
        | PromotionAction::BuyXGetY { .. }
        | PromotionAction::FreeShipping { .. }
        | PromotionAction::Gift { .. } => true,
    }
}

/// Applies the selected promotions to the goods: product promotions first, then order promotions.
///
/// # Errors
/// [`MoneyError`] if an amount overflows.
pub(crate) fn discount<'a>(goods: &mut [Goods<'a>], chosen: &[Chosen<'a>]) -> Result<(), MoneyError> {
    for class in [DiscountClass::Product, DiscountClass::Order] {
        for one in chosen.iter().filter(|one| one.promotion.class() == class) {
            let amounts = reductions(&one.promotion.action, goods)?;
            for (goods, amount) in goods.iter_mut().zip(amounts).filter(|(_, amount)| amount.minor > 0) {
                goods.left = goods.left.minus(amount)?;
                goods.reductions.push(Reduction { promotion: one.promotion, code: one.code, amount });
            }
        }
    }
    Ok(())
}
