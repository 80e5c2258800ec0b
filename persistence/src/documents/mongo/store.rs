//! The operations of the store as MongoDB commands.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _};
use model::{Timestamp, ids::EventId};
use mongodb::bson::{Document as BsonDocument, doc};

use super::{MongoDocuments, codec};
use crate::{
    StoreError, StoreResult,
    documents::{
        Change, Claim, Collection, Document, DocumentStore, MAX_BATCH, Owner, PendingEvent, Replacement,
        claims::{self, ClaimRows as _},
    },
};

/// Number of documents of a batch that are written concurrently.
const AT_ONCE: usize = 16;

#[async_trait]
impl DocumentStore for MongoDocuments {
    fn backend(&self) -> &'static str {
        "mongodb"
    }

    async fn ping(&self) -> StoreResult<()> {
        self.reach().await
    }

    async fn get_many(&self, collection: Collection, ids: &[String]) -> StoreResult<Vec<Document>> {
        let mut found = Vec::with_capacity(ids.len());
        for batch in ids.chunks(MAX_BATCH) {
            let not_deleted = doc! { "_id": { "$in": batch }, "is_deleted": { "$ne": true } };
            let documents = self.collection(collection);
            let query = documents.find(not_deleted).batch_size(batch_size(batch.len()));
            found.extend(self.fetch(query).await?);
        }
        found.into_iter().map(codec::document).collect()
    }

    async fn find_by_key(&self, key: &str) -> StoreResult<Option<Document>> {
        let claims = self.claims_of(&[key.to_owned()]).await?;
        let Some(owner) = claims.get(key) else { return Ok(None) };
        let found = self.get_many(owner.collection, std::slice::from_ref(&owner.id)).await?;
        Ok(found.into_iter().find(|document| document.keys.iter().any(|held| held == key)))
    }

    async fn find_by_keys(&self, keys: &[String]) -> StoreResult<HashMap<String, Document>> {
        let owners = self.claims_of(keys).await?;
        let mut wanted: HashMap<Collection, Vec<String>> = HashMap::new();
        for owner in owners.values() {
            wanted.entry(owner.collection).or_default().push(owner.id.clone());
        }
        let mut documents = HashMap::new();
        // One query per collection; there are few.
        for (collection, ids) in wanted {
            let found = self.get_many(collection, &ids).await?;
            documents.extend(found.into_iter().map(|document| ((collection, document.id.clone()), document)));
        }
        let held = owners.into_iter().filter_map(|(key, owner)| {
            let document = documents.get(&(owner.collection, owner.id))?;
            document.keys.contains(&key).then(|| (key, document.clone()))
        });
        Ok(held.collect())
    }

    async fn insert(&self, collection: Collection, document: &Document, events: &[PendingEvent]) -> StoreResult<()> {
        let mut fields = codec::fields(document)?;
        fields.insert("_id", &document.id);
        fields.insert("events", codec::events(events)?);
        if let Some(first) = events.first() {
            fields.insert("pending", first.id.uuid().to_string());
        }
        if let Some(at) = document.expires_at {
            fields.insert("expires_at", codec::time(at));
        }
        self.run(self.collection(collection).insert_one(codec::raw(&fields)?)).await.map(drop)
    }

    async fn replace(
        &self,
        collection: Collection,
        document: &Document,
        expected: i64,
        events: &[PendingEvent],
    ) -> StoreResult<()> {
        let mut set = codec::fields(document)?;
        let mut update = doc! {};
        match document.expires_at {
            Some(at) => drop(set.insert("expires_at", codec::time(at))),
            None => drop(update.insert("$unset", doc! { "expires_at": "" })),
        }
        update.insert("$set", set);
        if let Some(first) = events.first() {
            update.insert("$push", doc! { "events": { "$each": codec::events(events)? } });
            update.insert("$min", doc! { "pending": first.id.uuid().to_string() });
        }
        let current = doc! { "_id": &document.id, "version": expected, "is_deleted": { "$ne": true } };
        let done = self.run(self.collection(collection).update_one(current, update)).await?;
        if done.matched_count == 1 { Ok(()) } else { self.write_conflict(collection, &document.id).await }
    }

    async fn replace_many(&self, collection: Collection, replacements: &[Replacement]) -> StoreResult<Vec<String>> {
        // One command per document: a bulk write says how many documents it matched, but not which.
        let writes: Vec<_> = replacements.iter().map(|one| self.replace_one(collection, one)).collect();
        let left: Vec<Option<String>> =
            futures_util::stream::iter(writes).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(left.into_iter().flatten().collect())
    }

    async fn delete(
        &self,
        collection: Collection,
        id: &str,
        expected: i64,
        events: &[PendingEvent],
    ) -> StoreResult<()> {
        let current = doc! { "_id": id, "version": expected, "is_deleted": { "$ne": true } };
        let mut update = doc! { "$set": { "is_deleted": true, "keys": [], "body": {} } };
        if let Some(first) = events.first() {
            update.insert("$push", doc! { "events": { "$each": codec::events(events)? } });
            update.insert("$min", doc! { "pending": first.id.uuid().to_string() });
        }
        let done = self.run(self.collection(collection).update_one(current, update)).await?;
        if done.matched_count == 0 {
            return self.write_conflict(collection, id).await;
        }
        if events.is_empty() {
            self.delete_tombstones(collection, &[id.to_owned()]).await?;
        }
        Ok(())
    }

    async fn claim(&self, owner: &Owner, keys: &[String]) -> StoreResult<Claim> {
        claims::claim(self, owner, keys).await
    }

    async fn owns(&self, owner: &Owner, keys: &[String]) -> StoreResult<bool> {
        claims::owns(self, owner, keys).await
    }

    async fn release(&self, owner: &Owner, keys: &[String]) -> StoreResult<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let held = doc! { "_id": { "$in": keys }, "collection": owner.collection.name(), "owner": &owner.id };
        self.run(self.claims().delete_many(held)).await.map(drop)
    }

    async fn scan(&self, collection: Collection, after: Option<&str>, limit: usize) -> StoreResult<Vec<Document>> {
        self.page(collection, after.map(|after| doc! { "$gt": after }), 1, limit).await
    }

    async fn scan_back(
        &self,
        collection: Collection,
        before: Option<&str>,
        limit: usize,
    ) -> StoreResult<Vec<Document>> {
        self.page(collection, before.map(|before| doc! { "$lt": before }), -1, limit).await
    }

    async fn count(&self, collection: Collection) -> StoreResult<i64> {
        let not_deleted = doc! { "is_deleted": { "$ne": true } };
        let count = self.run(self.collection(collection).count_documents(not_deleted)).await?;
        i64::try_from(count).map_err(StoreError::corrupt)
    }

    async fn changes(&self, collection: Collection, after: Option<EventId>, limit: usize) -> StoreResult<Vec<Change>> {
        let after = after.map_or_else(String::new, |after| after.uuid().to_string());
        let size = batch_size(limit.min(MAX_BATCH));
        let documents = self.collection(collection);
        let query = documents
            .find(doc! { "pending": { "$gt": after } })
            .sort(doc! { "pending": 1 })
            .projection(doc! { "events": 1, "pending": 1, "is_deleted": 1 })
            .limit(size.into());
        let found = self.fetch(query.batch_size(size)).await?;
        found.into_iter().map(codec::change).collect()
    }

    async fn acknowledge(&self, collection: Collection, changes: &[Change]) -> StoreResult<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = changes.iter().map(|change| change.id.clone()).collect();
        let events = changes.iter().flat_map(|change| &change.events);
        let drained: Vec<String> = events.map(|event| event.id.uuid().to_string()).collect();
        let documents = self.collection(collection);
        let pull = doc! { "$pull": { "events": { "id": { "$in": drained } } } };
        self.run(documents.update_many(doc! { "_id": { "$in": &ids } }, pull)).await?;
        let empty = doc! { "_id": { "$in": &ids }, "events": { "$size": 0 } };
        self.run(documents.update_many(empty, doc! { "$unset": { "pending": "" } })).await?;
        if changes.iter().any(|change| change.is_deleted) {
            self.delete_tombstones(collection, &ids).await?;
        }
        Ok(())
    }

    async fn remove_expired(&self, _now: Timestamp) -> StoreResult<usize> {
        // The TTL index on `expires_at` does it.
        Ok(0)
    }
}

