//! Promotions: conditions and actions that reduce what a cart costs.
//!
//! **Which ones.** A promotion is a candidate when it is active in the cart's channel, is automatic or let in by a
//! code that is not used up, and its conditions hold on the cart before any discount. Candidates are taken one by one:
//! by priority (highest first), then by what each alone would take off (most first), then by id; each is taken if it
//! and every one taken before allow each other's class in `combines_with`.
//!
//! **In which order.** All of class PRODUCT, then ORDER, then SHIPPING; within a class in the order they were taken.
//! Each works on what the earlier ones left, so nothing ever falls below zero. Goods are discounted before taxes, in
//! the channel's price mode, and delivery after goods, because its free-from threshold looks at the discounted goods.
//!
//! **Split.** What an action takes off as a whole is split over its lines in proportion to what is left of each, by
//! largest remainder; equal remainders go by variant and attributes, so the order of the lines never matters.

mod actions;
mod codes;
mod conditions;
mod draft;
mod engine;
mod goods;
mod selector;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use codes::{CodeRefusal, DiscountCode, normalize_code};
pub use conditions::Conditions;
pub use draft::{DraftError, NewCode, PromotionDraft};
pub(crate) use engine::{Chosen, Outcome, Shopping, choose, discount};
pub(crate) use goods::{Goods, Reduction};
pub use selector::ProductSelector;

use crate::{
    Money, Timestamp,
    ids::{ChannelId, PromotionId},
};

/// A reduction with its conditions, automatic or behind codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// Identifier.
    pub id: PromotionId,
    /// Counts the writes, from 1.
    pub version: i32,
    /// What shoppers and staff read.
    pub name: String,
    /// Channels it holds in; every one where none is named.
    pub channels: Vec<ChannelId>,
    /// When it begins; always where absent.
    pub starts_at: Option<Timestamp>,
    /// When it has ended; never where absent.
    pub ends_at: Option<Timestamp>,
    /// Higher ones are taken first.
    pub priority: i32,
    /// Classes of promotions it may be combined with.
    pub combines_with: BTreeSet<DiscountClass>,
    /// Whether only a code lets it in; automatic otherwise.
    pub needs_code: bool,
    /// What must hold.
    pub conditions: Conditions,
    /// What it takes off.
    pub action: PromotionAction,
}

/// The part of a cart that a promotion reduces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum DiscountClass {
    /// The price of certain products.
    Product,
    /// The price of the whole order.
    Order,
    /// The price of delivery.
    Shipping,
}

/// What a promotion takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PromotionAction {
    /// A part of what the goods cost.
    PercentageOff {
        /// The part in basis points: 1000 is 10 %.
        basis_points: i64,
        /// Which goods; all of them where absent.
        target: Option<ProductSelector>,
    },
    /// An amount, once, in the channel's price mode; holds in the amount's currency only.
    AmountOff {
        /// The amount.
        amount: Money,
        /// Which goods it is split over; all of them where absent.
        target: Option<ProductSelector>,
    },
    /// Each unit costs this at most; holds in the price's currency only.
    FixedPrice {
        /// The price of one unit, in the channel's price mode.
        price: Money,
        /// Which goods.
        target: ProductSelector,
    },
    /// Of every `buy + get` units, dearest first, the last `get` are reduced.
    BuyXGetY {
        /// How many units are paid in full.
        buy: u32,
        /// How many units are reduced.
        get: u32,
        /// How much they are reduced, in basis points: 10000 is free.
        basis_points: i64,
        /// Which goods count.
        target: ProductSelector,
    },
    /// Delivery costs nothing.
    FreeShipping {
        /// The handles of the methods that become free; every one where none is named.
        methods: Vec<String>,
    },
}

impl Promotion {
    /// Whether it holds in a channel now.
    #[must_use]
    pub fn is_active(&self, channel: ChannelId, now: Timestamp) -> bool {
        let is_here = self.channels.is_empty() || self.channels.contains(&channel);
        is_here && self.starts_at.is_none_or(|start| start <= now) && self.ends_at.is_none_or(|end| now < end)
    }

    /// What it reduces.
    #[must_use]
    pub const fn class(&self) -> DiscountClass {
        self.action.class()
    }

    /// Whether both allow each other.
    #[must_use]
    pub fn combines(&self, other: &Self) -> bool {
        self.combines_with.contains(&other.class()) && other.combines_with.contains(&self.class())
    }
}

impl PromotionAction {
    /// What it reduces.
    #[must_use]
    pub const fn class(&self) -> DiscountClass {
        match self {
            Self::PercentageOff { target: None, .. } | Self::AmountOff { target: None, .. } => DiscountClass::Order,
            Self::PercentageOff { .. } | Self::AmountOff { .. } | Self::FixedPrice { .. } | Self::BuyXGetY { .. } => {
                DiscountClass::Product
            }
            Self::FreeShipping { .. } => DiscountClass::Shipping,
        }
    }
}
