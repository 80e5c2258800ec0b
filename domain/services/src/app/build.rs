//! Building an application.

use std::sync::{Arc, atomic::AtomicI64};

use persistence::{
    Db, StoreError,
    documents::{DocumentStore, MongoDocuments, PostgresDocuments},
};

use super::{App, AppConfig, DocumentsConfig, Parts};
use crate::{
    Clock, ServiceError,
    bus::Bus,
    catalog::CatalogCache,
    checkout::CartLocks,
    clock::SystemClock,
    identity::{Identity, Keys},
    inventory::Availability,
    mail::{self, MailError, Mailer, TemplateError, Templates},
    payments::Gateways,
    search::Search,
    settings::SettingsCache,
    storefront::Updates,
    telemetry::Telemetry,
    vat_ids::VatIds,
};

/// Builds an [`App`] from its configuration; single parts can be replaced.
#[must_use]
pub struct AppBuilder {
    config: AppConfig,
    clock: Arc<dyn Clock>,
    mailer: Option<Arc<dyn Mailer>>,
    gateways: Option<Gateways>,
}

/// The part of an application that could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The address of Postgres is invalid.
    #[error("the Postgres database cannot be used")]
    Database(#[source] StoreError),
    /// The document store is unreachable or its indexes cannot be created.
    #[error("the document store cannot be used")]
    Documents(#[source] StoreError),
    /// The directory of the search index cannot be written.
    #[error("the search index cannot be opened")]
    Search(#[source] ServiceError),
    /// The address of the mail server is invalid.
    #[error("mail cannot be sent with this configuration")]
    Mail(#[source] MailError),
    /// A template of mails is malformed.
    #[error(transparent)]
    MailTemplates(TemplateError),
    /// A gateway is configured twice, or with an invalid address or secret.
    #[error("the payment gateways cannot be used")]
    Gateways(#[source] ServiceError),
    /// The service that confirms VAT identification numbers has an invalid address.
    #[error("the service that confirms VAT identification numbers cannot be used")]
    VatIds(#[source] ServiceError),
}

impl AppBuilder {
    /// A builder with the system's clock.
    pub fn new(config: AppConfig) -> Self {
        Self { config, clock: Arc::new(SystemClock), mailer: None, gateways: None }
    }

    /// Replaces the clock.
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Replaces the configured mailer.
    pub fn mailer(self, mailer: Arc<dyn Mailer>) -> Self {
        Self { mailer: Some(mailer), ..self }
    }

    /// Replaces the configured payment gateways.
    pub fn gateways(self, gateways: Gateways) -> Self {
        Self { gateways: Some(gateways), ..self }
    }

    /// Connects to the document store, opens the search index and creates pools and empty caches. The pool of Postgres
    /// connects on first use.
    ///
    /// # Errors
    /// [`BuildError`] for the first part that cannot be built.
    pub async fn build(self) -> Result<App, BuildError> {
        let Self { config, clock, mailer, gateways } = self;
        let db = Db::new(&config.db).map_err(BuildError::Database)?;
        let documents = connect_documents(&config.documents, &db).await.map_err(BuildError::Documents)?;
        let mailer = mailer.map_or_else(|| mail::connect(&config.mail), Ok).map_err(BuildError::Mail)?;
        let mail_templates = mail_templates(&config).map_err(BuildError::MailTemplates)?;
        let gateways =
            gateways.map_or_else(|| Gateways::connect(&config.gateways), Ok).map_err(BuildError::Gateways)?;
        let telemetry = Telemetry::default();
        Ok(App(Arc::new(Parts {
            catalog: CatalogCache::new(documents.clone(), db.clone(), telemetry.clone()),
            settings: SettingsCache::new(clock.clone()),
            availability: Availability::new(db.clone(), telemetry.clone()),
            search: Search::open(config.search_dir.as_deref()).map_err(BuildError::Search)?,
            keys: Arc::new(Keys::new(&config.identity)),
            identity: Arc::new(Identity::new(config.identity)),
            abuse: config.abuse,
            mail: Arc::new(config.mail),
            vat_ids: VatIds::connect(&config.vat_ids).map_err(BuildError::VatIds)?,
            mail_templates,
            bus: Bus::default(),
            updates: Updates::default(),
            cart_locks: CartLocks::default(),
            followed: AtomicI64::default(),
            db,
            clock,
            documents,
            mailer,
            telemetry,
            gateways,
        })))
    }
}

/// The templates of mails. Those of a merchant are tried with samples.
fn mail_templates(config: &AppConfig) -> Result<Arc<Templates>, TemplateError> {
    let templates = Templates::load(config.mail.templates.as_deref())?;
    if config.mail.templates.is_some() {
        mail::check(&templates, &config.mail)?;
    }
    Ok(Arc::new(templates))
}

async fn connect_documents(config: &DocumentsConfig, db: &Db) -> Result<Arc<dyn DocumentStore>, StoreError> {
    Ok(match config {
        DocumentsConfig::Postgres => Arc::new(PostgresDocuments::new(db.clone())),
        DocumentsConfig::Mongo(mongo) => Arc::new(MongoDocuments::connect(mongo).await?),
    })
}
