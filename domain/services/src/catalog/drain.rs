//! Takes events out of documents and into the outbox: at least once, and published once, because their ids go along.

use model::events::DomainEvent;
use persistence::{
    documents::{Change, Collection, PendingEvent},
    outbox,
};

use crate::{App, ServiceResult, bus::Topic};

/// The collections whose changes are events.
const EVENTFUL: [Collection; 4] =
    [Collection::Products, Collection::ProductTypes, Collection::Categories, Collection::Collections];

/// Drains the events that wait in documents, at most `limit` documents of each collection, and says from how many.
/// Whoever writes a document drains it at once; this finds what they did not get to.
///
/// # Errors
/// A store's error; what was not drained waits.
pub async fn drain_changes(app: &App, limit: usize) -> ServiceResult<usize> {
    let mut drained = 0;
    for collection in EVENTFUL {
        let changes = drainable(app, collection, limit).await?;
        drained += changes.len();
        drain(app, collection, &changes).await?;
    }
    Ok(drained)
}

/// The oldest changes, without those that hold nothing but facts of a newer program: they must not keep others waiting.
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
        tracing::warn!(collection = collection.name(), "events of a newer version wait in documents");
    }
}

/// Drains the events that were just written into a document. What fails here waits for [`drain_changes`].
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
        tracing::warn!(%error, "events wait in their document");
    }
}

async fn drain(app: &App, collection: Collection, changes: &[Change]) -> ServiceResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let events: Vec<_> =
        changes.iter().flat_map(|change| &change.events).map(|event| (event.id, event.event.clone())).collect();
    outbox::push_again(&mut *app.db.write().await?, &events).await?;
    app.bus.publish(Topic::Outbox);
    Ok(app.documents.acknowledge(collection, changes).await?)
}

/// A fact as it goes into a document.
pub(super) fn pending(event: DomainEvent) -> Vec<PendingEvent> {
    vec![PendingEvent::new(event)]
}
