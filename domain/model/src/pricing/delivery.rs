//! Delivery options of a cart and their prices.

use super::{DeliveryGroup, DeliveryOption, goods::Item};
use crate::{
    Money, MoneyError, TaxedMoney,
    cart::Cart,
    channels::PriceMode,
    promotions::{Chosen, PromotionAction},
    shipping::DeliveryMethod,
    tax::TaxRate,
};

/// The delivery methods of a cart.
pub(super) struct Delivery<'a> {
    /// Methods that serve the destination; empty if nothing is shipped.
    pub methods: Vec<&'a DeliveryMethod>,
    /// The selected method.
    pub selected: Option<&'a DeliveryMethod>,
    /// True if an item is shipped.
    pub is_needed: bool,
}

impl<'a> Delivery<'a> {
    /// Collects the methods for the items.
    pub fn new(cart: &Cart, items: &[Item<'_>], offered: impl Iterator<Item = &'a DeliveryMethod>) -> Self {
        let is_needed = items.iter().any(|item| item.variant.requires_shipping);
        let methods: Vec<&DeliveryMethod> = if is_needed { offered.collect() } else { Vec::new() };
        let choice = cart.delivery_choices.get(&cart.delivery_group);
        let selected = methods.iter().find(|method| Some(&method.handle) == choice).copied();
        Self { methods, selected, is_needed }
    }
}

/// A delivery method with its price after promotions.
pub(super) struct PricedMethod<'a> {
    /// The delivery method.
    pub method: &'a DeliveryMethod,
    /// Price after promotions.
    pub price: TaxedMoney,
    /// The promotion that applied and its discount in the channel's price mode.
    pub reduction: Option<(Chosen<'a>, Money)>,
}

/// Prices every method for goods of this gross value after discounts.
///
/// # Errors
/// [`MoneyError`] if an amount overflows.
pub(super) fn price_methods<'a>(
    delivery: &Delivery<'a>,
    chosen: &[Chosen<'a>],
    goods: Money,
    rate: TaxRate,
    mode: PriceMode,
) -> Result<Vec<PricedMethod<'a>>, MoneyError> {
    let price_one = |method: &&'a DeliveryMethod| {
        let list = method.price_for(goods);
        let reduction = chosen.iter().find(|one| makes_free(&one.promotion.action, method)).map(|one| (*one, list));
        let price = reduction.map_or(list, |_| Money::zero(list.currency));
        let price = rate.apply(price, mode)?;
        Ok(PricedMethod { method, price, reduction: reduction.filter(|(_, amount)| amount.minor > 0) })
    };
    delivery.methods.iter().map(price_one).collect()
}

fn makes_free(action: &PromotionAction, method: &DeliveryMethod) -> bool {
    matches!(action, PromotionAction::FreeShipping { methods } if methods.is_empty() || methods.contains(&method.handle))
}

/// The delivery group of a cart; none if nothing is shipped.
pub(super) fn groups(
    cart: &Cart,
    delivery: &Delivery<'_>,
    items: &[Item<'_>],
    priced: &[PricedMethod<'_>],
) -> Vec<DeliveryGroup> {
    if !delivery.is_needed {
        return Vec::new();
    }
    let mut delivered: Vec<&Item<'_>> = items.iter().filter(|item| item.variant.requires_shipping).collect();
    delivered.sort_by_key(|item| item.at);
    let option = |one: &PricedMethod<'_>| DeliveryOption {
        handle: one.method.handle.clone(),
        title: one.method.title.clone(),
        price: one.price,
        estimated_days: one.method.estimated_days,
        is_pickup: one.method.is_pickup,
    };
    vec![DeliveryGroup {
        id: cart.delivery_group,
        lines: delivered.iter().map(|item| item.line.id).collect(),
        options: priced.iter().map(option).collect(),
        selected: delivery.selected.map(|method| method.handle.clone()),
    }]
}