impl MongoDocuments {
    /// Replaces one document of a batch; returns its id if it was changed in the meantime.
    async fn replace_one(&self, collection: Collection, one: &Replacement) -> StoreResult<Option<String>> {
        match self.replace(collection, &one.document, one.expected, std::slice::from_ref(&one.event)).await {
            Ok(()) => Ok(None),
            Err(StoreError::VersionConflict | StoreError::NotFound) => Ok(Some(one.document.id.clone())),
            Err(error) => Err(error),
        }
    }

    /// A page of documents that are not deleted, in the order of their ids, 1 for ascending and -1 for descending.
    async fn page(
        &self,
        collection: Collection,
        ids: Option<BsonDocument>,
        order: i32,
        limit: usize,
    ) -> StoreResult<Vec<Document>> {
        let mut not_deleted = doc! { "is_deleted": { "$ne": true } };
        not_deleted.extend(ids.map(|ids| ("_id".to_owned(), ids.into())));
        let size = batch_size(limit.min(MAX_BATCH));
        let rows = self.collection(collection);
        let query = rows.find(not_deleted).sort(doc! { "_id": order }).limit(size.into());
        let found = self.fetch(query.batch_size(size)).await?;
        found.into_iter().map(codec::document).collect()
    }

    /// Removes tombstones that have no events left.
    async fn delete_tombstones(&self, collection: Collection, ids: &[String]) -> StoreResult<()> {
        let tombstones = doc! { "_id": { "$in": ids }, "is_deleted": true, "events": { "$size": 0 } };
        self.run(self.collection(collection).delete_many(tombstones)).await.map(drop)
    }

    /// The reason why a versioned write matched no document.
    async fn write_conflict(&self, collection: Collection, id: &str) -> StoreResult<()> {
        let not_deleted = doc! { "_id": id, "is_deleted": { "$ne": true } };
        let found = self.run(self.collection(collection).count_documents(not_deleted)).await?;
        Err(if found == 0 { StoreError::NotFound } else { StoreError::VersionConflict })
    }
}

/// Converts a size, which is at most [`MAX_BATCH`].
fn batch_size(size: usize) -> u32 {
    u32::try_from(size.max(1)).unwrap_or(1)
}
