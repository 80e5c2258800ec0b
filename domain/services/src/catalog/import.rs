//! Bulk reads and writes of documents: pages of all products, and imports of demo data.

use std::sync::Arc;

use model::{
    catalog::{Collection, Product},
    events::DomainEvent,
    ids::ProductId,
};
use persistence::{
    StoreError,
    documents::{self, Document, DocumentStore, KeyedError, PendingEvent},
};
use tokio::task::JoinSet;

use super::stored::Stored;
use crate::{App, ServiceResult, error::OrInternal as _};

/// Number of documents that are written concurrently.
const AT_ONCE: usize = 8;

/// A page of all products, published or not, ordered by id.
///
/// # Errors
/// A store's error.
pub async fn scan_products(app: &App, after: Option<ProductId>, limit: usize) -> ServiceResult<Vec<Arc<Product>>> {
    let after = after.map(|id| id.uuid().to_string());
    let page = app.documents.scan(Product::COLLECTION, after.as_deref(), limit).await?;
    page.into_iter().map(|document| Ok(Arc::new(Product::from_document(document)?))).collect()
}

/// An object that can be imported.
pub trait Imported: Stored + Send + Sync + 'static {
    /// The event of its creation.
    fn event(&self) -> DomainEvent;
}

impl Imported for Product {
    fn event(&self) -> DomainEvent {
        DomainEvent::ProductChanged { id: self.id }
    }
}

impl Imported for model::catalog::ProductType {
    fn event(&self) -> DomainEvent {
        DomainEvent::TaxonomyChanged { id: self.id.to_string() }
    }
}

impl Imported for model::catalog::Category {
    fn event(&self) -> DomainEvent {
        DomainEvent::TaxonomyChanged { id: self.id.to_string() }
    }
}

impl Imported for Collection {
    fn event(&self) -> DomainEvent {
        DomainEvent::TaxonomyChanged { id: self.id.to_string() }
    }
}

/// Inserts objects that do not exist yet. [`super::drain_changes`] drains their events. Skips objects whose unique key is
/// taken.
///
/// # Errors
/// The store's error; some objects may be inserted.
pub(crate) async fn import<T: Imported>(app: &App, values: Vec<T>) -> ServiceResult<()> {
    let ids: Vec<String> = values.iter().map(Stored::document_id).collect();
    let known = app.documents.get_many(T::COLLECTION, &ids).await?;
    let mut tasks = JoinSet::new();
    for mut value in values {
        if known.iter().any(|document| document.id == value.document_id()) {
            continue;
        }
        if tasks.len() >= AT_ONCE {
            finished(tasks.join_next().await)?;
        }
        let events = vec![PendingEvent::new(value.event())];
        tasks.spawn(insert(app.documents.clone(), T::COLLECTION, value.to_document()?, events));
    }
    while let Some(done) = tasks.join_next().await {
        finished(Some(done))?;
    }
    Ok(())
}

async fn insert(
    store: Arc<dyn DocumentStore>,
    collection: documents::Collection,
    document: Document,
    events: Vec<PendingEvent>,
) -> ServiceResult<()> {
    match documents::insert(store.as_ref(), collection, &document, &events).await {
        Ok(()) => Ok(()),
        // Another process imports the same object.
        Err(KeyedError::Store(StoreError::Constraint { constraint, .. })) if constraint == documents::ID_CONSTRAINT => {
            Ok(())
        }
        Err(KeyedError::Store(error)) => Err(error.into()),
        // The merchant uses the key for another object, which stays.
        Err(taken @ KeyedError::Taken(_)) => {
            tracing::info!(%taken, id = document.id, "an object of the demo data is skipped");
            Ok(())
        }
    }
}

fn finished(done: Option<Result<ServiceResult<()>, tokio::task::JoinError>>) -> ServiceResult<()> {
    match done {
        Some(done) => done.or_internal("import catalog documents")?,
        None => Ok(()),
    }
}

/// Inserts collections that do not exist yet, and adds new members to the others.
///
/// # Errors
/// As [`import`].
pub(crate) async fn import_collections(app: &App, collections: Vec<Collection>) -> ServiceResult<()> {
    let ids: Vec<String> = collections.iter().map(Stored::document_id).collect();
    for document in app.documents.get_many(Collection::COLLECTION, &ids).await? {
        let mut known = Collection::from_document(document.clone())?;
        let Some(wanted) = collections.iter().find(|wanted| wanted.id == known.id) else { continue };
        let is_grown = wanted.products.starts_with(&known.products) && wanted.products != known.products;
        if is_grown {
            known.products.clone_from(&wanted.products);
            known.version += 1;
            let events = [PendingEvent::new(known.event())];
            app.documents.replace(Collection::COLLECTION, &known.to_document()?, document.version, &events).await?;
        }
    }
    import(app, collections).await
}
