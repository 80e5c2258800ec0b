//! Prices, taxes, delivery and problems in the demo shop.

use super::demo::{Shop, country, delivered_by, sent_to};
use crate::{
    Currency, Money, TaxedMoney,
    cart::Cart,
    catalog::BundleComponent,
    pricing::{CartProblem, PricedCart, ProblemCode, place_of_sale},
};

pub fn net_gross(amount: TaxedMoney) -> (i64, i64) {
    (amount.net.minor, amount.gross.minor)
}

fn codes(priced: &PricedCart) -> Vec<ProblemCode> {
    priced.problems.iter().map(|problem| problem.code).collect()
}

fn ready(cart: Cart) -> Cart {
    let mut cart = sent_to(cart, "DE", None);
    cart.buyer.email = Some("ada@demo.test".to_owned());
    cart
}

#[test]
fn prices_two_shirts_with_standard_delivery_to_germany() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let priced = shop.price(&delivered_by(ready(shop.cart("eu", &[(tee, 2)])), "standard"));
    assert_eq!(net_gross(priced.lines[0].unit_price), (1_672, 1_990));
    assert_eq!(net_gross(priced.subtotal), (3_345, 3_980));
    assert_eq!(net_gross(priced.shipping), (412, 490));
    assert_eq!(net_gross(priced.total), (3_757, 4_470));
    assert_eq!(priced.problems, []);
}

#[test]
fn books_have_a_reduced_rate_only_in_germany() {
    let mut shop = Shop::new();
    let atlas = shop.product("eu", 3_500, |product| product.tax_class = "books".to_owned());
    let cart = shop.cart("eu", &[(atlas, 1)]);
    assert_eq!(net_gross(shop.price(&sent_to(cart.clone(), "DE", None)).total), (3_271, 3_500));
    assert_eq!(net_gross(shop.price(&sent_to(cart, "FR", None)).total), (2_917, 3_500));
}

#[test]
fn us_state_tax_is_added_to_net_prices() {
    let mut shop = Shop::new();
    let tee = shop.product("us", 2_200, |_| ());
    let cart = delivered_by(shop.cart("us", &[(tee, 1)]), "standard");
    let to = |region| shop.price(&sent_to(cart.clone(), "US", Some(region)));
    assert_eq!((net_gross(to("CA").lines[0].total), net_gross(to("CA").shipping)), ((2_200, 2_360), (600, 644)));
    assert_eq!(net_gross(to("NY").total), (2_800, 2_912));
    assert_eq!(net_gross(to("OR").total), (2_800, 2_800));
}

#[test]
fn yen_have_no_minor_unit() {
    let mut shop = Shop::new();
    let tee = shop.product("jp", 2_900, |_| ());
    let priced = shop.price(&delivered_by(shop.cart("jp", &[(tee, 1)]), "standard"));
    assert_eq!((net_gross(priced.subtotal), net_gross(priced.shipping)), ((2_636, 2_900), (727, 800)));
    assert_eq!(priced.total.gross, Money::new(3_700, Currency::JPY));
}

#[test]
fn standard_delivery_is_free_from_100_euros() {
    let mut shop = Shop::new();
    let dear = shop.product("eu", 10_000, |_| ());
    let cheap = shop.product("eu", 9_999, |_| ());
    let shipping =
        |product| shop.price(&delivered_by(shop.cart("eu", &[(product, 1)]), "standard")).shipping.gross.minor;
    assert_eq!((shipping(dear), shipping(cheap)), (0, 490));
}

#[test]
fn destination_is_address_then_buyer_then_channel() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let mut cart = shop.cart("eu", &[(tee, 1)]);
    let rate = |cart: &Cart| shop.price(cart).lines[0].tax_rate.basis_points();
    assert_eq!(rate(&cart), 1_900);
    cart.buyer.country = Some(country("NL"));
    assert_eq!(rate(&cart), 2_100);
    assert_eq!(rate(&sent_to(cart, "FR", None)), 2_000);
}

#[test]
fn downloads_are_taxed_at_the_billing_address() {
    let mut shop = Shop::new();
    let flac = shop.product("eu", 900, |product| product.variants[0].requires_shipping = false);
    let tee = shop.product("eu", 1_990, |_| ());
    let billed = |lines: &[_], country| {
        let cart = sent_to(shop.cart("eu", lines), country, None);
        let (billing_address, shipping_address) = (cart.shipping_address.clone(), None);
        Cart { shipping_address, billing_address, ..cart }
    };
    let rates =
        |cart: &Cart| -> Vec<i64> { shop.price(cart).lines.iter().map(|line| line.tax_rate.basis_points()).collect() };
    let place = |cart: &Cart| {
        let channel = shop.settings.channel_by_id(cart.channel).unwrap();
        place_of_sale(cart, &shop.price(cart), channel).map(|place| place.country)
    };
    let mut cart = billed(&[(flac, 1)], "FR");
    cart.buyer.country = Some(country("NL"));
    assert_eq!((rates(&cart), place(&cart)), (vec![2_000], Some(country("FR"))));
    assert_eq!(rates(&Cart { billing_address: None, ..cart.clone() }), [2_100]);
    assert_eq!(rates(&sent_to(cart, "DE", None)), [1_900]);
    let goods = billed(&[(flac, 1), (tee, 1)], "FR");
    assert_eq!(rates(&goods), [1_900; 2], "goods go where they are sent");
    assert_eq!(place(&goods), Some(country("DE")));
}

