//! Which promotions a cart gets, and what they take off its goods. The rules are in the parent's documentation.

use std::cmp::Reverse;

use super::{
    CodeRefusal, DiscountClass, DiscountCode, Goods, Promotion, PromotionAction, Reduction, actions::reductions,
};
use crate::{Currency, Money, MoneyError, Slug, Timestamp, ids::ChannelId, shipping::DeliveryMethod};

/// What decides which promotions a cart gets.
pub(crate) struct Shopping<'a> {
    /// Every promotion of the shop.
    pub promotions: &'a [Promotion],
    /// Codes the shopper entered, in their order.
    pub entered: &'a [String],
    /// Those of them that exist.
    pub codes: &'a [DiscountCode],
    /// Slugs of the groups the buyer is in.
    pub groups: &'a [Slug],
    /// Where the cart is.
    pub channel: ChannelId,
    /// The cart's currency.
    pub currency: Currency,
    /// The ways to deliver the cart; none when nothing is delivered.
    pub delivery: &'a [&'a DeliveryMethod],
    /// The chosen way.
    pub selected: Option<&'a DeliveryMethod>,
    /// What the goods cost with tax before discounts, which decides whether delivery is free without a promotion.
    pub worth: Money,
    /// The time.
    pub now: Timestamp,
}

/// A promotion that the cart gets.
#[derive(Clone, Copy)]
pub(crate) struct Chosen<'a> {
    /// The promotion.
    pub promotion: &'a Promotion,
    /// The code that let it in.
    pub code: Option<&'a str>,
    /// What it alone would take off.
    alone: Money,
}

/// The promotions that a cart gets, and why each other code does nothing.
pub(crate) type Outcome<'a> = (Vec<Chosen<'a>>, Vec<(&'a str, CodeRefusal)>);

/// The promotions the cart gets, in the order in which they are taken, and why each other code does nothing.
///
/// # Errors
/// An overflow.
pub(crate) fn choose<'a>(shopping: &Shopping<'a>, goods: &[Goods<'_>]) -> Result<Outcome<'a>, MoneyError> {
    let mut candidates = Vec::new();
    for promotion in shopping.promotions {
        if !promotion.needs_code && promotion.is_active(shopping.channel, shopping.now) {
            candidates.extend(candidate(shopping, goods, promotion, None)?);
        }
    }
    let mut refused = Vec::new();
    for code in shopping.entered {
        match let_in(shopping, code) {
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

/// The promotion that an entered code lets in.
fn let_in<'a>(shopping: &Shopping<'a>, entered: &str) -> Result<&'a Promotion, CodeRefusal> {
    let code = shopping.codes.iter().find(|code| code.code == entered).ok_or(CodeRefusal::Unknown)?;
    let promotion = shopping.promotions.iter().find(|promotion| promotion.id == code.promotion_id);
    let promotion = promotion.ok_or(CodeRefusal::Unknown)?;
    if !promotion.channels.is_empty() && !promotion.channels.contains(&shopping.channel) {
        return Err(CodeRefusal::Unknown);
    }
    if !promotion.is_active(shopping.channel, shopping.now) {
        return Err(CodeRefusal::NotActive);
    }
    code.require_usable().map(|()| promotion)
}

/// The promotion as a candidate, when its conditions hold and there is something for it to reduce.
fn candidate<'a>(
    shopping: &Shopping<'a>,
    goods: &[Goods<'_>],
    promotion: &'a Promotion,
    code: Option<&'a str>,
) -> Result<Option<Chosen<'a>>, MoneyError> {
    if !speaks(&promotion.action, shopping.currency) || !promotion.conditions.hold(goods, shopping.groups)? {
        return Ok(None);
    }
    let alone = match &promotion.action {
        PromotionAction::FreeShipping { methods } => {
            let is_named = |method: &&DeliveryMethod| methods.is_empty() || methods.contains(&method.handle);
            // It fits the cart as soon as a way it makes free is offered, even while another is chosen.
            if !shopping.delivery.iter().any(is_named) {
                return Ok(None);
            }
            let selected = shopping.selected.filter(is_named);
            selected.map_or(Money::zero(shopping.currency), |method| method.price_for(shopping.worth))
        }
        action => Money::sum(shopping.currency, reductions(action, goods)?)?,
    };
    let is_something = alone.minor > 0 || promotion.class() == DiscountClass::Shipping;
    Ok(is_something.then_some(Chosen { promotion, code, alone }))
}

/// Whether the action's amount is in the cart's currency.
fn speaks(action: &PromotionAction, currency: Currency) -> bool {
    match action {
        PromotionAction::AmountOff { amount: money, .. } | PromotionAction::FixedPrice { price: money, .. } => {
            money.currency == currency
        }
        PromotionAction::PercentageOff { .. }
        | PromotionAction::BuyXGetY { .. }
        | PromotionAction::FreeShipping { .. } => true,
    }
}

/// Takes the chosen promotions off the goods: those of products first, then those of the order.
///
/// # Errors
/// An overflow.
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
