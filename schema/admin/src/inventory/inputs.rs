//! Inputs of inventory mutations.

use async_graphql::InputObject;
use model::{
    IdempotencyKey,
    inventory::{self, StockTarget},
};
use schema_shared::CountryCode;
use services::inventory::{AdjustStock, AdjustStockChange, NewStockLocation};

use super::errors::{InventoryErrorCode, InventoryUserError};

/// Input of `inventoryAdjust`. Either all changes are applied or none.
#[derive(InputObject)]
pub struct InventoryAdjustInput {
    /// Reason for the adjustment.
    reason: inventory::AdjustmentReason,
    /// Key that makes repetition safe: the same key with the same adjustment changes stock once and returns the same
    /// levels. 1 to 255 characters.
    idempotency_key: Option<String>,
    /// Reference for the stock movements, such as a delivery note number; at most 255 characters.
    reference: Option<String>,
    /// Changes to apply, 1 to 500.
    changes: Vec<InventoryChangeInput>,
}

/// The change of one stock level. Exactly one of `delta` and `onHand` is required.
#[derive(InputObject)]
pub struct InventoryChangeInput {
    /// Stock keeping unit of the variant.
    sku: String,
    /// Slug of the stock location.
    location: String,
    /// Number of units to add; negative to subtract.
    delta: Option<i64>,
    /// New number of units on hand.
    on_hand: Option<i64>,
}

/// Input of `stockLocationCreate`.
#[derive(InputObject)]
pub struct StockLocationCreateInput {
    /// Unique slug of the location, such as `berlin`.
    slug: String,
    /// Name of the location for people, 1 to 200 characters.
    name: String,
    /// Country of the location.
    country_code: CountryCode,
}

impl InventoryAdjustInput {
    pub(super) fn read(self) -> Result<AdjustStock, InventoryUserError> {
        let read = |(at, change): (usize, InventoryChangeInput)| {
            let target = match (change.delta, change.on_hand) {
                (Some(delta), None) => StockTarget::Delta(delta),
                (None, Some(on_hand)) => StockTarget::OnHand(on_hand),
                _ => {
                    let message = "give either delta or onHand";
                    let path = format!("changes.{at}");
                    return Err(InventoryUserError::at(InventoryErrorCode::InvalidChange, message, &path));
                }
            };
            Ok(AdjustStockChange { sku: change.sku, location: change.location, target })
        };
        Ok(AdjustStock {
            reason: self.reason,
            idempotency_key: key(self.idempotency_key)?,
            reference: self.reference,
            changes: self.changes.into_iter().enumerate().map(read).collect::<Result<_, _>>()?,
        })
    }
}

fn key(given: Option<String>) -> Result<Option<IdempotencyKey>, InventoryUserError> {
    let refuse = |error| InventoryUserError::at(InventoryErrorCode::InvalidIdempotencyKey, error, "idempotencyKey");
    given.map(IdempotencyKey::try_from).transpose().map_err(refuse)
}

impl From<StockLocationCreateInput> for NewStockLocation {
    fn from(input: StockLocationCreateInput) -> Self {
        Self { slug: input.slug, name: input.name, country: input.country_code.0 }
    }
}
