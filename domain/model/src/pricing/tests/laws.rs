//! Properties that hold for every cart.

use std::sync::Arc;

use proptest::prelude::*;

use super::demo::{Shop, delivered_by, promotion, sent_to, with_codes};
use crate::{
    Country, Money, TaxedMoney,
    cart::Cart,
    channels::{DeliveryTaxMode, TaxRounding},
    ids::ProductId,
    pricing::{BuyerTax, PricedCart, ProblemCode},
    promotions::{DiscountClass, ProductSelector, Promotion, PromotionAction},
};

/// A random product.
#[derive(Debug, Clone)]
struct Thing {
    minor: i64,
    quantity: i64,
    is_accessory: bool,
    is_book: bool,
    is_digital: bool,
}

prop_compose! {
    fn thing()(
        minor in prop_oneof![0_i64..20_000, 0_i64..1_000_000_000],
        quantity in prop_oneof![1_i64..5, 1_i64..1_000_000],
        is_accessory: bool, is_book: bool, is_digital: bool,
    ) -> Thing {
        Thing { minor, quantity, is_accessory, is_book, is_digital }
    }
}

prop_compose! {
    /// A shop with random promotions, each with a code, and a cart with random products and codes.
    pub(super) fn scene()(
        channel in prop::sample::select(vec!["eu", "us", "jp"]),
        things in prop::collection::vec(thing(), 0..12),
        codes in prop::sample::subsequence(vec!["WELCOME10", "TENOFF", "FREESHIP", "ONLYONCE", "OLD", "R0", "R1", "R2"], 0..=8),
        percents in prop::collection::vec((1_i64..=10_000, any::<bool>(), 0_i32..3), 3),
        handle in prop::sample::select(vec!["standard", "express", "pickup", "none"]),
        region in prop::option::of(prop::sample::select(vec!["CA", "NY", "OR"])),
    ) -> (Shop, Cart) {
        let mut shop = Shop::new();
        add_random(&mut shop, &percents);
        let lines: Vec<(ProductId, i64)> = things.iter().map(|thing| (put(&mut shop, channel, thing), thing.quantity)).collect();
        let cart = delivered_by(with_codes(shop.cart(channel, &lines), &codes), handle);
        let country = match channel { "us" => "US", "jp" => "JP", _ => "DE" };
        let cart = sent_to(cart, country, region);
        (shop, cart)
    }
}

prop_compose! {
    /// The same with any tax settings of the channel and any buyer.
    fn taxed_scene()(
        (mut shop, cart) in scene(), is_total: bool, is_proportional: bool, is_exempt in prop::bool::weighted(0.2),
    ) -> (Shop, Cart) {
        for channel in &mut shop.settings.channels {
            let channel = Arc::make_mut(channel);
            channel.tax_rounding = if is_total { TaxRounding::PerTotal } else { TaxRounding::PerLine };
            let mode = if is_proportional { DeliveryTaxMode::Proportional } else { DeliveryTaxMode::StandardRate };
            channel.delivery_tax_mode = mode;
        }
        shop.buyer_tax = BuyerTax { is_exempt, ..BuyerTax::default() };
        (shop, cart)
    }
}

fn add_random(shop: &mut Shop, percents: &[(i64, bool, i32)]) {
    let all = [DiscountClass::Product, DiscountClass::Order, DiscountClass::Shipping];
    for (at, (basis_points, is_group, priority)) in percents.iter().enumerate() {
        let target = ProductSelector { categories: vec![shop.category("accessories")], ..ProductSelector::default() };
        let action = if *is_group {
            PromotionAction::BuyXGetY { buy: 1, get: 2, basis_points: *basis_points, target }
        } else {
            PromotionAction::PercentageOff { basis_points: *basis_points, target: Some(target) }
        };
        shop.add_code(&format!("R{at}"), Promotion { priority: *priority, ..promotion("Random", action, &all) });
    }
}

fn put(shop: &mut Shop, channel: &str, thing: &Thing) -> ProductId {
    let bags = shop.category("accessories/bags");
    shop.product(channel, thing.minor, |product| {
        if thing.is_accessory {
            product.categories = vec![bags];
        }
        if thing.is_book {
            product.tax_class = "books".to_owned();
        }
        product.variants[0].requires_shipping = !thing.is_digital;
    })
}

fn sum(cart: &PricedCart, amounts: impl Iterator<Item = Money>) -> Money {
    Money::sum(cart.currency, amounts).unwrap()
}

fn amounts(cart: &PricedCart) -> Vec<TaxedMoney> {
    let of_lines = cart.lines.iter().flat_map(|line| [line.unit_price, line.subtotal, line.total]);
    of_lines.chain([cart.subtotal, cart.shipping, cart.total]).collect()
}

/// The price of each line and the totals, independent of order.
fn fingerprint(cart: &PricedCart) -> (Vec<String>, TaxedMoney, Money) {
    let mut lines: Vec<String> =
        cart.lines.iter().map(|line| format!("{} {:?} {:?}", line.id, line.total, line.discounts)).collect();
    lines.sort();
    (lines, cart.total, cart.discount_total)
}

