//! Discount codes and promotions of the demo shop, and the combination rules.

use super::{
    demo::{Shop, delivered_by, euros, promotion, with_codes},
    facts::net_gross,
};
use crate::{
    Quantity,
    ids::ProductId,
    pricing::{PricedCart, ProblemCode},
    promotions::{Conditions, DiscountClass, ProductSelector, Promotion, PromotionAction},
};

const ALL: [DiscountClass; 3] = [DiscountClass::Product, DiscountClass::Order, DiscountClass::Shipping];

fn applicable(priced: &PricedCart) -> Vec<bool> {
    priced.codes.iter().map(|code| code.is_applicable).collect()
}

fn accessory(shop: &mut Shop, minor: i64) -> ProductId {
    let bags = shop.category("accessories/bags");
    shop.product("eu", minor, |product| product.categories = vec![bags])
}

fn discount(shop: &Shop, lines: &[(ProductId, i64)], codes: &[&str]) -> i64 {
    shop.price(&with_codes(shop.cart("eu", lines), codes)).discount_total.minor
}

#[test]
fn welcome10_takes_ten_percent_off_lines_but_not_delivery() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let priced = shop.price(&delivered_by(with_codes(shop.cart("eu", &[(tee, 2)]), &["WELCOME10"]), "standard"));
    assert_eq!((net_gross(priced.lines[0].total), priced.shipping.gross.minor), ((3_010, 3_582), 490));
    assert_eq!((priced.discount_total.minor, applicable(&priced)), (398, vec![true]));
    assert_eq!(priced.lines[0].discounts[0].code.as_deref(), Some("WELCOME10"));
}

#[test]
fn tenoff_needs_fifty_euros() {
    let mut shop = Shop::new();
    let print = shop.product("eu", 4_999, |_| ());
    let dear = shop.product("eu", 5_000, |_| ());
    let cheap = shop.price(&with_codes(shop.cart("eu", &[(print, 1)]), &["TENOFF"]));
    assert_eq!((cheap.discount_total.minor, applicable(&cheap)), (0, vec![false]));
    let problem = cheap.problems.last().unwrap();
    assert_eq!((problem.code, problem.target.as_deref()), (ProblemCode::DiscountCodeNotApplicable, Some("TENOFF")));
    assert_eq!(discount(&shop, &[(dear, 1)], &["TENOFF"]), 1_000);
}

#[test]
fn tenoff_is_for_euros_only() {
    let mut shop = Shop::new();
    let dear = shop.product("us", 9_000, |_| ());
    let priced = shop.price(&with_codes(shop.cart("us", &[(dear, 1)]), &["TENOFF"]));
    assert_eq!((priced.discount_total.minor, applicable(&priced)), (0, vec![false]));
}

#[test]
fn freeship_combines_with_other_codes() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let cart = with_codes(shop.cart("eu", &[(tee, 1)]), &["WELCOME10", "FREESHIP"]);
    let priced = shop.price(&delivered_by(cart.clone(), "standard"));
    assert_eq!((priced.shipping.gross.minor, priced.discount_total.minor), (0, 199));
    assert_eq!(priced.total.gross.minor, 1_791);
    assert_eq!(applicable(&priced), [true, true]);
    let express = shop.price(&delivered_by(cart, "express"));
    assert_eq!((express.shipping.gross.minor, applicable(&express)), (1_290, vec![true, true]));
    let ways: Vec<i64> = express.delivery_groups[0].options.iter().map(|way| way.price.gross.minor).collect();
    assert_eq!(ways, [0, 1_290, 0]);
}

#[test]
fn the_free_delivery_threshold_is_checked_after_discounts() {
    let mut shop = Shop::new();
    let dear = shop.product("eu", 10_500, |_| ());
    let price = |codes: &[&str]| {
        shop.price(&delivered_by(with_codes(shop.cart("eu", &[(dear, 1)]), codes), "standard")).shipping.gross.minor
    };
    assert_eq!((price(&[]), price(&["WELCOME10"])), (0, 490));
}

