//! Free gifts: when they are in the cart, and that they change no total.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    demo::{Shop, delivered_by, euros, promotion, with_codes},
    laws::scene,
};
use crate::{
    Money, TaxedMoney,
    ids::ProductId,
    pricing::{PricedCart, PricedLine},
    promotions::{Conditions, DiscountClass, Promotion, PromotionAction},
};

const ALL: [DiscountClass; 3] = [DiscountClass::Product, DiscountClass::Order, DiscountClass::Shipping];

/// A promotion that gives units of a product, and combines with everything.
fn gift(shop: &Shop, product: ProductId, quantity: i64) -> Promotion {
    let action = PromotionAction::Gift {
        product,
        variant: shop.products[&product].variants[0].id,
        quantity: quantity.try_into().unwrap(),
    };
    Promotion { needs_code: false, priority: -100, ..promotion("Free bag", action, &ALL) }
}

fn gifts(priced: &PricedCart) -> Vec<&PricedLine> {
    priced.lines.iter().filter(|line| line.is_gift).collect()
}

/// A shop with a tee for EUR 19.90 and a bag for EUR 5.00, which is given from EUR 30.00.
fn shop() -> (Shop, ProductId, ProductId) {
    let mut shop = Shop::new();
    let tee = shop.product("eu", 1_990, |_| ());
    let bag = shop.product("eu", 500, |_| ());
    let conditions = Conditions { minimum_subtotal: Some(euros(3_000)), ..Conditions::default() };
    let free_bag = Promotion { conditions, ..gift(&shop, bag, 1) };
    shop.settings.promotions.push(free_bag);
    (shop, tee, bag)
}

fn stock(shop: &mut Shop, product: ProductId, units: i64) {
    let variant = shop.products[&product].variants[0].id;
    shop.availability.insert(variant, units);
}

#[test]
fn a_gift_is_a_line_with_its_price_and_a_discount_of_the_same_amount() {
    let (shop, tee, bag) = shop();
    assert!(gifts(&shop.price(&shop.cart("eu", &[(tee, 1)]))).is_empty());
    let priced = shop.price(&delivered_by(shop.cart("eu", &[(tee, 2)]), "standard"));
    let given = gifts(&priced);
    assert_eq!(given.len(), 1);
    assert_eq!((given[0].product_id, given[0].quantity.get()), (bag, 1));
    assert_eq!((given[0].subtotal.gross.minor, given[0].total), (500, TaxedMoney::zero(priced.currency)));
    assert_eq!((given[0].discounts[0].title.as_str(), given[0].discounts[0].amount), ("Free bag", euros(500)));
    assert_eq!(given[0].stock_needs, vec![(given[0].variant_id, 1)]);
    assert_eq!((priced.subtotal.gross.minor, priced.discount_total.minor), (4_480, 500));
    assert_eq!(priced.total.gross.minor, 3_980 + 490);
    assert_eq!(priced.promotions[0].amount, euros(500));
    assert!(priced.delivery_groups[0].lines.contains(&given[0].id));
}

#[test]
fn the_gift_keeps_its_line_id_and_does_not_count_towards_conditions() {
    let (shop, tee, _) = shop();
    let first = shop.price(&shop.cart("eu", &[(tee, 2)]));
    let second = shop.price(&shop.cart("eu", &[(tee, 3)]));
    assert_eq!(gifts(&first)[0].id, gifts(&second)[0].id);
    // 25.00 of tees and 5.00 of the bag would reach the minimum.
    let (mut shop, ..) = self::shop();
    let cheap = shop.product("eu", 2_500, |_| ());
    assert!(gifts(&shop.price(&shop.cart("eu", &[(cheap, 1)]))).is_empty());
}

#[test]
fn a_gift_that_is_sold_out_is_left_out_without_a_problem() {
    let (mut shop, tee, bag) = shop();
    let cart = shop.cart("eu", &[(tee, 2)]);
    stock(&mut shop, bag, 0);
    let without = shop.price(&cart);
    stock(&mut shop, bag, 1);
    assert_eq!((gifts(&without).len(), gifts(&shop.price(&cart)).len()), (0, 1));
    assert_eq!(without.problems, shop.price(&cart).problems);
}

#[test]
fn the_units_that_the_shopper_buys_come_first() {
    let (mut shop, tee, bag) = shop();
    stock(&mut shop, bag, 2);
    assert_eq!(gifts(&shop.price(&shop.cart("eu", &[(tee, 2), (bag, 1)]))).len(), 1);
    assert_eq!(gifts(&shop.price(&shop.cart("eu", &[(tee, 2), (bag, 2)]))).len(), 0);
}

#[test]
fn two_promotions_do_not_give_the_same_unit() {
    let (mut shop, tee, bag) = shop();
    let second = gift(&shop, bag, 1);
    shop.settings.promotions.push(second);
    stock(&mut shop, bag, 1);
    assert_eq!(gifts(&shop.price(&shop.cart("eu", &[(tee, 2)]))).len(), 1);
    stock(&mut shop, bag, 2);
    assert_eq!(gifts(&shop.price(&shop.cart("eu", &[(tee, 2)]))).len(), 2);
}

