//! Promotions and discount codes as objects.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{
    ids::DiscountCodeId,
    promotions::{self, PromotionAction},
};
use schema_shared::{Connection, ConnectionArgs, Money, RequestExt, connection_fields, to_id};

/// A promotion.
pub struct Promotion(pub promotions::Promotion);

/// A reduction with its conditions, automatic or behind codes.
#[connection_fields]
#[Object]
impl Promotion {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Counts the changes, from 1.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// What shoppers and staff read.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Ids of the channels it holds in; every one where there is none.
    fn channel_ids(&self) -> Vec<ID> {
        self.0.channels.iter().map(|id| to_id(*id)).collect()
    }

    /// When it begins.
    fn starts_at(&self) -> Option<DateTime<Utc>> {
        self.0.starts_at
    }

    /// When it ends.
    fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.0.ends_at
    }

    /// Promotions of a higher priority are taken first.
    fn priority(&self) -> i32 {
        self.0.priority
    }

    /// What it reduces.
    fn discount_class(&self) -> promotions::DiscountClass {
        self.0.class()
    }

    /// Classes of promotions it may be combined with; both have to allow it.
    fn combines_with(&self) -> Vec<promotions::DiscountClass> {
        self.0.combines_with.iter().copied().collect()
    }

    /// Whether it holds without a code.
    fn is_automatic(&self) -> bool {
        !self.0.needs_code
    }

    /// What it takes off.
    fn action(&self) -> PromotionActionKind {
        match self.0.action {
            PromotionAction::PercentageOff { .. } => PromotionActionKind::PercentageOff,
            PromotionAction::AmountOff { .. } => PromotionActionKind::AmountOff,
            PromotionAction::FixedPrice { .. } => PromotionActionKind::FixedPrice,
            PromotionAction::BuyXGetY { .. } => PromotionActionKind::BuyXGetY,
            PromotionAction::FreeShipping { .. } => PromotionActionKind::FreeShipping,
        }
    }

    /// What the goods must cost together.
    fn minimum_subtotal(&self) -> Option<Money> {
        self.0.conditions.minimum_subtotal.map(Money)
    }

    /// How many units there must be.
    fn minimum_quantity(&self) -> Option<u32> {
        self.0.conditions.minimum_quantity.map(model::Quantity::get)
    }

    /// Slugs of customer groups, one of which the buyer must be in.
    fn customer_groups(&self) -> Vec<&str> {
        self.0.conditions.customer_groups.iter().map(model::Slug::as_str).collect()
    }

    /// The codes that let it in, oldest first.
    async fn codes(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<DiscountCode>> {
        let request = ctx.request()?;
        let page = args.page::<DiscountCodeId>()?;
        let found = services::promotions::codes_of(&request.app, &request.actor, self.0.id, &page).await?;
        Ok(Connection::new(&page, found.rows, found.has_more, None, |code| code.id, DiscountCode))
    }
}

/// A discount code.
pub struct DiscountCode(pub promotions::DiscountCode);

/// A code that lets a promotion in.
#[Object]
impl DiscountCode {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The code, in upper case.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// How often it may be used in all; any number of times where null.
    fn usage_limit(&self) -> Option<i32> {
        self.0.usage_limit
    }

    /// How often one customer may use it; any number of times where null.
    fn usage_limit_per_customer(&self) -> Option<i32> {
        self.0.usage_limit_per_customer
    }

    /// How often placed orders used it; counted for codes with a limit only, null for the others.
    fn uses(&self) -> Option<i32> {
        let is_counted = self.0.usage_limit.is_some() || self.0.usage_limit_per_customer.is_some();
        is_counted.then_some(self.0.uses)
    }

    /// When it was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// The kinds of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PromotionActionKind {
    /// A part of what the goods cost.
    PercentageOff,
    /// An amount, once.
    AmountOff,
    /// Each unit costs this at most.
    FixedPrice,
    /// The last units of each group are reduced.
    #[graphql(name = "BUY_X_GET_Y")]
    BuyXGetY,
    /// Delivery costs nothing.
    FreeShipping,
}
