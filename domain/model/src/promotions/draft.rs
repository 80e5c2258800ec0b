//! What staff says about a promotion, checked before it becomes one.

use std::collections::{BTreeSet, HashSet};

use super::{Conditions, DiscountClass, Promotion, PromotionAction, normalize_code};
use crate::{
    Timestamp,
    ids::{ChannelId, PromotionId},
};

/// The most codes that one request creates.
const MAX_CODES: usize = 1_000;
const WHOLE: i64 = 10_000;

/// A promotion as staff describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionDraft {
    /// What shoppers and staff read.
    pub name: String,
    /// Channels it holds in; every one where none is named.
    pub channels: Vec<ChannelId>,
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it has ended.
    pub ends_at: Option<Timestamp>,
    /// Higher ones are taken first.
    pub priority: i32,
    /// Classes of promotions it may be combined with.
    pub combines_with: BTreeSet<DiscountClass>,
    /// What must hold.
    pub conditions: Conditions,
    /// What it takes off.
    pub action: PromotionAction,
}

/// A code to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCode {
    /// The text, in any case.
    pub code: String,
    /// How often it may be used in all.
    pub usage_limit: Option<i32>,
    /// How often one customer may use it.
    pub usage_limit_per_customer: Option<i32>,
}

/// What is wrong with a draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// No name, or a long one.
    #[error("a name has 1 to 200 characters")]
    Name,
    /// It would end before it begins.
    #[error("the end must be after the start")]
    Period,
    /// Not a percentage.
    #[error("a percentage is above 0 and at most 100, with at most two digits after the point")]
    Percentage,
    /// Not an amount to take off.
    #[error("an amount must be above 0")]
    Amount,
    /// Not a group of units.
    #[error("both numbers of units are from 1 to 1000")]
    Units,
    /// A code that cannot be one, or comes twice.
    #[error("a code has 1 to 64 characters without spaces, and comes once")]
    Code {
        /// Its place in the list.
        at: usize,
    },
    /// A limit below one.
    #[error("a usage limit is at least 1")]
    UsageLimit {
        /// The code's place in the list.
        at: usize,
    },
    /// Too many codes in one request.
    #[error("one request creates at most 1000 codes")]
    TooManyCodes,
}

impl PromotionDraft {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn errors(&self) -> Vec<DraftError> {
        let mut errors = Vec::new();
        if !(1..=200).contains(&self.name.trim().chars().count()) {
            errors.push(DraftError::Name);
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

    /// The promotion that was described.
    #[must_use]
    pub fn build(self, id: PromotionId, version: i32, needs_code: bool) -> Promotion {
        Promotion {
            id,
            version,
            name: self.name.trim().to_owned(),
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
        PromotionAction::FreeShipping { .. } => None,
    }
}

impl NewCode {
    /// The codes in the form in which they are kept.
    ///
    /// # Errors
    /// Every code that is wrong.
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
