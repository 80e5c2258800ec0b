//! Products, tax rates, delivery methods and codes for tests of carts and orders.

use std::collections::BTreeMap;

use model::{
    Currency, Money,
    access::Actor,
    catalog::{Product, SelectedOption},
    fixtures,
    ids::{PromotionId, TaxClassId},
    promotions::{Conditions, DiscountClass, NewCode, Promotion, PromotionAction},
    shipping::DeliveryMethod,
    tax::{TaxClass, TaxRate, TaxRule},
};
use persistence::{promotions, shipping, tax};
use services::{
    App,
    catalog::{self, OptionInput, PriceInput, ProductInput, ProductTypeInput, Ref, StockInput, VariantInput},
};

use crate::TestShop;

/// Inserts German tax rates.
///
/// # Panics
/// If the database returns an error.
pub async fn insert_tax_rates(shop: &TestShop) {
    let rule =
        |class: &str, points| TaxRule::new("DE".parse().unwrap(), class, "VAT", TaxRate::from_basis_points(points));
    let books = TaxClass { id: TaxClassId::new(), slug: "books".parse().unwrap(), name: "Books".to_owned() };
    let mut conn = shop.app.db().write().await.unwrap();
    tax::insert_missing_classes(&mut conn, &[books]).await.unwrap();
    tax::upsert(&mut conn, &[rule("standard", 1_900), rule("books", 700)]).await.unwrap();
    shop.app.settings_cache().invalidate();
}

/// Inserts German tax rates and the delivery methods of the channel `eu`.
///
/// # Panics
/// If the database returns an error.
pub async fn insert_rates(shop: &TestShop) {
    insert_tax_rates(shop).await;
    let zone = fixtures::delivery_zone(shop.channels.eu.countries.clone());
    let euros = |minor| Money::new(minor, Currency::EUR);
    let method = |position, handle: &str, minor, free_from: Option<i64>| DeliveryMethod {
        free_from: free_from.map(euros),
        estimated_days: (2, 5),
        position,
        pickup_at: (handle == "pickup").then_some(shop.channels.locations[0].id),
        ..fixtures::delivery_method(shop.channels.eu.id, zone.id, handle, euros(minor))
    };
    let methods =
        [method(0, "standard", 490, Some(10_000)), method(1, "express", 1_290, None), method(2, "pickup", 0, None)];
    let mut conn = shop.app.db().write().await.unwrap();
    shipping::insert_zone(&mut conn, &zone, shop.app.now()).await.unwrap();
    shipping::insert(&mut conn, &methods, shop.app.now()).await.unwrap();
    shop.app.settings_cache().invalidate();
}

/// Inserts a percentage promotion on the whole order with a code.
///
/// # Panics
/// If the database returns an error.
pub async fn insert_percent_code(app: &App, code: NewCode, basis_points: i64) {
    let promotion = Promotion {
        id: PromotionId::new(),
        version: 1,
        name: code.code.clone(),
        translations: BTreeMap::new(),
        channels: Vec::new(),
        starts_at: None,
        ends_at: None,
        priority: 0,
        combines_with: [DiscountClass::Product, DiscountClass::Shipping].into(),
        needs_code: true,
        conditions: Conditions::default(),
        action: PromotionAction::PercentageOff { basis_points, target: None },
    };
    let mut conn = app.db().write().await.unwrap();
    promotions::insert(&mut conn, &promotion, app.now()).await.unwrap();
    promotions::insert_codes(&mut conn, promotion.id, &[code], app.now()).await.unwrap();
    app.settings_cache().invalidate();
}

/// Creates a product with one variant in the channel `eu` and its units in berlin.
///
/// # Panics
/// If the catalog refuses it.
pub async fn product_fixture(app: &App, slug: &str, euros: &str, on_hand: i64) -> Product {
    product_with_variants(app, slug, euros, on_hand, 1).await
}

/// Creates a product with many variants in the channel `eu`, each with its units in berlin.
///
/// # Panics
/// If the catalog refuses it.
pub async fn product_with_variants(app: &App, slug: &str, euros: &str, on_hand: i64, count: usize) -> Product {
    let kind = format!("{slug}-type");
    let input = ProductTypeInput { slug: Some(kind.clone()), name: Some(kind.clone()), ..ProductTypeInput::default() };
    catalog::create_product_type(app, &Actor::System, input).await.unwrap();
    let values: Vec<String> = (0..count).map(|at| at.to_string()).collect();
    let variant = |value: &String| VariantInput {
        sku: Some(format!("{}-{value}", slug.to_uppercase())),
        selected_options: (count > 1).then(|| vec![SelectedOption { name: "Number".to_owned(), value: value.clone() }]),
        prices: Some(vec![PriceInput {
            channel: Ref::from("eu"),
            currency: Currency::EUR,
            amount: euros.to_owned(),
            compare_at: None,
        }]),
        stock: vec![StockInput { location: Ref::from("berlin"), on_hand }],
        ..VariantInput::default()
    };
    let input = ProductInput {
        product_type: Some(Ref::from(kind.as_str())),
        slug: Some(slug.to_owned()),
        name: Some(slug.to_owned()),
        options: (count > 1)
            .then(|| vec![OptionInput { name: "Number".to_owned(), values: values.clone(), translations: None }]),
        channels: Some(vec![Ref::from("eu")]),
        variants: Some(values.iter().map(variant).collect()),
        ..ProductInput::default()
    };
    catalog::create_product(app, &Actor::System, input).await.unwrap()
}
