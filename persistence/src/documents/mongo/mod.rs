//! Documents in MongoDB: one collection each and one for claims, majority writes, nothing that a sharded cluster
//! cannot do (every write names an `_id`, and no index but `_id` is unique).

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

/// Documents are read raw: read through serde, keys such as `$date` would be types.
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

    /// Runs one command, bounded in time: the driver has no time-out of its own for a server that hangs.
    async fn run<T>(&self, command: impl IntoFuture<Output = mongodb::error::Result<T>>) -> StoreResult<T> {
        statements::add_one();
        bounded(self.operation, command.into_future()).await?.map_err(|error| error::translate(&error))
    }

    /// Runs one query whose answer fits one batch, bounded in time.
    async fn fetch(&self, query: mongodb::action::Find<'_, RawDocumentBuf>) -> StoreResult<Vec<BsonDocument>> {
        use futures_util::TryStreamExt;
        let raw: Vec<RawDocumentBuf> = self.run(async { query.await?.try_collect().await }).await?;
        raw.iter().map(|row| BsonDocument::try_from(&**row).map_err(StoreError::corrupt)).collect()
    }

    /// Drops the database, for tests.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server does not answer.
    pub async fn drop_database(&self) -> StoreResult<()> {
        self.run(self.database.drop()).await
    }

    /// Ends the connections before the process does.
    pub async fn shutdown(self) {
        self.client.shutdown().await;
    }
}

async fn bounded<T>(limit: Duration, work: impl Future<Output = T>) -> StoreResult<T> {
    let late = |_| StoreError::Unavailable("the document store did not answer in time".to_owned());
    tokio::time::timeout(limit, work).await.map_err(late)
}
