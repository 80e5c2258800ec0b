//! Merging two carts of one shopper, such as a guest's cart after the login.

use super::{Cart, CartError, CartStatus, MAX_CODES, MAX_LINES, NewLine, Refusal, Refusals, lines};
use crate::Timestamp;

impl Cart {
    /// Adds the lines of another cart and fills missing details from it. The other cart can no longer be changed.
    /// Returns true if something changed; repeating a merge changes nothing.
    ///
    /// # Errors
    /// [`Refusals`] if the carts cannot be merged, one is not active, or the result is too large; then nothing changes.
    pub fn merge(&mut self, from: &mut Self, now: Timestamp) -> Result<bool, Refusals> {
        self.require_active().map_err(|error| vec![Refusal::at(error, &["intoCartId"])])?;
        if from.status == CartStatus::Merged && from.merged_into == Some(self.id) {
            return Ok(false);
        }
        from.require_active().map_err(|error| vec![Refusal::at(error, &["fromCartId"])])?;
        if self.id == from.id || self.channel != from.channel || self.currency != from.currency {
            return Err(vec![Refusal::at(CartError::CannotMerge, &["fromCartId"])]);
        }
        self.lines = self.merged_lines(from)?;
        self.fill_details(from);
        self.touch(now);
        from.status = CartStatus::Merged;
        from.merged_into = Some(self.id);
        from.touch(now);
        Ok(true)
    }

    fn merged_lines(&self, from: &Self) -> Result<Vec<super::CartLine>, Refusals> {
        let mut merged = self.lines.clone();
        for line in &from.lines {
            let new = NewLine {
                variant_id: line.variant_id,
                product_id: line.product_id,
                quantity: line.quantity.into(),
                attributes: line.attributes.clone(),
                price: line.price,
            };
            lines::add(&mut merged, new).map_err(|(error, _)| vec![Refusal::at(error, &["fromCartId"])])?;
        }
        if merged.len() > MAX_LINES {
            return Err(vec![Refusal::at(CartError::TooManyLines, &["fromCartId"])]);
        }
        if !lines::are_attributes_bounded(&merged) {
            return Err(vec![Refusal::at(CartError::InvalidAttributes, &["fromCartId"])]);
        }
        Ok(merged)
    }

    /// Fills missing details from the other cart.
    fn fill_details(&mut self, from: &Self) {
        fn fill<T: Clone>(to: &mut Option<T>, from: Option<&T>) {
            if to.is_none() {
                *to = from.cloned();
            }
        }
        fill(&mut self.buyer.email, from.buyer.email.as_ref());
        fill(&mut self.buyer.phone, from.buyer.phone.as_ref());
        fill(&mut self.buyer.country, from.buyer.country.as_ref());
        fill(&mut self.buyer.vat_id, from.buyer.vat_id.as_ref());
        fill(&mut self.shipping_address, from.shipping_address.as_ref());
        fill(&mut self.billing_address, from.billing_address.as_ref());
        fill(&mut self.note, from.note.as_ref());
        if let Some(handle) = from.delivery_choices.get(&from.delivery_group) {
            self.delivery_choices.entry(self.delivery_group).or_insert_with(|| handle.clone());
        }
        for code in &from.discount_codes {
            if !self.discount_codes.contains(code) && self.discount_codes.len() < MAX_CODES {
                self.discount_codes.push(code.clone());
            }
        }
    }
}
