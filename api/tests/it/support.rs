//! A running server on a real socket over a shop of its own, and clients that ask it.

use std::{ops::Deref, sync::Arc, time::Duration};

use api::server::{self, Server, Settings};
use services::{AppConfig, Background};
use testkit::{GraphqlClient, TestShop, eventually};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A shop that answers requests; stops with the value.
pub struct TestApp {
    shop: TestShop,
    server: Arc<Server>,
    url: String,
    _background: Background,
}

impl TestApp {
    /// Opens a shop with channels and nothing to sell, and serves it.
    pub async fn new() -> Self {
        Self::configured(|_| ()).await
    }

    /// The same with a changed configuration.
    pub async fn configured(change: impl FnOnce(&mut AppConfig)) -> Self {
        let shop = TestShop::configured(change).await;
        let background = Background::start(&shop.app).await.unwrap();
        background.keep_search_fresh(&shop.app);
        // Lists are answered from then on.
        eventually("the search index is built", Duration::from_secs(20), async || {
            shop.app.search.is_ready().then_some(())
        })
        .await;
        let server = Server::new(shop.app.clone(), Settings::default(), CancellationToken::new()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = server.clone();
        tokio::spawn(async move { server::run(&serving, listener, Duration::from_secs(5)).await });
        Self { shop, server, url, _background: background }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// A client of the storefront API that nobody is logged in at.
    pub fn storefront(&self) -> GraphqlClient {
        GraphqlClient::new(self.url("/graphql"))
    }

    /// A client of the admin API that nobody is logged in at.
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
