//! Discount codes: what lets a promotion in, and how often.

use crate::{
    Timestamp,
    ids::{DiscountCodeId, PromotionId},
};

const MAX_CODE: usize = 64;

/// The form in which codes are stored and compared: trimmed and upper-case. None if the text cannot be a code.
#[must_use]
pub fn normalize_code(text: &str) -> Option<String> {
    let code = text.trim().to_uppercase();
    let is_code =
        (1..=MAX_CODE).contains(&code.chars().count()) && !code.chars().any(|c| c.is_whitespace() || c.is_control());
    is_code.then_some(code)
}

/// A code with its counters, as looked up for one cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscountCode {
    /// Identifier.
    pub id: DiscountCodeId,
    /// The text, upper-case; unique in the shop.
    pub code: String,
    /// The promotion it lets in.
    pub promotion_id: PromotionId,
    /// How often it may be used in all.
    pub usage_limit: Option<i32>,
    /// How often one customer may use it.
    pub usage_limit_per_customer: Option<i32>,
    /// How often it was used by placed orders.
    pub uses: i32,
    /// How often the buyer of the cart used it; none when nobody asked.
    pub uses_by_buyer: i64,
    /// When it was created.
    pub created_at: Timestamp,
}

/// Why a code does nothing for a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    /// No promotion of this channel has the code.
    #[error("the code is not known")]
    Unknown,
    /// Its promotion has ended or not begun.
    #[error("the code is not valid now")]
    NotActive,
    /// It was used as often as it may.
    #[error("the code has been used up")]
    UsedUp,
    /// This customer used it as often as one may.
    #[error("you have used this code before")]
    UsedByBuyer,
    /// The cart does not meet its conditions.
    #[error("the cart does not meet the conditions of the code")]
    ConditionsNotMet,
    /// Another promotion of the cart does not go together with it.
    #[error("the code cannot be combined with the other discounts of the cart")]
    NotCombinable,
}

impl DiscountCode {
    /// Passes when it may be used once more.
    ///
    /// # Errors
    /// [`CodeRefusal::UsedUp`] or [`CodeRefusal::UsedByBuyer`].
    pub fn require_usable(&self) -> Result<(), CodeRefusal> {
        if self.usage_limit.is_some_and(|limit| self.uses >= limit) {
            return Err(CodeRefusal::UsedUp);
        }
        match self.usage_limit_per_customer {
            Some(limit) if self.uses_by_buyer >= i64::from(limit) => Err(CodeRefusal::UsedByBuyer),
            _ => Ok(()),
        }
    }
}