#[test]
fn a_gift_that_is_shipped_goes_with_goods_that_are_shipped() {
    let (mut shop, ..) = shop();
    let album = shop.product("eu", 9_000, |product| product.variants[0].requires_shipping = false);
    let priced = shop.price(&shop.cart("eu", &[(album, 1)]));
    assert!(gifts(&priced).is_empty() && priced.delivery_groups.is_empty());
}

#[test]
fn a_gift_without_a_price_in_the_channel_is_left_out() {
    let (mut shop, ..) = shop();
    let tee = shop.product("us", 9_000, |_| ());
    let anything = Promotion { conditions: Conditions::default(), ..shop.settings.promotions.last().unwrap().clone() };
    shop.settings.promotions.push(anything);
    assert!(gifts(&shop.price(&shop.cart("us", &[(tee, 1)]))).is_empty());
}

#[test]
fn a_code_gives_a_gift_and_does_not_apply_without_it() {
    let (mut shop, tee, bag) = shop();
    shop.settings.promotions.retain(|promotion| promotion.name != "Free bag");
    let by_code = Promotion { needs_code: true, ..gift(&shop, bag, 3) };
    shop.add_code("BAGS", by_code);
    let cart = with_codes(shop.cart("eu", &[(tee, 1)]), &["BAGS"]);
    let priced = shop.price(&cart);
    assert_eq!((gifts(&priced)[0].quantity.get(), gifts(&priced)[0].subtotal.gross.minor), (3, 1_500));
    assert_eq!(gifts(&priced)[0].discounts[0].code.as_deref(), Some("BAGS"));
    assert!(priced.codes[0].is_applicable);
    stock(&mut shop, bag, 2);
    assert!(!shop.price(&cart).codes[0].is_applicable);
}

#[test]
fn titles_are_in_the_language_of_the_cart() {
    let (mut shop, tee, _) = shop();
    let translations = BTreeMap::from([("de".parse().unwrap(), "Gratis-Tasche".to_owned())]);
    shop.settings.promotions.last_mut().unwrap().translations = translations;
    let mut cart = shop.cart("eu", &[(tee, 2)]);
    cart.locale = "de".parse().unwrap();
    let priced = shop.price(&cart);
    assert_eq!(gifts(&priced)[0].discounts[0].title, "Gratis-Tasche");
    assert_eq!(priced.promotions[0].title, "Gratis-Tasche");
    cart.locale = "fr".parse().unwrap();
    assert_eq!(shop.price(&cart).promotions[0].title, "Free bag");
}

fn sum(cart: &PricedCart, amounts: impl Iterator<Item = TaxedMoney>) -> TaxedMoney {
    TaxedMoney::sum(cart.currency, amounts).unwrap()
}

proptest! {
    #[test]
    fn gifts_change_no_total_and_no_other_line(
        (mut shop, cart) in scene(),
        minor in prop_oneof![Just(0_i64), 1_i64..1_000_000],
        quantity in 1_i64..=100,
        units in prop::option::of(0_i64..200),
        is_digital: bool,
    ) {
        let channel = shop.settings.channel_by_id(cart.channel).unwrap().clone();
        let before = shop.price(&cart);
        let given = shop.product(channel.slug.as_str(), minor, |product| {
            product.variants[0].requires_shipping = !is_digital;
        });
        if let Some(units) = units {
            stock(&mut shop, given, units);
        }
        let promotion = gift(&shop, given, quantity);
        shop.settings.promotions.push(promotion);
        let after = shop.price(&cart);

        prop_assert_eq!(after.total, before.total);
        prop_assert_eq!(after.shipping, before.shipping);
        prop_assert_eq!(&after.codes, &before.codes);
        prop_assert_eq!(&after.problems, &before.problems);
        let own: Vec<&PricedLine> = after.lines.iter().filter(|line| !line.is_gift).collect();
        prop_assert_eq!(own, before.lines.iter().collect::<Vec<_>>());
        for line in gifts(&after) {
            prop_assert_eq!(line.total, TaxedMoney::zero(after.currency));
            prop_assert_eq!(i64::from(line.quantity), quantity);
            prop_assert!(units.is_none_or(|units| quantity <= units));
            prop_assert!(is_digital || before.lines.iter().any(|line| line.requires_shipping));
            let mode = channel.price_mode();
            let off = Money::sum(after.currency, line.discounts.iter().map(|part| part.amount)).unwrap();
            prop_assert_eq!(off, mode.pick(line.subtotal));
        }
        let goods = sum(&after, after.lines.iter().map(|line| line.total));
        prop_assert_eq!(goods.plus(after.shipping).unwrap(), after.total);
        prop_assert!(after.total.net.minor >= 0 && after.total.gross.minor >= 0);
        let mode = channel.price_mode();
        let left = mode.pick(after.subtotal).minus(after.discount_total).unwrap();
        prop_assert_eq!(left.plus(mode.pick(after.shipping)).unwrap(), mode.pick(after.total));
    }

    #[test]
    fn a_cart_without_its_gifts_is_the_cart_before((mut shop, cart) in scene(), minor in 1_i64..1_000_000) {
        let channel = shop.settings.channel_by_id(cart.channel).unwrap().slug.to_string();
        let before = shop.price(&cart);
        let given = shop.product(&channel, minor, |product| product.variants[0].requires_shipping = false);
        let promotion = gift(&shop, given, 2);
        shop.settings.promotions.push(promotion);
        prop_assert_eq!(shop.price(&cart).without_gifts().unwrap(), before);
    }
}
