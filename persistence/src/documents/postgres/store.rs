//! The operations of the store as SQL: one statement each, or two that can be repeated.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Jsonb, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{Timestamp, ids::EventId};
use serde_json::Value;
use uuid::Uuid;

use super::{
    PostgresDocuments,
    rows::{self, ChangeRow, DocumentRow, WrittenRow, document_claims, documents},
};
use crate::{
    StoreError, StoreResult,
    documents::{
        Change, Claim, Collection, Document, DocumentStore, MAX_BATCH, Owner, PendingEvent, Replacement, claims,
    },
};

diesel::define_sql_function! {
    /// The first value that is not null.
    fn coalesce(first: Nullable<SqlUuid>, second: Nullable<SqlUuid>) -> Nullable<SqlUuid>;
}

#[async_trait]
impl DocumentStore for PostgresDocuments {
    fn backend(&self) -> &'static str {
        "postgres"
    }

    async fn ping(&self) -> StoreResult<()> {
        diesel::select(1.into_sql::<diesel::sql_types::Integer>()).execute(&mut self.db.read().await?).await?;
        Ok(())
    }

    async fn get_many(&self, collection: Collection, ids: &[String]) -> StoreResult<Vec<Document>> {
        let mut found: Vec<DocumentRow> = Vec::with_capacity(ids.len());
        let mut conn = self.db.read().await?;
        for batch in ids.chunks(MAX_BATCH) {
            let query = not_deleted(collection).filter(documents::id.eq_any(batch)).select(DocumentRow::as_select());
            found.extend(query.load::<DocumentRow>(&mut conn).await?);
        }
        Ok(found.into_iter().map(Into::into).collect())
    }

    async fn find_by_key(&self, key: &str) -> StoreResult<Option<Document>> {
        let owned = document_claims::collection
            .eq(documents::collection)
            .and(document_claims::owner.eq(documents::id))
            .and(documents::keys.contains(vec![key]));
        let found = document_claims::table
            .inner_join(documents::table.on(owned))
            .filter(document_claims::key.eq(key))
            .filter(documents::is_deleted.eq(false))
            .select(DocumentRow::as_select())
            .first::<DocumentRow>(&mut self.db.read().await?)
            .await
            .optional()?;
        Ok(found.map(Into::into))
    }

    async fn find_by_keys(&self, keys: &[String]) -> StoreResult<HashMap<String, Document>> {
        let owned = document_claims::collection.eq(documents::collection).and(document_claims::owner.eq(documents::id));
        let found = document_claims::table
            .inner_join(documents::table.on(owned))
            .filter(document_claims::key.eq_any(keys))
            .filter(documents::is_deleted.eq(false))
            .select((document_claims::key, DocumentRow::as_select()))
            .load::<(String, DocumentRow)>(&mut self.db.read().await?)
            .await?;
        let found = found.into_iter().map(|(key, row)| (key, Document::from(row)));
        Ok(found.filter(|(key, document)| document.keys.contains(key)).collect())
    }

    async fn insert(&self, collection: Collection, document: &Document, events: &[PendingEvent]) -> StoreResult<()> {
        diesel::insert_into(documents::table)
            .values((
                documents::collection.eq(collection.name()),
                documents::id.eq(&document.id),
                documents::version.eq(document.version),
                documents::keys.eq(&document.keys),
                documents::body.eq(&document.body),
                documents::events.eq(rows::events(events)?),
                documents::pending.eq(rows::first_event(events)),
                documents::expires_at.eq(document.expires_at),
            ))
            .execute(&mut self.db.write().await?)
            .await?;
        Ok(())
    }

    async fn replace(
        &self,
        collection: Collection,
        document: &Document,
        expected: i64,
        events: &[PendingEvent],
    ) -> StoreResult<()> {
        let current =
            not_deleted(collection).filter(documents::id.eq(&document.id)).filter(documents::version.eq(expected));
        let written = diesel::update(current)
            .set((
                documents::version.eq(document.version),
                documents::keys.eq(&document.keys),
                documents::body.eq(&document.body),
                documents::events.eq(documents::events.concat(rows::events(events)?)),
                documents::pending.eq(coalesce(documents::pending, rows::first_event(events))),
                documents::expires_at.eq(document.expires_at),
            ))
            .execute(&mut self.db.write().await?)
            .await?;
        if written == 1 { Ok(()) } else { self.write_conflict(collection, &document.id).await }
    }

    async fn replace_many(&self, collection: Collection, replacements: &[Replacement]) -> StoreResult<Vec<String>> {
        if replacements.is_empty() {
            return Ok(Vec::new());
        }
        let events = replacements.iter().map(|one| serde_json::to_value(&one.event).map_err(StoreError::corrupt));
        let documents = || replacements.iter().map(|one| &one.document);
        let written: Vec<WrittenRow> = diesel::sql_query(include_str!("replace_many.sql"))
            .bind::<Text, _>(collection.name())
            .bind::<Array<Text>, _>(documents().map(|document| document.id.as_str()).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(replacements.iter().map(|one| one.expected).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(documents().map(|document| document.version).collect::<Vec<_>>())
            .bind::<Array<Jsonb>, _>(documents().map(|document| &document.body).collect::<Vec<_>>())
            .bind::<Array<SqlUuid>, _>(replacements.iter().map(|one| one.event.id.uuid()).collect::<Vec<_>>())
            .bind::<Array<Jsonb>, _>(events.collect::<StoreResult<Vec<Value>>>()?)
            .load(&mut self.db.write().await?)
            .await?;
        let written: HashSet<String> = written.into_iter().map(|row| row.id).collect();
        Ok(documents().filter(|document| !written.contains(&document.id)).map(|document| document.id.clone()).collect())
    }

    async fn delete(
        &self,
        collection: Collection,
        id: &str,
        expected: i64,
        events: &[PendingEvent],
    ) -> StoreResult<()> {
        let current = not_deleted(collection).filter(documents::id.eq(id)).filter(documents::version.eq(expected));
        let written = diesel::update(current)
            .set((
                documents::is_deleted.eq(true),
                documents::keys.eq(Vec::<String>::new()),
                documents::body.eq(serde_json::json!({})),
                documents::events.eq(documents::events.concat(rows::events(events)?)),
                documents::pending.eq(coalesce(documents::pending, rows::first_event(events))),
            ))
            .execute(&mut self.db.write().await?)
            .await?;
        if written == 0 {
            return self.write_conflict(collection, id).await;
        }
        if events.is_empty() { self.delete_tombstones(collection, &[id.to_owned()]).await } else { Ok(()) }
    }

    async fn claim(&self, owner: &Owner, keys: &[String]) -> StoreResult<Claim> {
        claims::claim(self, owner, keys).await
    }

    async fn owns(&self, owner: &Owner, keys: &[String]) -> StoreResult<bool> {
        claims::owns(self, owner, keys).await
    }

    async fn release(&self, owner: &Owner, keys: &[String]) -> StoreResult<()> {
        let held = document_claims::table
            .filter(document_claims::key.eq_any(keys))
            .filter(document_claims::collection.eq(owner.collection.name()))
            .filter(document_claims::owner.eq(&owner.id));
        diesel::delete(held).execute(&mut self.db.write().await?).await?;
        Ok(())
    }

    async fn scan(&self, collection: Collection, after: Option<&str>, limit: usize) -> StoreResult<Vec<Document>> {
        let found = not_deleted(collection)
            // The empty text precedes all ids.
            .filter(documents::id.gt(after.unwrap_or_default()))
            .order(documents::id)
            .limit(sql_limit(limit))
            .select(DocumentRow::as_select())
            .load::<DocumentRow>(&mut self.db.read().await?)
            .await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    async fn scan_back(
        &self,
        collection: Collection,
        before: Option<&str>,
        limit: usize,
    ) -> StoreResult<Vec<Document>> {
        let mut found = not_deleted(collection)
            .order(documents::id.desc())
            .limit(sql_limit(limit))
            .select(DocumentRow::as_select())
            .into_boxed();
        if let Some(before) = before {
            found = found.filter(documents::id.lt(before));
        }
        let found = found.load::<DocumentRow>(&mut self.db.read().await?).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    async fn count(&self, collection: Collection) -> StoreResult<i64> {
        Ok(not_deleted(collection).count().get_result(&mut self.db.read().await?).await?)
    }

    async fn changes(&self, collection: Collection, after: Option<EventId>, limit: usize) -> StoreResult<Vec<Change>> {
        let after = after.map_or(Uuid::nil(), EventId::uuid);
        let found = documents::table
            .filter(documents::collection.eq(collection.name()))
            .filter(documents::pending.gt(after))
            .order(documents::pending)
            .limit(sql_limit(limit))
            .select(ChangeRow::as_select())
            .load::<ChangeRow>(&mut self.db.read().await?)
            .await?;
        found.into_iter().map(TryInto::try_into).collect()
    }

    async fn acknowledge(&self, collection: Collection, changes: &[Change]) -> StoreResult<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = changes.iter().map(|change| change.id.clone()).collect();
        let events = changes.iter().flat_map(|change| &change.events);
        let drained: Vec<Uuid> = events.map(|event| event.id.uuid()).collect();
        diesel::sql_query(include_str!("acknowledge.sql"))
            .bind::<Text, _>(collection.name())
            .bind::<Array<Text>, _>(&ids)
            .bind::<Array<SqlUuid>, _>(drained)
            .execute(&mut self.db.write().await?)
            .await?;
        if changes.iter().any(|change| change.is_deleted) {
            self.delete_tombstones(collection, &ids).await?;
        }
        Ok(())
    }

    async fn remove_expired(&self, now: Timestamp) -> StoreResult<usize> {
        let expired = documents::table.filter(documents::expires_at.le(now));
        Ok(diesel::delete(expired).execute(&mut self.db.write().await?).await?)
    }
}

impl PostgresDocuments {
    /// Removes tombstones that have no events left.
    async fn delete_tombstones(&self, collection: Collection, ids: &[String]) -> StoreResult<()> {
        let tombstones = documents::table
            .filter(documents::collection.eq(collection.name()))
            .filter(documents::id.eq_any(ids))
            .filter(documents::is_deleted.eq(true))
            .filter(documents::pending.is_null());
        diesel::delete(tombstones).execute(&mut self.db.write().await?).await?;
        Ok(())
    }

    /// The reason why a versioned write matched no document.
    async fn write_conflict(&self, collection: Collection, id: &str) -> StoreResult<()> {
        let query = not_deleted(collection).filter(documents::id.eq(id)).select(documents::version);
        let found: Option<i64> = query.first(&mut self.db.write().await?).await.optional()?;
        Err(if found.is_none() { StoreError::NotFound } else { StoreError::VersionConflict })
    }
}

/// Documents that are not deleted.
#[diesel::dsl::auto_type]
fn not_deleted(collection: Collection) -> _ {
    let name: &'static str = collection.name();
    documents::table.filter(documents::collection.eq(name)).filter(documents::is_deleted.eq(false))
}

/// A batch always fits into the type.
fn sql_limit(limit: usize) -> i64 {
    i64::try_from(limit.min(MAX_BATCH)).unwrap_or(i64::MAX)
}
