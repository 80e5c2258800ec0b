//! Putting variants into a cart, changing how many, taking them out.

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
    CartChangeError,
    change::{CartTarget, Step, change, change_once, change_step},
};
use crate::{App, catalog, idempotency::Keyed};

/// A variant that a shopper wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineInput {
    /// The variant.
    pub variant_id: VariantId,
    /// How many.
    pub quantity: i64,
    /// What the shopper asked for; lines with other attributes stay apart.
    pub attributes: BTreeMap<String, String>,
}

/// Puts variants into a cart.
///
/// # Errors
/// [`CartChangeError`].
pub async fn add_lines(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    lines: Vec<LineInput>,
) -> Result<Cart, CartChangeError> {
    let wanted = Wanted::load(app, lines).await?;
    let now = app.clock.now();
    change_step(app, actor, target, Step::FIRST_LINE, |cart| wanted.put_into(cart, now)).await
}

/// Puts variants into a cart once for each key.
///
/// # Errors
/// [`CartChangeError`].
pub async fn add_lines_once(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    lines: Vec<LineInput>,
    key: &IdempotencyKey,
) -> Result<Cart, CartChangeError> {
    let asked = (target.id, target.expected_version, &lines);
    let keyed = Keyed::of_cart("cartLinesAdd", actor, target.id, Some(key), &asked)?;
    let wanted = Wanted::load(app, lines).await?;
    let now = app.clock.now();
    change_once(app, actor, target, Step::FIRST_LINE, keyed.as_ref(), |cart| wanted.put_into(cart, now)).await
}

/// Sets quantities; none removes the line.
///
/// # Errors
/// [`CartChangeError`].
pub async fn update_lines(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    changes: &[LineChange],
) -> Result<Cart, CartChangeError> {
    change(app, actor, target, |cart| cart.update_lines(changes)).await
}

/// Takes lines out.
///
/// # Errors
/// [`CartChangeError`].
pub async fn remove_lines(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    lines: &[CartLineId],
) -> Result<Cart, CartChangeError> {
    change(app, actor, target, |cart| cart.remove_lines(lines)).await
}

/// The lines that a shopper wants, with their products.
pub(super) struct Wanted {
    lines: Vec<LineInput>,
    owners: HashMap<VariantId, ProductId>,
    products: HashMap<ProductId, Arc<Product>>,
}

impl Wanted {
    /// Looks the products up: at most one statement for variants not seen before, and the cache.
    pub(super) async fn load(app: &App, lines: Vec<LineInput>) -> Result<Self, CartChangeError> {
        if lines.len() > MAX_LINES {
            return Err(CartChangeError::refused(CartError::TooManyLines, &["lines"]));
        }
        let variants: Vec<VariantId> = lines.iter().map(|line| line.variant_id).collect();
        let owners = catalog::products_of_variants(app, &variants).await?;
        let mut ids: Vec<ProductId> = owners.values().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let products = app.catalog.products(&ids).await?;
        Ok(Self { lines, owners, products })
    }

    /// Adds them to a cart whose channel and currency they are sold in.
    pub(super) fn put_into(&self, cart: &mut Cart, now: Timestamp) -> Result<(), Refusals> {
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
        offer(product, line.variant_id, cart.into(), now)?;
        Some(NewLine {
            variant_id: line.variant_id,
            product_id: product.id,
            quantity: line.quantity,
            attributes: line.attributes.clone(),
        })
    }
}
