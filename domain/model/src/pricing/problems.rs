//! Problems that prevent completing a cart.

use std::collections::{BTreeMap, HashMap};

use super::{
    CartProblem, PricedLine, ProblemCode,
    delivery::Delivery,
    goods::{Basket, Unsold},
    taxes::Taxes,
};
use crate::{
    cart::{Cart, CartLine, CartStatus},
    channels::Channel,
    ids::VariantId,
    promotions::CodeRefusal,
    shipping::{DeliveryMethod, Gap},
    tax::Destination,
};

/// Problems that pricing has found.
pub(super) struct Findings<'a> {
    /// Lines that cannot be sold.
    pub unsold: &'a [(&'a CartLine, Unsold)],
    /// False if the channel does not sell goods without delivery to the country.
    pub is_country_served: bool,
    /// Ids of lines and deliveries for which no tax rate is configured.
    pub untaxed: Vec<String>,
    /// Entered codes that do not apply.
    pub refused: &'a [(&'a str, CodeRefusal)],
}

/// All problems in a fixed order: lines, buyer, delivery, taxes, codes. A cart that is not active has none.
pub(super) fn find(
    cart: &Cart,
    availability: &HashMap<VariantId, i64>,
    lines: &[PricedLine],
    delivery: &Delivery<'_>,
    findings: &Findings<'_>,
) -> Vec<CartProblem> {
    if cart.status != CartStatus::Active {
        return Vec::new();
    }
    let mut problems = Vec::new();
    if cart.lines.is_empty() {
        problems.push(problem(ProblemCode::Empty, "the cart is empty", None));
    }
    problems.extend(findings.unsold.iter().map(|(line, why)| unsold_problem(line, why)));
    problems.extend(stock_problems(lines, availability));
    if cart.buyer.email.is_none() {
        problems.push(problem(ProblemCode::MissingEmail, "an e-mail address is missing", Some("email".to_owned())));
    }
    problems.extend(delivery_problems(cart, delivery));
    if !findings.is_country_served {
        // Without delivery nothing else keeps the goods from a country whose taxes the shop does not know.
        let target = Some("countryCode".to_owned());
        problems.push(problem(ProblemCode::CountryNotServed, "the shop does not sell to this country", target));
    }
    let of_untaxed = |id: &String| {
        problem(
            ProblemCode::TaxNotConfigured,
            "no tax rate is configured for this at the destination",
            Some(id.clone()),
        )
    };
    problems.extend(findings.untaxed.iter().map(of_untaxed));
    let of_code = |(code, why): &(&str, CodeRefusal)| CartProblem {
        code: ProblemCode::DiscountCodeNotApplicable,
        message: why.to_string(),
        target: Some((*code).to_owned()),
    };
    problems.extend(findings.refused.iter().map(of_code));
    problems
}

/// The ids of lines and deliveries for which no tax rate is configured. None in a country that the channel does not sell
/// to: that is a problem of its own.
pub(super) fn untaxed(
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
    // Nothing is paid for gifts.
    let paid = basket.iter().filter(|(item, _)| !item.is_gift);
    let lines = paid.filter(|(_, goods)| !taxes.is_configured(&goods.product.tax_class));
    let mut lines: Vec<_> = lines.map(|(item, _)| (item.at, item.line.id.to_string())).collect();
    lines.sort_unstable();
    let is_delivery_untaxed = !delivery.methods.is_empty() && !taxes.is_delivery_configured();
    let delivery = is_delivery_untaxed.then(|| cart.delivery_group.to_string());
    lines.into_iter().map(|(_, id)| id).chain(delivery).collect()
}

fn problem(code: ProblemCode, message: &str, target: Option<String>) -> CartProblem {
    CartProblem { code, message: message.to_owned(), target }
}

fn unsold_problem(line: &CartLine, why: &Unsold) -> CartProblem {
    let (code, message) = match why {
        Unsold::Unavailable => (ProblemCode::VariantUnavailable, "this is no longer sold here"),
        Unsold::TooLarge => (ProblemCode::AmountTooLarge, "the line total is too high; reduce the quantity"),
    };
    problem(code, message, Some(line.id.to_string()))
}

/// Lines that need more units than are available. All lines that use the same stock count together: the same variant
/// with other attributes, or a bundle and one of its components.
fn stock_problems(lines: &[PricedLine], availability: &HashMap<VariantId, i64>) -> Vec<CartProblem> {
    let mut wanted: BTreeMap<VariantId, i64> = BTreeMap::new();
    for line in lines {
        for (id, units) in demands(line) {
            *wanted.entry(id).or_default() += units;
        }
    }
    let is_short = |id: &VariantId| {
        let wanted = wanted.get(id).copied().unwrap_or_default();
        availability.get(id).is_some_and(|available| wanted > *available)
    };
    let short = lines.iter().filter(|line| demands(line).any(|(id, _)| is_short(&id)));
    short
        .map(|line| {
            // Only a component without known availability counts as zero here; `is_short` ignores it.
            let left = availability.get(&line.variant_id).copied().unwrap_or_default().max(0);
            let message = match left {
                0 => "sold out".to_owned(),
                left if left < i64::from(line.quantity) => format!("only {left} left"),
                _ => "not enough in stock for all lines of the cart".to_owned(),
            };
            CartProblem { code: ProblemCode::OutOfStock, message, target: Some(line.id.to_string()) }
        })
        .collect()
}

/// The stock that a line uses: its variant and the components of a bundle.
fn demands(line: &PricedLine) -> impl Iterator<Item = (VariantId, i64)> {
    let own = (line.variant_id, i64::from(line.quantity));
    let parts = line.stock_needs.iter().copied().filter(move |(id, _)| *id != own.0);
    std::iter::once(own).chain(parts)
}

fn delivery_problems(cart: &Cart, delivery: &Delivery<'_>) -> Vec<CartProblem> {
    if !delivery.is_needed {
        return Vec::new();
    }
    let group = Some(cart.delivery_group.to_string());
    match delivery.gap {
        Some(Gap::Place) => {
            return vec![problem(ProblemCode::CountryNotServed, "the shop does not deliver to this place", group)];
        }
        Some(Gap::Goods) => {
            let message = "no delivery method carries all goods of the cart to this place";
            return vec![problem(ProblemCode::NotDeliverable, message, group)];
        }
        // The address that decides is reported as missing.
        Some(Gap::Address) | None => {}
    }
    let mut problems = Vec::new();
    let is_pickup = delivery.selected.is_some_and(DeliveryMethod::is_pickup);
    let is_addressed = cart.shipping_address.as_ref().is_some_and(|address| address.invalid_fields().is_empty());
    if !is_pickup && !is_addressed {
        let target = Some("shippingAddress".to_owned());
        problems.push(problem(
            ProblemCode::MissingShippingAddress,
            "the shipping address is missing or incomplete",
            target,
        ));
    }
    if delivery.selected.is_none() && delivery.gap.is_none() {
        problems.push(problem(ProblemCode::MissingDeliveryOption, "select a delivery option", group));
    }
    problems
}
