//! Runs the HTTP server and stops it without interrupting requests.

use std::{future::pending, sync::Arc, time::Duration};

use axum::Router;
use services::budgets;
use tokio::{net::TcpListener, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    connections,
    draining::DrainingListener,
    health::{self, Role},
    router,
    start::StartError,
    state::Server,
};

/// The maximum number of connections of the listener for operations.
const OPERATIONS_CONNECTIONS: usize = 64;

/// The listener for the admin API has this part of the connections of the process.
const ADMIN_SHARE: usize = 8;

/// The sockets of `mercator serve`.
#[derive(Debug)]
pub struct Listeners {
    /// Serves everything that has no listener of its own.
    pub main: TcpListener,
    /// Serves the admin API.
    pub admin: Option<TcpListener>,
    /// Serves health checks and metrics.
    pub operations: Option<TcpListener>,
}

impl From<TcpListener> for Listeners {
    fn from(main: TcpListener) -> Self {
        Self { main, admin: None, operations: None }
    }
}

/// Serves health checks and metrics until the process is told to stop.
pub async fn run_watch(server: &Arc<Server>, listener: TcpListener) {
    health::watch(server, Role::Worker);
    let stop = &server.stop;
    connections::serve(listener, router::worker(server), operations(), stop, stop.cancelled()).await;
}

/// Serves requests until the process is told to stop, then finishes the requests in progress, including those on
/// websockets, within `drain`. Health checks and metrics on a listener of their own are served until the end.
///
/// # Errors
/// [`StartError::Bug`] if a schema is invalid.
pub async fn run(server: &Arc<Server>, listeners: impl Into<Listeners>, drain: Duration) -> Result<(), StartError> {
    health::watch(server, Role::Server);
    let Listeners { main, admin, operations: own } = listeners.into();
    let mut routes = router::storefront(server)?;
    let admin_routes = router::admin(server)?;
    let mut settings = server.settings.connections;
    let admin = if let Some(listener) = admin {
        let share = (settings.max_open / ADMIN_SHARE).max(1);
        settings.max_open = settings.max_open.saturating_sub(share).max(1);
        Some((listener, with_console(server, admin_routes), connections::Settings { max_open: share, ..settings }))
    } else {
        routes = routes.merge(admin_routes);
        None
    };
    routes = with_console(server, routes);
    if own.is_none() {
        routes = router::operations(server).merge(routes);
    }
    tokio::spawn(budgets::share(server.app.clone(), Arc::clone(&server.budgets), server.stop.clone()));
    let finished = async {
        tokio::join!(serve_until_drained(server, main, routes, settings), async {
            if let Some((listener, routes, settings)) = admin {
                serve_until_drained(server, listener, routes, settings).await;
            }
        });
        server.work.close();
        server.work.wait().await;
    };
    let deadline = async {
        server.stop.cancelled().await;
        sleep(server.settings.close_delay + drain).await;
    };
    tokio::select! {
        () = finished => {}
        () = deadline => tracing::warn!("requests did not finish in time and are aborted"),
        () = serve_operations(server, own) => {}
    }
    Ok(())
}

/// Serves until the process is told to stop, then closes the listener and finishes the requests in progress.
async fn serve_until_drained(server: &Server, listener: TcpListener, routes: Router, settings: connections::Settings) {
    let close = CancellationToken::new();
    let (listener, is_drained) = DrainingListener::new(listener, close.clone());
    let drained = async {
        server.stop.cancelled().await;
        sleep(server.settings.close_delay).await;
        close.cancel();
        is_drained.cancelled().await;
    };
    connections::serve(listener, routes, settings, &server.stop, drained).await;
}

/// Serves health checks and metrics on their own listener; never ends.
async fn serve_operations(server: &Arc<Server>, listener: Option<TcpListener>) {
    match listener {
        Some(listener) => {
            connections::serve(listener, router::operations(server), operations(), &server.stop, pending()).await;
        }
        None => pending().await,
    }
}

fn with_console(server: &Arc<Server>, routes: Router) -> Router {
    if server.settings.has_console { routes.merge(router::console(server)) } else { routes }
}

/// The limits of connections for operations, which come from few machines.
fn operations() -> connections::Settings {
    connections::Settings { max_open: OPERATIONS_CONNECTIONS, max_per_network: None, ..Default::default() }
}
