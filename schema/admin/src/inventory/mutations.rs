//! Root fields that change stock.

use async_graphql::{Context, Object, Result};
use schema_shared::{RequestExt, payloads, to_user_errors};
use services::inventory;

use super::{
    errors::InventoryUserError,
    inputs::{InventoryAdjustInput, StockLocationCreateInput, StockLocationUpdateInput},
    types::{InventoryLevel, StockLocation},
};

/// Mutations of inventory.
#[derive(Default)]
pub struct InventoryMutation;

payloads! {
    errors InventoryUserError;

    "inventoryAdjust" => InventoryAdjustPayload {
        /// Stock levels after the adjustment, in the order of the changes; null if nothing was changed.
        levels: Vec<InventoryLevel>,
    }
    "stockLocationCreate" => StockLocationCreatePayload {
        /// The new stock location; null if it was not created.
        stock_location: StockLocation,
    }
    "stockLocationUpdate" => StockLocationUpdatePayload {
        /// The stock location after the change; null if it was not changed.
        stock_location: StockLocation,
    }
}

#[Object]
impl InventoryMutation {
    /// Adjusts the units on hand of up to 500 stock levels and records a movement for each. Needs `INVENTORY_WRITE`.
    async fn inventory_adjust(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Reason and changes of the adjustment.")] input: InventoryAdjustInput,
    ) -> Result<InventoryAdjustPayload> {
        let request = ctx.request()?;
        let adjustment = match input.read() {
            Ok(adjustment) => adjustment,
            Err(error) => return Ok(InventoryAdjustPayload::refused(vec![error])),
        };
        match inventory::adjust(&request.app, &request.actor, adjustment).await {
            Ok(levels) => {
                let settings = request.back_office()?.settings().await?;
                let level = |level| InventoryLevel { level, settings: settings.clone() };
                Ok(InventoryAdjustPayload::done(levels.into_iter().map(level).collect()))
            }
            Err(error) => Ok(InventoryAdjustPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Creates a stock location. It supplies no channel until a channel lists it. Needs `INVENTORY_WRITE`.
    async fn stock_location_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Stock location to create.")] input: StockLocationCreateInput,
    ) -> Result<StockLocationCreatePayload> {
        let request = ctx.request()?;
        match inventory::create_location(&request.app, &request.actor, input.into()).await {
            Ok(location) => Ok(StockLocationCreatePayload::done(StockLocation(location))),
            Err(error) => Ok(StockLocationCreatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Changes a stock location. A deactivated location supplies no channel until it is active again. Needs
    /// `INVENTORY_WRITE`.
    async fn stock_location_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Stock location to change, with the new values.")] input: StockLocationUpdateInput,
    ) -> Result<StockLocationUpdatePayload> {
        let request = ctx.request()?;
        let (target, change) = input.read()?;
        match inventory::update_location(&request.app, &request.actor, target, change).await {
            Ok(location) => Ok(StockLocationUpdatePayload::done(StockLocation(location))),
            Err(error) => Ok(StockLocationUpdatePayload::refused(to_user_errors(error)?)),
        }
    }
}
