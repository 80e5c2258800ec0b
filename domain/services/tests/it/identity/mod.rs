//! Accounts, sessions, tokens and staff through the use cases, on real stores.

mod accounts;
mod addresses;
mod logins;
mod registrations;
mod resets;
mod sessions;
mod staff;
mod tokens;

use std::{net::IpAddr, time::Duration};

use model::{
    Slug,
    access::{Actor, Permissions},
    customers::Customer,
};
use services::{
    App, AppConfig, Background,
    identity::{
        Audience, Client, IdentityConfig, IdentityError, NewCustomer, NewRole, SessionTokens, customer_login, identify,
        register_customer, verify_email,
    },
};
use testkit::{TestClock, TestShop};

const PASSWORD: &str = "correct horse battery";

/// A shop with a test clock and without a cache of authenticated actors.
async fn shop() -> (TestShop, TestClock) {
    configured(|_| ()).await
}

/// Creates it with a changed identity configuration.
async fn configured(change: impl FnOnce(&mut IdentityConfig)) -> (TestShop, TestClock) {
    let clock = TestClock::new();
    let shop = TestShop::with_clock(&clock, |config| {
        config.identity.trust = Duration::ZERO;
        change(&mut config.identity);
    })
    .await;
    (shop, clock)
}

fn from(address: &str) -> Client {
    Client { address: Some(address.parse::<IpAddr>().unwrap()), user_agent: Some("test".into()), locale: None }
}

fn home() -> Client {
    from("192.0.2.1")
}

fn new_customer(email: &str) -> NewCustomer {
    NewCustomer {
        email: email.into(),
        password: Some(PASSWORD.into()),
        first_name: "Ada".into(),
        last_name: "Lovelace".into(),
        accepts_marketing: false,
    }
}

fn role(slug: Slug, name: &str, permissions: Permissions) -> NewRole {
    NewRole { slug, name: name.into(), permissions, requires_second_factor: false, channels: None }
}

/// Another process of the shop that caches actors for longer than a test takes.
async fn trusting_process(shop: &TestShop) -> (App, Background) {
    let mut config = AppConfig::new(&shop.database.url);
    config.db.max_connections = 4;
    config.identity.trust = Duration::from_hours(1);
    let app = App::builder(config).build().await.unwrap();
    let background = Background::start(&app).await.unwrap();
    (app, background)
}

/// An account that was verified with its mailed token.
async fn customer(shop: &TestShop, email: &str) -> Customer {
    register_customer(&shop.app, &Client::default(), new_customer(email)).await.unwrap();
    shop.mails.deliver(&shop.app).await;
    verify_email(&shop.app, &home(), &shop.mails.secret_to(email), Some(PASSWORD)).await.unwrap()
}

async fn login(shop: &TestShop, email: &str, password: &str) -> Result<SessionTokens, IdentityError> {
    customer_login(&shop.app, &home(), email, password).await.map(|(_, tokens)| tokens)
}

/// The actor of these tokens; anonymous if they are invalid.
async fn actor(shop: &TestShop, tokens: &SessionTokens) -> Option<Actor> {
    identify(&shop.app, &tokens.access_token).await.ok().map(|identified| identified.actor)
}

async fn refresh(shop: &TestShop, token: &str) -> Result<SessionTokens, IdentityError> {
    services::identity::refresh_session(&shop.app, Audience::Customers, &home(), token).await
}