#[test]
fn expired_unknown_and_used_up_codes_do_not_apply() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let only_once = shop.codes.iter_mut().find(|code| code.code == "ONLYONCE").unwrap();
    only_once.uses = 1;
    let priced = shop.price(&with_codes(shop.cart("eu", &[(tee, 1)]), &["OLD", "NOPE", "ONLYONCE"]));
    assert_eq!((priced.discount_total.minor, applicable(&priced)), (0, vec![false; 3]));
    let said: Vec<_> = priced.problems.iter().rev().take(3).map(|problem| problem.message.as_str()).collect();
    assert_eq!(said, ["the code is not valid"; 3]);
}

#[test]
fn a_code_can_be_limited_per_customer() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let code = shop.codes.iter_mut().find(|code| code.code == "WELCOME10").unwrap();
    (code.usage_limit_per_customer, code.uses_by_buyer) = (Some(1), 1);
    assert_eq!(discount(&shop, &[(tee, 1)], &["WELCOME10"]), 0);
}

#[test]
fn of_two_order_codes_only_the_better_one_applies() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 6_000, |_| ());
    for codes in [["WELCOME10", "TENOFF"], ["TENOFF", "WELCOME10"]] {
        let priced = shop.price(&with_codes(shop.cart("eu", &[(tee, 1)]), &codes));
        assert_eq!(priced.discount_total.minor, 1_000, "{codes:?}");
        assert_eq!(priced.promotions[0].code.as_deref(), Some("TENOFF"));
    }
}

#[test]
fn priority_takes_precedence_over_a_larger_discount() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 6_000, |_| ());
    let first = shop.codes.iter().find(|code| code.code == "WELCOME10").unwrap().promotion_id;
    shop.settings.promotions.iter_mut().find(|one| one.id == first).unwrap().priority = 1;
    assert_eq!(discount(&shop, &[(tee, 1)], &["WELCOME10", "TENOFF"]), 600);
}

#[test]
fn the_cheapest_of_three_accessories_is_free() {
    let mut shop = Shop::new();
    let (dear, middle, cheap) = (accessory(&mut shop, 3_000), accessory(&mut shop, 2_000), accessory(&mut shop, 1_000));
    let tee = shop.product("eu", 500, |_| ());
    assert_eq!(discount(&shop, &[(dear, 1), (middle, 1)], &[]), 0);
    assert_eq!(discount(&shop, &[(dear, 1), (tee, 1), (middle, 1), (cheap, 1)], &[]), 1_000);
    assert_eq!(discount(&shop, &[(cheap, 3)], &[]), 1_000);
    assert_eq!(discount(&shop, &[(dear, 3), (cheap, 3)], &[]), 4_000);
    assert_eq!(discount(&shop, &[(cheap, 1_000_000)], &[]), 333_333_000);
}

#[test]
fn product_promotions_apply_before_order_codes() {
    let mut shop = Shop::new();
    let cheap = accessory(&mut shop, 1_000);
    assert_eq!(discount(&shop, &[(cheap, 3)], &["WELCOME10"]), 1_000 + 200);
}

#[test]
fn an_amount_is_split_over_lines_exactly() {
    let mut shop = Shop::new();
    let lines = [2_000, 2_000, 2_000].map(|minor| (shop.product("eu", minor, |_| ()), 1));
    let priced = shop.price(&with_codes(shop.cart("eu", &lines), &["TENOFF"]));
    let mut parts: Vec<i64> = priced.lines.iter().map(|line| line.discounts[0].amount.minor).collect();
    parts.sort_unstable();
    assert_eq!(parts, [333, 333, 334]);
}

