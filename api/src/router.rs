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
use graphql_http::{Endpoint, Observer, Priorities, Priority};
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
    state::Server,
};

/// Responses shorter than this number of bytes are not compressed.
const COMPRESSION_THRESHOLD: u64 = 1_024;

/// The request headers that a GraphQL response depends on.
const VARY: &str = "accept, accept-language, mercator-channel, mercator-currency, mercator-country, authorization";

/// Payments and completions come first, then what leads to them, then pages.
const STOREFRONT_PRIORITIES: Priorities = Priorities {
    critical: schema_storefront::CHECKOUT_MUTATIONS,
    high: schema_storefront::BUYER_QUERIES,
    mutations: Priority::High,
    queries: Priority::Low,
};

/// Staff have a small part of the places to themselves.
const ADMIN_PRIORITIES: Priorities =
    Priorities { critical: &[], high: &[], mutations: Priority::Medium, queries: Priority::Medium };

/// The routes of the storefront and of gateways.
///
/// # Errors
/// [`StartError::Bug`] if the schema is invalid.
pub fn storefront(server: &Arc<Server>) -> Result<Router, StartError> {
    let routes = Router::new()
        .route("/media/{name}", get(media::picture))
        .route("/.well-known/jwks.json", get(keys))
        .route("/webhooks/gateways/{gateway}", post(gateway_webhooks::receive))
        .with_state(server.clone());
    let endpoint = Endpoint::new("storefront", server.settings.limits.clone(), schema_storefront::builder);
    let endpoint =
        endpoint.map_err(|error| invalid_schema(&error))?.field_costs(&schema_storefront::FIELD_COSTS.concat());
    let endpoint = gated(server, endpoint, STOREFRONT_PRIORITIES);
    let hook = ShopHook::storefront(server);
    let endpoint = endpoint.single_mutations(schema_storefront::SINGLE_MUTATIONS);
    Ok(public(server, routes.merge(graphql(server, "/graphql", endpoint, hook))))
}

/// The routes of the admin API.
///
/// # Errors
/// [`StartError::Bug`] if the schema is invalid.
pub fn admin(server: &Arc<Server>) -> Result<Router, StartError> {
    let endpoint = Endpoint::new("admin", server.settings.limits.clone(), schema_admin::builder);
    let endpoint = endpoint.map_err(|error| invalid_schema(&error))?.field_costs(&schema_admin::FIELD_COSTS.concat());
    let endpoint = gated(server, endpoint, ADMIN_PRIORITIES);
    let hook = ShopHook::admin(server);
    let endpoint = endpoint.single_mutations(schema_admin::SINGLE_MUTATIONS);
    Ok(public(server, graphql(server, "/admin/graphql", endpoint, hook)))
}

/// The routes of the console.
pub fn console(server: &Arc<Server>) -> Router {
    public(server, graphiql::router())
}

/// The health checks and metrics of `mercator serve`.
pub fn operations(server: &Arc<Server>) -> Router {
    internal(server, watch_routes().with_state(server.clone()))
}

/// The health checks and metrics of `mercator worker`.
pub fn worker(server: &Arc<Server>) -> Router {
    internal(server, watch_routes().with_state(server.clone()))
}

/// The routes of every process.
fn watch_routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(metrics))
}

fn gated(server: &Server, endpoint: Endpoint, priorities: Priorities) -> Endpoint {
    match &server.gate {
        Some(gate) => endpoint.gate(Arc::clone(gate), priorities),
        None => endpoint,
    }
}

/// A GraphQL API.
fn graphql(server: &Server, path: &'static str, endpoint: Endpoint, hook: ShopHook) -> Router {
    let observer: Arc<dyn Observer> = server.metrics.clone();
    let endpoint = endpoint.vary(VARY).hook(Arc::new(hook)).observer(observer).work(server.work.clone());
    let endpoint = if server.settings.has_console { endpoint.page("/") } else { endpoint };
    graphql_http::router([(path, Arc::new(endpoint))], &server.stop)
}

/// Adds the layers of routes that browsers use: one layer instead of four, because the router boxes the request and
/// response of each.
fn public(server: &Arc<Server>, routes: Router) -> Router {
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(server.clone(), observe))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(cors())
        .layer(compression());
    routes.layer(layers)
}

/// Adds the layers of routes for operations, which pages of other origins must not read.
fn internal(server: &Arc<Server>, routes: Router) -> Router {
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(server.clone(), observe))
        .layer(CatchPanicLayer::custom(panicked));
    routes.layer(layers)
}

fn invalid_schema(error: &async_graphql::parser::Error) -> StartError {
    StartError::Bug(format!("schema: {error}"))
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
