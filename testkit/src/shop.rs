//! An application with its own database, for tests of use cases.

use std::sync::Arc;

use services::{App, AppBuilder, AppConfig, Background};

use crate::{Mails, TestClock, TestDatabase, channels, channels::TestChannels};

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
        Self::built(change, |builder| builder).await
    }

    /// Opens a shop with a changed configuration and a clock that the test moves.
    ///
    /// # Panics
    /// When the test's stores cannot be reached.
    pub async fn with_clock(clock: &TestClock, change: impl FnOnce(&mut AppConfig)) -> Self {
        Self::built(change, |builder| builder.clock(Arc::new(clock.clone()))).await
    }

    async fn built(change: impl FnOnce(&mut AppConfig), replace: impl FnOnce(AppBuilder) -> AppBuilder) -> Self {
        let database = TestDatabase::new().await;
        let channels = channels::insert_channels(&database.db).await;
        let mut config = AppConfig::new(&database.url);
        config.db.max_connections = 8;
        let mails = Mails::new();
        config.mail.directory = mails.directory();
        change(&mut config);
        let app = replace(App::builder(config)).build().await.unwrap();
        Self { app, channels, mails, database }
    }

    /// Simulates another process of the same shop: separate pools, caches and background tasks on the same stores.
    ///
    /// # Panics
    /// If the stores of the test cannot be reached.
    pub async fn another_process(&self) -> (App, Background) {
        let app = self.another_app(|builder| builder).await;
        let background = Background::start(&app).await.unwrap();
        (app, background)
    }

    /// Another application over the same stores, with replaced parts: nothing is cached yet and no background task runs.
    ///
    /// # Panics
    /// When the test's stores cannot be reached.
    pub async fn another_app(&self, replace: impl FnOnce(AppBuilder) -> AppBuilder) -> App {
        let mut config = AppConfig::new(&self.database.url);
        config.db.max_connections = 4;
        config.mail.directory = self.mails.directory();
        replace(App::builder(config)).build().await.unwrap()
    }

    /// The same shop with empty caches and no background tasks.
    ///
    /// # Panics
    /// If the stores of the test cannot be reached.
    pub async fn uncached(&self) -> App {
        self.another_app(|builder| builder).await
    }
}
