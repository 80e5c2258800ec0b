//! Promotions and discount codes.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{
    ids::DiscountCodeId,
    promotions::{self, PromotionAction},
};
use schema_shared::{Connection, ConnectionArgs, Money, RequestExt, connection_fields, to_id};

/// A promotion with its conditions.
pub struct Promotion(pub promotions::Promotion);

/// A promotion with its conditions, automatic or activated by discount codes.
#[connection_fields]
#[Object]
impl Promotion {
    /// Global id of the promotion.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Version of the promotion: starts at 1 and increases with each change. Send it as `expectedVersion` to reject a
    /// lost update.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Name for shoppers and staff.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Global ids of the channels in which the promotion applies; empty for all channels.
    fn channel_ids(&self) -> Vec<ID> {
        self.0.channels.iter().map(|id| to_id(*id)).collect()
    }

    /// Time from which the promotion applies; null if it has no start.
    fn starts_at(&self) -> Option<DateTime<Utc>> {
        self.0.starts_at
    }

    /// Time at which the promotion ends; null if it has no end.
    fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.0.ends_at
    }

    /// Priority of the promotion; the highest applies first.
    fn priority(&self) -> i32 {
        self.0.priority
    }

    /// Class of the discount.
    fn discount_class(&self) -> promotions::DiscountClass {
        self.0.class()
    }

    /// Classes of promotions that it can be combined with, if the other promotion permits it too.
    fn combines_with(&self) -> Vec<promotions::DiscountClass> {
        self.0.combines_with.iter().copied().collect()
    }

    /// True if the promotion applies without a code.
    fn is_automatic(&self) -> bool {
        !self.0.needs_code
    }

    /// Kind of the discount. Its percentage, amount and products cannot be read in this API today.
    fn action(&self) -> PromotionActionKind {
        match self.0.action {
            PromotionAction::PercentageOff { .. } => PromotionActionKind::PercentageOff,
            PromotionAction::AmountOff { .. } => PromotionActionKind::AmountOff,
            PromotionAction::FixedPrice { .. } => PromotionActionKind::FixedPrice,
            PromotionAction::BuyXGetY { .. } => PromotionActionKind::BuyXGetY,
            PromotionAction::FreeShipping { .. } => PromotionActionKind::FreeShipping,
        }
    }

    /// Minimum subtotal of the lines; null if there is none.
    fn minimum_subtotal(&self) -> Option<Money> {
        self.0.conditions.minimum_subtotal.map(Money)
    }

    /// Minimum number of units; null if there is none.
    fn minimum_quantity(&self) -> Option<u32> {
        self.0.conditions.minimum_quantity.map(model::Quantity::get)
    }

    /// Slugs of customer groups, one of which the buyer must belong to; empty for any buyer.
    fn customer_groups(&self) -> Vec<&str> {
        self.0.conditions.customer_groups.iter().map(model::Slug::as_str).collect()
    }

    /// Discount codes of the promotion, oldest first.
    async fn codes(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<DiscountCode>> {
        let request = ctx.request()?;
        let page = args.page::<DiscountCodeId>()?;
        let found = services::promotions::codes_of(&request.app, &request.actor, self.0.id, &page).await?;
        Ok(Connection::new(&page, found, None, |code| code.id, DiscountCode))
    }
}

/// A discount code of a promotion.
pub struct DiscountCode(pub promotions::DiscountCode);

/// A discount code that activates a promotion.
#[Object]
impl DiscountCode {
    /// Global id of the code.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Code in upper case.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Maximum number of uses in total; null if unlimited.
    fn usage_limit(&self) -> Option<i32> {
        self.0.usage_limit
    }

    /// Maximum number of uses per customer; null if unlimited.
    fn usage_limit_per_customer(&self) -> Option<i32> {
        self.0.usage_limit_per_customer
    }

    /// Number of placed orders that used the code; null for a code without a limit, which is not counted.
    fn uses(&self) -> Option<i32> {
        let is_counted = self.0.usage_limit.is_some() || self.0.usage_limit_per_customer.is_some();
        is_counted.then_some(self.0.uses)
    }

    /// Time at which the code was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// The kinds of discounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PromotionActionKind {
    /// A percentage off the price.
    PercentageOff,
    /// An amount off, applied once per order.
    AmountOff,
    /// A maximum price per unit.
    FixedPrice,
    /// A discount on the cheapest units of each group of units.
    #[graphql(name = "BUY_X_GET_Y")]
    BuyXGetY,
    /// Free delivery for some or all delivery methods.
    FreeShipping,
}
