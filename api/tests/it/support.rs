//! A running server on a real socket with its own shop, and clients for it.

use std::{ops::Deref, sync::Arc, time::Duration};

use api::{
    server,
    state::{Server, Settings},
};
use services::{AppConfig, Background};
use testkit::{GraphqlClient, TestClock, TestShop, eventually};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A shop with a running server; dropping the value stops it.
pub struct TestApp {
    shop: TestShop,
    server: Arc<Server>,
    url: String,
    _background: Background,
}

impl TestApp {
    /// Creates a shop with channels and no products, and starts a server.
    pub async fn new() -> Self {
        Self::configured(|_| ()).await
    }

    /// Creates it with a changed configuration.
    pub async fn configured(change: impl FnOnce(&mut AppConfig)) -> Self {
        Self::serving(TestShop::configured(change).await).await
    }

    /// The same with a clock that the test moves.
    pub async fn with_clock(clock: &TestClock) -> Self {
        Self::serving(TestShop::with_clock(clock, |_| ()).await).await
    }

    async fn serving(shop: TestShop) -> Self {
        let background = Background::start(&shop.app).await.unwrap();
        background.keep_search_fresh(&shop.app);
        // Lists are available from now on.
        eventually("the search index is built", Duration::from_secs(20), async || {
            shop.app.is_search_ready().then_some(())
        })
        .await;
        let server = Server::new(shop.app.clone(), Settings::default(), CancellationToken::new()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = server.clone();
        tokio::spawn(async move { server::run(&serving, listener, Duration::from_secs(5)).await });
        Self { shop, server, url, _background: background }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// An anonymous client of the storefront API.
    pub fn storefront(&self) -> GraphqlClient {
        GraphqlClient::new(self.url("/graphql"))
    }

    /// An anonymous client of the admin API.
    pub fn admin(&self) -> GraphqlClient {
        GraphqlClient::new(self.url("/admin/graphql"))
    }
}

impl Deref for TestApp {
    type Target = TestShop;

    fn deref(&self) -> &TestShop {
        &self.shop
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.stop.cancel();
    }
}
