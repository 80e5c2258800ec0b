//! The connection to MongoDB and the indexes that it needs.

use std::time::Duration;

use mongodb::{
    Client, IndexModel,
    bson::doc,
    options::{
        Acknowledgment, ClientOptions, IndexOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern,
    },
};

use super::{MongoDocuments, error};
use crate::{StoreError, StoreResult, documents::Collection};

const INDEX_BUILD: Duration = Duration::from_mins(10);

/// Address and time-outs of MongoDB.
#[derive(Debug, Clone)]
pub struct MongoConfig {
    /// The address, `mongodb://user:password@host:port/database?options`.
    pub url: String,
    /// The database; if `None`, the one in the address, or else `mercator`.
    pub database: Option<String>,
    /// The time-out of connecting and of finding a primary server.
    pub connect: Duration,
    /// The time-out of one operation.
    pub operation: Duration,
    /// The maximum number of connections of this process.
    pub max_connections: u32,
}

impl MongoConfig {
    /// A configuration with the default limits.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            database: None,
            connect: Duration::from_secs(3),
            operation: Duration::from_secs(5),
            max_connections: 32,
        }
    }

    async fn options(&self) -> StoreResult<ClientOptions> {
        let mut options = ClientOptions::parse(&self.url).await.map_err(|error| error::translate(&error))?;
        let journaled = WriteConcern::builder().w(Acknowledgment::Majority).journal(true).w_timeout(self.operation);
        options.write_concern = Some(journaled.build());
        options.read_concern = Some(ReadConcern::majority());
        // Claims must read the latest writes, so never read from a secondary.
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        options.connect_timeout.get_or_insert(self.connect);
        options.server_selection_timeout.get_or_insert(self.connect);
        options.max_pool_size.get_or_insert(self.max_connections);
        options.app_name.get_or_insert_with(|| "mercator".to_owned());
        Ok(options)
    }
}

impl MongoDocuments {
    /// Connects and creates missing indexes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if no server answers; [`StoreError::Internal`] if the address is malformed.
    pub async fn connect(config: &MongoConfig) -> StoreResult<Self> {
        let options = config.options().await?;
        let named = config.database.clone().or_else(|| options.default_database.clone());
        let client = Client::with_options(options).map_err(|error| error::translate(&error))?;
        let database = client.database(named.as_deref().unwrap_or("mercator"));
        let store = Self { client, database, operation: config.operation };
        store.create_indexes().await?;
        Ok(store)
    }

    async fn create_indexes(&self) -> StoreResult<()> {
        // Building an index over many documents takes longer than the time-out of requests.
        let patient = Self { operation: INDEX_BUILD, ..self.clone() };
        let sparse = IndexOptions::builder().name("pending".to_owned()).sparse(true).build();
        let pending = IndexModel::builder().keys(doc! { "pending": 1 }).options(sparse).build();
        let builds = Collection::ALL.map(|collection| {
            let (store, index) = (&patient, pending.clone());
            async move { store.run(store.collection(collection).create_index(index)).await }
        });
        futures_util::future::try_join_all(builds).await?;
        let at_once = IndexOptions::builder().name("expires_at".to_owned()).expire_after(Duration::ZERO).build();
        let expiry = IndexModel::builder().keys(doc! { "expires_at": 1 }).options(at_once).build();
        patient.run(patient.collection(Collection::Sessions).create_index(expiry)).await?;
        Ok(())
    }

    /// Fails if the server does not answer.
    pub(super) async fn reach(&self) -> Result<(), StoreError> {
        self.run(self.database.run_command(doc! { "ping": 1 })).await.map(drop)
    }
}
