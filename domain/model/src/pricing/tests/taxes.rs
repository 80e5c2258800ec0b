//! Missing rates, delivery in proportion, rounding per total, exemptions and reverse charge.

use std::sync::Arc;

use super::{
    demo::{Shop, country, delivered_by, euros, sent_to},
    facts::net_gross,
};
use crate::{
    CheckedVatId, VatId,
    cart::Cart,
    channels::{Channel, DeliveryTaxMode, TaxRounding},
    fixtures,
    pricing::{BuyerTax, PricedCart, ProblemCode},
    tax::{TaxComponent, TaxRate, TaxRule, TaxTable, TaxTreatment},
};

/// Changes the channels of the shop.
fn in_all_channels(shop: &mut Shop, change: impl Fn(&mut Channel)) {
    for channel in &mut shop.settings.channels {
        change(Arc::make_mut(channel));
    }
}

fn remove_rates(shop: &mut Shop, is_removed: impl Fn(&TaxRule) -> bool) {
    let taxes = &shop.settings.taxes;
    let rules = taxes.rules().iter().filter(|rule| !is_removed(rule)).cloned().collect();
    shop.settings.taxes = TaxTable::new(taxes.classes().to_vec(), rules);
}

fn add_rate(shop: &mut Shop, rule: TaxRule) {
    let taxes = &shop.settings.taxes;
    let rules = taxes.rules().iter().cloned().chain([rule]).collect();
    shop.settings.taxes = TaxTable::new(taxes.classes().to_vec(), rules);
}

/// The targets of lines and deliveries without a rate.
fn untaxed(priced: &PricedCart) -> Vec<&str> {
    let missing = priced.problems.iter().filter(|problem| problem.code == ProblemCode::TaxNotConfigured);
    missing.map(|problem| problem.target.as_deref().unwrap()).collect()
}

fn amounts(priced: &PricedCart) -> Vec<(String, String, i64)> {
    let taxes = priced.taxes().unwrap();
    taxes.into_iter().map(|tax| (tax.name, tax.rate.to_string(), tax.amount.minor)).collect()
}

#[test]
fn lines_and_deliveries_without_a_rate_cannot_be_sold() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let atlas = shop.product("eu", 3_500, |product| product.tax_class = "books".to_owned());
    let cart = sent_to(shop.cart("eu", &[(tee, 1), (atlas, 1)]), "DE", None);
    let (tee_line, group) = (cart.lines[0].id.to_string(), cart.delivery_group.to_string());
    assert!(untaxed(&shop.price(&cart)).is_empty());
    remove_rates(&mut shop, |rule| rule.country == country("DE") && rule.class == "standard");
    assert_eq!(untaxed(&shop.price(&cart)), [tee_line.as_str(), &group], "books have a rate of their own");
    in_all_channels(&mut shop, |channel| channel.delivery_tax_mode = DeliveryTaxMode::Proportional);
    assert_eq!(untaxed(&shop.price(&cart)), [tee_line.as_str()], "delivery is taxed like the goods");
    add_rate(&mut shop, TaxRule::new(country("DE"), "standard", "VAT", TaxRate::ZERO));
    assert!(untaxed(&shop.price(&cart)).is_empty(), "zero is a rate");
}

#[test]
fn a_country_that_is_not_served_has_only_that_problem() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let abroad = sent_to(shop.cart("eu", &[(tee, 1)]), "CH", None);
    assert!(untaxed(&shop.price(&abroad)).is_empty());
    in_all_channels(&mut shop, |channel| channel.countries.push(country("CH")));
    assert_eq!(untaxed(&shop.price(&abroad)), [abroad.lines[0].id.to_string()]);
}

/// The worked example of `docs/taxes.md`.
#[test]
fn delivery_can_be_taxed_in_proportion_to_the_goods() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 2_000, |_| ());
    let atlas = shop.product("eu", 1_000, |product| product.tax_class = "books".to_owned());
    let cart = delivered_by(sent_to(shop.cart("eu", &[(tee, 1), (atlas, 1)]), "DE", None), "standard");
    // 4.90 at 19 % contain 0.78.
    assert_eq!(net_gross(shop.price(&cart).shipping), (412, 490));
    in_all_channels(&mut shop, |channel| channel.delivery_tax_mode = DeliveryTaxMode::Proportional);
    // Two thirds, 3.27, at 19 % contain 0.52, and one third, 1.63, at 7 % contains 0.11.
    let priced = shop.price(&cart);
    assert_eq!(net_gross(priced.shipping), (427, 490));
    let delivery = &priced.delivery_groups[0].selected_option().unwrap().taxes;
    let parts: Vec<_> = delivery.iter().map(|tax| (tax.rate.to_string(), tax.amount.minor)).collect();
    assert_eq!(parts.iter().map(|(_, tax)| tax).sum::<i64>(), 63);
    assert!(parts.contains(&("19".to_owned(), 52)) && parts.contains(&("7".to_owned(), 11)), "{parts:?}");
}

/// The worked example of `docs/taxes.md`.
#[test]
fn taxes_can_be_rounded_per_total() {
    let mut shop = Shop::new();
    let products: Vec<_> = (0..3).map(|_| (shop.product("us", 107, |_| ()), 1)).collect();
    let cart = delivered_by(sent_to(shop.cart("us", &products), "US", Some("CA")), "standard");
    // Per line: 0.08 three times and 0.44 for delivery of 6.00.
    assert_eq!(net_gross(shop.price(&cart).total), (921, 989));
    in_all_channels(&mut shop, |channel| channel.tax_rounding = TaxRounding::PerTotal);
    // 7.25 % of 9.21 is 0.667725.
    let priced = shop.price(&cart);
    assert_eq!(net_gross(priced.total), (921, 988));
    let option = priced.delivery_groups[0].selected_option().unwrap();
    assert_eq!(option.price, priced.shipping);
    assert_eq!(amounts(&priced), [("VAT".to_owned(), "7.25".to_owned(), 67)]);
}

