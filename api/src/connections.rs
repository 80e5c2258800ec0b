//! Takes connections: not more at once than the process has room for, and none that sends its request by the drop or
//! does not take its answer.

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

/// How connections are taken.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How many may be open at once; others wait in the kernel's queue.
    pub at_once: usize,
    /// How long a request's head may take, from the connection or from the answer before: an idle connection ends so.
    pub head_timeout: Duration,
    /// How long a client may take nothing of what is sent to it, before its connection is cut.
    pub write_timeout: Duration,
}

/// As many connections as a process has by default.
pub const AT_ONCE: u32 = 8_192;

/// Load balancers keep idle connections for a minute; the side that sends requests should be the first to close.
pub const HEAD_TIMEOUT_SECONDS: u64 = 75;

/// A client that reads takes something within seconds, on the slowest of lines.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

impl Default for Settings {
    fn default() -> Self {
        Self {
            at_once: AT_ONCE as usize,
            head_timeout: Duration::from_secs(HEAD_TIMEOUT_SECONDS),
            write_timeout: WRITE_TIMEOUT,
        }
    }
}

/// Files that a process opens besides its connections: databases, index, logs.
const OTHER_FILES: u64 = 256;

/// Lets the process open a file for each connection, as far as the system allows, and says how many connections there is
/// room for.
pub fn make_room(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let (current, most) = (limit.current.unwrap_or(u64::MAX), limit.maximum.unwrap_or(u64::MAX));
    let raised = OTHER_FILES.saturating_add(wanted as u64).clamp(current.min(most), most);
    let open = match setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..limit }) {
        Ok(()) => raised,
        Err(_) => current,
    };
    let room = usize::try_from(open.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX).clamp(1, wanted);
    if room < wanted {
        tracing::warn!(room, wanted, "the system allows fewer open files than there may be connections");
    }
    room
}

/// Every request carries its connection's place, so that a websocket keeps it as long as the request.
#[derive(Clone)]
struct Place {
    _permit: Option<Arc<OwnedSemaphorePermit>>,
}

/// Serves connections until `end` answers, then finishes the requests that are being answered. Once `stop` is
/// cancelled, those that still come are taken whether or not there is room: they are few, and asked to go elsewhere.
pub async fn serve<L>(
    mut listener: L,
    routes: Router,
    settings: Settings,
    stop: &CancellationToken,
    end: impl Future<Output = ()>,
) where
    L: Listener<Io = TcpStream, Addr = SocketAddr>,
{
    let places = Arc::new(Semaphore::new(settings.at_once));
    let (open, finish) = (TaskTracker::new(), CancellationToken::new());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(settings.head_timeout);
    let accept = async {
        loop {
            let permit = tokio::select! {
                permit = places.clone().acquire_owned() => permit.ok().map(Arc::new),
                () = stop.cancelled() => None,
            };
            let (stream, address) = listener.accept().await;
            // Small answers must not wait for more to send; a socket that refuses works all the same.
            let _ = stream.set_nodelay(true);
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(settings.write_timeout));
            let connection = Connection { address, place: Place { _permit: permit }, routes: routes.clone() };
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
    place: Place,
    routes: Router,
}

impl Connection {
    /// Answers its requests until the client closes it, or until the request is answered in which `finish` is cancelled.
    async fn serve(self, stream: TimeoutStream<TcpStream>, http: http1::Builder, finish: CancellationToken) {
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(self.address));
            request.extensions_mut().insert(self.place.clone());
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
