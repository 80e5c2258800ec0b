//! The shop that a document store belongs to.

use serde::{Deserialize, Serialize};

use super::{Collection, Document, DocumentStore, ID_CONSTRAINT};
use crate::StoreResult;

/// The id of the only document of its collection.
const ID: &str = "shop";

#[derive(Serialize, Deserialize)]
struct Shop {
    id: String,
}

/// The id of the shop that the store belongs to; none if it was never recorded.
///
/// # Errors
/// [`crate::StoreError::Unavailable`] if the store does not answer.
pub async fn find_shop(store: &dyn DocumentStore) -> StoreResult<Option<String>> {
    let found = store.get_many(Collection::Shop, &[ID.to_owned()]).await?.pop();
    found.map(|document| document.decode::<Shop>().map(|shop| shop.id)).transpose()
}

/// Records the shop that the store belongs to, unless one is recorded.
///
/// # Errors
/// [`crate::StoreError::Unavailable`] if the store does not answer.
pub async fn record_shop(store: &dyn DocumentStore, shop: &str) -> StoreResult<()> {
    let document = Document::encode(ID.to_owned(), 1, Vec::new(), &Shop { id: shop.to_owned() })?;
    match store.insert(Collection::Shop, &document, &[]).await {
        Err(error) if error.is_constraint(ID_CONSTRAINT) => Ok(()),
        inserted => inserted,
    }
}

/// True if the store contains no part of a catalog.
///
/// # Errors
/// [`crate::StoreError::Unavailable`] if the store does not answer.
pub async fn has_no_catalog(store: &dyn DocumentStore) -> StoreResult<bool> {
    for collection in [Collection::ProductTypes, Collection::Products, Collection::Categories, Collection::Collections]
    {
        if !store.scan(collection, None, 1).await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}
