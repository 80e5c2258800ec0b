//! The routes of the HTTP server.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderName, StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use graphql_http::{Endpoint, Observer};
use services::identity;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, CompressionLevel, Predicate as _,
        predicate::{DefaultPredicate, SizeAbove},
    },
    cors::{AllowHeaders, Any, CorsLayer},
};

use crate::{
    gateway_webhooks, graphiql, health,
    hook::ShopHook,
    media,
    middleware::{REQUEST_ID, observe},
    start::StartError,
    state::{Server, Settings},
};

/// Responses shorter than this number of bytes are not compressed.
const COMPRESSION_THRESHOLD: u64 = 1_024;

/// The request headers that a GraphQL response depends on.
const VARY: &str = "accept, accept-language, mercator-channel, mercator-currency, mercator-country, authorization";

/// Every route of `mercator serve`.
///
/// # Errors
/// [`StartError::Bug`] if a schema is invalid.
pub fn routes(server: &Arc<Server>) -> Result<Router, StartError> {
    let graphql = graphql_routes(server).map_err(|error| StartError::Bug(format!("schema: {error}")))?;
    let routes = watch_routes()
        .route("/health/ready", get(health::ready))
        .route("/media/{name}", get(media::picture))
        .route("/.well-known/jwks.json", get(keys))
        .route("/webhooks/gateways/{gateway}", post(gateway_webhooks::receive))
        .with_state(server.clone())
        .merge(graphiql::router())
        .merge(graphql);
    // One layer instead of four: the router boxes the request and response of each layer.
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(server.clone(), observe))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(cors())
        .layer(compression());
    Ok(routes.layer(layers))
}

/// Every route of `mercator worker`.
pub fn worker_routes(server: &Arc<Server>) -> Router {
    watch_routes().route("/health/ready", get(health::ready_to_work)).with_state(server.clone())
}

/// The routes of every process.
fn watch_routes() -> Router<Arc<Server>> {
    Router::new().route("/health/live", get(health::live)).route("/metrics", get(metrics))
}

/// Both GraphQL APIs.
fn graphql_routes(server: &Server) -> Result<Router, async_graphql::parser::Error> {
    let Settings { limits, proxies, .. } = &server.settings;
    let observer: Arc<dyn Observer> = server.metrics.clone();
    let with_hook = |endpoint: Endpoint, hook: ShopHook| {
        let endpoint = endpoint.page("/").vary(VARY).hook(Arc::new(hook));
        Arc::new(endpoint.observer(observer.clone()).work(server.work.clone()))
    };
    let storefront = Endpoint::new("storefront", limits.clone(), schema_storefront::builder)?;
    let storefront = storefront.root_costs(schema_storefront::FIELD_COSTS);
    let admin = Endpoint::new("admin", limits.clone(), schema_admin::builder)?;
    let admin = admin.root_costs(schema_admin::FIELD_COSTS);
    let storefront = with_hook(storefront, ShopHook::storefront(server.app.clone(), *proxies));
    let admin = with_hook(admin, ShopHook::admin(server.app.clone(), *proxies));
    Ok(graphql_http::router([("/graphql", storefront), ("/admin/graphql", admin)], &server.stop))
}

/// `GET /.well-known/jwks.json`: the public keys of access tokens.
async fn keys(State(server): State<Arc<Server>>) -> Response {
    match identity::jwks(&server.app).await {
        Ok(keys) => ([(header::CACHE_CONTROL, "public, max-age=300")], Json(keys)).into_response(),
        Err(error) => {
            tracing::warn!(error = %error.chain(), "cannot read the public keys");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
    }
}

/// `GET /metrics`.
async fn metrics(State(server): State<Arc<Server>>) -> Response {
    match server.metrics.scrape(&server.app).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "cannot encode the metrics");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn compression() -> CompressionLayer<impl tower_http::compression::Predicate> {
    let is_worthwhile = DefaultPredicate::new().and(SizeAbove::new(COMPRESSION_THRESHOLD));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_worthwhile)
}

/// Any origin is allowed: the API uses no cookies, and a site can act for a user only if it has the user's token.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        // A wildcard does not include `authorization`.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([REQUEST_ID, header::RETRY_AFTER, HeaderName::from_static("etag")])
        .max_age(Duration::from_hours(24))
}

/// Answers a request that panicked, so that neither the connection nor the process ends; the client gets no details.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands over the panic")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    tracing::error!(message, "a request panicked");
    let body = r#"{"errors":[{"message":"internal error","extensions":{"code":"INTERNAL"}}]}"#;
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
