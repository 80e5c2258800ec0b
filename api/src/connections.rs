//! Accepts HTTP connections with limits for the process and for each network address, a limit and a time-out for the
//! head of a request (slowloris), and a write time-out.

mod places;

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    serve::Listener,
};
use futures_util::future::{FutureExt as _, ready};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use self::places::{Counted, Networks, Place, Places};

/// The limits and time-outs of connections.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The maximum number of open connections; others are told that the process is busy.
    pub max_open: usize,
    /// The maximum number of open connections of one IPv4 address or IPv6 /64 prefix; none behind proxies, whose address
    /// all clients share.
    pub max_per_network: Option<usize>,
    /// The time-out of the head of a request, from the connection or the previous response; it also ends idle connections.
    pub head_timeout: Duration,
    /// The time after which a connection is closed if the client reads nothing of a response.
    pub write_timeout: Duration,
}

/// The default maximum number of open connections.
pub const MAX_CONNECTIONS: u32 = 8_192;

/// The default maximum number of open connections of one network: three for each of 300 shoppers behind one address.
pub const MAX_PER_NETWORK: u32 = 1_024;

/// The maximum size of the head of a request in bytes.
const HEAD_BYTES: usize = 32 * 1024;

/// The time-out of the head of a request on a connection beyond the limit.
const SPARE_HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// The paths that are answered on connections beyond the limit.
const HEALTH: &str = "/health/";

/// The default of the head time-out. Load balancers keep idle connections for a minute, and the side that sends requests
/// should close first.
pub const HEAD_TIMEOUT_SECONDS: u64 = 75;

/// Even on a slow line, a client that reads receives something within seconds.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_open: MAX_CONNECTIONS as usize,
            max_per_network: Some(MAX_PER_NETWORK as usize),
            head_timeout: Duration::from_secs(HEAD_TIMEOUT_SECONDS),
            write_timeout: WRITE_TIMEOUT,
        }
    }
}

/// The permit of a connection. Each request holds it, so that a websocket keeps it after the upgrade.
#[derive(Clone)]
struct ConnectionPermit {
    _place: Arc<Place>,
    _counted: Option<Arc<Counted>>,
}

/// Serves connections until `end` completes, then finishes the requests in progress. Connections beyond the limit get
/// one response: to a health check its result, to everything else that the process is busy. Connections beyond the limit
/// of their network are closed. Once `stop` is canceled, new connections are accepted regardless of the limit: they are
/// few, and every response asks its client to disconnect.
pub async fn serve<L>(
    mut listener: L,
    routes: Router,
    settings: Settings,
    stop: &CancellationToken,
    end: impl Future<Output = ()>,
) where
    L: Listener<Io = TcpStream, Addr = SocketAddr>,
{
    let places = Places::new(settings.max_open);
    let networks = settings.max_per_network.map(Networks::new);
    let (open, finish) = (TaskTracker::new(), CancellationToken::new());
    let accept = async {
        loop {
            let place = places.wait(stop).await;
            let (stream, address) = listener.accept().await;
            let place = places.upgrade(place);
            let counted = networks.as_ref().map(|networks| networks.admit(address.ip()));
            if matches!(counted, Some(None)) {
                tracing::debug!(%address, "a network has reached its limit of connections");
                continue;
            }
            let is_spare = matches!(place, Place::Spare { .. });
            let permit = ConnectionPermit { _place: Arc::new(place), _counted: counted.flatten().map(Arc::new) };
            let connection = Connection { address, is_spare, permit, routes: routes.clone() };
            open.spawn(connection.serve(prepare(stream, settings), settings, finish.clone()));
        }
    };
    tokio::select! {
        () = accept => {}
        () = end => {}
    }
    drop(listener);
    finish.cancel();
    open.close();
    open.wait().await;
}

fn prepare(stream: TcpStream, settings: Settings) -> TimeoutStream<TcpStream> {
    // Send small responses at once. A socket that rejects the option still works.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(settings.write_timeout));
    stream
}

struct Connection {
    address: SocketAddr,
    /// True if the connection is beyond the limit.
    is_spare: bool,
    permit: ConnectionPermit,
    routes: Router,
}

impl Connection {
    /// Serves requests until the client disconnects; after `finish` is canceled, until the current request is answered.
    async fn serve(self, stream: TimeoutStream<TcpStream>, settings: Settings, finish: CancellationToken) {
        let mut http = http1::Builder::new();
        let head_timeout =
            if self.is_spare { SPARE_HEAD_TIMEOUT.min(settings.head_timeout) } else { settings.head_timeout };
        http.timer(TokioTimer::new()).header_read_timeout(head_timeout).keep_alive(!self.is_spare);
        http.max_header_size(HEAD_BYTES);
        let service = service_fn(move |request: Request<Incoming>| self.respond(request));
        let mut serving = pin!(http.serve_connection(TokioIo::new(Box::pin(stream)), service).with_upgrades());
        let ended = tokio::select! {
            ended = serving.as_mut() => ended,
            () = finish.cancelled() => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    fn respond(&self, request: Request<Incoming>) -> impl Future<Output = Result<Response, Infallible>> + use<> {
        if self.is_spare && !request.uri().path().starts_with(HEALTH) {
            return ready(Ok(busy())).left_future();
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.address));
        request.extensions_mut().insert(self.permit.clone());
        self.routes.clone().oneshot(request).right_future()
    }
}

/// The response to a request that the process has no place for.
fn busy() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::RETRY_AFTER, "1"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let body = r#"{"errors":[{"message":"too many connections, try again","extensions":{"code":"UNAVAILABLE"}}]}"#;
    (StatusCode::SERVICE_UNAVAILABLE, headers, body).into_response()
}