proptest! {
    #[test]
    fn sums_are_exact_and_not_negative((shop, cart) in taxed_scene()) {
        let priced = shop.price(&cart);
        for amount in amounts(&priced) {
            prop_assert!(amount.net.minor >= 0 && amount.gross.minor >= 0 && amount.tax().minor >= 0);
            prop_assert_eq!(amount.net.plus(amount.tax()).unwrap(), amount.gross);
        }
        let of_lines = TaxedMoney::sum(priced.currency, priced.lines.iter().map(|line| line.total)).unwrap();
        prop_assert_eq!(of_lines.plus(priced.shipping).unwrap(), priced.total);
        let whole = TaxedMoney::sum(priced.currency, priced.lines.iter().map(|line| line.subtotal)).unwrap();
        prop_assert_eq!(whole, priced.subtotal);
    }

    #[test]
    fn named_taxes_add_up_to_the_tax((shop, cart) in taxed_scene()) {
        let priced = shop.price(&cart);
        let named = sum(&priced, priced.taxes().unwrap().into_iter().map(|tax| tax.amount));
        prop_assert_eq!(named, priced.total.tax());
        prop_assert!(!priced.tax_treatment.is_relieved() || named.is_zero());
        for line in &priced.lines {
            prop_assert_eq!(sum(&priced, line.taxes.iter().map(|tax| tax.amount)), line.total.tax());
        }
        let selected = priced.delivery_groups.iter().filter_map(|group| group.selected_option());
        let shipping = TaxedMoney::sum(priced.currency, selected.map(|option| option.price)).unwrap();
        prop_assert_eq!(shipping, priced.shipping);
    }

    #[test]
    fn discounts_are_split_completely((shop, cart) in taxed_scene()) {
        let priced = shop.price(&cart);
        let mode = shop.settings.channel_by_id(cart.channel).unwrap().price_mode();
        for line in &priced.lines {
            let off = sum(&priced, line.discounts.iter().map(|discount| discount.amount));
            prop_assert_eq!(mode.pick(line.subtotal).minus(off).unwrap(), mode.pick(line.total));
        }
        for promotion in &priced.promotions {
            let parts = priced.lines.iter().flat_map(|line| &line.discounts);
            let of_lines = sum(&priced, parts.filter(|part| part.promotion_id == promotion.promotion_id).map(|part| part.amount));
            let is_delivery = promotion.code.as_deref() == Some("FREESHIP");
            prop_assert!(is_delivery || of_lines == promotion.amount);
        }
        let of_goods = priced.lines.iter().flat_map(|line| &line.discounts).map(|discount| discount.amount);
        prop_assert_eq!(sum(&priced, of_goods), priced.discount_total);
        let of_promotions = sum(&priced, priced.promotions.iter().map(|one| one.amount));
        prop_assert!(of_promotions >= priced.discount_total);
    }

    #[test]
    fn subtotal_minus_discounts_plus_shipping_is_the_total((shop, cart) in taxed_scene()) {
        let priced = shop.price(&cart);
        let mode = shop.settings.channel_by_id(cart.channel).unwrap().price_mode();
        let goods = mode.pick(priced.subtotal).minus(priced.discount_total).unwrap();
        prop_assert_eq!(goods.plus(mode.pick(priced.shipping)).unwrap(), mode.pick(priced.total));
    }

    #[test]
    fn a_finished_cart_has_no_problems((shop, cart) in scene()) {
        let done = Cart { status: crate::cart::CartStatus::Merged, ..cart };
        prop_assert!(shop.price(&done).problems.is_empty());
    }

    #[test]
    fn the_order_of_lines_and_codes_does_not_matter((shop, cart) in taxed_scene(), at in 0_usize..12) {
        let mut turned = cart.clone();
        let by = at % turned.lines.len().max(1);
        turned.lines.rotate_left(by);
        turned.lines.reverse();
        turned.discount_codes.reverse();
        prop_assert_eq!(fingerprint(&shop.price(&cart)), fingerprint(&shop.price(&turned)));
    }

    #[test]
    fn codes_never_increase_the_price((shop, cart) in scene()) {
        let goods = |cart: &PricedCart| TaxedMoney::sum(cart.currency, cart.lines.iter().map(|line| line.total)).unwrap();
        let without = goods(&shop.price(&with_codes(cart.clone(), &[])));
        for code in ["WELCOME10", "TENOFF", "ONLYONCE", "OLD"] {
            let with = goods(&shop.price(&with_codes(cart.clone(), &[code])));
            prop_assert!(with.gross <= without.gross, "{}", code);
        }
    }

    #[test]
    fn goods_without_delivery_are_taxed_or_not_sold(at in 0_usize..300, minor in 100_i64..1_000_000, is_billed: bool) {
        let mut shop = Shop::new();
        let flac = shop.product("eu", minor, |product| product.variants[0].requires_shipping = false);
        let countries: Vec<Country> = Country::all().collect();
        let country = countries[at % countries.len()];
        let mut cart = shop.cart("eu", &[(flac, 1)]);
        if is_billed {
            cart.billing_address = sent_to(cart.clone(), country.code(), None).shipping_address;
        } else {
            cart.buyer.country = Some(country);
        }
        let priced = shop.price(&cart);
        let is_refused = priced.problems.iter().any(|problem| problem.code == ProblemCode::CountryNotServed);
        let channel = shop.settings.channel_by_id(cart.channel).unwrap();
        prop_assert_eq!(is_refused, !channel.serves(country));
        prop_assert!(is_refused || priced.total.tax().minor > 0);
    }
}
