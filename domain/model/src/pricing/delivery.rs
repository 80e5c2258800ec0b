//! Delivery options of a cart and their prices.

use super::{
    DeliveryGroup, DeliveryOption,
    goods::{Basket, Item},
    taxes::{DeliveryPart, Taxes},
};
use crate::{
    Money, MoneyError, TaxedMoney,
    cart::Cart,
    promotions::{Chosen, PromotionAction},
    shipping::DeliveryMethod,
    tax::TaxLine,
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
    /// The parts of the price by tax rate.
    pub parts: Vec<DeliveryPart<'a>>,
    /// The taxes in the price.
    pub taxes: Vec<TaxLine>,
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
    taxes: &Taxes<'a>,
    basket: &Basket<'_>,
) -> Result<Vec<PricedMethod<'a>>, MoneyError> {
    let delivered = taxes.delivered(basket);
    let price_one = |method: &&'a DeliveryMethod| {
        let list = taxes.relieved_delivery(method.price_for(goods), &delivered)?;
        let reduction = chosen.iter().find(|one| makes_free(&one.promotion.action, method)).map(|one| (*one, list));
        let price = reduction.map_or(list, |_| Money::zero(list.currency));
        let parts = taxes.parts(price, &delivered);
        let taxed = taxes.split(&taxes.part_amounts(&parts))?;
        let reduction = reduction.filter(|(_, amount)| amount.minor > 0);
        let zero = TaxedMoney::zero(list.currency);
        let mut priced = PricedMethod { method, price: zero, parts, taxes: Vec::new(), reduction };
        priced.settle(taxes, &taxed)?;
        Ok(priced)
    };
    delivery.methods.iter().map(price_one).collect()
}

impl PricedMethod<'_> {
    /// Sets the price to the sum of its parts, which the taxes of the whole cart may have rounded together.
    ///
    /// # Errors
    /// [`MoneyError`] if an amount overflows.
    pub fn settle(&mut self, taxes: &Taxes<'_>, parts: &[TaxedMoney]) -> Result<(), MoneyError> {
        self.price = TaxedMoney::sum(self.price.net.currency, parts.iter().copied())?;
        self.taxes = taxes.part_lines(&self.parts, parts)?;
        Ok(())
    }
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
        taxes: one.taxes.clone(),
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
