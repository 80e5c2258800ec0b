//! Loads products for the cache.

use std::{collections::HashMap, sync::Arc};

use model::{catalog::Product, ids::ProductId};
use persistence::documents::DocumentStore;

use crate::{ServiceResult, catalog::stored::Stored};

/// Products as stored now, published or not; unknown ids are omitted.
pub(in crate::catalog) async fn load_products(
    documents: &dyn DocumentStore,
    ids: Vec<ProductId>,
) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
    let ids: Vec<String> = ids.into_iter().map(|id| id.uuid().to_string()).collect();
    let documents = documents.get_many(Product::COLLECTION, &ids).await?;
    let products = documents.into_iter().map(Product::from_document);
    products.map(|product| Ok(product.map(|product| (product.id, Arc::new(product)))?)).collect()
}

/// The approximate size of a product in memory, in bytes.
pub(super) fn weight(product: &Product) -> u32 {
    const PRODUCT: usize = 1_200;
    const VARIANT: usize = 400;
    const PRICE: usize = 64;
    const ENTRY: usize = 120;
    let prices: usize = product.variants.iter().map(|variant| variant.prices.len()).sum();
    let entries =
        product.attributes.len() + product.metafields.len() + product.media.len() + product.translations.len();
    let texts: usize =
        product.translations.values().filter_map(|text| text.description.as_ref()).map(String::len).sum();
    let values: usize = product.metafields.iter().map(|field| field.value.len()).sum();
    let bytes = PRODUCT
        + product.description.len()
        + texts
        + values
        + product.variants.len() * VARIANT
        + prices * PRICE
        + entries * ENTRY;
    // A product of 4 GB exceeds the cache's capacity, so it is not held.
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
