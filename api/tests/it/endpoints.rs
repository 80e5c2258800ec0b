//! Access to the endpoints: logins of the other API, introspection, and operations under overload.

use api::state::Settings;
use graphql_http::{GateLimits, Introspection, Limits};
use serde_json::json;
use services::identity::{self, InitialCustomer};
use testkit::GraphqlClient;

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";

/// The access tokens of a customer and of an owner.
async fn logins(app: &TestApp) -> (String, String) {
    let customer = InitialCustomer {
        email: "ada@example.org",
        password: PASSWORD,
        first_name: "Ada",
        last_name: "Lovelace",
        groups: &[],
        addresses: Vec::new(),
    };
    identity::ensure_customer(&app.app, customer).await.unwrap();
    identity::ensure_staff(&app.app, "olga@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
    let login = "mutation($e: String!, $p: String!) { LOGIN(input: { email: $e, password: $p }) {
        session { accessToken } userErrors { code } } }";
    let token = async |client: GraphqlClient, field: &str, email: &str| {
        let answer = client.gql(&login.replace("LOGIN", field), json!({ "e": email, "p": PASSWORD })).await.ok();
        answer.text(&format!("/{field}/session/accessToken"))
    };
    let customer = token(app.storefront(), "customerLogin", "ada@example.org").await;
    (customer, token(app.admin(), "staffLogin", "olga@example.org").await)
}

#[tokio::test]
async fn each_api_refuses_the_logins_of_the_other() {
    let app = TestApp::new().await;
    let (customer, staff) = logins(&app).await;
    let query = "{ __typename me { id } }";
    for client in [app.storefront().bearer(&customer), app.admin().bearer(&staff)] {
        assert!(client.gql(query, json!({})).await.ok().at("/me/id").is_string());
    }
    for client in [app.storefront().bearer(&staff), app.admin().bearer(&customer)] {
        let answer = client.gql(query, json!({})).await;
        assert_eq!((answer.status, answer.error_code()), (401, "UNAUTHENTICATED"));
    }
    // A mutation that logs out ignores it, and does not end the session of the other API.
    let logout = "mutation { customerLogout(input: {}) { userErrors { code } } }";
    let _ = app.storefront().bearer(&staff).gql(logout, json!({})).await;
    assert!(app.admin().bearer(&staff).gql(query, json!({})).await.ok().at("/me/id").is_string());
}

#[tokio::test]
async fn restricted_introspection_is_for_staff_and_api_tokens() {
    let limits = Limits { introspection: Introspection::Restricted, ..Limits::default() };
    let app = TestApp::with_settings(Settings { limits, ..Settings::default() }).await;
    let (customer, staff) = logins(&app).await;
    let create = "mutation { apiTokenCreate(input: { name: \"codegen\", permissions: [PROMOTIONS_READ] }) { token userErrors { code } } }";
    let token = app.admin().bearer(&staff).gql(create, json!({})).await.ok().text("/apiTokenCreate/token");
    let query = "{ __schema { queryType { name } } }";
    for client in [app.storefront(), app.storefront().bearer(&customer), app.admin()] {
        assert_eq!(client.gql(query, json!({})).await.error_code(), "FORBIDDEN");
    }
    for client in [app.storefront().bearer(&token), app.admin().bearer(&token), app.admin().bearer(&staff)] {
        assert_eq!(client.gql(query, json!({})).await.ok().text("/__schema/queryType/name"), "Query");
    }
    let typo = app.storefront().gql("{ chanel { slug } }", json!({})).await;
    assert!(!typo.body.to_string().contains("channel"), "{}", typo.body);
}

#[tokio::test]
async fn pages_are_rejected_first_when_every_place_is_taken() {
    let mut gate = GateLimits::of(4);
    gate.queues.low.concurrent = 0;
    gate.queues.low.waiting = 0;
    let app = TestApp::with_settings(Settings { gate: Some(gate), ..Settings::default() }).await;
    let page = app.storefront().gql("{ channel { slug } }", json!({})).await;
    assert_eq!((page.status, page.error_code()), (503, "UNAVAILABLE"));
    assert_eq!(page.headers["retry-after"], "1");
    let open = "mutation { cartCreate(input: {}) { cart { id } userErrors { code } } }";
    let cart = app.storefront().gql(open, json!({})).await.ok().text("/cartCreate/cart/id");
    let read = app.storefront().gql("query($c: ID!) { cart(id: $c) { id } }", json!({ "c": cart })).await;
    assert_eq!(read.text("/cart/id"), cart, "carts are answered");
    let pay = "mutation($c: ID!) { cartComplete(input: { cartId: $c, idempotencyKey: \"complete-1\" }) {
        order { id } userErrors { code } } }";
    assert!(
        !app.storefront().gql(pay, json!({ "c": cart })).await.user_errors().is_empty(),
        "completions are executed"
    );
    assert_eq!(app.admin().gql("{ __typename }", json!({})).await.text("/__typename"), "Query");
    let metrics = reqwest::get(app.url("/metrics")).await.unwrap().text().await.unwrap();
    let counted = "mercator_graphql_overloaded_total{endpoint=\"storefront\",priority=\"low\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
}
