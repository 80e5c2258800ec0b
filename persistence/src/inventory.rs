//! Inventory: items with their SKUs, levels at locations, and the append-only record of movements.
//! Levels are always locked in the order of variant, then location, so that no two transactions wait for each other.

mod items;
mod levels;
mod movements;

pub use items::{affected_products, claim_skus, delete_items, items_by_sku, items_by_variant, lock_product_items};
pub use levels::{insert_missing_levels, levels_by_variant, lock_items, move_stock, supply_by_product};
pub use movements::{count_movements, movements};

diesel::table! {
    /// What can be counted.
    inventory_items (variant_id) {
        /// The variant.
        variant_id -> Uuid,
        /// The product it belongs to.
        product_id -> Uuid,
        /// Stock keeping unit.
        sku -> Text,
        /// Whether it can run out.
        is_tracked -> Bool,
        /// Whether it may be sold although nothing is left.
        allows_backorder -> Bool,
        /// Time of creation.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// What bundles are made of.
    inventory_components (bundle_id, component_id) {
        /// The variant that is a bundle.
        bundle_id -> Uuid,
        /// The variant inside.
        component_id -> Uuid,
        /// How many of it.
        quantity -> BigInt,
    }
}

diesel::table! {
    /// Stock of an item at a location.
    inventory_levels (variant_id, location_id) {
        /// The variant.
        variant_id -> Uuid,
        /// The location.
        location_id -> Uuid,
        /// Units in the building.
        on_hand -> BigInt,
        /// Units promised to orders.
        allocated -> BigInt,
    }
}

diesel::table! {
    /// Every change of a level.
    stock_movements (id) {
        /// Identifier, sorts by time.
        id -> Uuid,
        /// The variant.
        variant_id -> Uuid,
        /// The location.
        location_id -> Uuid,
        /// Why.
        kind -> Text,
        /// Change of the units in the building.
        on_hand -> BigInt,
        /// Change of the promised units.
        allocated -> BigInt,
        /// What it was for.
        reference -> Nullable<Text>,
        /// Whoever did it.
        actor -> Text,
        /// When.
        at -> Timestamptz,
    }
}

diesel::joinable!(inventory_levels -> inventory_items (variant_id));
diesel::allow_tables_to_appear_in_same_query!(inventory_items, inventory_levels, inventory_components);
