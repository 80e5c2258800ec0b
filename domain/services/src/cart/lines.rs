//! Changing the lines of a cart.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use model::{
    IdempotencyKey, Timestamp,
    access::Actor,
    cart::{Cart, CartError, LineChange, MAX_LINES, NewLine, Refusal, Refusals},
    catalog::Product,
    ids::{CartLineId, ProductId, VariantId},
    pricing::offer,
};
use serde::Serialize;

use super::{
    CartChangeError, CartRefused,
    change::{CartTarget, change},
};
use crate::{App, catalog, idempotency::Keyed};

/// A variant to add to a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineInput {
    /// The variant.
    pub variant_id: VariantId,
    /// The number of units.
    pub quantity: i64,
    /// Attributes such as an engraving; lines with different attributes are kept apart.
    pub attributes: BTreeMap<String, String>,
}

/// Adds variants to a cart; with an idempotency key, once for each key.
///
/// # Errors
/// [`CartChangeError`] if the input breaks a rule of carts, or the key was used with another input.
pub async fn add_lines(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    lines: Vec<LineInput>,
    key: Option<&IdempotencyKey>,
) -> Result<Cart, CartChangeError> {
    let input = (target.id, target.expected_version, &lines);
    let keyed = Keyed::of_cart("cartLinesAdd", actor, target.id, key, &input)?;
    let lines = SoldLines::load(app, lines).await?;
    let now = app.clock.now();
    change(app, actor, target, keyed.as_ref(), |cart| lines.add_to(cart, now)).await
}

/// Sets the quantities of lines; zero removes the line.
///
/// # Errors
/// [`CartChangeError`] if the input breaks a rule of carts.
pub async fn update_lines(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    changes: &[LineChange],
) -> Result<Cart, CartChangeError> {
    change(app, actor, target, None, |cart| cart.update_lines(changes)).await
}

/// Removes lines.
///
/// # Errors
/// [`CartChangeError`] if the input breaks a rule of carts.
pub async fn remove_lines(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    lines: &[CartLineId],
) -> Result<Cart, CartChangeError> {
    change(app, actor, target, None, |cart| cart.remove_lines(lines)).await
}

/// Lines to add to a cart, with their products.
pub(super) struct SoldLines {
    lines: Vec<LineInput>,
    owners: HashMap<VariantId, ProductId>,
    products: HashMap<ProductId, Arc<Product>>,
}

impl SoldLines {
    /// Reads the products from the cache, with at most one statement for variants that were not requested before.
    pub(super) async fn load(app: &App, lines: Vec<LineInput>) -> Result<Self, CartChangeError> {
        if lines.len() > MAX_LINES {
            return Err(CartRefused::at(CartError::TooManyLines, &["lines"]).into());
        }
        let variants: Vec<VariantId> = lines.iter().map(|line| line.variant_id).collect();
        let owners = catalog::products_of_variants(app, &variants).await?;
        let mut ids: Vec<ProductId> = owners.values().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let products = app.catalog.products(&ids).await?;
        Ok(Self { lines, owners, products })
    }

    /// Adds the lines to a cart; each variant must be sold in its channel and currency.
    pub(super) fn add_to(&self, cart: &mut Cart, now: Timestamp) -> Result<(), Refusals> {
        let mut new = Vec::with_capacity(self.lines.len());
        let mut refusals = Refusals::new();
        for (at, line) in self.lines.iter().enumerate() {
            match self.sold(cart, line, now) {
                Some(line) => new.push(line),
                None => {
                    refusals.push(Refusal::in_list(CartError::VariantNotFound, "lines", at, Some("variantId")));
                }
            }
        }
        if refusals.is_empty() { cart.add_lines(new) } else { Err(refusals) }
    }

    fn sold(&self, cart: &Cart, line: &LineInput, now: Timestamp) -> Option<NewLine> {
        let product = self.products.get(self.owners.get(&line.variant_id)?)?;
        let (_, price) = offer(product, line.variant_id, cart.into(), now)?;
        Some(NewLine {
            variant_id: line.variant_id,
            product_id: product.id,
            quantity: line.quantity,
            attributes: line.attributes.clone(),
            price: Some(price.amount),
        })
    }
}
