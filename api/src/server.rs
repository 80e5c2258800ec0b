//! The HTTP server: its routes, and how it ends without cutting a request.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderName, StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use graphql_http::Limits;
use services::{App, identity};
use tokio::{net::TcpListener, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
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
    client::Proxies,
    connections,
    farewell::Farewell,
    gateway_webhooks, health, media,
    metrics::Metrics,
    middleware::{REQUEST_ID, observe},
    shop,
    start::StartError,
};

/// What the routes share.
pub struct Server {
    /// The application.
    pub app: App,
    /// What Prometheus reads.
    pub metrics: Arc<Metrics>,
    /// How requests are taken.
    pub settings: Settings,
    /// Cancelled when the process is told to stop; streams end with it.
    pub stop: CancellationToken,
    /// What outlives the request it began with, and is waited for: mutations whose client has left, and websockets.
    pub work: TaskTracker,
}

/// How requests are taken.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What one GraphQL request may ask for.
    pub limits: Limits,
    /// Which part of `X-Forwarded-For` is believed.
    pub proxies: Proxies,
    /// How connections are taken.
    pub connections: connections::Settings,
}

/// How long to go on taking connections after being told to stop, while every answer asks its client to go elsewhere.
const FAREWELL: Duration = Duration::from_millis(500);

/// Answers shorter than this are not worth compressing.
const COMPRESSED_FROM: u64 = 1_024;

impl Server {
    /// A server of the application.
    ///
    /// # Errors
    /// [`StartError::Check`] is a bug.
    pub fn new(app: App, settings: Settings, stop: CancellationToken) -> Result<Arc<Self>, StartError> {
        let metrics = Metrics::new().map_err(|error| StartError::Check(error.to_string()))?;
        Ok(Arc::new(Self { app, metrics: Arc::new(metrics), settings, stop, work: TaskTracker::new() }))
    }
}

/// Every route of `mercator serve`.
///
/// # Errors
/// [`StartError::Check`] is a bug in a schema.
pub fn router(server: &Arc<Server>) -> Result<Router, StartError> {
    let shop =
        shop::router(server).map_err(|error| StartError::Check(format!("the schema cannot be served: {error}")))?;
    let routes = watch_routes()
        .route("/health/ready", get(health::ready))
        .route("/media/{name}", get(media::picture))
        .route("/.well-known/jwks.json", get(keys))
        .merge(gateway_routes())
        .with_state(server.clone())
        .merge(shop);
    // One layer, not four: the router boxes what each makes of a request and its answer.
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(server.clone(), observe))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(cors())
        .layer(compression());
    Ok(routes.layer(layers))
}

/// What payment gateways call.
fn gateway_routes() -> Router<Arc<Server>> {
    Router::new().route("/webhooks/gateways/{gateway}", post(gateway_webhooks::receive))
}

/// What every process can be asked about itself.
fn watch_routes() -> Router<Arc<Server>> {
    Router::new().route("/health/live", get(health::live)).route("/metrics", get(metrics))
}

/// Answers only what a process can be asked about itself, until told to stop.
pub async fn run_watch(server: &Arc<Server>, listener: TcpListener) {
    let routes = watch_routes().route("/health/ready", get(health::ready_to_work)).with_state(server.clone());
    let (settings, stop) = (server.settings.connections, &server.stop);
    connections::serve(listener, routes, settings, stop, stop.cancelled()).await;
}

/// Answers requests until told to stop, then finishes those that are being answered, on websockets as well, within
/// `drain`.
///
/// # Errors
/// [`StartError::Check`] is a bug in a schema.
pub async fn run(server: &Arc<Server>, listener: TcpListener, drain: Duration) -> Result<(), StartError> {
    let close = CancellationToken::new();
    let (listener, nobody_waits) = Farewell::new(listener, close.clone());
    let stop = &server.stop;
    let farewell = async {
        stop.cancelled().await;
        sleep(FAREWELL).await;
        close.cancel();
        nobody_waits.cancelled().await;
    };
    let routes = router(server)?;
    let too_late = async {
        stop.cancelled().await;
        sleep(FAREWELL + drain).await;
    };
    let finished = async {
        connections::serve(listener, routes, server.settings.connections, stop, farewell).await;
        server.work.close();
        server.work.wait().await;
    };
    tokio::select! {
        () = finished => {}
        () = too_late => tracing::warn!("requests that took too long are cut"),
    }
    Ok(())
}

/// `GET /.well-known/jwks.json`: the public keys of access tokens.
async fn keys(State(server): State<Arc<Server>>) -> Response {
    match identity::jwks(&server.app).await {
        Ok(keys) => ([(header::CACHE_CONTROL, "public, max-age=300")], Json(keys)).into_response(),
        Err(error) => {
            tracing::warn!(%error, "the keys cannot be told");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
    }
}

/// `GET /metrics`.
async fn metrics(State(server): State<Arc<Server>>) -> Response {
    match server.metrics.scrape(&server.app).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn compression() -> CompressionLayer<impl tower_http::compression::Predicate> {
    let worth_it = DefaultPredicate::new().and(SizeAbove::new(COMPRESSED_FROM));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it)
}

/// Any site may ask: nothing here depends on cookies, and who acts is said by a header the site must know.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        // A wildcard would leave out `authorization`.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([REQUEST_ID, header::RETRY_AFTER, HeaderName::from_static("etag")])
        .max_age(Duration::from_hours(24))
}

/// A bug in one request ends neither the connection nor the process, and tells the client nothing.
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
