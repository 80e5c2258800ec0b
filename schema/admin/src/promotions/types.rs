//! Promotions.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{ids::DiscountCodeId, promotions};
use schema_shared::{Connection, ConnectionArgs, Money, RequestExt, connection_fields, to_id, total_count};
use services::promotions as use_cases;

use super::{
    actions::{PromotionAction, PromotionActionKind, PromotionConditions},
    codes::DiscountCode,
};

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

    /// Name in other languages, ordered by language.
    fn translations(&self) -> Vec<PromotionTranslation> {
        let translations = self.0.translations.iter();
        translations
            .map(|(locale, name)| PromotionTranslation { locale: locale.to_string(), name: name.clone() })
            .collect()
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

    /// Discount that the promotion grants.
    fn action(&self) -> PromotionAction {
        (&self.0.action).into()
    }

    /// Kind of the discount.
    fn action_kind(&self) -> PromotionActionKind {
        (&self.0.action).into()
    }

    /// Conditions that a cart must meet.
    fn conditions(&self) -> PromotionConditions {
        PromotionConditions(self.0.conditions.clone())
    }

    /// Minimum subtotal of the lines; null if there is none.
    #[graphql(deprecation = "Use `conditions.minimumSubtotal`; removed after 2027-06-30.")]
    fn minimum_subtotal(&self) -> Option<Money> {
        self.0.conditions.minimum_subtotal.map(Money)
    }

    /// Minimum number of units; null if there is none.
    #[graphql(deprecation = "Use `conditions.minimumQuantity`; removed after 2027-06-30.")]
    fn minimum_quantity(&self) -> Option<u32> {
        self.0.conditions.minimum_quantity.map(model::Quantity::get)
    }

    /// Slugs of customer groups, one of which the buyer must belong to; empty for any buyer.
    #[graphql(deprecation = "Use `conditions.customerGroups`; removed after 2027-06-30.")]
    fn customer_groups(&self) -> Vec<&str> {
        self.0.conditions.customer_groups.iter().map(model::Slug::as_str).collect()
    }

    /// Discount codes of the promotion, oldest first.
    async fn codes(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<DiscountCode>> {
        let request = ctx.request()?;
        let page = args.page::<DiscountCodeId>()?;
        let found = use_cases::codes_of(&request.app, &request.actor, self.0.id, &page).await?;
        let total = total_count(ctx, use_cases::count_codes(&request.app, &request.actor, self.0.id)).await?;
        Ok(Connection::new(&page, found, total, |code| code.id, DiscountCode))
    }
}

/// The name of a promotion in another language.
#[derive(SimpleObject)]
pub struct PromotionTranslation {
    /// Language as a BCP 47 tag, such as `de` or `de-AT`.
    locale: String,
    /// Name in this language.
    name: String,
}
