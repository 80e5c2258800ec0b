//! Delivery options of a cart and their prices.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    DeliveryGroup, DeliveryOption, PickupPoint,
    goods::{Basket, Item},
    taxes::{DeliveryPart, Taxes},
};
use crate::{
    Locale, Money, MoneyError, TaxedMoney,
    cart::Cart,
    channels::Channel,
    ids::VariantId,
    promotions::{Chosen, Goods, PromotionAction},
    settings::Settings,
    shipping::{self, Delivered, DeliveryMethod, Freight, Gap, Offers, PickupStock, STANDARD_PROFILE},
    tax::{Destination, TaxLine},
};

/// The delivery of a cart.
pub(super) struct Delivery<'a> {
    /// Methods that carry the goods to the destination; empty if nothing is shipped.
    pub methods: Vec<&'a DeliveryMethod>,
    /// The reason why there is no method.
    pub gap: Option<Gap>,
    /// The selected method.
    pub selected: Option<&'a DeliveryMethod>,
    /// True if an item is shipped.
    pub is_needed: bool,
    /// Weight and number of the goods that are shipped.
    pub freight: Freight,
}

impl<'a> Delivery<'a> {
    /// Collects the methods for the items that are shipped.
    pub fn new(
        cart: &Cart,
        channel: &Channel,
        settings: &'a Settings,
        stock: &PickupStock,
        basket: &Basket<'_>,
        destination: Option<Destination<'_>>,
    ) -> Self {
        let is_needed = basket.is_delivered();
        let Offers { methods, gap } = match destination.filter(|_| is_needed) {
            Some(destination) => offers(cart, channel, settings, stock, basket, destination),
            None => Offers::default(),
        };
        let choice = cart.delivery_choices.get(&cart.delivery_group);
        let selected = methods.iter().find(|method| Some(&method.handle) == choice).copied();
        Self { methods, gap, selected, is_needed, freight: freight(basket) }
    }
}

/// The methods that carry the shipped items to a place; if nothing is shipped, all that deliver there.
pub(super) fn offers<'a>(
    cart: &Cart,
    channel: &Channel,
    settings: &'a Settings,
    stock: &PickupStock,
    basket: &Basket<'_>,
    destination: Destination<'_>,
) -> Offers<'a> {
    let delivered = Delivered {
        channel,
        currency: cart.currency,
        destination,
        freight: freight(basket),
        profiles: profiles(basket),
        needs: needs(basket),
        stock,
    };
    shipping::offers(&settings.delivery_zones, &settings.delivery_methods, &delivered)
}

/// The items that are shipped, with their goods.
fn shipped<'b>(basket: &'b Basket<'_>) -> impl Iterator<Item = (&'b Item<'b>, &'b Goods<'b>)> {
    basket.iter().filter(|(item, _)| item.variant.requires_shipping)
}

/// Weight and number of the units that are shipped.
fn freight(basket: &Basket<'_>) -> Freight {
    shipped(basket).fold(Freight::default(), |sum, (item, goods)| {
        let grams = i64::from(item.variant.weight_grams.unwrap_or_default()).saturating_mul(goods.quantity);
        Freight { grams: sum.grams.saturating_add(grams), units: sum.units.saturating_add(goods.quantity) }
    })
}

/// The delivery profiles of the products that are shipped.
fn profiles<'b>(basket: &'b Basket<'_>) -> BTreeSet<&'b str> {
    let profile =
        |goods: &'b Goods<'b>| goods.product.delivery_profile.as_ref().map_or(STANDARD_PROFILE, crate::Slug::as_str);
    shipped(basket).map(|(_, goods)| profile(goods)).collect()
}

/// The units that are taken from stock and shipped.
fn needs(basket: &Basket<'_>) -> BTreeMap<VariantId, i64> {
    let mut needs = BTreeMap::new();
    for (item, goods) in shipped(basket) {
        for (variant, units) in item.variant.stock_needs() {
            *needs.entry(variant).or_default() += i64::from(units).saturating_mul(goods.quantity);
        }
    }
    needs
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
    let shipped = basket.iter().filter(|(item, _)| item.variant.requires_shipping);
    let delivered = taxes.delivered(shipped.map(|(_, goods)| goods));
    let price_one = |method: &&'a DeliveryMethod| {
        // An offered method carries these goods: without a limit by value, discounts do not change that.
        let list = method.price_for(goods, delivery.freight).unwrap_or(Money::zero(method.currency));
        let list = taxes.relieved_delivery(list, &delivered)?;
        let reduction = chosen.iter().find(|one| makes_free(&one.promotion.action, method)).map(|one| (*one, list));
        let price = reduction.map_or(list, |_| Money::zero(list.currency));
        let parts = taxes.parts(price, &delivered);
        let shares = taxes.split(&taxes.part_amounts(&parts))?;
        let reduction = reduction.filter(|(_, amount)| amount.minor > 0);
        let zero = TaxedMoney::zero(list.currency);
        let mut priced = PricedMethod { method, price: zero, parts, taxes: Vec::new(), reduction };
        priced.settle(taxes, &shares)?;
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
    settings: &Settings,
    locales: &[Locale],
) -> Vec<DeliveryGroup> {
    if !delivery.is_needed {
        return Vec::new();
    }
    let mut delivered: Vec<&Item<'_>> = items.iter().filter(|item| item.variant.requires_shipping).collect();
    delivered.sort_by_key(|item| item.at);
    let option = |one: &PricedMethod<'_>| DeliveryOption {
        handle: one.method.handle.clone(),
        title: one.method.name_in(locales).to_owned(),
        name: one.method.name.clone(),
        translations: one.method.translations.clone(),
        price: one.price,
        taxes: one.taxes.clone(),
        estimated_days: one.method.estimated_days,
        is_pickup: one.method.is_pickup(),
        pickup: pickup_point(one.method, settings),
    };
    vec![DeliveryGroup {
        id: cart.delivery_group,
        lines: delivered.iter().map(|item| item.line.id).collect(),
        options: priced.iter().map(option).collect(),
        selected: delivery.selected.map(|method| method.handle.clone()),
    }]
}

/// The place where goods of a method are picked up; None if they are delivered.
fn pickup_point(method: &DeliveryMethod, settings: &Settings) -> Option<PickupPoint> {
    let location = settings.location_by_id(method.pickup_at?)?;
    Some(PickupPoint { location: location.id, name: location.name.clone(), address: location.address.clone() })
}
