//! Everything a use case needs, made once per process.

use std::{
    ops::{Deref, DerefMut},
    path::PathBuf,
    sync::{Arc, atomic::AtomicI64},
};

use model::{Timestamp, settings::Settings};
use persistence::{
    Db, DbConfig,
    documents::{DocumentStore, MongoConfig, MongoDocuments, PostgresDocuments},
};

use crate::{
    Clock, ServiceResult,
    bus::Bus,
    catalog::CatalogCache,
    checkout::CartLocks,
    clock::SystemClock,
    error::OrInternal as _,
    identity::{Identity, IdentityConfig, Keys},
    inventory::Availability,
    mail::{self, MailConfig, Mailer},
    payments::{Gateways, GatewaysConfig},
    search::Search,
    settings::SettingsCache,
    telemetry::Telemetry,
};

/// The stores, caches and edges of one process; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] consists of.
#[derive(Clone)]
pub struct Parts {
    /// Postgres.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Product types, products, categories, collections, sessions.
    pub documents: Arc<dyn DocumentStore>,
    /// The catalog, cached.
    pub catalog: CatalogCache,
    /// Who is who.
    pub identity: Arc<Identity>,
    /// The keys that sign access tokens.
    pub keys: Arc<Keys>,
    /// Sends mail.
    pub mailer: Arc<dyn Mailer>,
    /// What mails say about the shop.
    pub mail: Arc<MailConfig>,
    /// Channels, locations, taxes, delivery methods and promotions.
    pub settings: SettingsCache,
    /// Wakes other tasks and processes.
    pub bus: Bus,
    /// Counts for the metrics.
    pub telemetry: Telemetry,
    /// What shoppers may hope to get.
    pub availability: Availability,
    /// Lists, searches and suggestions.
    pub search: Search,
    /// Where payments go.
    pub gateways: Gateways,
    /// Serializes concurrent completions of one cart.
    pub cart_locks: CartLocks,
    /// The position of the last fact that this process has applied.
    pub followed: Arc<AtomicI64>,
}

/// What an [`App`] is made from; read once from the environment, by the process.
#[derive(Clone)]
pub struct AppConfig {
    /// How to reach Postgres.
    pub db: DbConfig,
    /// Where documents are kept.
    pub documents: DocumentsConfig,
    /// How logins and tokens behave.
    pub identity: IdentityConfig,
    /// How mail leaves.
    pub mail: MailConfig,
    /// The directory below which the search index is kept; in memory where absent.
    pub search_dir: Option<PathBuf>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where payments go.
    pub gateways: GatewaysConfig,
}

/// Where documents are kept.
#[derive(Debug, Clone)]
pub enum DocumentsConfig {
    /// In the same Postgres database as everything else.
    Postgres,
    /// In MongoDB.
    Mongo(MongoConfig),
}

impl AppConfig {
    /// A shop kept in one Postgres database, with the usual bounds.
    #[must_use]
    pub fn new(database_url: &str) -> Self {
        Self {
            db: DbConfig::new(database_url),
            documents: DocumentsConfig::Postgres,
            identity: IdentityConfig::default(),
            mail: MailConfig::default(),
            search_dir: None,
            clock: Arc::new(SystemClock),
            gateways: GatewaysConfig::default(),
        }
    }
}

impl App {
    /// Makes the pools and caches, and prepares the stores that need it.
    ///
    /// # Errors
    /// A store that does not answer.
    pub async fn connect(config: AppConfig) -> ServiceResult<Self> {
        let db = Db::new(&config.db)?;
        let documents: Arc<dyn DocumentStore> = match &config.documents {
            DocumentsConfig::Postgres => Arc::new(PostgresDocuments::new(db.clone())),
            DocumentsConfig::Mongo(mongo) => Arc::new(MongoDocuments::connect(mongo).await?),
        };
        let mailer = mail::connect(&config.mail).or_internal("connect the mailer")?;
        let settings = SettingsCache::new(config.clock.clone());
        let telemetry = Telemetry::default();
        let catalog = CatalogCache::new(documents.clone(), db.clone(), telemetry.clone());
        let availability = Availability::new(db.clone(), telemetry.clone());
        let search = Search::open(config.search_dir.as_deref())?;
        let gateways = Gateways::connect(&config.gateways)?;
        Ok(Self(Arc::new(Parts {
            db,
            clock: config.clock,
            documents,
            catalog,
            keys: Arc::new(Keys::new(&config.identity)),
            identity: Arc::new(Identity::new(config.identity)),
            mailer,
            mail: Arc::new(config.mail),
            settings,
            availability,
            search,
            gateways,
            bus: Bus::default(),
            telemetry,
            cart_locks: CartLocks::default(),
            followed: Arc::default(),
        })))
    }

    /// The current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Channels, locations, taxes, delivery methods and promotions.
    ///
    /// # Errors
    /// [`ServiceError`] if the database is unavailable and no snapshot is cached.
    pub async fn settings(&self) -> ServiceResult<Arc<Settings>> {
        self.settings.current(&self.db).await
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Changes this copy only.
impl DerefMut for App {
    fn deref_mut(&mut self) -> &mut Parts {
        Arc::make_mut(&mut self.0)
    }
}
