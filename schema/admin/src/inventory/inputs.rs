//! Inputs of inventory mutations.

use async_graphql::{ID, InputObject, MaybeUndefined, Result};
use model::{
    IdempotencyKey, Patch,
    inventory::{self, StockTarget},
};
use schema_shared::{AddressInput, BadUserInput, CountryCode};
use services::inventory::{AdjustStock, AdjustStockChange, LocationChange, LocationTarget, NewStockLocation};

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
    /// Postal address in the same country, shown to shoppers who pick goods up. It needs no recipient.
    address: Option<AddressInput>,
}

/// Input of `stockLocationUpdate`. Absent fields stay unchanged. Exactly one of `id` and `slug` is required.
#[derive(InputObject)]
pub struct StockLocationUpdateInput {
    /// Global id of the location.
    id: Option<ID>,
    /// Slug of the location.
    slug: Option<String>,
    /// Version that the change is based on. The change is rejected if the location has another version.
    expected_version: Option<i32>,
    /// New name of the location for people, 1 to 200 characters.
    name: Option<String>,
    /// Country of the location; a new address changes it too.
    country_code: Option<CountryCode>,
    /// Postal address, shown to shoppers who pick goods up. It needs no recipient. Null removes it.
    address: MaybeUndefined<AddressInput>,
    /// False if the location supplies no channel: its stock is neither shown nor allocated. It is rejected while stock at the
    /// location is allocated to orders.
    is_active: Option<bool>,
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
        let address = input.address.map(Into::into);
        Self { slug: input.slug, name: input.name, country: input.country_code.0, address }
    }
}

impl StockLocationUpdateInput {
    /// The location to change, and the input of the use case.
    pub(super) fn read(self) -> Result<(LocationTarget, LocationChange)> {
        let location = match (self.id, self.slug) {
            (Some(id), None) => id.0,
            (None, Some(slug)) => slug,
            _ => return Err(BadUserInput("give either the id or the slug of the stock location".to_owned()).into()),
        };
        let address = match self.address {
            MaybeUndefined::Undefined => Patch::Keep,
            MaybeUndefined::Null => Patch::Clear,
            MaybeUndefined::Value(address) => Patch::Set(address.into()),
        };
        let change = LocationChange {
            name: self.name,
            country: self.country_code.map(|code| code.0),
            address,
            is_active: self.is_active,
        };
        Ok((LocationTarget { location, expected_version: self.expected_version }, change))
    }
}
