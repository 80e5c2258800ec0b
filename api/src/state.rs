//! The state that the routes share.

use std::{sync::Arc, time::Duration};

use graphql_http::{Gate, GateLimits, Limits};
use services::{
    App,
    budgets::{Budgets, BudgetsConfig},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    client::Proxies,
    connections,
    health::Health,
    held::{self, HeldCounts},
    metrics::Metrics,
    start::StartError,
};

/// The state that the routes share.
pub struct Server {
    /// The application.
    pub app: App,
    /// The metrics of the process.
    pub metrics: Arc<Metrics>,
    /// The budgets of clients.
    pub budgets: Arc<Budgets>,
    /// The sockets and subscriptions that clients keep open.
    pub held: HeldCounts,
    /// The settings of the HTTP server.
    pub settings: Settings,
    /// Admits the operations of both APIs under overload.
    pub gate: Option<Arc<Gate>>,
    /// The health of the process.
    pub health: Health,
    /// Canceled when the process must stop; streams end with it.
    pub stop: CancellationToken,
    /// Work that outlives its request and is finished before the process ends: mutations whose client disconnected, and
    /// websockets.
    pub work: TaskTracker,
}

/// The settings of the HTTP server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The limits of a GraphQL request.
    pub limits: Limits,
    /// The proxies whose `X-Forwarded-For` is trusted.
    pub proxies: Proxies,
    /// The limits and time-outs of connections.
    pub connections: connections::Settings,
    /// The budgets of clients.
    pub budgets: BudgetsConfig,
    /// The limits on what clients keep open.
    pub held: held::Limits,
    /// The limits of concurrent operations; none without limits.
    pub gate: Option<GateLimits>,
    /// True if the console is served.
    pub has_console: bool,
    /// The time between the signal to stop and the end of the listeners. During it, readiness fails and every response
    /// asks its client to close the connection.
    pub close_delay: Duration,
}

/// The default of [`Settings::close_delay`] in milliseconds.
pub const CLOSE_DELAY_MS: u64 = 500;

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            proxies: Proxies::default(),
            connections: connections::Settings::default(),
            budgets: BudgetsConfig::default(),
            held: held::Limits::default(),
            gate: None,
            has_console: false,
            close_delay: Duration::from_millis(CLOSE_DELAY_MS),
        }
    }
}

impl Server {
    /// The state of a server of the application.
    ///
    /// # Errors
    /// [`StartError::Bug`] if the metrics contradict each other.
    pub fn new(app: App, settings: Settings, stop: CancellationToken) -> Result<Arc<Self>, StartError> {
        let metrics = Metrics::new().map_err(|error| StartError::Bug(format!("metrics: {error}")))?;
        Ok(Arc::new(Self {
            app,
            metrics: Arc::new(metrics),
            budgets: Arc::new(Budgets::new(settings.budgets)),
            held: HeldCounts::new(settings.held),
            gate: settings.gate.map(Gate::new),
            health: Health::default(),
            settings,
            stop,
            work: TaskTracker::new(),
        }))
    }
}
