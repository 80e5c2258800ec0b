//! Delivery options of carts: tables, profiles, pickup, names, zones by postal code, and archived channels.

use std::sync::Arc;

use super::demo::{Shop, country, delivered_by, euros, sent_to};
use crate::{
    Address, PostalCodeRange,
    cart::Cart,
    channels::Channel,
    fixtures,
    ids::ProductId,
    pricing::{PricedCart, ProblemCode, delivery_handles},
    shipping::{DeliveryMethod, DeliveryPrice, DeliveryZone, RateBasis, RateRow, RateTable},
};

impl Shop {
    /// Adds a method of the channel `eu` in the zone of its countries.
    fn method(&mut self, handle: &str, change: impl FnOnce(&mut DeliveryMethod)) {
        let zone = self.settings.delivery_zones[0].id;
        let mut method = fixtures::delivery_method(self.channel("eu"), zone, handle, euros(500));
        change(&mut method);
        self.settings.delivery_methods.push(method);
    }
}

fn handles(priced: &PricedCart) -> Vec<&str> {
    priced.delivery_groups[0].options.iter().map(|option| option.handle.as_str()).collect()
}

fn codes(priced: &PricedCart) -> Vec<ProblemCode> {
    priced.problems.iter().map(|problem| problem.code).collect()
}

fn with_postal_code(cart: Cart, code: &str) -> Cart {
    let cart = sent_to(cart, "DE", None);
    let address = cart.shipping_address.clone().unwrap();
    Cart { shipping_address: Some(Address { postal_code: code.to_owned(), ..address }), ..cart }
}

fn weighing(shop: &mut Shop, grams: Option<u32>) -> ProductId {
    shop.product("eu", 1_000, |product| product.variants[0].weight_grams = grams)
}

#[test]
fn a_table_by_weight_prices_what_is_shipped() {
    let mut shop = Shop::new();
    let rows = [(0, 390), (2_000, 590)].map(|(from, price)| RateRow { from, price: euros(price) }).to_vec();
    let table = RateTable { basis: RateBasis::Weight, rows, below: Some(5_000) };
    shop.method("parcel", |method| method.price = DeliveryPrice::Table(table));
    let [light, weightless] = [Some(700), None].map(|grams| weighing(&mut shop, grams));
    let download = shop.product("eu", 900, |product| {
        product.variants[0].requires_shipping = false;
        product.variants[0].weight_grams = Some(9_000);
    });
    let price = |units| {
        let cart = shop.cart("eu", &[(light, units), (weightless, 50), (download, 1)]);
        let priced = shop.price(&delivered_by(cart, "parcel"));
        let option = priced.delivery_groups[0].options.iter().find(|option| option.handle == "parcel");
        option.map(|option| option.price.gross.minor)
    };
    assert_eq!([1, 2, 3, 7, 8].map(price), [Some(390), Some(390), Some(590), Some(590), None]);
}

#[test]
fn a_table_by_value_follows_the_discounts() {
    let mut shop = Shop::new();
    let rows = [(0, 700), (5_000, 300)].map(|(from, price)| RateRow { from, price: euros(price) }).to_vec();
    let table = RateTable { basis: RateBasis::Subtotal, rows, below: None };
    shop.method("parcel", |method| method.price = DeliveryPrice::Table(table));
    let tee = shop.product("eu", 5_000, |_| ());
    let cart = delivered_by(shop.cart("eu", &[(tee, 1)]), "parcel");
    assert_eq!(shop.price(&cart).shipping.gross, euros(300));
    let reduced = super::demo::with_codes(cart, &["WELCOME10"]);
    assert_eq!(shop.price(&reduced).shipping.gross, euros(700));
}

#[test]
fn a_bulky_product_goes_only_by_methods_that_carry_it() {
    let mut shop = Shop::new();
    let sofa = shop.product("eu", 50_000, |product| product.delivery_profile = Some("bulky".parse().unwrap()));
    let tee = shop.product("eu", 1_990, |_| ());
    let cart = sent_to(shop.cart("eu", &[(sofa, 1)]), "DE", None);
    assert_eq!(codes(&shop.price(&cart)), [ProblemCode::MissingEmail, ProblemCode::NotDeliverable]);
    let both = ["standard", "bulky"].map(|profile| profile.parse().unwrap()).to_vec();
    shop.method("freight", |method| method.profiles = both);
    assert_eq!(handles(&shop.price(&cart)), ["freight"]);
    assert_eq!(handles(&shop.price(&shop.cart("eu", &[(sofa, 1), (tee, 1)]))), ["freight"]);
    assert_eq!(handles(&shop.price(&shop.cart("eu", &[(tee, 1)]))), ["standard", "express", "pickup", "freight"]);
}

