//! Access to the parts of an application, for tests.

use std::sync::Arc;

use persistence::{Db, documents::DocumentStore};

use super::App;
use crate::{bus::Bus, catalog::CatalogCache, inventory::Availability, search::Search, settings::SettingsCache};

impl App {
    /// The Postgres pool.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The document store.
    #[must_use]
    pub fn documents(&self) -> &Arc<dyn DocumentStore> {
        &self.documents
    }

    /// The cache of products and the taxonomy.
    #[must_use]
    pub fn catalog(&self) -> &CatalogCache {
        &self.catalog
    }

    /// The cache of settings.
    #[must_use]
    pub fn settings_cache(&self) -> &SettingsCache {
        &self.settings
    }

    /// The cache of stock.
    #[must_use]
    pub fn availability(&self) -> &Availability {
        &self.availability
    }

    /// The search index.
    #[must_use]
    pub fn search(&self) -> &Search {
        &self.search
    }

    /// The bus of this process.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }
}
