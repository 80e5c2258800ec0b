//! Runs the HTTP server and stops it without interrupting requests.

use std::{sync::Arc, time::Duration};

use tokio::{net::TcpListener, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{connections, draining::DrainingListener, router, start::StartError, state::Server};

/// The time that the server accepts connections after it was told to stop. During it, every response asks its client to
/// close the connection.
const CLOSE_DELAY: Duration = Duration::from_millis(500);

/// Serves health checks and metrics until the process is told to stop.
pub async fn run_watch(server: &Arc<Server>, listener: TcpListener) {
    let (settings, stop) = (server.settings.connections, &server.stop);
    connections::serve(listener, router::worker_routes(server), settings, stop, stop.cancelled()).await;
}

/// Serves requests until the process is told to stop, then finishes the requests in progress, including those on
/// websockets, within `drain`.
///
/// # Errors
/// [`StartError::Bug`] if a schema is invalid.
pub async fn run(server: &Arc<Server>, listener: TcpListener, drain: Duration) -> Result<(), StartError> {
    let close = CancellationToken::new();
    let (listener, is_drained) = DrainingListener::new(listener, close.clone());
    let stop = &server.stop;
    let drained = async {
        stop.cancelled().await;
        sleep(CLOSE_DELAY).await;
        close.cancel();
        is_drained.cancelled().await;
    };
    let routes = router::routes(server)?;
    let deadline = async {
        stop.cancelled().await;
        sleep(CLOSE_DELAY + drain).await;
    };
    let finished = async {
        connections::serve(listener, routes, server.settings.connections, stop, drained).await;
        server.work.close();
        server.work.wait().await;
    };
    tokio::select! {
        () = finished => {}
        () = deadline => tracing::warn!("requests did not finish in time and are aborted"),
    }
    Ok(())
}
