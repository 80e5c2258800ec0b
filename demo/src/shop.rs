//! Channels, stock locations, taxes, delivery methods, promotions and routing rules of the demo shop.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Currency, Money, Timestamp,
    channels::{CaptureMode, Channel, DeliveryTaxMode, StockLocation, TaxRounding},
    ids::{CategoryId, ChannelId, DeliveryMethodId, DeliveryZoneId, PromotionId, StockLocationId, TaxClassId},
    payments::RoutingConditions,
    promotions::{Conditions, NewCode, ProductSelector, Promotion, PromotionAction},
    shipping::{DeliveryMethod, DeliveryPrice, DeliveryZone},
    tax::{TaxClass, TaxRate, TaxRule},
};
use services::{import::ShopSettings, payments::CreateRule};

use crate::{
    data::shop::{ActionRow, ChannelRow, LocationRow, MethodRow, PromotionRow, Shop, TaxClassRow},
    ids::id,
};

/// All settings; some promotions ended before `now`.
pub fn settings(shop: &Shop, now: Timestamp) -> ShopSettings {
    let methods = shop
        .channels
        .iter()
        .flat_map(|channel| (0..).zip(&channel.delivery_methods).map(|(position, row)| method(channel, position, row)));
    ShopSettings {
        locations: shop.locations.iter().map(location).collect(),
        channels: shop.channels.iter().enumerate().map(|(at, row)| channel(row, at == 0)).collect(),
        tax_classes: shop.tax_classes.iter().map(tax_class).collect(),
        tax_rules: taxes(shop),
        delivery_zones: shop.channels.iter().map(zone).collect(),
        delivery_methods: methods.collect(),
        promotions: shop.promotions.iter().map(|row| (promotion(row, now), code(row))).collect(),
    }
}

fn location(row: &LocationRow) -> StockLocation {
    StockLocation {
        id: id::<StockLocationId>(row.slug.as_str()),
        version: 1,
        slug: row.slug.clone(),
        name: row.name.clone(),
        country: row.address.country,
        address: Some(row.address.clone()),
        is_active: true,
    }
}

fn channel(row: &ChannelRow, is_default: bool) -> Channel {
    Channel {
        id: id::<ChannelId>(row.slug.as_str()),
        version: 1,
        slug: row.slug.clone(),
        name: row.name.clone(),
        translations: row.translations.clone(),
        prices_include_tax: row.prices_include_tax,
        currencies: vec![row.currency],
        locales: row.locales.clone(),
        countries: row.countries.clone(),
        locations: row.locations.iter().map(|location| id::<StockLocationId>(location)).collect(),
        capture_mode: CaptureMode::Automatic,
        transfer_hold_hours: Channel::TRANSFER_HOLD_HOURS,
        // A storefront on the same machine may be returned to in a demo without being listed.
        return_origins: Vec::new(),
        delivery_tax_mode: DeliveryTaxMode::StandardRate,
        tax_rounding: TaxRounding::PerLine,
        is_default,
        archived_at: None,
    }
}

fn tax_class(row: &TaxClassRow) -> TaxClass {
    TaxClass { id: id::<TaxClassId>(row.slug.as_str()), slug: row.slug.clone(), name: row.name.clone() }
}

fn taxes(shop: &Shop) -> Vec<TaxRule> {
    let rates = shop.tax_rates.iter().flat_map(|of| of.rates.iter().map(|rate| (of.country, rate)));
    let rule = |(country, rate): (_, &crate::data::shop::RateRow)| TaxRule {
        region: rate.region.clone(),
        ..TaxRule::new(country, &rate.class, &rate.name, TaxRate::from_basis_points(rate.rate))
    };
    rates.map(rule).collect()
}

/// The delivery zone of all countries of a channel.
fn zone(channel: &ChannelRow) -> DeliveryZone {
    DeliveryZone {
        id: id::<DeliveryZoneId>(channel.slug.as_str()),
        version: 1,
        name: channel.name.clone(),
        countries: channel.countries.clone(),
        regions: Vec::new(),
        postal_codes: Vec::new(),
    }
}

fn method(channel: &ChannelRow, position: i32, row: &MethodRow) -> DeliveryMethod {
    let slug = channel.slug.as_str();
    DeliveryMethod {
        id: id::<DeliveryMethodId>(&format!("{slug}/{}", row.handle)),
        version: 1,
        zone: id::<DeliveryZoneId>(slug),
        channel: id::<ChannelId>(slug),
        handle: row.handle.clone(),
        name: row.name.clone(),
        translations: row.translations.clone(),
        currency: channel.currency,
        price: DeliveryPrice::Fixed(Money::new(row.price, channel.currency)),
        free_from: row.free_from.map(|minor| Money::new(minor, channel.currency)),
        estimated_days: row.estimated_days,
        position,
        pickup_at: row.pickup_at.as_ref().map(|location| id::<StockLocationId>(location)),
        profiles: Vec::new(),
        archived_at: None,
    }
}

fn promotion(row: &PromotionRow, now: Timestamp) -> Promotion {
    let days_ago = |days: Option<i64>| days.map(|days| now - chrono::Duration::days(days));
    Promotion {
        id: id::<PromotionId>(&row.key),
        version: 1,
        name: row.name.clone(),
        translations: BTreeMap::new(),
        channels: Vec::new(),
        starts_at: days_ago(row.started_days_ago),
        ends_at: days_ago(row.ended_days_ago),
        priority: 0,
        combines_with: row.combines_with.iter().copied().collect::<BTreeSet<_>>(),
        needs_code: row.code.is_some(),
        conditions: Conditions { minimum_subtotal: row.minimum_subtotal.map(euros), ..Conditions::default() },
        action: action(&row.action),
    }
}

fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

fn action(row: &ActionRow) -> PromotionAction {
    match row {
        ActionRow::PercentageOff { basis_points } => {
            PromotionAction::PercentageOff { basis_points: *basis_points, target: None }
        }
        ActionRow::AmountOff { amount } => PromotionAction::AmountOff { amount: euros(*amount), target: None },
        ActionRow::FreeShipping { methods } => PromotionAction::FreeShipping { methods: methods.clone() },
        ActionRow::BuyXGetY { buy, get, basis_points, category } => PromotionAction::BuyXGetY {
            buy: *buy,
            get: *get,
            basis_points: *basis_points,
            target: ProductSelector { categories: vec![id::<CategoryId>(category)], ..ProductSelector::default() },
        },
    }
}

fn code(row: &PromotionRow) -> Option<NewCode> {
    let code = row.code.clone()?;
    Some(NewCode { code, usage_limit: row.usage_limit, usage_limit_per_customer: None })
}

/// The routing rules of payments.
pub fn routing_rules(shop: &Shop) -> Vec<CreateRule> {
    let rule = |row: &crate::data::shop::RoutingRow| CreateRule {
        name: row.name.clone(),
        priority: 0,
        when: RoutingConditions {
            currencies: vec![row.currency],
            methods: vec![row.method],
            ..RoutingConditions::default()
        },
        gateways: row.gateways.clone(),
    };
    shop.routing_rules.iter().map(rule).collect()
}
