//! The pricing function. All prices of carts and orders come from here.

use std::{collections::HashMap, sync::Arc};

use super::{
    AppliedPromotion, CodeStatus, PricedCart, PricedLine,
    delivery::{self, Delivery, PricedMethod},
    gifts::{self, Gift},
    goods::{self, Basket},
    lines::priced_lines,
    problems::{self, Findings},
    taxes::{BuyerTax, TaxContext, Taxes},
};
use crate::{
    Address, Locale, Money, MoneyError, Slug, TaxedMoney, Timestamp,
    cart::Cart,
    catalog::{Product, Taxonomy},
    channels::Channel,
    ids::{ProductId, PromotionId, VariantId},
    promotions::{self, Chosen, DiscountCode, Outcome, Shopping},
    settings::Settings,
    shipping::{DeliveryMethod, PickupStock},
    tax::{Destination, TaxRate},
};

/// Everything besides the cart that its price depends on.
#[derive(Clone, Copy)]
pub struct PricingInputs<'a> {
    /// Snapshot of channels, taxes, delivery methods and promotions.
    pub settings: &'a Settings,
    /// Products of the lines; a line whose product is missing is unavailable.
    pub products: &'a HashMap<ProductId, Arc<Product>>,
    /// Snapshot of categories and collections, for promotions.
    pub taxonomy: &'a Taxonomy,
    /// Available units in the cart's channel by variant; the stock of missing variants is not checked.
    pub availability: &'a HashMap<VariantId, i64>,
    /// Available units of the variants that promotions give and of their components, in the cart's channel; missing
    /// variants are unlimited.
    pub gift_availability: &'a HashMap<VariantId, i64>,
    /// Stock for pickup.
    pub pickup_stock: &'a PickupStock,
    /// The entered discount codes that exist.
    pub codes: &'a [DiscountCode],
    /// Slugs of the buyer's customer groups.
    pub customer_groups: &'a [Slug],
    /// Facts about the buyer's taxes.
    pub buyer_tax: BuyerTax,
    /// Current time.
    pub now: Timestamp,
}

/// The reason why a cart cannot be priced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PricingError {
    /// The channel of the cart does not exist.
    #[error("the cart's channel does not exist")]
    UnknownChannel,
    /// The amounts overflow or have different currencies.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The destination of a cart: its shipping address, else the buyer's country, else the channel's default country.
#[must_use]
pub fn destination<'a>(cart: &'a Cart, channel: &Channel) -> Option<Destination<'a>> {
    resolve(cart.shipping_address.as_ref(), cart, channel)
}

/// The place of sale of a priced cart, which determines taxes, delivery and the payment gateway. It is the
/// destination, or, if nothing is shipped, the billing address before the buyer's country.
#[must_use]
pub fn place_of_sale<'a>(cart: &'a Cart, priced: &PricedCart, channel: &Channel) -> Option<Destination<'a>> {
    let is_delivered = priced.lines.iter().any(|line| line.requires_shipping);
    if is_delivered { destination(cart, channel) } else { billing_place(cart, channel) }
}

/// The place of sale of a cart that ships nothing: like [`destination`], but the billing address takes precedence over
/// the buyer's country.
fn billing_place<'a>(cart: &'a Cart, channel: &Channel) -> Option<Destination<'a>> {
    resolve(cart.shipping_address.as_ref().or(cart.billing_address.as_ref()), cart, channel)
}

fn resolve<'a>(address: Option<&'a Address>, cart: &Cart, channel: &Channel) -> Option<Destination<'a>> {
    let by_address = address.map(|address| Destination {
        country: address.country,
        region: address.region.as_deref(),
        postal_code: Some(address.postal_code.as_str()),
    });
    let country = || cart.buyer.country.or_else(|| channel.default_country());
    by_address.or_else(|| country().map(|country| Destination { country, region: None, postal_code: None }))
}

/// The handles of the delivery methods that a cart can choose from. Before it has goods to ship, these are all that deliver
/// to its destination.
#[must_use]
#[expect(clippy::implicit_hasher, reason = "like the products of `PricingInputs`")]
pub fn delivery_handles(
    cart: &Cart,
    settings: &Settings,
    products: &HashMap<ProductId, Arc<Product>>,
    stock: &PickupStock,
    now: Timestamp,
) -> Vec<String> {
    let Some(channel) = settings.channel_by_id(cart.channel) else { return Vec::new() };
    let taxonomy = Taxonomy::default();
    let basket = goods::basket(cart, products, &taxonomy, now);
    let Some(destination) = destination(cart, channel) else { return Vec::new() };
    let offers = delivery::offers(cart, channel, settings, stock, &basket, destination);
    offers.methods.iter().map(|method| method.handle.clone()).collect()
}