#[test]
fn downloads_are_sold_only_to_countries_of_the_channel() {
    let mut shop = Shop::new();
    let flac = shop.product("eu", 900, |product| product.variants[0].requires_shipping = false);
    let cart = shop.cart("eu", &[(flac, 1)]);
    let from = |code| {
        let mut cart = cart.clone();
        cart.buyer.country = Some(country(code));
        shop.price(&cart)
    };
    for code in ["CH", "LU", "US"] {
        assert_eq!(codes(&from(code)), [ProblemCode::MissingEmail, ProblemCode::CountryNotServed], "{code}");
        let billed = sent_to(cart.clone(), code, None);
        let billed = Cart { billing_address: billed.shipping_address.clone(), shipping_address: None, ..billed };
        assert!(codes(&shop.price(&billed)).contains(&ProblemCode::CountryNotServed), "{code}");
    }
    assert_eq!(codes(&from("NL")), [ProblemCode::MissingEmail]);
    let mut empty = shop.cart("eu", &[]);
    empty.buyer.country = Some(country("CH"));
    assert_eq!(codes(&shop.price(&empty)), [ProblemCode::Empty, ProblemCode::MissingEmail]);
}

#[test]
fn a_country_without_delivery_has_no_options() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let priced = shop.price(&sent_to(shop.cart("eu", &[(tee, 1)]), "CH", None));
    assert!(priced.delivery_groups[0].options.is_empty());
    assert_eq!(codes(&priced), [ProblemCode::MissingEmail, ProblemCode::CountryNotServed]);
}

#[test]
fn downloads_need_no_address_or_delivery() {
    let mut shop = Shop::new();
    let flac = shop.product("eu", 900, |product| product.variants[0].requires_shipping = false);
    let mut cart = shop.cart("eu", &[(flac, 1)]);
    cart.buyer.email = Some("ada@demo.test".to_owned());
    let priced = shop.price(&cart);
    assert_eq!((priced.delivery_groups.len(), priced.problems.len(), priced.total.gross.minor), (0, 0, 900));
}

#[test]
fn pickup_needs_no_address() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let mut cart = delivered_by(shop.cart("eu", &[(tee, 1)]), "pickup");
    cart.buyer.email = Some("ada@demo.test".to_owned());
    assert_eq!(shop.price(&cart).problems, []);
}

#[test]
fn an_empty_cart_is_free_and_has_problems() {
    let shop = Shop::new();
    let priced = shop.price(&shop.cart("eu", &[]));
    assert_eq!(codes(&priced), [ProblemCode::Empty, ProblemCode::MissingEmail]);
    assert_eq!(priced.total, TaxedMoney::zero(Currency::EUR));
}

#[test]
fn problems_name_the_missing_field() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let cart = shop.cart("eu", &[(tee, 1)]);
    let targets: Vec<_> = shop
        .price(&cart)
        .problems
        .into_iter()
        .map(|CartProblem { code, target, .. }| (code, target.unwrap()))
        .collect();
    let group = cart.delivery_group.to_string();
    assert_eq!(
        targets,
        [
            (ProblemCode::MissingEmail, "email".to_owned()),
            (ProblemCode::MissingShippingAddress, "shippingAddress".to_owned()),
            (ProblemCode::MissingDeliveryOption, group),
        ]
    );
}

#[test]
fn a_line_that_is_not_sold_is_free_and_a_problem() {
    let mut shop = Shop::new();
    let gone = shop.product("eu", 1_990, |product| product.publications.clear());
    let elsewhere = shop.product("us", 2_200, |_| ());
    let tee = shop.product("eu", 1_000, |_| ());
    let cart = ready(shop.cart("eu", &[(gone, 1), (elsewhere, 1), (tee, 1)]));
    let priced = shop.price(&delivered_by(cart, "pickup"));
    assert_eq!((priced.lines.len(), priced.total.gross.minor), (1, 1_000));
    assert_eq!(codes(&priced), [ProblemCode::VariantUnavailable; 2]);
}

#[test]
fn a_line_that_is_too_expensive_is_a_problem() {
    let mut shop = Shop::new();
    let gold = shop.product("eu", i64::MAX / 2, |_| ());
    let priced = shop.price(&delivered_by(ready(shop.cart("eu", &[(gold, 1_000_000)])), "pickup"));
    assert_eq!((codes(&priced), priced.total.gross.minor), (vec![ProblemCode::AmountTooLarge], 0));
}

#[test]
fn lines_that_share_stock_are_counted_together() {
    let mut shop = Shop::new();
    let stove = shop.product("eu", 4_900, |_| ());
    let part = shop.products[&stove].variants[0].id;
    let component = BundleComponent { variant_id: part, sku: "STOVE".to_owned(), quantity: 1 };
    let kit = shop.product("eu", 24_900, |product| product.variants[0].components = vec![component]);
    let kit_variant = shop.products[&kit].variants[0].id;
    shop.availability = [(part, 5), (kit_variant, 5)].into();
    let problems = |lines: &[_]| codes(&shop.price(&delivered_by(ready(shop.cart("eu", lines)), "pickup")));
    assert_eq!(problems(&[(stove, 3), (kit, 2)]), []);
    assert_eq!(problems(&[(stove, 3), (kit, 3)]), [ProblemCode::OutOfStock; 2]);
    assert_eq!(problems(&[(kit, 6)]), [ProblemCode::OutOfStock]);
}

#[test]
fn names_are_in_the_language_of_the_cart() {
    let mut shop = Shop::new();
    let german = crate::catalog::Translation { name: Some("Ding".to_owned()), ..Default::default() };
    let tee = shop.product("eu", 1_990, |product| {
        product.translations.insert("de".parse().unwrap(), german);
    });
    let cart = Cart { locale: "de-AT".parse().unwrap(), ..shop.cart("eu", &[(tee, 1)]) };
    assert_eq!(shop.price(&cart).lines[0].name, "Ding");
}