#[test]
fn pickup_shows_its_place_and_needs_the_goods_there() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let cart = delivered_by(shop.cart("eu", &[(tee, 2)]), "pickup");
    let (variant, store) = (shop.products[&tee].variants[0].id, shop.settings.locations[0].clone());
    shop.pickup_stock.insert((store.id, variant), 2);
    let priced = shop.price(&cart);
    let pickup = priced.delivery_groups[0].options[2].pickup.clone().unwrap();
    assert_eq!((pickup.location, pickup.name), (store.id, "berlin".to_owned()));
    shop.pickup_stock.insert((store.id, variant), 1);
    let priced = shop.price(&cart);
    assert_eq!((handles(&priced), &priced.delivery_groups[0].selected), (vec!["standard", "express"], &None));
    assert!(codes(&priced).contains(&ProblemCode::MissingDeliveryOption));
}

#[test]
fn titles_are_in_the_language_of_the_cart() {
    let mut shop = Shop::new();
    shop.method("courier", |method| {
        method.name = "Courier".to_owned();
        method.translations.insert("de".parse().unwrap(), "Kurier".to_owned());
    });
    let tee = shop.product("eu", 1_990, |_| ());
    let title = |locale: &str| {
        let cart = Cart { locale: locale.parse().unwrap(), ..shop.cart("eu", &[(tee, 1)]) };
        shop.price(&cart).delivery_groups[0].options[3].title.clone()
    };
    assert_eq!(["en", "de", "de-AT", "fr"].map(title), ["Courier", "Kurier", "Kurier", "Courier"]);
}

#[test]
fn postal_codes_decide_once_the_address_is_known() {
    let mut shop = Shop::new();
    let berlin = DeliveryZone {
        postal_codes: vec![PostalCodeRange::parse("10115", "14199").unwrap()],
        ..fixtures::delivery_zone(vec![country("DE")])
    };
    let zone = berlin.id;
    shop.settings.delivery_zones.push(berlin);
    shop.method("courier", |method| method.zone = zone);
    shop.settings.delivery_methods.retain(|method| method.handle == "courier");
    let tee = shop.product("eu", 1_990, |_| ());
    let cart = shop.cart("eu", &[(tee, 1)]);
    let unknown = shop.price(&cart);
    assert_eq!(codes(&unknown), [ProblemCode::MissingEmail, ProblemCode::MissingShippingAddress]);
    assert_eq!(handles(&shop.price(&with_postal_code(cart.clone(), "10115"))), ["courier"]);
    let outside = shop.price(&with_postal_code(cart, "80331"));
    assert_eq!(codes(&outside), [ProblemCode::MissingEmail, ProblemCode::CountryNotServed]);
}

#[test]
fn an_archived_channel_sells_nothing() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let cart = shop.cart("eu", &[(tee, 1)]);
    let open: &Channel = &shop.settings.channels[0];
    shop.settings.channels[0] = Arc::new(Channel { archived_at: Some(super::demo::now()), ..open.clone() });
    let priced = shop.price(&cart);
    assert_eq!((priced.lines.len(), priced.total.gross.minor), (0, 0));
    assert!(codes(&priced).contains(&ProblemCode::VariantUnavailable));
}

#[test]
fn a_method_can_be_chosen_before_there_are_goods() {
    let mut shop = Shop::new();
    let sofa = shop.product("eu", 50_000, |product| product.delivery_profile = Some("bulky".parse().unwrap()));
    let handles =
        |cart: &Cart| delivery_handles(cart, &shop.settings, &shop.products, &shop.pickup_stock, super::demo::now());
    assert_eq!(handles(&shop.cart("eu", &[])), ["standard", "express", "pickup"]);
    assert!(handles(&shop.cart("eu", &[(sofa, 1)])).is_empty());
}
