//! Documents in MongoDB, in one collection per kind and one for claims, with majority writes. Works on a sharded
//! cluster: every write names an `_id`, and no other index is unique.

mod codec;
mod connect;
mod error;
mod rows;
mod store;

use std::{
    future::{Future, IntoFuture},
    time::Duration,
};

use mongodb::{
    Client, Database,
    bson::{Document as BsonDocument, RawDocumentBuf},
};

pub use connect::MongoConfig;

use super::Collection;
use crate::{StoreError, StoreResult, statements};

/// Documents are read raw, because serde would interpret keys such as `$date` as types.
type Rows = mongodb::Collection<RawDocumentBuf>;

/// The documents of one MongoDB database.
#[derive(Debug, Clone)]
pub struct MongoDocuments {
    client: Client,
    database: Database,
    operation: Duration,
}

impl MongoDocuments {
    fn collection(&self, collection: Collection) -> Rows {
        self.database.collection(collection.name())
    }

    fn claims(&self) -> Rows {
        self.database.collection("claims")
    }

    /// Runs one command with a time-out, because the driver has none for a server that hangs.
    async fn run<T>(&self, command: impl IntoFuture<Output = mongodb::error::Result<T>>) -> StoreResult<T> {
        statements::add_one();
        bounded(self.operation, command.into_future()).await?.map_err(|error| error::translate(&error))
    }

    /// Runs one query whose answer fits one batch, with a time-out.
    async fn fetch(&self, query: mongodb::action::Find<'_, RawDocumentBuf>) -> StoreResult<Vec<BsonDocument>> {
        use futures_util::TryStreamExt;
        let raw: Vec<RawDocumentBuf> = self.run(async { query.await?.try_collect().await }).await?;
        raw.iter().map(|row| BsonDocument::try_from(&**row).map_err(StoreError::corrupt)).collect()
    }

    /// Drops the database, for tests.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the server does not answer.
    pub async fn drop_database(&self) -> StoreResult<()> {
        self.run(self.database.drop()).await
    }

    /// Closes all connections.
    pub async fn shutdown(self) {
        self.client.shutdown().await;
    }
}

async fn bounded<T>(limit: Duration, work: impl Future<Output = T>) -> StoreResult<T> {
    let late = |_| StoreError::Unavailable("the document store did not answer in time".to_owned());
    tokio::time::timeout(limit, work).await.map_err(late)
}