#[test]
fn components_appear_on_lines_and_in_the_summary() {
    let mut shop = Shop::new();
    let component = |name: &str, percent: &str| TaxComponent { name: name.to_owned(), rate: percent.parse().unwrap() };
    let rate = TaxRule {
        region: Some("CA".to_owned()),
        postal_codes: vec![crate::PostalCodeRange::parse("10000", "10199").unwrap()],
        components: vec![component("State", "6"), component("County", "1.25"), component("City", "1.375")],
        ..TaxRule::new(country("US"), "standard", "Sales tax", "8.625".parse().unwrap())
    };
    add_rate(&mut shop, rate);
    let tee = shop.product("us", 2_200, |_| ());
    let cart = delivered_by(sent_to(shop.cart("us", &[(tee, 1)]), "US", Some("CA")), "standard");
    let priced = shop.price(&cart);
    // 8.625 % of 22.00 is 1.8975, of 6.00 is 0.5175.
    assert_eq!((net_gross(priced.lines[0].total), net_gross(priced.shipping)), ((2_200, 2_390), (600, 652)));
    let line: Vec<_> = priced.lines[0].taxes.iter().map(|tax| (tax.name.as_str(), tax.amount.minor)).collect();
    assert_eq!(line, [("State", 132), ("County", 28), ("City", 30)]);
    assert_eq!(amounts(&priced).iter().map(|(.., tax)| tax).sum::<i64>(), priced.total.tax().minor);
    assert_eq!(amounts(&priced).len(), 3);
}

fn with_vat_id(mut cart: Cart, number: &str) -> Cart {
    cart.buyer.vat_id = Some(CheckedVatId::from(number.parse::<VatId>().unwrap()));
    cart
}

/// The worked example of `docs/taxes.md`.
#[test]
fn businesses_in_other_member_states_pay_prices_without_tax() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 2_400, |_| ());
    let cart = delivered_by(sent_to(shop.cart("eu", &[(tee, 2)]), "AT", None), "standard");
    assert_eq!(net_gross(shop.price(&cart).total), (4_408, 5_290));
    let business = with_vat_id(cart.clone(), "ATU13585627");
    let priced = shop.price(&business);
    assert_eq!(priced.tax_treatment, TaxTreatment::ReverseCharge);
    // 24.00 contain 4.00 of 20 %, 4.90 contain 0.82.
    assert_eq!(net_gross(priced.lines[0].unit_price), (2_000, 2_000));
    assert_eq!((net_gross(priced.shipping), net_gross(priced.total)), ((408, 408), (4_408, 4_408)));
    assert_eq!((priced.lines[0].tax_rate, priced.lines[0].taxes.len()), (TaxRate::ZERO, 0));
    assert!(priced.taxes().unwrap().is_empty());
    let german = with_vat_id(cart.clone(), "DE136695976");
    assert_eq!(shop.price(&german).tax_treatment, TaxTreatment::Taxed, "the seller's own country");
    let home = sent_to(business.clone(), "DE", None);
    assert_eq!(shop.price(&home).tax_treatment, TaxTreatment::Taxed, "goods that stay in the country");
    assert_eq!(shop.price(&delivered_by(business.clone(), "pickup")).tax_treatment, TaxTreatment::Taxed);
    shop.buyer_tax = BuyerTax { needs_confirmed_vat_id: true, ..BuyerTax::default() };
    assert_eq!(shop.price(&business).tax_treatment, TaxTreatment::Taxed, "nobody confirmed the number");
}

#[test]
fn the_seller_is_where_the_first_stock_location_is() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 2_400, |_| ());
    let business = with_vat_id(sent_to(shop.cart("eu", &[(tee, 1)]), "AT", None), "ATU13585627");
    let location = fixtures::stock_location("vienna".parse().unwrap(), country("AT"));
    in_all_channels(&mut shop, |channel| channel.locations = vec![location.id]);
    shop.settings.locations = vec![location];
    assert_eq!(shop.price(&business).tax_treatment, TaxTreatment::Taxed);
}

#[test]
fn exempt_customers_pay_prices_without_tax() {
    let mut shop = Shop::new();
    let (tee, dear) = (shop.product("us", 2_200, |_| ()), shop.product("eu", 11_900, |_| ()));
    shop.buyer_tax = BuyerTax { is_exempt: true, ..BuyerTax::default() };
    let american = delivered_by(sent_to(shop.cart("us", &[(tee, 1)]), "US", Some("CA")), "standard");
    let priced = shop.price(&american);
    assert_eq!((priced.tax_treatment, net_gross(priced.total)), (TaxTreatment::Exempt, (2_800, 2_800)));
    let german = sent_to(shop.cart("eu", &[(dear, 1)]), "DE", None);
    assert_eq!(net_gross(shop.price(&german).total), (10_000, 10_000));
}

#[test]
fn discounts_reduce_the_price_without_tax() {
    let mut shop = Shop::new();
    let dear = shop.product("eu", 11_900, |_| ());
    shop.buyer_tax = BuyerTax { is_exempt: true, ..BuyerTax::default() };
    let cart = sent_to(shop.cart("eu", &[(dear, 1)]), "DE", None);
    let priced = shop.price(&super::demo::with_codes(cart, &["WELCOME10"]));
    assert_eq!((priced.discount_total, priced.total.gross), (euros(1_000), euros(9_000)));
}
