//! Accepts HTTP connections with a global limit, a time-out for reading the head of a request (slowloris) and a write
//! time-out.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

/// The limits and time-outs of connections.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The maximum number of open connections; others wait in the kernel's queue.
    pub max_open: usize,
    /// The time-out of the head of a request, from the connection or the previous response; it also ends idle connections.
    pub head_timeout: Duration,
    /// The time after which a connection is closed if the client reads nothing of a response.
    pub write_timeout: Duration,
}

/// The default maximum number of open connections.
pub const MAX_CONNECTIONS: u32 = 8_192;

/// The default of the head time-out. Load balancers keep idle connections for a minute, and the side that sends requests
/// should close first.
pub const HEAD_TIMEOUT_SECONDS: u64 = 75;

/// Even on a slow line, a client that reads receives something within seconds.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_open: MAX_CONNECTIONS as usize,
            head_timeout: Duration::from_secs(HEAD_TIMEOUT_SECONDS),
            write_timeout: WRITE_TIMEOUT,
        }
    }
}

/// Files that a process opens besides its connections: databases, index, logs.
const OTHER_FILES: u64 = 256;

/// Raises the limit of open files to one for each connection, as far as the system allows, and returns the number of
/// connections that the limit allows.
pub fn raise_file_limit(wanted: usize) -> usize {
    // No limit is reported as none.
    let limit = getrlimit(Resource::Nofile);
    let (current, most) = (limit.current.unwrap_or(u64::MAX), limit.maximum.unwrap_or(u64::MAX));
    let raised = OTHER_FILES.saturating_add(wanted as u64).clamp(current.min(most), most);
    let open = match setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..limit }) {
        Ok(()) => raised,
        Err(_) => current,
    };
    let allowed = usize::try_from(open.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX).clamp(1, wanted);
    if allowed < wanted {
        tracing::warn!(allowed, wanted, "the limit of open files allows fewer connections than configured");
    }
    allowed
}

/// The permit of a connection. Each request holds it, so that a websocket keeps it after the upgrade.
#[derive(Clone)]
struct ConnectionPermit {
    _permit: Option<Arc<OwnedSemaphorePermit>>,
}

/// Serves connections until `end` completes, then finishes the requests in progress. Once `stop` is canceled, new
/// connections are accepted regardless of the limit: they are few, and every response asks its client to disconnect.
pub async fn serve<L>(
    mut listener: L,
    routes: Router,
    settings: Settings,
    stop: &CancellationToken,
    end: impl Future<Output = ()>,
) where
    L: Listener<Io = TcpStream, Addr = SocketAddr>,
{
    let permits = Arc::new(Semaphore::new(settings.max_open));
    let (open, finish) = (TaskTracker::new(), CancellationToken::new());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(settings.head_timeout);
    let accept = async {
        loop {
            let permit = tokio::select! {
                permit = permits.clone().acquire_owned() => permit.ok().map(Arc::new),
                () = stop.cancelled() => None,
            };
            let (stream, address) = listener.accept().await;
            // Send small responses at once. A socket that rejects the option still works.
            let _ = stream.set_nodelay(true);
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(settings.write_timeout));
            let connection =
                Connection { address, permit: ConnectionPermit { _permit: permit }, routes: routes.clone() };
            open.spawn(connection.serve(stream, http.clone(), finish.clone()));
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

struct Connection {
    address: SocketAddr,
    permit: ConnectionPermit,
    routes: Router,
}

impl Connection {
    /// Serves requests until the client disconnects; after `finish` is canceled, until the current request is answered.
    async fn serve(self, stream: TimeoutStream<TcpStream>, http: http1::Builder, finish: CancellationToken) {
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(self.address));
            request.extensions_mut().insert(self.permit.clone());
            self.routes.clone().oneshot(request)
        });
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
}
