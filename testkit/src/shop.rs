//! An application on a database of its own, for tests of use cases.

use services::{App, AppConfig, Background};

use crate::{Mails, TestDatabase, channels, channels::TestChannels};

/// A shop with the demo's channels and locations, and nothing to sell yet.
pub struct TestShop {
    /// The application under test.
    pub app: App,
    /// Its channels and locations.
    pub channels: TestChannels,
    /// Where its mail goes.
    pub mails: Mails,
    /// Its database; dropped with the shop.
    pub database: TestDatabase,
}

impl TestShop {
    /// Opens a shop.
    ///
    /// # Panics
    /// When the test's stores cannot be reached.
    pub async fn new() -> Self {
        Self::configured(|_| ()).await
    }

    /// Opens a shop with a changed configuration.
    ///
    /// # Panics
    /// When the test's stores cannot be reached.
    pub async fn configured(change: impl FnOnce(&mut AppConfig)) -> Self {
        let database = TestDatabase::new().await;
        let channels = channels::insert_channels(&database.db).await;
        let mut config = AppConfig::new(&database.url);
        config.db.max_connections = 8;
        let mails = Mails::new();
        config.mail.directory = mails.directory();
        change(&mut config);
        let app = App::connect(config).await.unwrap();
        Self { app, channels, mails, database }
    }

    /// Another process of the same shop: its own pools, caches and background tasks over the same stores.
    ///
    /// # Panics
    /// When the test's stores cannot be reached.
    pub async fn another_process(&self) -> (App, Background) {
        let mut config = AppConfig::new(&self.database.url);
        config.db.max_connections = 4;
        config.mail.directory = self.mails.directory();
        let app = App::connect(config).await.unwrap();
        let background = Background::start(&app).await.unwrap();
        (app, background)
    }

    /// The same shop with nothing cached yet, without background tasks.
    ///
    /// # Panics
    /// When the test's stores cannot be reached.
    pub async fn uncached(&self) -> App {
        let mut config = AppConfig::new(&self.database.url);
        config.db.max_connections = 4;
        config.mail.directory = self.mails.directory();
        App::connect(config).await.unwrap()
    }
}
