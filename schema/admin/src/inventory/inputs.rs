//! What the mutations of inventory are given.

use async_graphql::InputObject;
use model::{
    IdempotencyKey,
    inventory::{self, StockTarget},
};
use schema_shared::CountryCode;
use services::inventory::{AdjustStock, AdjustStockChange, NewStockLocation};

use super::errors::{InventoryErrorCode, InventoryUserError};

/// An adjustment of many levels: all of it happens, or nothing.
#[derive(InputObject)]
pub struct InventoryAdjustInput {
    /// Why.
    reason: inventory::AdjustmentReason,
    /// The same key with the same adjustment changes nothing the second time and gives the same answer; 1 to 255
    /// characters.
    idempotency_key: Option<String>,
    /// A word on it for the movement record, such as a delivery note's number; at most 255 characters.
    reference: Option<String>,
    /// The levels, 1 to 500.
    changes: Vec<InventoryChangeInput>,
}

/// The change of one level: give either `delta` or `onHand`.
#[derive(InputObject)]
pub struct InventoryChangeInput {
    /// Stock keeping unit.
    sku: String,
    /// Slug of the stock location.
    location: String,
    /// So many units more, or fewer when negative.
    delta: Option<i64>,
    /// Exactly so many units are in the building.
    on_hand: Option<i64>,
}

/// A stock location to be created.
#[derive(InputObject)]
pub struct StockLocationCreateInput {
    /// What systems call it, such as `berlin`; unique.
    slug: String,
    /// What staff call it, 1 to 200 characters.
    name: String,
    /// Where it is.
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
