//! The bundles of a product input, and the products that they concern.

use std::{collections::HashMap, sync::Arc};

use model::{
    catalog::{Product, Violation, check_bundles},
    ids::{ProductId, VariantId},
    inventory::InventoryItem,
};
use persistence::inventory;

use crate::{
    App,
    catalog::{CatalogResult, ProductInput, VariantInput, fresh_products},
};

/// The items and products that the bundles of an input concern; empty without bundles.
#[derive(Default)]
pub(super) struct Bundles {
    /// The items of the bundles and of their components, by SKU.
    pub items: HashMap<String, InventoryItem>,
    /// The products of these items, and products whose bundles contain one of these bundles.
    products: HashMap<ProductId, Arc<Product>>,
}

impl Bundles {
    /// `variants` are variants of the product besides those that the input names by id or SKU.
    pub(super) async fn load(app: &App, input: &ProductInput, variants: &[VariantId]) -> CatalogResult<Self> {
        let bundles: Vec<&VariantInput> = input.variants.iter().flatten().filter(|one| one.is_bundle()).collect();
        if bundles.is_empty() {
            return Ok(Self::default());
        }
        let parts = bundles.iter().flat_map(|bundle| bundle.components.iter().flatten());
        let skus = bundles.iter().filter_map(|bundle| bundle.sku.as_deref()).chain(parts.map(|part| part.sku.as_str()));
        let mut conn = app.db.read().await?;
        let items = inventory::items_by_sku(&mut conn, &skus.collect::<Vec<_>>()).await?;
        let by_sku = |bundle: &VariantInput| Some(items.get(bundle.sku.as_ref()?)?.variant_id);
        let known = bundles.iter().filter_map(|bundle| bundle.id.or_else(|| by_sku(bundle)));
        let known = known.chain(variants.iter().copied());
        let mut ids = inventory::affected_products(&conn, &known.collect::<Vec<VariantId>>()).await?;
        // Reading documents may need a connection of the same pool.
        drop(conn);
        ids.extend(items.values().map(|item| item.product_id));
        let ids: Vec<ProductId> = ids.into_iter().collect();
        Ok(Self { products: fresh_products(app, &ids).await?, items })
    }

    /// The violations of the product's bundles, given the other products.
    pub(super) fn check(&self, product: &Product) -> Vec<Violation> {
        check_bundles(product, self.products.values().map(Arc::as_ref))
    }
}
