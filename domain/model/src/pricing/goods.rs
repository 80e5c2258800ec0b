//! The lines of a cart that can be sold, with prices before discounts.

use std::{collections::HashMap, sync::Arc};

use super::{gifts::Gift, resolve::offer};
use crate::{
    Timestamp,
    cart::{Cart, CartLine},
    catalog::{Product, Taxonomy, Variant},
    ids::{CategoryId, ProductId},
    promotions::Goods,
};

/// Maximum price of a line in minor units; the sum of 500 lines with tax does not overflow.
const MAX_LINE: i64 = 1_000_000_000_000_000;

/// A line that can be sold.
pub(super) struct Item<'a> {
    /// The cart line.
    pub line: &'a CartLine,
    /// The variant of the line.
    pub variant: &'a Variant,
    /// Position in the cart.
    pub at: usize,
    /// True if a promotion gives the line.
    pub is_gift: bool,
}

/// The lines of a cart, split into those that can be sold and those that cannot.
pub(super) struct Basket<'a> {
    /// Lines that can be sold, sorted by variant and attributes, independent of the order in the cart.
    pub items: Vec<Item<'a>>,
    /// The goods of each item for promotions, in the same order.
    pub goods: Vec<Goods<'a>>,
    /// Lines that cannot be sold.
    pub unsold: Vec<(&'a CartLine, Unsold)>,
}

impl<'a> Basket<'a> {
    /// Iterates over items with their goods.
    pub fn iter(&self) -> impl Iterator<Item = (&Item<'a>, &Goods<'a>)> {
        self.items.iter().zip(&self.goods)
    }

    /// Adds the gifts of the selected promotions behind the lines of the cart.
    pub fn add_gifts(&mut self, gifts: impl IntoIterator<Item = (&'a Gift<'a>, Goods<'a>)>) {
        for (gift, goods) in gifts {
            let at = self.items.len() + self.unsold.len();
            self.items.push(Item { line: &gift.line, variant: gift.variant, at, is_gift: true });
            self.goods.push(goods);
        }
    }

    /// True if an item is shipped.
    pub fn is_delivered(&self) -> bool {
        self.items.iter().any(|item| item.variant.requires_shipping)
    }
}

/// The reason why a line cannot be sold.
pub(super) enum Unsold {
    /// The variant does not exist, is not published, or has no price in the channel and currency.
    Unavailable,
    /// The price of the line exceeds the maximum.
    TooLarge,
}

/// Splits the lines of a cart.
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
    let offer = offer(product, line.variant_id, cart.into(), now);
    let (variant, price) = offer.ok_or(Unsold::Unavailable)?;
    let quantity = i64::from(line.quantity);
    let full = price.amount.times(quantity).ok().filter(|full| full.minor <= MAX_LINE).ok_or(Unsold::TooLarge)?;
    let goods = Goods {
        product,
        categories: with_ancestors(product, taxonomy),
        collections: taxonomy.collections_of(product.id),
        quantity,
        unit_price: price.amount,
        full,
        left: full,
        reductions: Vec::new(),
    };
    Ok((Item { line, variant, at, is_gift: false }, goods))
}

fn with_ancestors(product: &Product, taxonomy: &Taxonomy) -> Vec<CategoryId> {
    product.categories.iter().flat_map(|category| taxonomy.ancestors(*category)).collect()
}
