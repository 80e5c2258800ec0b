//! The lines of a cart that can be sold, with their prices before discounts.

use std::{collections::HashMap, sync::Arc};

use crate::{
    Currency, Timestamp,
    cart::{Cart, CartLine},
    catalog::{Price, Product, Taxonomy, Variant},
    ids::{CategoryId, ChannelId, ProductId, VariantId},
    promotions::Goods,
};

/// The most that one line may cost, in minor units: 500 of them still add up, tax included.
const MAX_LINE: i64 = 1_000_000_000_000_000;

/// A variant and its price, when shoppers of a channel can buy it in a currency now.
#[must_use]
pub fn offer(
    product: &Product,
    variant: VariantId,
    channel: ChannelId,
    currency: Currency,
    now: Timestamp,
) -> Option<(&Variant, &Price)> {
    let variant = product.variant(variant).filter(|_| product.is_published(channel, now))?;
    variant.price(channel, currency).filter(|price| price.amount.minor >= 0).map(|price| (variant, price))
}

/// A line with the variant that is sold in it.
pub(super) struct Item<'a> {
    /// The line.
    pub line: &'a CartLine,
    /// Its variant.
    pub variant: &'a Variant,
    /// Its place in the cart.
    pub at: usize,
}

/// The lines of a cart, sorted out.
pub(super) struct Basket<'a> {
    /// The lines that can be sold, in an order that does not depend on that of the cart.
    pub items: Vec<Item<'a>>,
    /// What promotions see of each item, in the same order.
    pub goods: Vec<Goods<'a>>,
    /// The lines that cannot be sold.
    pub unsold: Vec<(&'a CartLine, Unsold)>,
}

impl<'a> Basket<'a> {
    /// The items with their goods.
    pub fn iter(&self) -> impl Iterator<Item = (&Item<'a>, &Goods<'a>)> {
        self.items.iter().zip(&self.goods)
    }

    /// Whether something in it is delivered.
    pub fn is_delivered(&self) -> bool {
        self.items.iter().any(|item| item.variant.requires_shipping)
    }
}

/// Why a line cannot be sold.
pub(super) enum Unsold {
    /// Gone, not published, or without a price here.
    Unavailable,
    /// More than the shop can reckon with.
    TooLarge,
}

/// Sorts the lines of a cart out.
pub(super) fn basket<'a>(
    cart: &'a Cart,
    products: &'a HashMap<ProductId, Arc<Product>>,
    taxonomy: &'a Taxonomy,
    now: Timestamp,
) -> Basket<'a> {
    let mut sold = Vec::with_capacity(cart.lines.len());
    let mut unsold = Vec::new();
    for (at, line) in cart.lines.iter().enumerate() {
        match item(cart, at, line, products, taxonomy, now) {
            Ok(item) => sold.push(item),
            Err(why) => unsold.push((line, why)),
        }
    }
    sold.sort_by(|(a, _), (b, _)| {
        (a.line.variant_id, &a.line.attributes).cmp(&(b.line.variant_id, &b.line.attributes))
    });
    let (items, goods) = sold.into_iter().unzip();
    Basket { items, goods, unsold }
}

fn item<'a>(
    cart: &Cart,
    at: usize,
    line: &'a CartLine,
    products: &'a HashMap<ProductId, Arc<Product>>,
    taxonomy: &'a Taxonomy,
    now: Timestamp,
) -> Result<(Item<'a>, Goods<'a>), Unsold> {
    let product = products.get(&line.product_id).ok_or(Unsold::Unavailable)?;
    let offer = offer(product, line.variant_id, cart.channel, cart.currency, now);
    let (variant, price) = offer.ok_or(Unsold::Unavailable)?;
    let quantity = i64::from(line.quantity);
    let full = price.amount.times(quantity).ok().filter(|full| full.minor <= MAX_LINE).ok_or(Unsold::TooLarge)?;
    let goods = Goods {
        product,
        categories: with_those_above(product, taxonomy),
        collections: taxonomy.collections_of(product.id),
        quantity,
        unit_price: price.amount,
        full,
        left: full,
        reductions: Vec::new(),
    };
    Ok((Item { line, variant, at }, goods))
}

fn with_those_above(product: &Product, taxonomy: &Taxonomy) -> Vec<CategoryId> {
    product.categories.iter().flat_map(|category| taxonomy.ancestors(*category)).collect()
}
