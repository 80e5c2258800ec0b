//! Loads product types, categories and collections.

use model::catalog::{Category, Collection, ProductType, Taxonomy};
use persistence::documents::{DocumentStore, MAX_BATCH};

use crate::{ServiceResult, catalog::stored::Stored};

pub(super) async fn load(documents: &dyn DocumentStore) -> ServiceResult<Taxonomy> {
    let types: Vec<ProductType> = all(documents).await?;
    let categories: Vec<Category> = all(documents).await?;
    let collections: Vec<Collection> = all(documents).await?;
    Ok(Taxonomy::new(types, categories, collections))
}

/// All objects of a kind, read page by page.
async fn all<T: Stored>(documents: &dyn DocumentStore) -> ServiceResult<Vec<T>> {
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = documents.scan(T::COLLECTION, after.as_deref(), MAX_BATCH).await?;
        let is_last = page.len() < MAX_BATCH;
        after = page.last().map(|document| document.id.clone());
        for document in page {
            all.push(T::from_document(document)?);
        }
        if is_last {
            return Ok(all);
        }
    }
}
