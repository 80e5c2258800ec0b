//! Discount codes, which enable promotions, and their usage limits.

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

/// A discount code with its usage counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscountCode {
    /// Global id.
    pub id: DiscountCodeId,
    /// Code in upper case; unique in the shop.
    pub code: String,
    /// Promotion that the code enables.
    pub promotion_id: PromotionId,
    /// Maximum number of uses; None if unlimited.
    pub usage_limit: Option<i32>,
    /// Maximum number of uses per customer; None if unlimited.
    pub usage_limit_per_customer: Option<i32>,
    /// Number of placed orders that used the code.
    pub uses: i32,
    /// Number of uses by the buyer of the cart; zero if it was loaded without a buyer.
    pub uses_by_buyer: i64,
    /// Time of creation.
    pub created_at: Timestamp,
}

/// The reason why a discount code does not apply to a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    /// No promotion in this channel has the code.
    #[error("the code is unknown")]
    Unknown,
    /// The promotion has ended or has not started.
    #[error("the code is not valid now")]
    NotActive,
    /// The code has reached its usage limit.
    #[error("the code has been used up")]
    UsedUp,
    /// The customer has reached the usage limit per customer.
    #[error("you have used this code before")]
    UsedByBuyer,
    /// The cart does not meet the conditions of the promotion.
    #[error("the cart does not meet the conditions of the code")]
    ConditionsNotMet,
    /// The promotion does not combine with another one that applies.
    #[error("the code cannot be combined with the other discounts of the cart")]
    NotCombinable,
}

impl DiscountCode {
    /// Checks that the code may be used once more.
    ///
    /// # Errors
    /// [`CodeRefusal::UsedUp`] or [`CodeRefusal::UsedByBuyer`] if a limit is reached.
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
