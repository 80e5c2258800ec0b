//! What a completed cart cost: the order remembers, whatever has changed since.

use super::{Order, OrderDelivery, OrderLine};
use crate::{
    cart::{Cart, CartLine},
    pricing::{CodeStatus, DeliveryGroup, DeliveryOption, PricedCart, PricedLine},
};

/// The prices of the cart that became this order. `lines` are those of the order, in its order, which is the cart's: a
/// cart with a line that cannot be sold does not become an order. Nor does one with a code that does not fit, so each
/// of its codes did.
#[must_use]
pub fn prices_of_cart(cart: &Cart, order: &Order, lines: &[OrderLine]) -> PricedCart {
    let code = |code: &String| CodeStatus { code: code.clone(), is_applicable: true };
    PricedCart {
        currency: order.currency,
        lines: cart.lines.iter().zip(lines).map(|(wish, line)| priced_line(wish, line)).collect(),
        subtotal: order.subtotal,
        discount_total: order.discount_total,
        shipping: order.shipping,
        total: order.total,
        codes: cart.discount_codes.iter().map(code).collect(),
        delivery_groups: delivery_groups(cart, order, lines),
        problems: Vec::new(),
        promotions: order.promotions.clone(),
    }
}

fn priced_line(wish: &CartLine, line: &OrderLine) -> PricedLine {
    PricedLine {
        id: wish.id,
        variant_id: line.variant_id,
        product_id: line.product_id,
        sku: line.sku.clone(),
        name: line.name.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        subtotal: line.subtotal,
        total: line.total,
        discounts: line.discounts.clone(),
        tax_class: line.tax_class.clone(),
        tax_rate: line.tax_rate,
        requires_shipping: line.requires_shipping,
        stock_needs: line.stock_needs.clone(),
    }
}

/// The one group, with the way of delivery that was bought.
fn delivery_groups(cart: &Cart, order: &Order, lines: &[OrderLine]) -> Vec<DeliveryGroup> {
    let delivered = cart.lines.iter().zip(lines).filter(|(_, line)| line.requires_shipping);
    let option = |delivery: &OrderDelivery| DeliveryOption {
        handle: delivery.handle.clone(),
        title: delivery.title.clone(),
        price: delivery.price,
        estimated_days: delivery.estimated_days,
        is_pickup: delivery.is_pickup,
    };
    let group = |delivery: &OrderDelivery| DeliveryGroup {
        id: cart.delivery_group,
        lines: delivered.clone().map(|(wish, _)| wish.id).collect(),
        options: vec![option(delivery)],
        selected: Some(delivery.handle.clone()),
    };
    order.deliveries.first().map(group).into_iter().collect()
}
