//! Root fields that read stock.

use async_graphql::{Context, Object, Result};
use model::ids::StockMovementId;
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, total_count};
use services::inventory;

use super::types::{InventoryLevel, StockLocation, StockMovement};

/// Queries of inventory.
#[derive(Default)]
pub struct InventoryQuery;

#[connection_fields]
#[Object]
impl InventoryQuery {
    /// Stock levels of a SKU at each location that ever had stock; empty for an unknown SKU. Needs `INVENTORY_READ`.
    async fn inventory_levels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Stock keeping unit of the variant.")] sku: String,
    ) -> Result<Vec<InventoryLevel>> {
        let request = ctx.request()?;
        let levels = inventory::levels(&request.app, &request.actor, &sku).await?;
        let settings = request.back_office()?.settings().await?;
        Ok(levels.into_iter().map(|level| InventoryLevel { level, settings: settings.clone() }).collect())
    }

    /// Stock movements of a SKU at all locations, newest first; empty for an unknown SKU. Needs `INVENTORY_READ`.
    async fn stock_movements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Stock keeping unit of the variant.")] sku: String,
        args: ConnectionArgs,
    ) -> Result<Connection<StockMovement>> {
        let request = ctx.request()?;
        let page = args.page::<StockMovementId>()?;
        let found = inventory::movements(&request.app, &request.actor, &sku, &page).await?;
        let total = total_count(ctx, inventory::count_movements(&request.app, &request.actor, &sku)).await?;
        let settings = request.back_office()?.settings().await?;
        let node = |movement| StockMovement { movement, settings: settings.clone() };
        Ok(Connection::new(&page, found, total, |movement| movement.id, node))
    }

    /// All stock locations, ordered by slug. Needs `INVENTORY_READ`.
    async fn stock_locations(&self, ctx: &Context<'_>) -> Result<Vec<StockLocation>> {
        let request = ctx.request()?;
        let all = inventory::list_locations(&request.app, &request.actor).await?;
        Ok(all.into_iter().map(StockLocation).collect())
    }
}
