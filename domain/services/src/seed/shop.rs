//! Channels, stock locations, taxes, delivery and promotions of the demo shop.

use std::collections::BTreeSet;

use model::{
    Country, Currency, Money, Timestamp,
    channels::{CaptureMode, Channel, StockLocation},
    ids::{CategoryId, ChannelId, PromotionId, StockLocationId},
    promotions::{Conditions, DiscountClass, NewCode, ProductSelector, Promotion, PromotionAction},
    shipping::DeliveryMethod,
    tax::{TaxRate, TaxRule},
};

use super::{SeedError, products::id};

fn country(code: &str) -> Result<Country, SeedError> {
    code.parse().map_err(|_| SeedError::Data(format!("country {code}")))
}

fn countries(codes: &[&str]) -> Result<Vec<Country>, SeedError> {
    codes.iter().map(|code| country(code)).collect()
}

const EU: [&str; 6] = ["DE", "FR", "NL", "AT", "ES", "IT"];

/// The stock locations.
///
/// # Errors
/// A word in the lists that is none.
pub fn locations() -> Result<Vec<StockLocation>, SeedError> {
    let rows =
        [("berlin", "Berlin", "DE"), ("lyon", "Lyon", "FR"), ("oakland", "Oakland", "US"), ("osaka", "Osaka", "JP")];
    let location = |(slug, name, code): (&str, &str, &str)| {
        Ok(StockLocation {
            id: id::<StockLocationId>(slug),
            slug: slug.parse().map_err(|_| SeedError::Data(slug.to_owned()))?,
            name: name.to_owned(),
            country: country(code)?,
        })
    };
    rows.into_iter().map(location).collect()
}

/// The channels.
///
/// # Errors
/// A word in the lists that is none.
pub fn channels() -> Result<Vec<Channel>, SeedError> {
    let channel =
        |slug: &str, name: &str, gross: bool, currency: Currency, locales: &[&str], codes: &[&str], stock: &[&str]| {
            let locales = locales.iter().map(|tag| tag.parse()).collect::<Result<_, _>>();
            Ok::<_, SeedError>(Channel {
                id: id::<ChannelId>(slug),
                slug: slug.parse().map_err(|_| SeedError::Data(slug.to_owned()))?,
                name: name.to_owned(),
                prices_include_tax: gross,
                currencies: vec![currency],
                locales: locales.map_err(|_| SeedError::Data(format!("locales of {slug}")))?,
                countries: countries(codes)?,
                locations: stock.iter().map(|location| id::<StockLocationId>(location)).collect(),
                capture_mode: CaptureMode::Automatic,
                is_default: slug == "eu",
            })
        };
    Ok(vec![
        channel("eu", "Europe", true, Currency::EUR, &["en", "de", "fr"], &EU, &["berlin", "lyon"])?,
        channel("us", "United States", false, Currency::USD, &["en"], &["US"], &["oakland"])?,
        channel("jp", "Japan", true, Currency::JPY, &["ja", "en"], &["JP"], &["osaka"])?,
    ])
}

/// The tax rates, in basis points.
///
/// # Errors
/// A word in the lists that is none.
pub fn taxes() -> Result<Vec<TaxRule>, SeedError> {
    let rows = [
        ("DE", None, "standard", 1_900),
        ("DE", None, "books", 700),
        ("FR", None, "standard", 2_000),
        ("NL", None, "standard", 2_100),
        ("AT", None, "standard", 2_000),
        ("ES", None, "standard", 2_100),
        ("IT", None, "standard", 2_200),
        ("US", None, "standard", 0),
        ("US", Some("CA"), "standard", 725),
        ("US", Some("NY"), "standard", 400),
        ("JP", None, "standard", 1_000),
    ];
    let rule = |(code, region, class, rate): (&str, Option<&str>, &str, i64)| {
        Ok(TaxRule {
            country: country(code)?,
            region: region.map(str::to_owned),
            class: class.to_owned(),
            rate: TaxRate(rate),
        })
    };
    rows.into_iter().map(rule).collect()
}

