//! Delivery zones and methods. A shop has few, so they are always read as a whole.

mod methods;
mod zones;

pub use methods::{MAX_METHODS, count_methods, delete_archived_in, has_methods_in, insert, lock, methods, save};
pub use zones::{MAX_ZONES, count_zones, delete_zone, insert_zone, lock_zone, save_zone, zones};

diesel::table! {
    /// Delivery zones.
    delivery_zones (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The number of writes.
        version -> Integer,
        /// The name for staff.
        name -> Text,
        /// Country codes.
        countries -> Array<Text>,
        /// Suffixes of ISO 3166-2 codes; empty for all regions.
        regions -> Array<Text>,
        /// Ranges of postal codes; empty for all of them.
        postal_codes -> Jsonb,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of the last write.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Delivery methods.
    delivery_methods (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The number of writes.
        version -> Integer,
        /// The zone.
        zone_id -> Uuid,
        /// The channel.
        channel_id -> Uuid,
        /// The identifier used by other systems.
        handle -> Text,
        /// The name shown to shoppers.
        title -> Text,
        /// Names in other languages.
        translations -> Jsonb,
        /// The price in minor units; that of the first row of a table.
        price -> BigInt,
        /// The table of prices; null for a fixed price.
        rates -> Nullable<Jsonb>,
        /// The gross value of goods from which delivery is free, in minor units; null if it is never free.
        free_from -> Nullable<BigInt>,
        /// The currency of all amounts.
        currency -> Text,
        /// The minimum number of days until delivery.
        min_days -> SmallInt,
        /// The maximum number of days until delivery.
        max_days -> SmallInt,
        /// The position in lists.
        position -> Integer,
        /// The location where the shopper collects the goods.
        pickup_location_id -> Nullable<Uuid>,
        /// Slugs of delivery profiles.
        profiles -> Array<Text>,
        /// Time at which it was archived.
        archived_at -> Nullable<Timestamptz>,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of the last write.
        updated_at -> Timestamptz,
    }
}
