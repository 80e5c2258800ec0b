//! A storefront's server that names the addresses of its shoppers.

use serde_json::Value;
use services::budgets::BudgetsConfig;
use testkit::GraphqlClient;

use super::{api_token, assert_refused, customer, exhaust, from, login, long_query, settings, shop, staff};
use crate::support::TestApp;

const IP: &str = "mercator-client-ip";
const TOKEN: &str = "mercator-api-token";
const SERVER: &str = "203.0.113.1";

#[tokio::test]
async fn a_trusted_server_names_the_shoppers_who_pay() {
    let app = shop().await;
    let secret = api_token(&staff(&app, "olga").await, "FORWARD_CLIENT").await;
    let query = long_query();
    let own_header = from(&app.storefront(), SERVER).header(TOKEN, &*secret);
    let authorization = from(&app.storefront(), SERVER).bearer(&secret);
    for (server, network) in [(own_header, "198.51.100"), (authorization, "192.0.2")] {
        let shopper = |host: u8| server.clone().header(IP, format!("{network}.{host}"));
        assert_refused(&exhaust(&shopper(1), &query).await);
        let _ = shopper(2).gql(&query, Value::Null).await.data();
        assert_refused(&from(&app.storefront(), &format!("{network}.1")).gql(&query, Value::Null).await);
    }
    let _ = from(&app.storefront(), SERVER).gql(&query, Value::Null).await.data();
}

#[tokio::test]
async fn a_trusted_server_acts_for_anonymous_shoppers_and_for_customers() {
    let app = shop().await;
    let secret = api_token(&staff(&app, "olga").await, "FORWARD_CLIENT").await;
    let ada = customer(&app, "ada@example.org").await.header(TOKEN, &*secret).header(IP, "198.51.100.1");
    assert_eq!(ada.gql("{ me { email } }", Value::Null).await.text("/me/email"), "ada@example.org");
    let anonymous = app.storefront().bearer(&secret).header(IP, "198.51.100.2");
    assert_eq!(anonymous.gql("{ me { email } }", Value::Null).await.data()["me"], Value::Null);
}

#[tokio::test]
async fn other_callers_cannot_name_an_address() {
    let app = shop().await;
    let olga = staff(&app, "olga").await;
    let query = long_query();
    let named = |client: GraphqlClient| client.header(IP, "198.51.100.1");
    // Without a token, the header is ignored.
    assert_refused(&exhaust(&named(from(&app.storefront(), "203.0.113.2")), &query).await);
    let _ = from(&app.storefront(), "198.51.100.1").gql("{ channel { slug } }", Value::Null).await.data();

    let other = api_token(&olga, "CATALOG_READ").await;
    let unauthorized = named(from(&app.storefront(), "203.0.113.3")).header(TOKEN, &*other);
    assert_eq!(unauthorized.gql("{ channel { slug } }", Value::Null).await.error_code(), "FORBIDDEN");
    assert_refused(&exhaust(&named(from(&app.storefront(), "203.0.113.4")).bearer(&other), &query).await);
    let unknown = named(from(&app.storefront(), "203.0.113.5")).header(TOKEN, "mct_unknown");
    assert_eq!(unknown.gql("{ channel { slug } }", Value::Null).await.error_code(), "UNAUTHENTICATED");

    let trusted = from(&app.storefront(), SERVER).header(TOKEN, api_token(&olga, "FORWARD_CLIENT").await);
    let malformed = trusted.header(IP, "localhost").gql("{ channel { slug } }", Value::Null).await;
    assert_eq!(malformed.error_code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn logins_are_counted_for_the_network_of_the_shopper() {
    let app = TestApp::with_settings(settings(BudgetsConfig::default())).await;
    let secret = api_token(&staff(&app, "olga").await, "FORWARD_CLIENT").await;
    let email = "ada@example.org";
    let _ = customer(&app, email).await;
    let shopper = |address: &str| app.storefront().header(TOKEN, &*secret).header(IP, address);
    let mut code = String::new();
    for host in 1..=6 {
        // Each attempt from another host of one network.
        let answer = login(&shopper(&format!("2001:db8:1:2::{host}")), email, "wrong").await;
        answer.user_error_code().clone_into(&mut code);
    }
    assert_eq!(code, "THROTTLED");
    let _ = login(&shopper("2001:db8:1:3::1"), email, super::PASSWORD).await.ok();
}
