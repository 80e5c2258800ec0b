//! Validation of promotions and codes that staff enter.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;

use super::{Conditions, DiscountClass, Promotion, PromotionAction, normalize_code};
use crate::{
    Locale, Timestamp,
    ids::{ChannelId, PromotionId},
};

/// Maximum number of codes that one request creates.
const MAX_CODES: usize = 1_000;
/// Maximum number of translations of a name.
const MAX_TRANSLATIONS: usize = 50;
/// Maximum number of units of a gift.
const MAX_GIFT: u32 = 100;
const WHOLE: i64 = 10_000;

/// A promotion as entered by staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionDraft {
    /// Name shown to shoppers and staff.
    pub name: String,
    /// Name in other locales.
    pub translations: BTreeMap<Locale, String>,
    /// Channels the promotion applies in; empty for all.
    pub channels: Vec<ChannelId>,
    /// Start time; None if it is active at once.
    pub starts_at: Option<Timestamp>,
    /// End time, exclusive; None if it does not end.
    pub ends_at: Option<Timestamp>,
    /// Priority; higher ones are selected first.
    pub priority: i32,
    /// Classes of promotions that this one combines with.
    pub combines_with: BTreeSet<DiscountClass>,
    /// Conditions that must hold.
    pub conditions: Conditions,
    /// Action that reduces the price.
    pub action: PromotionAction,
}

/// A discount code to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewCode {
    /// Code in any case.
    pub code: String,
    /// Maximum number of uses; None if unlimited.
    pub usage_limit: Option<i32>,
    /// Maximum number of uses per customer; None if unlimited.
    pub usage_limit_per_customer: Option<i32>,
}

/// An error in a promotion or code that staff entered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters")]
    Name,
    /// The end is not after the start.
    #[error("the end must be after the start")]
    Period,
    /// The percentage is out of bounds.
    #[error("a percentage is above 0 and at most 100, with at most two digits after the point")]
    Percentage,
    /// The amount is not positive.
    #[error("an amount must be above 0")]
    Amount,
    /// A number of units is out of bounds.
    #[error("both numbers of units must be from 1 to 1000")]
    Units,
    /// The number of units of a gift is out of bounds.
    #[error("a gift has 1 to 100 units")]
    GiftQuantity,
    /// A translated name is empty or too long, or there are too many.
    #[error("a translated name has 1 to 200 characters, and a promotion at most 50 of them")]
    Translation,
    /// The code is not valid or occurs twice.
    #[error("a code has 1 to 64 characters without spaces and occurs only once")]
    Code {
        /// Position in the list.
        at: usize,
    },
    /// A usage limit is below one.
    #[error("a usage limit is at least 1")]
    UsageLimit {
        /// Position of the code in the list.
        at: usize,
    },
    /// The request contains too many codes.
    #[error("one request creates at most 1000 codes")]
    TooManyCodes,
}

impl PromotionDraft {
    /// All errors of the draft.
    #[must_use]
    pub fn errors(&self) -> Vec<DraftError> {
        let mut errors = Vec::new();
        let is_name = |name: &String| (1..=200).contains(&name.trim().chars().count());
        if !is_name(&self.name) {
            errors.push(DraftError::Name);
        }
        if self.translations.len() > MAX_TRANSLATIONS || !self.translations.values().all(is_name) {
            errors.push(DraftError::Translation);
        }
        if matches!((self.starts_at, self.ends_at), (Some(start), Some(end)) if end <= start) {
            errors.push(DraftError::Period);
        }
        errors.extend(action_error(&self.action));
        if self.conditions.minimum_subtotal.is_some_and(|minimum| minimum.minor < 0) {
            errors.push(DraftError::Amount);
        }
        errors
    }

    /// Builds the promotion.
    #[must_use]
    pub fn build(self, id: PromotionId, version: i32, needs_code: bool) -> Promotion {
        Promotion {
            id,
            version,
            name: self.name.trim().to_owned(),
            translations: self.translations.into_iter().map(|(tag, name)| (tag, name.trim().to_owned())).collect(),
            channels: self.channels,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            priority: self.priority,
            combines_with: self.combines_with,
            needs_code,
            conditions: self.conditions,
            action: self.action,
        }
    }
}

fn action_error(action: &PromotionAction) -> Option<DraftError> {
    let is_percentage = |basis_points: &i64| (1..=WHOLE).contains(basis_points);
    match action {
        PromotionAction::PercentageOff { basis_points, .. } => {
            (!is_percentage(basis_points)).then_some(DraftError::Percentage)
        }
        PromotionAction::AmountOff { amount, .. } => (amount.minor <= 0).then_some(DraftError::Amount),
        PromotionAction::FixedPrice { price, .. } => (price.minor < 0).then_some(DraftError::Amount),
        PromotionAction::BuyXGetY { buy, get, basis_points, .. } => {
            let is_count = |units: &u32| (1..=1_000).contains(units);
            if !is_count(buy) || !is_count(get) {
                return Some(DraftError::Units);
            }
            (!is_percentage(basis_points)).then_some(DraftError::Percentage)
        }
        PromotionAction::Gift { quantity, .. } => {
            let is_count = (1..=MAX_GIFT).contains(&quantity.get());
            (!is_count).then_some(DraftError::GiftQuantity)
        }
        PromotionAction::FreeShipping { .. } => None,
    }
}

impl NewCode {
    /// Normalizes all codes to the stored form.
    ///
    /// # Errors
    /// All errors of the codes.
    pub fn normalize_all(codes: Vec<Self>) -> Result<Vec<Self>, Vec<DraftError>> {
        if codes.len() > MAX_CODES {
            return Err(vec![DraftError::TooManyCodes]);
        }
        let (mut seen, mut errors, mut normal) = (HashSet::new(), Vec::new(), Vec::with_capacity(codes.len()));
        for (at, code) in codes.into_iter().enumerate() {
            let limits = [code.usage_limit, code.usage_limit_per_customer];
            if limits.into_iter().flatten().any(|limit| limit < 1) {
                errors.push(DraftError::UsageLimit { at });
            }
            match normalize_code(&code.code).filter(|text| seen.insert(text.clone())) {
                Some(text) => normal.push(Self { code: text, ..code }),
                None => errors.push(DraftError::Code { at }),
            }
        }
        if errors.is_empty() { Ok(normal) } else { Err(errors) }
    }
}
