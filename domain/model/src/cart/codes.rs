//! Discount codes of a cart.

use super::{Cart, CartError, MAX_CODES, Refusal, Refusals};
use crate::promotions::normalize_code;

impl Cart {
    /// Replaces the codes and drops duplicates. Pricing decides whether a code applies. `list` is the name of the input
    /// field, for error paths.
    ///
    /// # Errors
    /// [`Refusals`] if there are too many codes or a text cannot be a code; then nothing changes.
    pub fn set_discount_codes(&mut self, entered: &[String], list: &str) -> Result<(), Refusals> {
        let mut codes: Vec<String> = Vec::with_capacity(entered.len().min(MAX_CODES));
        let mut refusals = Refusals::new();
        for (at, text) in entered.iter().enumerate().take(MAX_CODES + 1) {
            match normalize_code(text) {
                Some(code) if codes.contains(&code) => {}
                Some(code) => codes.push(code),
                None => refusals.push(Refusal::in_list(CartError::InvalidCode, list, at, None)),
            }
        }
        if entered.len() > MAX_CODES {
            refusals.push(Refusal::at(CartError::TooManyCodes, &[list]));
        }
        if refusals.is_empty() {
            self.discount_codes = codes;
            Ok(())
        } else {
            Err(refusals)
        }
    }
}
