//! Budgets of cost per client, from the outside. Requests come from different networks by `X-Forwarded-For`.

mod forwarded;
mod processes;
mod sockets;

use api::{client::Proxies, state::Settings};
use serde_json::{Value, json};
use services::{
    budgets::{Budget, BudgetsConfig},
    identity::{self, InitialCustomer},
};
use testkit::{Answer, GraphqlClient};

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";

/// A query whose comment alone costs a thousand.
fn long_query() -> String {
    format!("{{ channel {{ slug }} }} #{}", "x".repeat(100_000))
}

/// A budget that grows too slowly to matter in a test.
const fn burst(burst: u32) -> Budget {
    Budget { per_second: 1, burst }
}

fn settings(budgets: BudgetsConfig) -> Settings {
    Settings { proxies: Proxies(1), budgets, ..Settings::default() }
}

/// A shop in which each network can send three long queries, or log in once.
async fn shop() -> TestApp {
    TestApp::with_settings(settings(BudgetsConfig { network: burst(4_000), ..BudgetsConfig::default() })).await
}

fn from(client: &GraphqlClient, address: &str) -> GraphqlClient {
    client.clone().header("x-forwarded-for", address)
}

/// Sends a query until it is refused.
async fn exhaust(client: &GraphqlClient, query: &str) -> Answer {
    for _ in 0..50 {
        let answer = client.gql(query, json!({})).await;
        if answer.status == 429 {
            return answer;
        }
        let _ = answer.data();
    }
    panic!("the budget is never spent");
}

fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.error_code()), (429, "RATE_LIMITED"), "{}", answer.body);
    let header: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(header > 0);
    assert_eq!(answer.body["errors"][0]["extensions"]["retryAfter"], header, "{}", answer.body);
}

async fn metrics(app: &TestApp) -> String {
    reqwest::get(app.url("/metrics")).await.unwrap().text().await.unwrap()
}

async fn staff(app: &TestApp, name: &str) -> GraphqlClient {
    let email = format!("{name}@example.org");
    identity::ensure_staff(&app.app, &email, name, PASSWORD, &["owner"]).await.unwrap();
    let login = "mutation($e: String!, $p: String!) { staffLogin(input: { email: $e, password: $p }) {
        session { accessToken } userErrors { code } } }";
    let session = from(&app.admin(), "192.0.2.99").gql(login, json!({ "e": email, "p": PASSWORD })).await.ok();
    app.admin().bearer(&session.text("/staffLogin/session/accessToken"))
}

async fn customer(app: &TestApp, email: &str) -> GraphqlClient {
    let seed = InitialCustomer {
        email,
        password: PASSWORD,
        first_name: "Ada",
        last_name: "Lovelace",
        groups: &[],
        addresses: Vec::new(),
    };
    identity::ensure_customer(&app.app, seed).await.unwrap();
    let session = login(&from(&app.storefront(), "192.0.2.98"), email, PASSWORD).await.ok();
    app.storefront().bearer(&session.text("/customerLogin/session/accessToken"))
}

async fn login(client: &GraphqlClient, email: &str, password: &str) -> Answer {
    let query = "mutation($e: String!, $p: String!) { customerLogin(input: { email: $e, password: $p }) {
        session { accessToken } userErrors { code } } }";
    client.gql(query, json!({ "e": email, "p": password })).await
}

/// The secret of a new API token.
async fn api_token(maker: &GraphqlClient, permission: &str) -> String {
    let create = "mutation($p: [Permission!]!) { apiTokenCreate(input: { name: \"shop\", permissions: $p }) {
        token userErrors { code } } }";
    maker.gql(create, json!({ "p": [permission] })).await.ok().text("/apiTokenCreate/token")
}

#[tokio::test]
async fn an_exhausted_network_is_refused_and_others_are_served() {
    let app = shop().await;
    let query = long_query();
    for (network, neighbor, other) in
        [("203.0.113.7", "203.0.113.7", "203.0.113.8"), ("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", "2001:db8:1:3::1")]
    {
        assert_refused(&exhaust(&from(&app.storefront(), network), &query).await);
        assert_refused(&from(&app.storefront(), neighbor).gql(&query, Value::Null).await);
        let _ = from(&app.storefront(), other).gql(&query, Value::Null).await.data();
    }
    let counted = r#"mercator_graphql_rate_limited_total{endpoint="storefront",limit="network"} 4"#;
    assert!(metrics(&app).await.contains(counted), "{}", metrics(&app).await);
}

#[tokio::test]
async fn rejected_requests_and_invalid_tokens_cost_their_network() {
    let budgets = BudgetsConfig { network: burst(200), ..BudgetsConfig::default() };
    let app = TestApp::with_settings(settings(budgets)).await;
    let malformed = format!("{{ nothing }} #{}", "x".repeat(10_000));
    let client = from(&app.admin(), "203.0.113.7");
    assert_eq!(client.gql(&malformed, Value::Null).await.error_code(), "BAD_USER_INPUT");
    assert_refused(&client.gql(&malformed, Value::Null).await);
    let guessing = from(&app.admin(), "203.0.113.8").bearer("made-up");
    let mut codes = Vec::new();
    for _ in 0..10 {
        codes.push(guessing.gql("{ myPermissions }", Value::Null).await.error_code().to_owned());
    }
    assert_eq!((codes[0].as_str(), codes[9].as_str()), ("UNAUTHENTICATED", "RATE_LIMITED"));
}

#[tokio::test]
async fn a_customer_has_a_budget_in_all_networks() {
    let budgets = BudgetsConfig { customer: burst(400), ..BudgetsConfig::default() };
    let app = TestApp::with_settings(settings(budgets)).await;
    let ada = customer(&app, "ada@example.org").await;
    let query = "{ products(first: 100) { nodes { id slug } } }";
    assert_refused(&exhaust(&from(&ada, "203.0.113.7"), query).await);
    assert_refused(&from(&ada, "203.0.113.8").gql(query, Value::Null).await);
    let _ = from(&app.storefront(), "203.0.113.7").gql(query, Value::Null).await.data();
    let counted = r#"mercator_graphql_rate_limited_total{endpoint="storefront",limit="customer"} 2"#;
    assert!(metrics(&app).await.contains(counted), "{}", metrics(&app).await);
}

#[tokio::test]
async fn staff_and_api_tokens_have_budgets_of_their_own() {
    let budgets = BudgetsConfig { staff: burst(1_000), token: burst(1_000), ..BudgetsConfig::default() };
    let app = TestApp::with_settings(settings(budgets)).await;
    let (olga, carl) = (staff(&app, "olga").await, staff(&app, "carl").await);
    let token = app.admin().bearer(&api_token(&olga, "CATALOG_READ").await);
    let query = "{ products(first: 100) { nodes { id slug } } }";
    assert_refused(&exhaust(&olga, query).await);
    let _ = carl.gql(query, Value::Null).await.data();
    assert_refused(&exhaust(&token, query).await);
    let _ = carl.gql("{ me { id } }", Value::Null).await.data();
    for limit in ["staff", "token"] {
        let counted = format!(r#"mercator_graphql_rate_limited_total{{endpoint="admin",limit="{limit}"}} 1"#);
        assert!(metrics(&app).await.contains(&counted), "{}", metrics(&app).await);
    }
}

#[tokio::test]
async fn budgets_can_be_turned_off() {
    let budgets = BudgetsConfig { is_on: false, network: burst(1), ..BudgetsConfig::default() };
    let app = TestApp::with_settings(settings(budgets)).await;
    for _ in 0..20 {
        let _ = app.storefront().gql(&long_query(), Value::Null).await.data();
    }
}
