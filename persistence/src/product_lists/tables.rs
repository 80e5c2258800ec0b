//! The tables of the lists.

diesel::table! {
    /// Products in the order of their changes.
    product_changes (product_id) {
        /// The product.
        product_id -> Uuid,
        /// The version of its document.
        version -> BigInt,
        /// The place in the order.
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    /// Deleted products.
    product_deletions (product_id) {
        /// The product.
        product_id -> Uuid,
        /// The time of deletion.
        deleted_at -> Timestamptz,
    }
}

diesel::table! {
    /// Variants as staff list them.
    listed_variants (variant_id) {
        /// The variant.
        variant_id -> Uuid,
        /// The product of the variant.
        product_id -> Uuid,
        /// The stock keeping unit.
        sku -> Text,
        /// The reference in an external system.
        external_reference -> Nullable<Text>,
        /// The words to search for.
        words -> Array<Text>,
        /// The available units at all locations; null if they are not counted.
        available -> Nullable<BigInt>,
        /// The place of the product in the order of changes.
        changed_at -> Timestamptz,
    }
}
