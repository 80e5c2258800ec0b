//! Product types, products, categories and collections.

use serde_json::json;

use crate::audit_all::{Example, example};

pub fn catalog() -> Vec<Example> {
    vec![
        example("productTypeCreate", json!({ "slug": "vinyl", "name": "Vinyl" }))
            .keeping("productType { id }", &[("type", "/productType/id")]),
        example("productTypeUpdate", json!({ "id": "$type", "name": "Records" })),
        example(
            "productCreate",
            json!({ "productType": "vinyl", "slug": "blue-train", "name": "Blue Train",
                "variants": [{ "sku": "VINYL-1", "prices": [{ "channel": "eu", "currencyCode": "EUR", "amount": "20.00" }],
                    "stock": [{ "location": "berlin", "onHand": 3 }] }] }),
        )
        .keeping("product { id variants(first: 1) { nodes { id } } }", &[
            ("product", "/product/id"),
            ("variant", "/product/variants/nodes/0/id"),
        ]),
        example("productUpdate", json!({ "id": "$product", "name": "Blue Train (Remastered)" })),
        example("productPublish", json!({ "id": "$product", "channels": ["eu"] })),
        example("productUnpublish", json!({ "id": "$product", "channels": ["eu"] })),
        example("categoryCreate", json!({ "slug": "records", "name": "Records" }))
            .keeping("category { id }", &[("category", "/category/id")]),
        example("categoryUpdate", json!({ "id": "$category", "name": "Schallplatten" })),
        example("categoryMove", json!({ "id": "$category", "parent": "clothing" })),
        example("categoryDelete", json!({ "id": "$category" })),
        example("collectionCreate", json!({ "slug": "hard-bop", "name": "Hard bop" }))
            .keeping("collection { id }", &[("collection", "/collection/id")]),
        example("collectionUpdate", json!({ "id": "$collection", "name": "Modern jazz" })),
        example("collectionProductsAdd", json!({ "id": "$collection", "products": ["$product"] })),
        example("collectionProductsRemove", json!({ "id": "$collection", "products": ["$product"] })),
        example("collectionDelete", json!({ "id": "$collection" })),
        example(
            "inventoryAdjust",
            json!({ "reason": "RECEIVED", "changes": [{ "sku": "VINYL-1", "location": "berlin", "delta": 2 }] }),
        ),
        example(
            "productVariantsBulkUpdate",
            json!({ "variants": [{ "sku": "VINYL-1", "prices": [{ "channel": "eu", "currencyCode": "EUR", "amount": "21.00" }] }] }),
        ),
        example("productsBulkUpdate", json!({ "ids": ["$product"], "addTags": ["jazz"] })),
        example("productDelete", json!({ "id": "$product" })),
        example("productTypeDelete", json!({ "id": "$type" })),
    ]
}