/// Prices a cart and finds the problems that prevent completing it.
///
/// Discounts apply first, then delivery, then taxes; the rules are in the documentation of [`crate::promotions`] and
/// [`crate::tax`]. The result does not depend on the order of the lines.
///
/// # Errors
/// [`PricingError`] if the channel does not exist or an amount exceeds 64 bits.
pub fn price(cart: &Cart, inputs: &PricingInputs<'_>) -> Result<PricedCart, PricingError> {
    let channel = inputs.settings.channel_by_id(cart.channel).ok_or(PricingError::UnknownChannel)?;
    let mut gifts = gifts::available(cart, inputs);
    // An archived channel sells nothing.
    let sold = if channel.is_archived() { &HashMap::new() } else { inputs.products };
    let mut basket = goods::basket(cart, sold, inputs.taxonomy, inputs.now);
    let place = if basket.is_delivered() { destination(cart, channel) } else { billing_place(cart, channel) };
    let delivery = Delivery::new(cart, channel, inputs.settings, inputs.pickup_stock, &basket, place);

    let of_goods = basket.goods.iter().map(|goods| goods.product);
    let products: Vec<&Product> = of_goods.chain(gifts.iter().map(|gift| gift.product)).collect();
    let taxes = taxes(cart, inputs, channel, place, &delivery, &products);
    taxes.relieve(&mut basket.goods)?;
    gifts::relieve(&mut gifts, &taxes)?;
    let worth = TaxedMoney::sum(cart.currency, taxes.split(&taxes.amounts(&basket.goods, |goods| goods.full))?)?;
    let (chosen, refused) = apply_promotions(cart, inputs, &delivery, worth.gross, &gifts, &mut basket)?;

    let subtotals = taxes.split(&taxes.amounts(&basket.goods, |goods| goods.full))?;
    let subtotal = TaxedMoney::sum(cart.currency, subtotals.iter().copied())?;
    let lefts = taxes.amounts(&basket.goods, |goods| goods.left);
    let goods = TaxedMoney::sum(cart.currency, taxes.split(&lefts)?)?;
    let mut methods = delivery::price_methods(&delivery, &chosen, goods.gross, &taxes, &basket)?;
    let selected = delivery.selected.map(|method| &method.handle);
    let mut taken = methods.iter_mut().find(|one| selected == Some(&one.method.handle));
    let totals = settle(&taxes, lefts, taken.as_deref_mut())?;
    let shipping = taken.as_ref().map_or(TaxedMoney::zero(cart.currency), |one| one.price);
    let locales = channel.locale_chain(Some(&cart.locale));
    let applied = applied_promotions(&chosen, &basket, taken.as_deref(), &locales)?;

    let lines = priced_lines(&basket, &taxes, &subtotals, &totals, &locales)?;
    let findings = Findings {
        unsold: &basket.unsold,
        is_country_served: is_served(channel, place, &basket),
        untaxed: problems::untaxed(cart, channel, place, &basket, &delivery, &taxes),
        refused: &refused,
    };
    Ok(PricedCart {
        currency: cart.currency,
        subtotal,
        discount_total: Money::sum(cart.currency, reductions(&lines))?,
        shipping,
        total: TaxedMoney::sum(cart.currency, totals)?.plus(shipping)?,
        tax_treatment: taxes.treatment,
        codes: code_statuses(cart, &chosen),
        delivery_groups: delivery::groups(cart, &delivery, &basket.items, &methods, inputs.settings, &locales),
        problems: problems::find(cart, inputs.availability, &lines, &delivery, &findings),
        promotions: applied,
        lines,
    })
}

/// Goods without delivery are sold only to countries of the channel. Goods that are shipped go where a delivery method goes.
fn is_served(channel: &Channel, place: Option<Destination<'_>>, basket: &Basket<'_>) -> bool {
    let is_restricted = !basket.items.is_empty() && !basket.is_delivered();
    !is_restricted || place.is_none_or(|place| channel.serves(place.country))
}

