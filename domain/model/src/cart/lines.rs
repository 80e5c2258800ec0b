//! Lines of a cart. Lines with the same variant and attributes are merged.

use std::collections::{BTreeMap, HashSet};

use super::{Cart, CartError, CartLine, MAX_LINES, Refusal, Refusals};
use crate::{
    Money, Quantity,
    ids::{CartLineId, ProductId, VariantId},
};

const MAX_ATTRIBUTES: usize = 20;
const MAX_ATTRIBUTE_NAME: usize = 100;
const MAX_ATTRIBUTE_VALUE: usize = 1_000;
/// Maximum size of all attribute names and values of a line, in bytes.
const MAX_LINE_BYTES: usize = 4 * 1_024;
/// Maximum size of all attributes of a cart, in bytes; a cart is read and written as a whole.
const MAX_CART_BYTES: usize = 64 * 1_024;

/// A line to add to a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// Variant to buy.
    pub variant_id: VariantId,
    /// Product of the variant.
    pub product_id: ProductId,
    /// Quantity, not validated yet; must be 1 to [`Quantity::MAX`].
    pub quantity: i64,
    /// Custom attributes of the line, such as an engraving.
    pub attributes: BTreeMap<String, String>,
    /// Price of one unit now; None if it is unknown.
    pub price: Option<Money>,
}

/// A new quantity for a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineChange {
    /// Line to change.
    pub line_id: CartLineId,
    /// New quantity, not validated yet; zero removes the line.
    pub quantity: i64,
}

impl Cart {
    /// Adds lines. The quantity is added to an existing line with the same variant and attributes.
    ///
    /// # Errors
    /// [`Refusals`] if a quantity or attributes are not valid or there are too many lines; then nothing changes.
    pub fn add_lines(&mut self, new: Vec<NewLine>) -> Result<(), Refusals> {
        let mut lines = self.lines.clone();
        let mut refusals = Refusals::new();
        for (at, line) in new.into_iter().enumerate() {
            if let Err((error, part)) = add(&mut lines, line) {
                refusals.push(Refusal::in_list(error, "lines", at, part));
            }
        }
        if lines.len() > MAX_LINES {
            refusals.push(Refusal::at(CartError::TooManyLines, &["lines"]));
        }
        if !are_attributes_bounded(&lines) {
            refusals.push(Refusal::at(CartError::InvalidAttributes, &["lines"]));
        }
        self.replace_lines(lines, refusals)
    }

    /// Sets quantities. Zero removes a line, even one that is already removed.
    ///
    /// # Errors
    /// [`Refusals`] if a quantity is not valid, a line does not exist, or there are too many changes; then nothing
    /// changes.
    pub fn update_lines(&mut self, changes: &[LineChange]) -> Result<(), Refusals> {
        require_bounded(changes, "lines")?;
        let mut lines = self.lines.clone();
        let mut refusals = Refusals::new();
        for (at, change) in changes.iter().enumerate() {
            let line = lines.iter_mut().find(|line| line.id == change.line_id);
            match (Quantity::try_from(change.quantity), line) {
                (Err(_), _) => {
                    refusals.push(Refusal::in_list(CartError::InvalidQuantity, "lines", at, Some("quantity")));
                }
                (Ok(quantity), Some(line)) => line.quantity = quantity,
                (Ok(Quantity::ZERO), None) => {}
                (Ok(_), None) => {
                    refusals.push(Refusal::in_list(CartError::LineNotFound, "lines", at, Some("lineId")));
                }
            }
        }
        lines.retain(|line| line.quantity > Quantity::ZERO);
        self.replace_lines(lines, refusals)
    }

    /// Removes lines. Lines that are already removed are ignored.
    ///
    /// # Errors
    /// [`Refusals`] if there are more ids than a cart can have lines.
    pub fn remove_lines(&mut self, ids: &[CartLineId]) -> Result<(), Refusals> {
        require_bounded(ids, "lineIds")?;
        let gone: HashSet<&CartLineId> = ids.iter().collect();
        self.lines.retain(|line| !gone.contains(&line.id));
        Ok(())
    }

    /// The lines at the prices at which they were added, without taxes that are added to prices and before discounts;
    /// None if a price is unknown or the sum is too large.
    #[must_use]
    pub fn subtotal(&self) -> Option<Money> {
        let price = |line: &CartLine| line.price.and_then(|price| price.times(i64::from(line.quantity)).ok());
        let prices: Option<Vec<Money>> = self.lines.iter().map(price).collect();
        Money::sum(self.currency, prices?).ok()
    }

    fn replace_lines(&mut self, lines: Vec<CartLine>, refusals: Refusals) -> Result<(), Refusals> {
        if refusals.is_empty() {
            self.lines = lines;
            Ok(())
        } else {
            Err(refusals)
        }
    }
}

/// Checks that a list has no more entries than a cart can have lines.
fn require_bounded<T>(entries: &[T], list: &str) -> Result<(), Refusals> {
    if entries.len() > MAX_LINES { Err(vec![Refusal::at(CartError::TooManyLines, &[list])]) } else { Ok(()) }
}

/// True if the attributes of all lines fit into one cart.
pub(super) fn are_attributes_bounded(lines: &[CartLine]) -> bool {
    lines.iter().map(|line| bytes(&line.attributes)).sum::<usize>() <= MAX_CART_BYTES
}

fn bytes(attributes: &BTreeMap<String, String>) -> usize {
    attributes.iter().map(|(name, value)| name.len() + value.len()).sum()
}

/// Adds one line, or returns the error with the invalid field.
pub(super) fn add(lines: &mut Vec<CartLine>, new: NewLine) -> Result<(), (CartError, Option<&'static str>)> {
    let invalid_quantity = (CartError::InvalidQuantity, Some("quantity"));
    let quantity = Quantity::try_from(new.quantity).map_err(|_| invalid_quantity.clone())?;
    if quantity == Quantity::ZERO {
        return Err(invalid_quantity);
    }
    if !are_attributes_valid(&new.attributes) {
        return Err((CartError::InvalidAttributes, Some("attributes")));
    }
    let same = |line: &&mut CartLine| line.variant_id == new.variant_id && line.attributes == new.attributes;
    if let Some(line) = lines.iter_mut().find(same) {
        line.quantity = line.quantity.plus(quantity).map_err(|_| invalid_quantity)?;
        line.price = new.price.or(line.price);
    } else {
        let NewLine { variant_id, product_id, attributes, price, .. } = new;
        lines.push(CartLine { id: CartLineId::new(), variant_id, product_id, quantity, attributes, price });
    }
    Ok(())
}

fn are_attributes_valid(attributes: &BTreeMap<String, String>) -> bool {
    let is_valid = |(name, value): (&String, &String)| {
        (1..=MAX_ATTRIBUTE_NAME).contains(&name.chars().count()) && value.chars().count() <= MAX_ATTRIBUTE_VALUE
    };
    attributes.len() <= MAX_ATTRIBUTES && bytes(attributes) <= MAX_LINE_BYTES && attributes.iter().all(is_valid)
}
