//! A running server on a real socket with its own shop, and clients for it.

use std::{ops::Deref, sync::Arc, time::Duration};

use api::{
    server::{self, Listeners},
    state::{Server, Settings},
};
use model::access::{Permission, Permissions};
use serde_json::json;
use services::{App, AppConfig, Background, identity};
use testkit::{GraphqlClient, TestClock, TestShop, eventually};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const STAFF_PASSWORD: &str = "correct horse battery";

/// A shop with a running server; dropping the value stops it.
pub struct TestApp {
    shop: TestShop,
    server: Arc<Server>,
    url: String,
    admin_url: String,
    operations_url: String,
    _background: Background,
}

impl TestApp {
    /// Creates a shop with channels and no products, and starts a server.
    pub async fn new() -> Self {
        Self::configured(|_| ()).await
    }

    /// Creates it with a changed configuration.
    pub async fn configured(change: impl FnOnce(&mut AppConfig)) -> Self {
        Self::serving(TestShop::configured(change).await, Settings::default(), Own::None).await
    }

    /// Creates it with settings of the HTTP server.
    pub async fn with_settings(settings: Settings) -> Self {
        Self::serving(TestShop::configured(|_| ()).await, settings, Own::None).await
    }

    /// Creates it with settings of the HTTP server, and with listeners for the admin API and for operations.
    pub async fn with_own_listeners(settings: Settings) -> Self {
        Self::serving(TestShop::configured(|_| ()).await, settings, Own::AdminAndOperations).await
    }

    /// The same with a clock that the test moves.
    pub async fn with_clock(clock: &TestClock) -> Self {
        Self::with_clock_and(clock, |_| ()).await
    }

    /// Creates it with a clock that the test moves, and a changed configuration.
    pub async fn with_clock_and(clock: &TestClock, change: impl FnOnce(&mut AppConfig)) -> Self {
        Self::serving(TestShop::with_clock(clock, change).await, Settings::default(), Own::None).await
    }

    async fn serving(shop: TestShop, settings: Settings, own: Own) -> Self {
        let background = Background::start(&shop.app).await.unwrap();
        background.keep_search_fresh(&shop.app);
        // Lists are available from now on.
        eventually("the search index is built", Duration::from_secs(20), async || {
            shop.app.is_search_ready().then_some(())
        })
        .await;
        let server = Server::new(shop.app.clone(), settings, CancellationToken::new()).unwrap();
        let (main, url) = bind().await;
        let (mut listeners, mut admin_url, mut operations_url) = (Listeners::from(main), url.clone(), url.clone());
        if let Own::AdminAndOperations = own {
            let (admin, operations) = (bind().await, bind().await);
            (admin_url, operations_url) = (admin.1, operations.1);
            (listeners.admin, listeners.operations) = (Some(admin.0), Some(operations.0));
        }
        let serving = server.clone();
        tokio::spawn(async move { server::run(&serving, listeners, Duration::from_secs(5)).await });
        Self { shop, server, url, admin_url, operations_url, _background: background }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The URL of a path on the listener of the admin API.
    pub fn admin_url(&self, path: &str) -> String {
        format!("{}{path}", self.admin_url)
    }

    /// The URL of a path on the listener for operations.
    pub fn operations_url(&self, path: &str) -> String {
        format!("{}{path}", self.operations_url)
    }

    /// An anonymous client of the storefront API.
    pub fn storefront(&self) -> GraphqlClient {
        GraphqlClient::new(self.url("/graphql"))
    }

    /// An anonymous client of the admin API.
    pub fn admin(&self) -> GraphqlClient {
        GraphqlClient::new(self.admin_url("/admin/graphql"))
    }

    /// A client of a new member of staff whose role has this name and these permissions.
    pub async fn staff(&self, name: &str, permissions: &[Permission]) -> GraphqlClient {
        let permissions: Permissions = permissions.iter().copied().collect();
        identity::ensure_role(&self.app, name, name, permissions).await.unwrap();
        let email = format!("{name}@staff.example.org");
        identity::ensure_staff(&self.app, &email, name, STAFF_PASSWORD, &[name]).await.unwrap();
        let login = "mutation($e: String!, $p: String!) { staffLogin(input: { email: $e, password: $p }) {
            session { accessToken } userErrors { code } } }";
        let session = self.admin().gql(login, json!({ "e": email, "p": STAFF_PASSWORD })).await.ok();
        self.admin().bearer(&session.text("/staffLogin/session/accessToken"))
    }
}

/// Starts another server of an application; returns it and its URL.
pub async fn serve(app: &App, settings: Settings) -> (Arc<Server>, String) {
    let server = Server::new(app.clone(), settings, CancellationToken::new()).unwrap();
    let (listener, url) = bind().await;
    let serving = server.clone();
    tokio::spawn(async move { server::run(&serving, listener, Duration::from_secs(5)).await });
    (server, url)
}

/// The listeners besides the main one.
enum Own {
    None,
    AdminAndOperations,
}

async fn bind() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
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