fn taxes<'a>(
    cart: &'a Cart,
    inputs: &PricingInputs<'a>,
    channel: &'a Channel,
    place: Option<Destination<'a>>,
    delivery: &Delivery<'_>,
    products: &[&'a Product],
) -> Taxes<'a> {
    let context = TaxContext {
        settings: inputs.settings,
        channel,
        place,
        is_pickup: delivery.selected.is_some_and(DeliveryMethod::is_pickup),
        vat_id: cart.buyer.vat_id.as_ref(),
        buyer: inputs.buyer_tax,
        now: inputs.now,
    };
    Taxes::new(&context, products.iter().map(|product| product.tax_class.as_str()))
}

/// The totals of the lines, and the final price of the selected delivery method: taxes that are rounded per total are
/// rounded for goods and delivery together.
fn settle<'a>(
    taxes: &Taxes<'a>,
    mut amounts: Vec<(Money, TaxRate)>,
    taken: Option<&mut PricedMethod<'a>>,
) -> Result<Vec<TaxedMoney>, MoneyError> {
    let lines = amounts.len();
    if let Some(taken) = &taken {
        amounts.extend(taxes.part_amounts(&taken.parts));
    }
    let mut totals = taxes.split(&amounts)?;
    let parts = totals.split_off(lines);
    if let Some(taken) = taken {
        taken.settle(taxes, &parts)?;
    }
    Ok(totals)
}

/// The discounts of the lines.
fn reductions(lines: &[PricedLine]) -> impl Iterator<Item = Money> {
    lines.iter().flat_map(|line| &line.discounts).map(|discount| discount.amount)
}

fn apply_promotions<'a>(
    cart: &'a Cart,
    inputs: &PricingInputs<'a>,
    delivery: &'a Delivery<'a>,
    worth: Money,
    gifts: &'a [Gift<'a>],
    basket: &mut Basket<'a>,
) -> Result<Outcome<'a>, MoneyError> {
    let shopping = Shopping {
        promotions: &inputs.settings.promotions,
        entered: &cart.discount_codes,
        codes: inputs.codes,
        groups: inputs.customer_groups,
        channel: cart.channel,
        currency: cart.currency,
        delivery: &delivery.methods,
        selected: delivery.selected,
        freight: delivery.freight,
        worth,
        gifts: gifts::values(gifts),
        now: inputs.now,
    };
    let outcome = promotions::choose(&shopping, &basket.goods)?;
    promotions::discount(&mut basket.goods, &outcome.0)?;
    basket.add_gifts(gifts::goods(gifts, &outcome.0));
    Ok(outcome)
}

/// The applied promotions that reduced a price, in the order of application.
fn applied_promotions(
    chosen: &[Chosen<'_>],
    basket: &Basket<'_>,
    delivery: Option<&PricedMethod<'_>>,
    locales: &[Locale],
) -> Result<Vec<AppliedPromotion>, MoneyError> {
    let mut amounts: HashMap<PromotionId, Money> = HashMap::new();
    let of_goods = basket.goods.iter().flat_map(|goods| &goods.reductions).map(|one| (one.promotion.id, one.amount));
    let of_delivery = delivery.and_then(|one| one.reduction).map(|(one, amount)| (one.promotion.id, amount));
    for (id, amount) in of_goods.chain(of_delivery) {
        let sum = amounts.entry(id).or_insert(Money::zero(amount.currency));
        *sum = sum.plus(amount)?;
    }
    let applied = |one: &Chosen<'_>| {
        let amount = amounts.get(&one.promotion.id).copied().filter(|amount| amount.minor > 0)?;
        let (promotion_id, title) = (one.promotion.id, one.promotion.title_in(locales).to_owned());
        Some(AppliedPromotion { promotion_id, code: one.code.map(str::to_owned), title, amount })
    };
    Ok(chosen.iter().filter_map(applied).collect())
}

fn code_statuses(cart: &Cart, chosen: &[Chosen<'_>]) -> Vec<CodeStatus> {
    let is_applicable = |code: &String| chosen.iter().any(|one| one.code == Some(code.as_str()));
    cart.discount_codes
        .iter()
        .map(|code| CodeStatus { code: code.clone(), is_applicable: is_applicable(code) })
        .collect()
}
