//! Stock levels, movements and locations.

use std::sync::Arc;

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use model::{channels, ids::StockLocationId, inventory, settings::Settings};
use schema_shared::{Address, CountryCode, to_id};

/// The stock of one variant at one location.
pub struct InventoryLevel {
    pub(super) level: inventory::InventoryLevel,
    pub(super) settings: Arc<Settings>,
}

/// The stock of one variant at one location, in units.
#[Object]
impl InventoryLevel {
    /// Stock keeping unit of the variant.
    fn sku(&self) -> &str {
        &self.level.sku
    }

    /// Global id of the variant.
    fn variant_id(&self) -> ID {
        to_id(self.level.variant_id)
    }

    /// Slug of the stock location.
    fn location(&self) -> String {
        slug_of(&self.settings, self.level.location_id)
    }

    /// Units that are physically present.
    fn on_hand(&self) -> i64 {
        self.level.on_hand
    }

    /// Units allocated to orders and not shipped yet.
    fn allocated(&self) -> i64 {
        self.level.allocated
    }

    /// Units that can be sold; negative if more units are allocated than on hand.
    fn available(&self) -> i64 {
        self.level.available()
    }
}

/// An immutable record of a change of stock.
pub struct StockMovement {
    pub(super) movement: inventory::StockMovement,
    pub(super) settings: Arc<Settings>,
}

/// An immutable record of a change of stock. The sum of all movements of a level is the level.
#[Object]
impl StockMovement {
    /// Global id of the movement.
    fn id(&self) -> ID {
        to_id(self.movement.id)
    }

    /// Reason for the movement.
    fn kind(&self) -> inventory::MovementKind {
        self.movement.kind
    }

    /// Number of units that moved: the change of `allocated` for `ALLOCATION` and `RELEASE`, of `onHand` otherwise.
    fn quantity(&self) -> i64 {
        self.movement.quantity()
    }

    /// Change of the units on hand.
    fn on_hand_change(&self) -> i64 {
        self.movement.on_hand
    }

    /// Change of the units allocated to orders.
    fn allocated_change(&self) -> i64 {
        self.movement.allocated
    }

    /// Slug of the stock location.
    fn location(&self) -> String {
        slug_of(&self.settings, self.movement.location_id)
    }

    /// Global id of the order or fulfillment, or the reference of the adjustment; null if there is none.
    fn reference(&self) -> Option<&str> {
        self.movement.reference.as_deref()
    }

    /// Actor of the movement: a global id, `anonymous` for guests, or `system`.
    fn actor(&self) -> &str {
        &self.movement.actor
    }

    /// Time of the movement.
    fn at(&self) -> DateTime<Utc> {
        self.movement.at
    }
}

/// A location where stock is kept.
pub struct StockLocation(pub(super) channels::StockLocation);

/// A location where stock is kept.
#[Object]
impl StockLocation {
    /// Global id of the location.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Version of the location: starts at 1 and increases with each change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Slug of the location, such as `berlin`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name of the location for people.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Country of the location.
    fn country_code(&self) -> CountryCode {
        CountryCode(self.0.country)
    }

    /// Postal address, shown to shoppers who pick goods up; null if it is not known.
    fn address(&self) -> Option<Address<'_>> {
        self.0.address.as_ref().map(Address)
    }

    /// True if the location supplies the channels that list it; false if it was deactivated.
    fn is_active(&self) -> bool {
        self.0.is_active
    }
}

/// The slug of a location, or its id if the settings snapshot is older than the location.
fn slug_of(settings: &Settings, id: StockLocationId) -> String {
    let known = settings.locations.iter().find(|location| location.id == id);
    known.map_or_else(|| id.to_string(), |location| location.slug.to_string())
}
