//! Moves events from documents to the outbox. A move may be repeated; the event ids prevent a second publication.

use model::events::DomainEvent;
use persistence::{
    documents::{Change, Collection, PendingEvent},
    outbox,
};

use crate::{App, ServiceResult, bus::Topic};

/// The collections whose changes produce events.
const WITH_EVENTS: [Collection; 4] =
    [Collection::Products, Collection::ProductTypes, Collection::Categories, Collection::Collections];

/// Drains the events of at most `limit` documents per collection and returns the number of documents. A writer drains
/// its own document at once; this finds those whose writer failed or was killed.
///
/// # Errors
/// The store's error; the remaining events stay in their documents.
pub async fn drain_changes(app: &App, limit: usize) -> ServiceResult<usize> {
    let mut drained = 0;
    for collection in WITH_EVENTS {
        let changes = drainable(app, collection, limit).await?;
        drained += changes.len();
        drain(app, collection, &changes).await?;
    }
    Ok(drained)
}

/// The oldest changes, without those that contain only events of a newer version, which must not block the others.
async fn drainable(app: &App, collection: Collection, limit: usize) -> ServiceResult<Vec<Change>> {
    let mut after = None;
    loop {
        let mut page = app.documents.changes(collection, after, limit).await?;
        let is_last = page.len() < limit;
        after = page.last().map(|change| change.pending);
        page.retain(|change| change.unknown == 0 || !change.events.is_empty());
        if is_last || !page.is_empty() {
            return Ok(page);
        }
        tracing::warn!(collection = collection.name(), "events of a newer version stay in their documents");
    }
}

/// Drains the events that were just written into a document. After a failure [`drain_changes`] does.
pub(super) async fn drain_own(
    app: &App,
    collection: Collection,
    id: String,
    is_deleted: bool,
    events: Vec<PendingEvent>,
) {
    let Some(first) = events.first() else { return };
    let change = Change { pending: first.id, id, is_deleted, events, unknown: 0 };
    if let Err(error) = drain(app, collection, &[change]).await {
        tracing::warn!(%error, "events stay in their document");
    }
}

async fn drain(app: &App, collection: Collection, changes: &[Change]) -> ServiceResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let events: Vec<_> =
        changes.iter().flat_map(|change| &change.events).map(|event| (event.id, event.event.clone())).collect();
    outbox::push_once(&mut *app.db.write().await?, &events).await?;
    app.bus.publish(Topic::Outbox);
    Ok(app.documents.acknowledge(collection, changes).await?)
}

/// An event as stored in a document.
pub(super) fn pending(event: DomainEvent) -> Vec<PendingEvent> {
    vec![PendingEvent::new(event)]
}
