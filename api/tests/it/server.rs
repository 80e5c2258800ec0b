use std::time::Duration;

use serde_json::json;
use testkit::{GraphqlClient, eventually};

use crate::support::TestApp;

const CHANNEL: &str = "{ channel { slug currencyCode locale countryCode } }";

async fn channel(client: &GraphqlClient) -> String {
    let answer = client.gql(CHANNEL, json!({})).await;
    let field = |name: &str| answer.text(&format!("/channel/{name}"));
    ["slug", "currencyCode", "locale", "countryCode"].map(field).join(" ")
}

#[tokio::test]
async fn the_context_comes_from_url_then_headers_then_channel() {
    let app = TestApp::new().await;
    assert_eq!(channel(&app.storefront()).await, "eu EUR en DE");
    let by_header = app.storefront().header("mercator-channel", "jp").header("accept-language", "en-GB,en;q=0.8");
    assert_eq!(channel(&by_header).await, "jp JPY en JP");
    let by_url = GraphqlClient::new(app.url("/graphql?channel=us&locale=de")).header("mercator-channel", "jp");
    assert_eq!(channel(&by_url).await, "us USD en US");
}

#[tokio::test]
async fn an_unknown_channel_or_currency_is_a_clear_error() {
    let app = TestApp::new().await;
    for (query, message) in [
        ("channel=mars", "there is no channel `mars`"),
        ("currency=USD", "the channel `eu` does not sell in `USD`; it sells in EUR"),
    ] {
        let answer = GraphqlClient::new(app.url(&format!("/graphql?{query}"))).gql(CHANNEL, json!({})).await;
        assert_eq!(
            (answer.error_code(), answer.body["errors"][0]["message"].as_str()),
            ("BAD_USER_INPUT", Some(message))
        );
    }
}

#[tokio::test]
async fn request_ids_are_kept_or_created() {
    let app = TestApp::new().await;
    let id = |answer: &testkit::Answer| answer.headers["x-request-id"].to_str().unwrap().to_owned();
    let given = app.storefront().header("x-request-id", "order-4711").gql(CHANNEL, json!({})).await;
    assert_eq!(id(&given), "order-4711");
    let own = app.storefront().header("x-request-id", "not plain {}").gql(CHANNEL, json!({})).await;
    assert_eq!(id(&own).len(), 36);
}

#[tokio::test]
async fn a_full_pool_returns_503_with_retry_after() {
    let app = TestApp::configured(|config| {
        config.db.max_connections = 2;
        config.db.wait = Duration::from_millis(100);
    })
    .await;
    let taken = (app.app.db().write().await.unwrap(), app.app.db().write().await.unwrap());
    let open = "mutation { cartCreate(input: {}) { cart { id } userErrors { code } } }";
    let refused = app.storefront().gql(open, json!({})).await;
    assert_eq!((refused.error_code(), refused.status), ("UNAVAILABLE", 503));
    assert!(refused.headers.contains_key("retry-after"));
    drop(taken);
    assert_eq!(channel(&app.storefront()).await, "eu EUR en DE");
}

#[tokio::test]
async fn health_and_metrics_report_the_state() {
    let app = TestApp::new().await;
    app.storefront().gql("query Which { channel { slug } }", json!({})).await;
    let get = async |path: &str| {
        let answer = reqwest::get(app.url(path)).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(get("/health/live").await, (200, "ok".to_owned()));
    eventually("the search index is built", Duration::from_secs(20), async || {
        (get("/health/ready").await.0 == 200).then_some(())
    })
    .await;
    let keys: serde_json::Value = serde_json::from_str(&get("/.well-known/jwks.json").await.1).unwrap();
    assert_eq!(keys["keys"][0]["crv"], "Ed25519");
    let (status, metrics) = get("/metrics").await;
    assert_eq!(status, 200);
    let counted = r#"mercator_graphql_requests_total{endpoint="storefront",operation="Which",outcome="success"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn responses_are_not_sniffed_and_operations_are_not_readable_by_pages() {
    let app = TestApp::new().await;
    for path in
        ["/graphql?query=%7B__typename%7D", "/media/classic-tee-black.svg", "/metrics", "/health/live", "/nothing"]
    {
        let request = reqwest::Client::new().get(app.url(path)).header("origin", "https://evil.example");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        let is_public = answer.headers().contains_key("access-control-allow-origin");
        assert_eq!(is_public, !matches!(path, "/metrics" | "/health/live"), "{path}");
    }
}

#[tokio::test]
async fn a_process_stays_ready_with_a_newer_schema() {
    let app = TestApp::new().await;
    app.database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')").await;
    eventually("the newer schema is noticed", Duration::from_secs(20), async || {
        let answer = reqwest::get(app.url("/health/ready")).await.unwrap();
        let is_ready = answer.status().as_u16() == 200;
        (is_ready && answer.text().await.unwrap().contains("newer")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn cross_origin_requests_are_allowed() {
    let app = TestApp::new().await;
    let preflight = reqwest::Client::new()
        .request(reqwest::Method::OPTIONS, app.url("/graphql"))
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,mercator-channel");
    let answer = preflight.send().await.unwrap();
    assert!(answer.status().is_success());
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    // Browsers do not treat a wildcard as permission to send `authorization`.
    assert_eq!(answer.headers()["access-control-allow-headers"], "authorization,content-type,mercator-channel");
}

#[tokio::test]
async fn the_admin_api_refuses_anonymous_and_forged_tokens() {
    let app = TestApp::new().await;
    for client in [app.admin(), app.admin().bearer("made-up"), app.admin().header("authorization", "Basic YTpi")] {
        assert_eq!(client.gql("{ channels { slug } }", json!({})).await.error_code(), "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn an_error_in_a_nullable_field_keeps_the_other_fields() {
    let app = TestApp::new().await;
    let query = "{ channel { slug } cart(id: \"nonsense\") { id } nodes(ids: [\"nonsense\"]) { id } }";
    let answer = app.storefront().gql(query, json!({})).await;
    assert_eq!(answer.body["data"], json!({ "channel": { "slug": "eu" }, "cart": null, "nodes": [null] }));
    assert_eq!((answer.status, answer.error_code()), (200, "BAD_USER_INPUT"));
    assert_eq!(answer.body["errors"][0]["path"], json!(["cart"]));
    let answer = app.admin().gql("{ __typename order(id: \"nonsense\") { id } me { id } }", json!({})).await;
    assert_eq!(answer.body["data"], json!({ "__typename": "Query", "order": null, "me": null }));
}
