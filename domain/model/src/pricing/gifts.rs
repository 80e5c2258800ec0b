//! Free gifts: lines that promotions add to a cart.

use std::collections::{BTreeMap, HashMap};

use super::{PricedCart, PricingInputs, resolve::offer, taxes::Taxes};
use crate::{
    Money, MoneyError, TaxedMoney, Timestamp,
    cart::{Cart, CartLine},
    catalog::{Product, Variant},
    ids::{CartLineId, ChannelId, PromotionId, VariantId},
    promotions::{Chosen, Goods, Promotion, PromotionAction, Reduction},
};

/// The largest number of gifts that are considered for a cart.
const MAX_GIFTS: usize = 50;

/// A gift that could be added to a cart.
pub(super) struct Gift<'a> {
    promotion: PromotionId,
    /// The line, with the id of the promotion, so that it is the same each time.
    pub line: CartLine,
    pub product: &'a Product,
    pub variant: &'a Variant,
    /// The price of one unit.
    unit_price: Money,
    /// The price of all units.
    full: Money,
}

/// The promotions that are active in a channel and give something, at most 50, so that the caller can load the products
/// and their stock.
pub fn gift_promotions(
    promotions: &[Promotion],
    channel: ChannelId,
    now: Timestamp,
) -> impl Iterator<Item = &Promotion> {
    let active = promotions.iter().filter(move |promotion| promotion.is_active(channel, now));
    active.filter(|promotion| matches!(promotion.action, PromotionAction::Gift { .. })).take(MAX_GIFTS)
}

/// The gifts that can be sold: the variant has a price in the cart's channel and currency, enough units are left besides
/// those of the cart's lines, and a gift that is shipped goes with goods that are shipped.
pub(super) fn available<'a>(cart: &Cart, inputs: &PricingInputs<'a>) -> Vec<Gift<'a>> {
    let mut needs = Needs::of(cart, inputs);
    let mut gifts = Vec::new();
    for promotion in gift_promotions(&inputs.settings.promotions, cart.channel, inputs.now) {
        let PromotionAction::Gift { product: product_id, variant, quantity } = promotion.action else { continue };
        let Some(product) = inputs.products.get(&product_id) else { continue };
        let Some((variant, price)) = offer(product, variant, cart.into(), inputs.now) else { continue };
        let Ok(full) = price.amount.times(i64::from(quantity)) else { continue };
        if (variant.requires_shipping && !needs.is_shipped) || !needs.reserve(variant, i64::from(quantity)) {
            continue;
        }
        let line = CartLine {
            id: CartLineId::restore(promotion.id.uuid()),
            variant_id: variant.id,
            product_id,
            quantity,
            attributes: BTreeMap::new(),
            price: None,
        };
        gifts.push(Gift { promotion: promotion.id, line, product, variant, unit_price: price.amount, full });
    }
    gifts
}

/// The stock that the cart's lines and the gifts so far need.
struct Needs<'a> {
    available: &'a HashMap<VariantId, i64>,
    taken: HashMap<VariantId, i64>,
    is_shipped: bool,
}

impl<'a> Needs<'a> {
    fn of(cart: &Cart, inputs: &PricingInputs<'a>) -> Self {
        let mut needs = Self { available: inputs.gift_availability, taken: HashMap::new(), is_shipped: false };
        for line in &cart.lines {
            let variant = inputs.products.get(&line.product_id).and_then(|product| product.variant(line.variant_id));
            let Some(variant) = variant else { continue };
            needs.is_shipped |= variant.requires_shipping;
            needs.take(variant, i64::from(line.quantity));
        }
        needs
    }

    fn take(&mut self, variant: &Variant, quantity: i64) {
        for (id, units) in variant.stock_needs() {
            *self.taken.entry(id).or_default() += i64::from(units).saturating_mul(quantity);
        }
    }

    /// Takes the units of a gift; false if they are not left. Variants without known availability are unlimited.
    fn reserve(&mut self, variant: &Variant, quantity: i64) -> bool {
        let is_left = variant.stock_needs().all(|(id, units)| {
            let wanted = i64::from(units).saturating_mul(quantity);
            let taken = self.taken.get(&id).copied().unwrap_or_default();
            self.available.get(&id).is_none_or(|available| taken.saturating_add(wanted) <= *available)
        });
        if is_left {
            self.take(variant, quantity);
        }
        is_left
    }
}

/// Takes the tax out of prices that include it, for a buyer who pays none.
///
/// # Errors
/// [`MoneyError`] if an amount overflows.
pub(super) fn relieve(gifts: &mut [Gift<'_>], taxes: &Taxes<'_>) -> Result<(), MoneyError> {
    for gift in gifts {
        gift.unit_price = taxes.relieved(&gift.product.tax_class, gift.unit_price)?;
        gift.full = gift.unit_price.times(i64::from(gift.line.quantity))?;
    }
    Ok(())
}

/// The value of each gift by its promotion.
pub(super) fn values(gifts: &[Gift<'_>]) -> BTreeMap<PromotionId, Money> {
    gifts.iter().map(|gift| (gift.promotion, gift.full)).collect()
}

/// The gifts of the selected promotions, as goods that are discounted completely.
pub(super) fn goods<'a>(gifts: &'a [Gift<'a>], chosen: &[Chosen<'a>]) -> Vec<(&'a Gift<'a>, Goods<'a>)> {
    let given = chosen.iter().filter_map(|one| {
        let gift = gifts.iter().find(|gift| gift.promotion == one.promotion.id)?;
        Some((gift, one))
    });
    given
        .map(|(gift, one)| {
            let reduction = Reduction { promotion: one.promotion, code: one.code, amount: gift.full };
            let quantity = i64::from(gift.line.quantity);
            let goods = Goods {
                product: gift.product,
                categories: Vec::new(),
                collections: &[],
                quantity,
                unit_price: gift.unit_price,
                full: gift.full,
                left: Money::zero(gift.full.currency),
                reductions: vec![reduction],
            };
            (gift, goods)
        })
        .collect()
}

impl PricedCart {
    /// True if promotions have added lines.
    #[must_use]
    pub fn has_gifts(&self) -> bool {
        self.lines.iter().any(|line| line.is_gift)
    }

    /// The cart without its gifts, which can be placed if a gift was sold to others in the meantime. Its total is the
    /// same.
    ///
    /// # Errors
    /// [`MoneyError`] if the amounts of the lines contradict each other.
    pub fn without_gifts(mut self) -> Result<Self, MoneyError> {
        let (gifts, lines): (Vec<_>, Vec<_>) = self.lines.into_iter().partition(|line| line.is_gift);
        for group in &mut self.delivery_groups {
            group.lines.retain(|id| gifts.iter().all(|gift| gift.id != *id));
        }
        let promotions: Vec<PromotionId> =
            gifts.iter().flat_map(|gift| &gift.discounts).map(|part| part.promotion_id).collect();
        self.promotions.retain(|promotion| !promotions.contains(&promotion.promotion_id));
        self.subtotal = TaxedMoney::sum(self.currency, lines.iter().map(|line| line.subtotal))?;
        let discounts = lines.iter().flat_map(|line| &line.discounts).map(|part| part.amount);
        self.discount_total = Money::sum(self.currency, discounts)?;
        self.lines = lines;
        Ok(self)
    }
}
