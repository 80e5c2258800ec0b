//! The state that the routes share.

use std::sync::Arc;

use graphql_http::Limits;
use services::App;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{client::Proxies, connections, metrics::Metrics, start::StartError};

/// The state that the routes share.
pub struct Server {
    /// The application.
    pub app: App,
    /// The metrics of the process.
    pub metrics: Arc<Metrics>,
    /// The settings of the HTTP server.
    pub settings: Settings,
    /// Canceled when the process must stop; streams end with it.
    pub stop: CancellationToken,
    /// Work that outlives its request and is finished before the process ends: mutations whose client disconnected, and
    /// websockets.
    pub work: TaskTracker,
}

/// The settings of the HTTP server.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The limits of a GraphQL request.
    pub limits: Limits,
    /// The proxies whose `X-Forwarded-For` is trusted.
    pub proxies: Proxies,
    /// The limits and time-outs of connections.
    pub connections: connections::Settings,
}

impl Server {
    /// The state of a server of the application.
    ///
    /// # Errors
    /// [`StartError::Bug`] if the metrics contradict each other.
    pub fn new(app: App, settings: Settings, stop: CancellationToken) -> Result<Arc<Self>, StartError> {
        let metrics = Metrics::new().map_err(|error| StartError::Bug(format!("metrics: {error}")))?;
        Ok(Arc::new(Self { app, metrics: Arc::new(metrics), settings, stop, work: TaskTracker::new() }))
    }
}
