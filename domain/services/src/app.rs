//! The application: the stores, caches and gateways that use cases work with, built once per process.

mod build;
mod config;
mod documents;
mod status;
#[cfg(feature = "testing")]
mod testing;

use std::{
    ops::Deref,
    sync::{Arc, atomic::AtomicI64},
};

use model::{Timestamp, settings::Settings};
use persistence::{Db, documents::DocumentStore};

pub use build::{AppBuilder, BuildError};
pub use config::{AppConfig, DocumentsConfig};
pub use documents::DocumentsError;
pub use status::{Backlog, ConsumerStatus};

use crate::{
    Clock, ServiceResult,
    abuse::AbuseConfig,
    bus::Bus,
    catalog::CatalogCache,
    checkout::CartLocks,
    identity::{Identity, Keys},
    inventory::Availability,
    mail::{MailConfig, Mailer, Templates},
    payments::Gateways,
    search::Search,
    settings::SettingsCache,
    storefront::Updates,
    telemetry::Telemetry,
    vat_ids::VatIds,
};

/// The application of one process; cheap to clone. Its parts are visible to use cases only.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) documents: Arc<dyn DocumentStore>,
    pub(crate) catalog: CatalogCache,
    pub(crate) abuse: AbuseConfig,
    pub(crate) identity: Arc<Identity>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) mailer: Arc<dyn Mailer>,
    pub(crate) mail: Arc<MailConfig>,
    pub(crate) mail_templates: Arc<Templates>,
    pub(crate) settings: SettingsCache,
    pub(crate) bus: Bus,
    pub(crate) telemetry: Telemetry,
    pub(crate) availability: Availability,
    pub(crate) search: Search,
    pub(crate) gateways: Gateways,
    pub(crate) updates: Updates,
    pub(crate) vat_ids: VatIds,
    /// Serializes concurrent completions of one cart.
    pub(crate) cart_locks: CartLocks,
    /// The position of the last event that this process has applied to its caches.
    pub(crate) followed: AtomicI64,
}

impl App {
    /// A builder of an application with this configuration.
    pub fn builder(config: AppConfig) -> AppBuilder {
        AppBuilder::new(config)
    }

    /// The current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Channels, locations, taxes, delivery methods and promotions.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the database is unavailable and no snapshot is cached.
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
