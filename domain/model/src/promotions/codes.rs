//! Discount codes, which enable promotions, and their usage limits.

use super::Promotion;
use crate::{
    Timestamp,
    ids::{ChannelId, DiscountCodeId, PromotionId},
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
    /// Time when staff deactivated the code; None if it can be used.
    pub deactivated_at: Option<Timestamp>,
}

/// The reason why a discount code does not apply to a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    /// The code is unknown in the channel, not active now, or used up. Shoppers cannot tell these apart, so that trying
    /// codes does not show which ones existed.
    #[error("the code is not valid")]
    NotValid,
    /// The cart does not meet the conditions of the promotion.
    #[error("the cart does not meet the conditions of the code")]
    ConditionsNotMet,
    /// The promotion does not combine with another one that applies.
    #[error("the code cannot be combined with the other discounts of the cart")]
    NotCombinable,
}

impl DiscountCode {
    /// True if the code may be used once more, in total and by the buyer.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let is_left = self.deactivated_at.is_none() && self.usage_limit.is_none_or(|limit| self.uses < limit);
        is_left && self.usage_limit_per_customer.is_none_or(|limit| self.uses_by_buyer < i64::from(limit))
    }
}

/// The promotion that an entered code enables in a channel; `known` are the entered codes that exist.
///
/// # Errors
/// [`CodeRefusal::NotValid`] if the code is unknown, not active in the channel now, or used up.
pub fn enabled_by<'a>(
    entered: &str,
    known: &[DiscountCode],
    promotions: &'a [Promotion],
    channel: ChannelId,
    now: Timestamp,
) -> Result<&'a Promotion, CodeRefusal> {
    let usable = known.iter().find(|code| code.code == entered && code.is_usable());
    let enabled = usable.and_then(|code| promotions.iter().find(|promotion| promotion.id == code.promotion_id));
    enabled.filter(|promotion| promotion.is_active(channel, now)).ok_or(CodeRefusal::NotValid)
}
