//! Root fields that read promotions.

use async_graphql::{Context, ID, Object, Result};
use model::ids::PromotionId;
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, nullable, parse_id, total_count};
use services::promotions as use_cases;

use super::{Promotion, codes::DiscountCode};

/// Queries of promotions.
#[derive(Default)]
pub struct PromotionQuery;

#[connection_fields]
#[Object]
impl PromotionQuery {
    /// The promotion of an id, archived or not; null if it does not exist. Needs `PROMOTIONS_READ`.
    async fn promotion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the promotion.")] id: ID,
    ) -> Option<Result<Promotion>> {
        nullable(async {
            let request = ctx.request()?;
            let found = use_cases::find_promotion(&request.app, &request.actor, parse_id(&id)?).await?;
            Ok(found.map(Promotion))
        })
        .await
    }

    /// The discount code with a text, whether it can be used or not; null if there is none. Needs `PROMOTIONS_READ`.
    async fn discount_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Text of the code; upper and lower case are equal.")] code: String,
    ) -> Option<Result<DiscountCode>> {
        nullable(async {
            let request = ctx.request()?;
            let found = use_cases::find_code(&request.app, &request.actor, &code).await?;
            Ok(found.map(DiscountCode))
        })
        .await
    }

    /// Promotions that are not archived, oldest first. Needs `PROMOTIONS_READ`.
    async fn promotions(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Promotion>> {
        let request = ctx.request()?;
        let page = args.page::<PromotionId>()?;
        let found = use_cases::list_promotions(&request.app, &request.actor, &page).await?;
        let total = total_count(ctx, use_cases::count_promotions(&request.app, &request.actor)).await?;
        Ok(Connection::new(&page, found, total, |promotion| promotion.id, Promotion))
    }
}
