//! Inventory: items with their SKUs, levels at locations, and the append-only log of movements. Levels are always
//! locked in the order of variant, then location, so that transactions cannot deadlock.

mod items;
mod levels;
mod movements;

pub use items::{
    FlagChange, affected_products, claim_skus, delete_items, find_items, has_items, items_by_sku, items_by_variant,
    lock_product_items, set_flags,
};
pub use levels::{
    has_allocations_at, insert_missing_levels, levels_by_variant, lock_items, move_stock, supply_by_product,
};
pub use movements::{count_movements, movements};

diesel::table! {
    /// Inventory items.
    inventory_items (variant_id) {
        /// The variant.
        variant_id -> Uuid,
        /// The product of the variant.
        product_id -> Uuid,
        /// The stock keeping unit.
        sku -> Text,
        /// True if its stock is counted.
        is_tracked -> Bool,
        /// True if it can be sold without stock.
        allows_backorder -> Bool,
        /// Time of creation.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// The components of bundles.
    inventory_components (bundle_id, component_id) {
        /// The bundle.
        bundle_id -> Uuid,
        /// The component.
        component_id -> Uuid,
        /// The units of the component in one bundle.
        quantity -> BigInt,
    }
}

diesel::table! {
    /// The stock of items at locations, in units.
    inventory_levels (variant_id, location_id) {
        /// The variant.
        variant_id -> Uuid,
        /// The location.
        location_id -> Uuid,
        /// Units at the location.
        on_hand -> BigInt,
        /// Units reserved for orders that are not shipped yet.
        allocated -> BigInt,
    }
}

diesel::table! {
    /// Changes of levels.
    stock_movements (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The variant.
        variant_id -> Uuid,
        /// The location.
        location_id -> Uuid,
        /// The reason.
        kind -> Text,
        /// The change of the units on hand.
        on_hand -> BigInt,
        /// The change of the allocated units.
        allocated -> BigInt,
        /// The order, fulfillment or adjustment.
        reference -> Nullable<Text>,
        /// The actor.
        actor -> Text,
        /// The time of the event.
        at -> Timestamptz,
    }
}

diesel::joinable!(inventory_levels -> inventory_items (variant_id));
diesel::allow_tables_to_appear_in_same_query!(inventory_items, inventory_levels, inventory_components);
