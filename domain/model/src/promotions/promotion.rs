//! Promotions and their actions.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Conditions, ProductSelector};
use crate::{
    Locale, Money, Quantity, Timestamp,
    ids::{ChannelId, ProductId, PromotionId, VariantId},
};

/// A promotion, automatic or enabled by discount codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// Global id.
    pub id: PromotionId,
    /// Number of writes, starting at 1.
    pub version: i32,
    /// Name shown to shoppers and staff.
    pub name: String,
    /// Name in other locales.
    #[serde(default)]
    pub translations: BTreeMap<Locale, String>,
    /// Channels the promotion applies in; empty for all.
    pub channels: Vec<ChannelId>,
    /// Start time; None if it has always been active.
    pub starts_at: Option<Timestamp>,
    /// End time, exclusive; None if it does not end.
    pub ends_at: Option<Timestamp>,
    /// Priority; higher ones are selected first.
    pub priority: i32,
    /// Classes of promotions that this one combines with.
    pub combines_with: BTreeSet<DiscountClass>,
    /// True if a discount code is required; false for automatic promotions.
    pub needs_code: bool,
    /// Conditions that must hold.
    pub conditions: Conditions,
    /// Action that reduces the price.
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

/// The action of a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PromotionAction {
    /// A percentage of the price of goods.
    PercentageOff {
        /// Percentage in basis points: 1000 is 10 %.
        basis_points: i64,
        /// Products it applies to; None for all.
        target: Option<ProductSelector>,
    },
    /// A fixed amount, once, in the channel's price mode; applies only in the currency of the amount.
    AmountOff {
        /// Discount amount.
        amount: Money,
        /// Products it is split over; None for all.
        target: Option<ProductSelector>,
    },
    /// A maximum price per unit; applies only in the currency of the price.
    FixedPrice {
        /// Price of one unit in the channel's price mode.
        price: Money,
        /// Products it applies to.
        target: ProductSelector,
    },
    /// Of every `buy + get` units, most expensive first, the last `get` units are reduced.
    BuyXGetY {
        /// Units at full price.
        buy: u32,
        /// Units at a reduced price.
        get: u32,
        /// Reduction in basis points: 10000 is free.
        basis_points: i64,
        /// Products that count.
        target: ProductSelector,
    },
    /// Free delivery.
    FreeShipping {
        /// Handles of the methods that become free; empty for all.
        methods: Vec<String>,
    },
    /// A free gift, as a line of its own, once per cart. It is left out while it cannot be sold: without a price in the
    /// cart's channel and currency, without stock, or if it is shipped and nothing else is.
    Gift {
        /// Product of the variant.
        product: ProductId,
        /// Variant that is given.
        variant: VariantId,
        /// Number of units.
        quantity: Quantity,
    },
}

impl Promotion {
    /// True if the promotion is active in a channel at this time.
    #[must_use]
    pub fn is_active(&self, channel: ChannelId, now: Timestamp) -> bool {
        let is_here = self.channels.is_empty() || self.channels.contains(&channel);
        is_here && self.is_running(now)
    }

    /// True if the promotion has started and is not over.
    #[must_use]
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.starts_at.is_none_or(|start| start <= now) && self.ends_at.is_none_or(|end| now < end)
    }

    /// The name in the first of the locales that has one, else the name that staff see.
    #[must_use]
    pub fn title_in(&self, locales: &[Locale]) -> &str {
        let translated = locales.iter().find_map(|locale| self.translations.get(locale));
        translated.map_or(self.name.as_str(), String::as_str)
    }

    /// The class of the promotion's action.
    #[must_use]
    pub const fn class(&self) -> DiscountClass {
        self.action.class()
    }

    /// True if both promotions allow the other's class.
    #[must_use]
    pub fn combines(&self, other: &Self) -> bool {
        self.combines_with.contains(&other.class()) && other.combines_with.contains(&self.class())
    }
}

impl PromotionAction {
    /// The class of the action.
    #[must_use]
    pub const fn class(&self) -> DiscountClass {
        match self {
            Self::PercentageOff { target: None, .. } | Self::AmountOff { target: None, .. } => DiscountClass::Order,
            Self::PercentageOff { .. }
            | Self::AmountOff { .. }
            | Self::FixedPrice { .. }
            | Self::BuyXGetY { .. }
            | Self::Gift { .. } => DiscountClass::Product,
            Self::FreeShipping { .. } => DiscountClass::Shipping,
        }
    }
}
