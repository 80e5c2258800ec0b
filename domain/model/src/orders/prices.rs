//! Prices of a completed cart, from its order.

use super::{Order, OrderDelivery, OrderLine};
use crate::{
    Translations,
    cart::Cart,
    pricing::{CodeStatus, DeliveryGroup, DeliveryOption, PricedCart, PricedLine},
};

/// The prices of the cart that became this order. `lines` are the order's, in the same order as the cart's, followed by
/// gifts: a cart with a line that cannot be sold does not become an order. Neither does one with a code that does not apply, so that all
/// of its codes did.
#[must_use]
pub fn prices_of_cart(cart: &Cart, order: &Order, lines: &[OrderLine]) -> PricedCart {
    let code = |code: &String| CodeStatus { code: code.clone(), is_applicable: true };
    PricedCart {
        currency: order.currency,
        lines: cart
            .lines
            .iter()
            .zip(lines)
            .map(|(line, sold)| PricedLine { id: line.id, ..sold.sold.clone() })
            .chain(lines.iter().skip(cart.lines.len()).map(|gift| gift.sold.clone()))
            .collect(),
        subtotal: order.subtotal,
        discount_total: order.discount_total,
        shipping: order.shipping,
        total: order.total,
        tax_treatment: order.tax_treatment,
        codes: cart.discount_codes.iter().map(code).collect(),
        delivery_groups: delivery_groups(cart, order, lines),
        problems: Vec::new(),
        promotions: order.promotions.clone(),
    }
}

/// The one delivery group, with the option that was bought.
fn delivery_groups(cart: &Cart, order: &Order, lines: &[OrderLine]) -> Vec<DeliveryGroup> {
    let delivered = cart.lines.iter().zip(lines).filter(|(_, line)| line.sold.requires_shipping);
    let option = |delivery: &OrderDelivery| DeliveryOption {
        handle: delivery.handle.clone(),
        title: delivery.title.clone(),
        name: delivery.title.clone(),
        translations: Translations::new(),
        price: delivery.price,
        taxes: delivery.taxes.clone(),
        estimated_days: delivery.estimated_days,
        is_pickup: delivery.is_pickup,
        pickup: delivery.pickup.clone(),
    };
    let group = |delivery: &OrderDelivery| DeliveryGroup {
        id: cart.delivery_group,
        lines: delivered.clone().map(|(line, _)| line.id).collect(),
        options: vec![option(delivery)],
        selected: Some(delivery.handle.clone()),
    };
    order.deliveries.first().map(group).into_iter().collect()
}
