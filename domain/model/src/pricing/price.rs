//! The pricing function. All prices of carts and orders come from here.

use std::{collections::HashMap, sync::Arc};

use super::{
    AppliedPromotion, CodeStatus, DiscountAllocation, PricedCart, PricedLine,
    delivery::{self, Delivery, PricedMethod},
    gifts::{self, Gift},
    goods::{self, Basket, Item},
    problems::{self, Findings},
    taxes::{BuyerTax, TaxContext, Taxes},
};
use crate::{
    Address, Locale, Money, MoneyError, Slug, TaxedMoney, Timestamp,
    cart::Cart,
    catalog::{Localized, Product, Taxonomy, Variant},
    channels::Channel,
    ids::{ProductId, PromotionId, VariantId},
    promotions::{self, Chosen, DiscountCode, Goods, Outcome, Reduction, Shopping},
    settings::Settings,
    shipping,
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
    /// The entered discount codes that exist.
    pub codes: &'a [DiscountCode],
    /// Slugs of the buyer's customer groups.
    pub customer_groups: &'a [Slug],
    /// What is known about the buyer's taxes.
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
    let mut basket = goods::basket(cart, inputs.products, inputs.taxonomy, inputs.now);
    let place = if basket.is_delivered() { destination(cart, channel) } else { billing_place(cart, channel) };
    // Goods that are shipped go where a delivery method goes.
    let is_restricted = !basket.items.is_empty() && !basket.is_delivered();
    let is_served = !is_restricted || place.is_none_or(|place| channel.serves(place.country));
    let offered = place.into_iter().flat_map(|destination| {
        shipping::offered(&inputs.settings.delivery_methods, cart.channel, cart.currency, destination.country)
    });
    let delivery = Delivery::new(cart, &basket.items, offered);

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
    let untaxed = untaxed(cart, channel, place, &basket, &delivery, &taxes);
    let findings = Findings { unsold: &basket.unsold, is_country_served: is_served, untaxed, refused: &refused };
    Ok(PricedCart {
        currency: cart.currency,
        subtotal,
        discount_total: Money::sum(cart.currency, reductions(&lines))?,
        shipping,
        total: TaxedMoney::sum(cart.currency, totals)?.plus(shipping)?,
        tax_treatment: taxes.treatment,
        codes: code_statuses(cart, &chosen),
        delivery_groups: delivery::groups(cart, &delivery, &basket.items, &methods),
        problems: problems::find(cart, inputs.availability, &lines, &delivery, &findings),
        promotions: applied,
        lines,
    })
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
        is_pickup: delivery.selected.is_some_and(|method| method.is_pickup),
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

/// The ids of lines and deliveries for which no tax rate is configured. None in a country that the channel does not sell
/// to: that is a problem of its own.
fn untaxed(
    cart: &Cart,
    channel: &Channel,
    place: Option<Destination<'_>>,
    basket: &Basket<'_>,
    delivery: &Delivery<'_>,
    taxes: &Taxes<'_>,
) -> Vec<String> {
    let is_sold = !delivery.methods.is_empty() || place.is_none_or(|place| channel.serves(place.country));
    if !is_sold {
        return Vec::new();
    }
    // A gift has no price that could be taxed.
    let lines = basket.iter().filter(|(item, goods)| !item.is_gift && !taxes.is_configured(&goods.product.tax_class));
    let mut lines: Vec<_> = lines.map(|(item, _)| (item.at, item.line.id.to_string())).collect();
    lines.sort_unstable();
    let is_delivery_untaxed = !delivery.methods.is_empty() && !taxes.is_delivery_configured();
    let delivery = is_delivery_untaxed.then(|| cart.delivery_group.to_string());
    lines.into_iter().map(|(_, id)| id).chain(delivery).collect()
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
        worth,
        gifts: gifts::values(gifts),
        now: inputs.now,
    };
    let outcome = promotions::choose(&shopping, &basket.goods)?;
    promotions::discount(&mut basket.goods, &outcome.0)?;
    basket.add_gifts(gifts::goods(gifts, &outcome.0));
    Ok(outcome)
}

/// The priced lines in the order of the cart.
fn priced_lines(
    basket: &Basket<'_>,
    taxes: &Taxes<'_>,
    subtotals: &[TaxedMoney],
    totals: &[TaxedMoney],
    locales: &[Locale],
) -> Result<Vec<PricedLine>, MoneyError> {
    let amounts = subtotals.iter().zip(totals);
    let price_line = |((item, goods), (subtotal, total)): ((&Item<'_>, &Goods<'_>), (&TaxedMoney, &TaxedMoney))| {
        Ok((item.at, priced_line(item, goods, taxes, (*subtotal, *total), locales)?))
    };
    let mut lines = basket.iter().zip(amounts).map(price_line).collect::<Result<Vec<_>, MoneyError>>()?;
    lines.sort_by_key(|(at, _)| *at);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn priced_line(
    item: &Item<'_>,
    goods: &Goods<'_>,
    taxes: &Taxes<'_>,
    (subtotal, total): (TaxedMoney, TaxedMoney),
    locales: &[Locale],
) -> Result<PricedLine, MoneyError> {
    let (line, quantity, class) = (item.line, goods.quantity, &goods.product.tax_class);
    let rate = taxes.rate(class);
    Ok(PricedLine {
        id: line.id,
        variant_id: line.variant_id,
        product_id: line.product_id,
        sku: item.variant.sku.clone(),
        name: name(item.variant, goods.product, locales),
        quantity: line.quantity,
        unit_price: rate.apply(goods.unit_price, taxes.mode)?,
        subtotal,
        total,
        discounts: goods.reductions.iter().map(|reduction| allocation(reduction, locales)).collect(),
        tax_class: class.clone(),
        tax_rate: rate,
        taxes: taxes.lines(class, total.tax()),
        requires_shipping: item.variant.requires_shipping,
        is_gift: item.is_gift,
        stock_needs: item.variant.stock_needs().map(|(id, units)| (id, i64::from(units) * quantity)).collect(),
    })
}

/// The product name in the cart's locale, followed by the variant name if the product has options.
fn name(variant: &Variant, product: &Product, locales: &[Locale]) -> String {
    let product = product.name_in(locales);
    if variant.selected_options.is_empty() { product.to_owned() } else { format!("{product} – {}", variant.name) }
}

fn allocation(reduction: &Reduction<'_>, locales: &[Locale]) -> DiscountAllocation {
    DiscountAllocation {
        promotion_id: reduction.promotion.id,
        title: reduction.promotion.title_in(locales).to_owned(),
        code: reduction.code.map(str::to_owned),
        amount: reduction.amount,
    }
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
