//! An application with its own database, for tests of use cases.

use services::{App, AppConfig, Background};

use crate::{Mails, TestDatabase, channels, channels::TestChannels};

/// A shop with the demo's channels and locations, without products.
pub struct TestShop {
    /// The application under test.
    pub app: App,
    /// Its channels and locations.
    pub channels: TestChannels,
    /// The directory of its mails.
    pub mails: Mails,
    /// The database; dropped with the shop.
    pub database: TestDatabase,
}

impl TestShop {
    /// Creates a shop.
    ///
    /// # Panics
    /// If the stores of the test cannot be reached.
    pub async fn new() -> Self {
        Self::configured(|_| ()).await
    }

    /// Creates a shop with a changed configuration.
    ///
    /// # Panics
    /// If the stores of the test cannot be reached.
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

    /// Simulates another process of the same shop: separate pools, caches and background tasks on the same stores.
    ///
    /// # Panics
    /// If the stores of the test cannot be reached.
    pub async fn another_process(&self) -> (App, Background) {
        let mut config = AppConfig::new(&self.database.url);
        config.db.max_connections = 4;
        config.mail.directory = self.mails.directory();
        let app = App::connect(config).await.unwrap();
        let background = Background::start(&app).await.unwrap();
        (app, background)
    }

    /// The same shop with empty caches and no background tasks.
    ///
    /// # Panics
    /// If the stores of the test cannot be reached.
    pub async fn uncached(&self) -> App {
        let mut config = AppConfig::new(&self.database.url);
        config.db.max_connections = 4;
        config.mail.directory = self.mails.directory();
        App::connect(config).await.unwrap()
    }
}
