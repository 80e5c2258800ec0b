//! Root fields that read stock.

use async_graphql::{Context, Object, Result};
use model::ids::StockMovementId;
use schema_shared::{Connection, RequestExt, encode_cursor, page, wants_total_count};
use services::inventory;

use super::types::{InventoryLevel, StockLocation, StockMovement};

/// Reads stock.
#[derive(Default)]
pub struct InventoryQuery;

#[Object]
impl InventoryQuery {
    /// The levels of a SKU at every location that ever had some; none for an unknown SKU. Needs `INVENTORY_READ`.
    async fn inventory_levels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Stock keeping unit.")] sku: String,
    ) -> Result<Vec<InventoryLevel>> {
        let request = ctx.request()?;
        let levels = inventory::levels(&request.app, &request.actor, &sku).await?;
        let settings = request.app.settings.current(&request.app.db).await?;
        Ok(levels.into_iter().map(|level| InventoryLevel { level, settings: settings.clone() }).collect())
    }

    /// The movements of a SKU at all locations, newest first; none for an unknown SKU. Needs `INVENTORY_READ`.
    async fn stock_movements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Stock keeping unit.")] sku: String,
        #[graphql(desc = "The first so many, 1 to 100; 20 unless said otherwise.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<StockMovement>> {
        let request = ctx.request()?;
        let page = page::<StockMovementId>(first, after, last, before)?;
        let found = inventory::movements(&request.app, &request.actor, &sku, &page).await?;
        let total = if wants_total_count(ctx) {
            Some(inventory::count_movements(&request.app, &request.actor, &sku).await?)
        } else {
            None
        };
        let settings = request.app.settings.current(&request.app.db).await?;
        let row = |movement: model::inventory::StockMovement| {
            (encode_cursor(&movement.id), StockMovement { movement, settings: settings.clone() })
        };
        Ok(Connection::new(&page, found.movements.into_iter().map(row).collect(), found.has_more, total))
    }

    /// Every stock location, by slug. Needs `INVENTORY_READ`.
    async fn stock_locations(&self, ctx: &Context<'_>) -> Result<Vec<StockLocation>> {
        let request = ctx.request()?;
        let all = inventory::list_locations(&request.app, &request.actor).await?;
        Ok(all.into_iter().map(StockLocation).collect())
    }
}
