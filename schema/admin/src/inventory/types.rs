//! Levels, movements and locations.

use std::sync::Arc;

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use model::{channels, ids::StockLocationId, inventory, settings::Settings};
use schema_shared::{CountryCode, to_id};

/// The stock of one variant at one location.
pub struct InventoryLevel {
    pub(super) level: inventory::InventoryLevel,
    pub(super) settings: Arc<Settings>,
}

/// The stock of one variant at one location, in units.
#[Object]
impl InventoryLevel {
    /// Stock keeping unit.
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

    /// Units in the building.
    fn on_hand(&self) -> i64 {
        self.level.on_hand
    }

    /// Units promised to orders and not sent yet.
    fn allocated(&self) -> i64 {
        self.level.allocated
    }

    /// Units that can still be sold; negative when more is promised than is there.
    fn available(&self) -> i64 {
        self.level.available()
    }
}

/// An entry of the movement record.
pub struct StockMovement {
    pub(super) movement: inventory::StockMovement,
    pub(super) settings: Arc<Settings>,
}

/// An entry of the movement record, which is only ever added to. The sums over all entries of a level are the level.
#[Object]
impl StockMovement {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.movement.id)
    }

    /// Why stock moved.
    fn kind(&self) -> inventory::MovementKind {
        self.movement.kind
    }

    /// The change that the kind is about, in units: of promised units for ALLOCATION and RELEASE, else of units on
    /// hand.
    fn quantity(&self) -> i64 {
        self.movement.quantity()
    }

    /// The change of the units in the building.
    fn on_hand_change(&self) -> i64 {
        self.movement.on_hand
    }

    /// The change of the units promised to orders.
    fn allocated_change(&self) -> i64 {
        self.movement.allocated
    }

    /// Slug of the stock location.
    fn location(&self) -> String {
        slug_of(&self.settings, self.movement.location_id)
    }

    /// The global id of the order or fulfilment, or a word of whoever adjusted.
    fn reference(&self) -> Option<&str> {
        self.movement.reference.as_deref()
    }

    /// Whoever did it: a global id, `anonymous` for guests, or `system`.
    fn actor(&self) -> &str {
        &self.movement.actor
    }

    /// When.
    fn at(&self) -> DateTime<Utc> {
        self.movement.at
    }
}

/// A place where stock is kept.
pub struct StockLocation(pub(super) channels::StockLocation);

/// A place where stock is kept.
#[Object]
impl StockLocation {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// What systems call it, such as `berlin`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// What staff call it.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it is.
    fn country_code(&self) -> CountryCode {
        CountryCode(self.0.country)
    }
}

/// The slug of a location; its id, should the snapshot be older than the location.
fn slug_of(settings: &Settings, id: StockLocationId) -> String {
    let known = settings.locations.iter().find(|location| location.id == id);
    known.map_or_else(|| id.to_string(), |location| location.slug.to_string())
}
