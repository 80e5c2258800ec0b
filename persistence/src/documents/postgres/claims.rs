//! Claims as rows.

use std::collections::HashMap;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{PostgresDocuments, rows::document_claims};
use crate::{
    StoreResult,
    documents::{Collection, Owner, claims::ClaimRows},
};

#[async_trait]
impl ClaimRows for PostgresDocuments {
    async fn put_claims(&self, owner: &Owner, keys: &[String]) -> StoreResult<()> {
        let row = |key| {
            (
                document_claims::key.eq(key),
                document_claims::collection.eq(owner.collection.name()),
                document_claims::owner.eq(&owner.id),
            )
        };
        // Write in one order, so that two writers of the same keys cannot deadlock.
        let mut sorted: Vec<&String> = keys.iter().collect();
        sorted.sort();
        diesel::insert_into(document_claims::table)
            .values(sorted.into_iter().map(row).collect::<Vec<_>>())
            .on_conflict_do_nothing()
            .execute(&mut self.db.write().await?)
            .await?;
        Ok(())
    }

    async fn claims_of(&self, keys: &[String]) -> StoreResult<HashMap<String, Owner>> {
        let rows: Vec<(String, String, String)> = document_claims::table
            .filter(document_claims::key.eq_any(keys))
            .select((document_claims::key, document_claims::collection, document_claims::owner))
            .load(&mut self.db.write().await?)
            .await?;
        let owner = |(key, collection, id): (String, String, String)| {
            Ok((key, Owner { collection: Collection::parse(&collection)?, id }))
        };
        rows.into_iter().map(owner).collect()
    }

    async fn move_claim(&self, key: &str, from: &Owner, to: &Owner) -> StoreResult<bool> {
        let held = document_claims::table
            .filter(document_claims::key.eq(key))
            .filter(document_claims::collection.eq(from.collection.name()))
            .filter(document_claims::owner.eq(&from.id));
        let moved = diesel::update(held)
            .set((document_claims::collection.eq(to.collection.name()), document_claims::owner.eq(&to.id)))
            .execute(&mut self.db.write().await?)
            .await?;
        Ok(moved == 1)
    }
}
