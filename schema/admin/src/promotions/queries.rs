//! Root fields that read promotions.

use async_graphql::{Context, ID, Object, Result};
use model::ids::PromotionId;
use schema_shared::{Connection, RequestExt, encode_cursor, nullable, page, parse_id, wants_total_count};
use services::promotions as use_cases;

use super::Promotion;

/// Reads promotions.
#[derive(Default)]
pub struct PromotionQuery;

#[Object]
impl PromotionQuery {
    /// The promotion of an id, archived or not. Needs `PROMOTIONS_READ`.
    async fn promotion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The promotion's id.")] id: ID,
    ) -> Option<Result<Promotion>> {
        nullable(async {
            let request = ctx.request()?;
            let found = use_cases::find_promotion(&request.app, &request.actor, parse_id(&id)?).await?;
            Ok(found.map(Promotion))
        })
        .await
    }

    /// The promotions that are not archived, oldest first. Needs `PROMOTIONS_READ`.
    async fn promotions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Start after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Promotion>> {
        let request = ctx.request()?;
        let page = page::<PromotionId>(first, after, last, before)?;
        let found = use_cases::list_promotions(&request.app, &request.actor, &page).await?;
        let total = if wants_total_count(ctx) {
            Some(use_cases::count_promotions(&request.app, &request.actor).await?)
        } else {
            None
        };
        let rows = found.rows.into_iter().map(|one| (encode_cursor(&one.id), Promotion(one))).collect();
        Ok(Connection::new(&page, rows, found.has_more, total))
    }
}
