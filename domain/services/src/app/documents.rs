//! Checks that the document store is the one of the shop in Postgres. The kind of the store is recorded in Postgres, and
//! the shop's id in the store, so that no process works with an empty store or with that of another shop.

use persistence::{StoreError, documents, inventory, shop_meta};
use serde_json::json;

use super::App;

/// The key of the kind of the document store in `shop_meta`.
const KIND: &str = "document_store";

/// The document store cannot be used with this database.
#[derive(Debug, thiserror::Error)]
pub enum DocumentsError {
    /// Another kind of store is recorded.
    #[error("this shop keeps its documents in {recorded}, not in {used}")]
    OtherKind {
        /// The recorded kind.
        recorded: String,
        /// The kind that this process uses.
        used: &'static str,
    },
    /// The store belongs to another shop.
    #[error("the document store belongs to another shop")]
    OtherShop,
    /// A store is recorded, but this one was never used by the shop.
    #[error("the document store is not the one that this shop has used")]
    NeverUsed,
    /// Nothing is recorded, and only the database or only the store has content.
    #[error("{0}")]
    Inconsistent(&'static str),
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Checks that the document store is the one of this shop. Records it if none is recorded, unless only one of database
    /// and store has content.
    ///
    /// # Errors
    /// [`DocumentsError`].
    pub async fn check_documents(&self) -> Result<(), DocumentsError> {
        let mut conn = self.db.write().await?;
        let shop = shop_meta::shop_id(&mut conn).await?;
        let recorded = shop_meta::find(&mut conn, KIND).await?;
        drop(conn);
        let used = self.documents.backend();
        if let Some(recorded) = recorded.as_ref().and_then(|kind| kind.as_str()).filter(|recorded| *recorded != used) {
            return Err(DocumentsError::OtherKind { recorded: recorded.to_owned(), used });
        }
        match documents::find_shop(self.documents.as_ref()).await? {
            Some(owner) if owner == shop => {}
            Some(_) => return Err(DocumentsError::OtherShop),
            None if recorded.is_some() => return Err(DocumentsError::NeverUsed),
            None => self.adopt_documents(&shop).await?,
        }
        if recorded.is_none() {
            shop_meta::save(&mut *self.db.write().await?, KIND, &json!(used)).await?;
        }
        Ok(())
    }

    async fn adopt_documents(&self, shop: &str) -> Result<(), DocumentsError> {
        let has_stock = inventory::has_items(&mut *self.db.read().await?).await?;
        let store = self.documents.as_ref();
        match (has_stock, documents::has_no_catalog(store).await?) {
            (true, true) => Err(DocumentsError::Inconsistent(
                "the document store has no products, but the database has their stock",
            )),
            (false, false) if !store.scan(documents::Collection::Products, None, 1).await?.is_empty() => {
                Err(DocumentsError::Inconsistent("the document store has products, but the database has no stock"))
            }
            _ => Ok(documents::record_shop(store, shop).await?),
        }
    }
}