#[test]
fn an_amount_never_exceeds_the_price() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 300, |_| ());
    let action = PromotionAction::AmountOff { amount: euros(1_000), target: None };
    shop.add_code("TEN", promotion("Ten", action, &ALL));
    let priced = shop.price(&with_codes(shop.cart("eu", &[(tee, 1)]), &["TEN"]));
    assert_eq!((priced.discount_total.minor, priced.total.gross.minor), (300, 0));
}

#[test]
fn a_fixed_price_applies_per_unit_and_never_raises_it() {
    let mut shop = Shop::new();
    let (dear, cheap) = (shop.product("eu", 1_990, |_| ()), shop.product("eu", 500, |_| ()));
    let action = PromotionAction::FixedPrice { price: euros(1_500), target: ProductSelector::default() };
    shop.add_code("FIXED", promotion("Fixed", action, &ALL));
    assert_eq!(discount(&shop, &[(dear, 2), (cheap, 1)], &["FIXED"]), 980);
}

#[test]
fn a_fixed_price_that_overflows_does_not_apply() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let action = PromotionAction::FixedPrice { price: euros(i64::MAX / 2), target: ProductSelector::default() };
    shop.add_code("DEAR", promotion("Dear", action, &ALL));
    assert_eq!(discount(&shop, &[(tee, 3)], &["DEAR"]), 0);
}

#[test]
fn free_delivery_has_no_value_if_delivery_is_free_anyway() {
    let mut shop = Shop::new();
    let (cheap, dear) = (shop.product("eu", 1_990, |_| ()), shop.product("eu", 10_000, |_| ()));
    let action = PromotionAction::FreeShipping { methods: Vec::new() };
    shop.add_code("ANYWAY", promotion("Free delivery", action, &[]));
    let three = PromotionAction::AmountOff { amount: euros(300), target: None };
    shop.add_code("THREE", promotion("Three off", three, &[]));
    let taken = |product| {
        let cart = with_codes(shop.cart("eu", &[(product, 1)]), &["ANYWAY", "THREE"]);
        applicable(&shop.price(&delivered_by(cart, "standard")))
    };
    assert_eq!((taken(cheap), taken(dear)), (vec![true, false], vec![false, true]));
}

#[test]
fn conditions_check_products_and_customer_groups() {
    let mut shop = Shop::new();
    let (bag, tee) = (accessory(&mut shop, 2_000), shop.product("eu", 9_000, |_| ()));
    let products = ProductSelector { categories: vec![shop.category("accessories")], ..ProductSelector::default() };
    let conditions = Conditions {
        minimum_subtotal: Some(euros(4_000)),
        minimum_quantity: Some(Quantity::try_from(2).unwrap()),
        customer_groups: vec!["vip".parse().unwrap()],
        products: Some(products.clone()),
    };
    let action = PromotionAction::PercentageOff { basis_points: 5_000, target: Some(products) };
    shop.add_code("VIP", Promotion { conditions, ..promotion("Vip", action, &ALL) });
    assert_eq!(discount(&shop, &[(bag, 2), (tee, 1)], &["VIP"]), 0);
    shop.groups = vec!["vip".parse().unwrap()];
    assert_eq!(discount(&shop, &[(bag, 1), (tee, 5)], &["VIP"]), 0);
    assert_eq!(discount(&shop, &[(bag, 2), (tee, 1)], &["VIP"]), 2_000);
}

#[test]
fn a_promotion_applies_only_in_its_channel_and_period() {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_000, |_| ());
    let action = PromotionAction::PercentageOff { basis_points: 1_000, target: None };
    let elsewhere = vec![shop.channel("us")];
    shop.add_code("US", Promotion { channels: elsewhere, ..promotion("Us", action.clone(), &ALL) });
    let tomorrow = Some(super::demo::now() + chrono::Duration::days(1));
    shop.add_code("SOON", Promotion { starts_at: tomorrow, ..promotion("Soon", action, &ALL) });
    assert_eq!(discount(&shop, &[(tee, 1)], &["US", "SOON"]), 0);
}