/// The delivery methods, in display order.
///
/// # Errors
/// A word in the lists that is none.
pub fn delivery_methods() -> Result<Vec<DeliveryMethod>, SeedError> {
    let eu = ("eu", Currency::EUR, &EU[..]);
    let us = ("us", Currency::USD, &["US"][..]);
    let rows = [
        (eu, "standard", "Standard", 490, Some(10_000), (2, 5)),
        (eu, "express", "Express", 1_290, None, (1, 2)),
        (eu, "pickup", "Pick up at the Berlin store", 0, None, (0, 1)),
        (us, "standard", "Standard", 600, None, (3, 7)),
        (us, "express", "Express", 1_900, None, (1, 3)),
        (("jp", Currency::JPY, &["JP"][..]), "standard", "Standard", 800, None, (1, 3)),
    ];
    let mut methods = Vec::with_capacity(rows.len());
    for ((channel, currency, served), handle, title, price, free_from, estimated_days) in rows {
        methods.push(DeliveryMethod {
            channel: id::<ChannelId>(channel),
            handle: handle.to_owned(),
            title: title.to_owned(),
            price: Money::new(price, currency),
            free_from: free_from.map(|minor| Money::new(minor, currency)),
            countries: countries(served)?,
            estimated_days,
            is_pickup: handle == "pickup",
        });
    }
    Ok(methods)
}

/// The promotions, each with its code if it has one.
#[must_use]
pub fn promotions(now: Timestamp) -> Vec<(Promotion, Option<NewCode>)> {
    use DiscountClass::{Order, Product, Shipping};
    let euros = |minor| Money::new(minor, Currency::EUR);
    let percent = |basis_points| PromotionAction::PercentageOff { basis_points, target: None };
    let accessories =
        ProductSelector { categories: vec![id::<CategoryId>("accessories")], ..ProductSelector::default() };
    let ten = Promotion {
        conditions: Conditions { minimum_subtotal: Some(euros(5_000)), ..Conditions::default() },
        ..promotion(
            "TENOFF",
            "10 euros off from 50",
            PromotionAction::AmountOff { amount: euros(1_000), target: None },
            &[Product, Shipping],
        )
    };
    let old = Promotion {
        starts_at: Some(now - chrono::Duration::days(30)),
        ends_at: Some(now - chrono::Duration::days(1)),
        ..promotion("OLD", "Last season", percent(1_000), &[Product, Shipping])
    };
    let free_delivery = PromotionAction::FreeShipping { methods: vec!["standard".to_owned()] };
    let third = PromotionAction::BuyXGetY { buy: 2, get: 1, basis_points: 10_000, target: accessories };
    let third = Promotion {
        needs_code: false,
        ..promotion("accessories-3-for-2", "Every third accessory is free", third, &[Product, Order, Shipping])
    };
    let code =
        |code: &str, usage_limit| Some(NewCode { code: code.to_owned(), usage_limit, usage_limit_per_customer: None });
    vec![
        (promotion("WELCOME10", "10 % off", percent(1_000), &[Product, Shipping]), code("WELCOME10", None)),
        (ten, code("TENOFF", None)),
        (
            promotion("FREESHIP", "Free standard delivery", free_delivery, &[Product, Order, Shipping]),
            code("FREESHIP", None),
        ),
        (promotion("ONLYONCE", "Half price, once", percent(5_000), &[Product, Shipping]), code("ONLYONCE", Some(1))),
        (old, code("OLD", None)),
        (third, None),
    ]
}

fn promotion(key: &str, name: &str, action: PromotionAction, combines_with: &[DiscountClass]) -> Promotion {
    Promotion {
        id: id::<PromotionId>(key),
        version: 1,
        name: name.to_owned(),
        channels: Vec::new(),
        starts_at: None,
        ends_at: None,
        priority: 0,
        combines_with: combines_with.iter().copied().collect::<BTreeSet<_>>(),
        needs_code: true,
        conditions: Conditions::default(),
        action,
    }
}
