//! Claims in a collection of their own; `_id` is the key.

use std::collections::HashMap;

use async_trait::async_trait;
use mongodb::bson::{Document as BsonDocument, doc};

use super::{MongoDocuments, codec, error};
use crate::{
    StoreResult,
    documents::{Collection, Owner, claims::ClaimRows},
};

#[async_trait]
impl ClaimRows for MongoDocuments {
    async fn put_claims(&self, owner: &Owner, keys: &[String]) -> StoreResult<()> {
        let row = |key| codec::raw(&doc! { "_id": key, "collection": owner.collection.name(), "owner": &owner.id });
        let rows = keys.iter().map(row).collect::<StoreResult<Vec<_>>>()?;
        let claims = self.claims();
        let insert = async {
            match claims.insert_many(rows).ordered(false).await {
                Err(error) if !error::is_all_duplicates(&error) => Err(error),
                _ => Ok(()),
            }
        };
        self.run(insert).await
    }

    async fn claims_of(&self, keys: &[String]) -> StoreResult<HashMap<String, Owner>> {
        let rows = self.fetch(self.claims().find(doc! { "_id": { "$in": keys } })).await?;
        rows.into_iter().map(owner).collect()
    }

    async fn move_claim(&self, key: &str, from: &Owner, to: &Owner) -> StoreResult<bool> {
        let held = doc! { "_id": key, "collection": from.collection.name(), "owner": &from.id };
        let update = doc! { "$set": { "collection": to.collection.name(), "owner": &to.id } };
        Ok(self.run(self.claims().update_one(held, update)).await?.matched_count == 1)
    }
}

fn owner(mut row: BsonDocument) -> StoreResult<(String, Owner)> {
    let key = codec::text(&mut row, "_id")?;
    let collection = Collection::parse(&codec::text(&mut row, "collection")?)?;
    Ok((key, Owner { collection, id: codec::text(&mut row, "owner")? }))
}
