//! Prometheus metrics. Every label has a bounded number of values, whatever clients send.

mod families;
mod pools;
mod stores;

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_graphql::Response;
use futures_util::future::{BoxFuture, FutureExt as _};
use graphql_http::{Observer, Outcome, Priority, Report, Transport};
use persistence::{
    db::shared,
    statements::{counted, counted_here},
};
use prometheus::{HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Registry, TextEncoder};
use services::{
    App,
    telemetry::{Counter, Metric},
};

use families::{
    counter_families, counters, gateway_alerts, gateway_decisions, gauges, limited, overloaded, register,
    register_version, seconds, statements,
};
use stores::StoreGauges;

/// The maximum number of operation names with their own label; other names are counted as `other`.
const OPERATIONS: usize = 200;

/// The number of labels that are given to names at their first successful execution. The rest is reserved for names that
/// are executed again, so that random names do not use up the labels.
const FIRST_LABELS: usize = 100;

/// The number of successful executions after which a name gets one of the remaining labels.
const EXECUTIONS_FOR_LABEL: u32 = 3;

/// The maximum number of names whose executions are counted; beyond it, counting restarts.
const CANDIDATES: usize = 1_000;

/// The maximum length of an operation name with its own label.
const MAX_NAME: usize = 60;

/// The metrics of one process.
pub struct Metrics {
    registry: Registry,
    operations: Mutex<Operations>,
    graphql_requests: IntCounterVec,
    graphql_seconds: HistogramVec,
    graphql_statements: HistogramVec,
    graphql_errors: IntCounterVec,
    graphql_overloaded: IntCounterVec,
    websockets: IntGaugeVec,
    subscriptions: IntGaugeVec,
    limited: IntCounterVec,
    http_requests: IntCounterVec,
    http_seconds: HistogramVec,
    http_in_flight: IntGauge,
    counters: Vec<(Metric, IntCounterVec)>,
    gateway_alerts: IntCounterVec,
    gateway_decisions: IntCounterVec,
    stores: StoreGauges,
}

/// A limit of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The budget of a network.
    Network,
    /// The budget of a customer.
    Customer,
    /// The budget of an API token.
    Token,
    /// The budget of a member of staff.
    Staff,
    /// The websockets of a network.
    Websockets,
    /// The subscriptions of a network.
    Subscriptions,
}

impl Limit {
    /// The value of the label.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Customer => "customer",
            Self::Token => "token",
            Self::Staff => "staff",
            Self::Websockets => "websockets",
            Self::Subscriptions => "subscriptions",
        }
    }
}

/// The operation names that were executed.
#[derive(Default)]
struct Operations {
    /// Names with their own label.
    labels: HashSet<String>,
    /// Successful executions of the other names.
    executions: HashMap<String, u32>,
}

/// Two metrics have the same name or different labels: a bug.
#[derive(Debug, thiserror::Error)]
#[error("the metrics cannot be registered: {0}")]
pub struct MetricsError(#[from] prometheus::Error);

impl Metrics {
    /// Registers all metrics.
    ///
    /// # Errors
    /// [`MetricsError`] if two metrics contradict each other.
    pub fn new() -> Result<Self, MetricsError> {
        let registry = Registry::new();
        register_version(&registry)?;
        Ok(Self {
            graphql_requests: counters(
                &registry,
                "mercator_graphql_requests_total",
                "Executed GraphQL operations, by endpoint, operation name and outcome.",
                &["endpoint", "operation", "outcome"],
            )?,
            graphql_seconds: seconds(
                &registry,
                "mercator_graphql_request_duration_seconds",
                "Duration of executed GraphQL operations in seconds.",
                &["endpoint", "operation"],
            )?,
            graphql_statements: statements(&registry)?,
            graphql_errors: counters(
                &registry,
                "mercator_graphql_errors_total",
                "Top-level errors of GraphQL operations, by their code.",
                &["endpoint", "code"],
            )?,
            graphql_overloaded: overloaded(&registry)?,
            websockets: gauges(&registry, "mercator_graphql_websockets", "Open websocket connections.", &["endpoint"])?,
            subscriptions: gauges(
                &registry,
                "mercator_graphql_subscriptions",
                "Running subscriptions, by transport.",
                &["endpoint", "transport"],
            )?,
            limited: limited(&registry)?,
            http_requests: counters(
                &registry,
                "mercator_http_requests_total",
                "HTTP requests, by route and status class.",
                &["route", "status"],
            )?,
            http_seconds: seconds(
                &registry,
                "mercator_http_request_duration_seconds",
                "Time until the start of the response of HTTP requests in seconds.",
                &["route"],
            )?,
            http_in_flight: register(
                &registry,
                IntGauge::new("mercator_http_requests_in_flight", "HTTP requests in progress.")?,
            )?,
            counters: counter_families(&registry)?,
            gateway_alerts: gateway_alerts(&registry)?,
            gateway_decisions: gateway_decisions(&registry)?,
            stores: StoreGauges::new(&registry)?,
            operations: Mutex::default(),
            registry,
        })
    }

    /// Counts a rejection of a client that reached a limit.
    pub fn limited(&self, endpoint: &str, limit: Limit) {
        self.limited.with_label_values(&[endpoint, limit.as_str()]).inc();
    }

    /// Counts an HTTP request as in progress until the guard is dropped.
    #[must_use]
    pub fn start_http(&self) -> InFlight {
        self.http_in_flight.inc();
        InFlight(self.http_in_flight.clone())
    }

    /// Counts an HTTP request that has a response.
    pub fn finish_http(&self, route: &str, status: u16, took: Duration) {
        let class = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.http_requests.with_label_values(&[route, class]).inc();
        self.http_seconds.with_label_values(&[route]).observe(took.as_secs_f64());
    }

    /// All metrics in Prometheus' text format, including the current state of the stores.
    ///
    /// # Errors
    /// [`MetricsError`] if a metric cannot be encoded.
    pub async fn scrape(&self, app: &App) -> Result<String, MetricsError> {
        for counted in Counter::ALL {
            let (metric, label) = counted.metric();
            for (_, counters) in self.counters.iter().filter(|(family, _)| *family == metric) {
                let counter = counters.with_label_values(&labels_of(metric, label));
                counter.inc_by(app.counter(*counted).saturating_sub(counter.get()));
            }
        }
        for (gateway, reason, total) in app.gateway_alerts() {
            let counter = self.gateway_alerts.with_label_values(&[gateway, reason]);
            counter.inc_by(total.saturating_sub(counter.get()));
        }
        for (gateway, authorized, declined) in app.gateway_decisions() {
            for (outcome, total) in [("authorized", authorized), ("declined", declined)] {
                let counter = self.gateway_decisions.with_label_values(&[gateway.as_str(), outcome]);
                counter.inc_by(total.saturating_sub(counter.get()));
            }
        }
        self.stores.read(app).await;
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }

    /// The label of an operation name: the name itself, or `other`.
    fn operation_label(&self, name: Option<&str>, outcome: Outcome) -> String {
        let Some(name) = name else { return "anonymous".to_owned() };
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        if operations.has_label(name, outcome) { name.to_owned() } else { "other".to_owned() }
    }
}

impl Operations {
    /// True if a name has its own label. Counts a successful execution of the name.
    fn has_label(&mut self, name: &str, outcome: Outcome) -> bool {
        if self.labels.contains(name) {
            return true;
        }
        if outcome != Outcome::Success || self.labels.len() >= OPERATIONS || name.len() > MAX_NAME {
            return false;
        }
        if self.labels.len() < FIRST_LABELS {
            return self.labels.insert(name.to_owned());
        }
        if self.executions.len() >= CANDIDATES && !self.executions.contains_key(name) {
            self.executions.clear();
        }
        let executions = self.executions.entry(name.to_owned()).or_default();
        *executions += 1;
        if *executions < EXECUTIONS_FOR_LABEL {
            return false;
        }
        self.executions.remove(name);
        self.labels.insert(name.to_owned())
    }
}

impl Observer for Metrics {
    fn answered(&self, report: &Report<'_>) {
        let name = report.operation.map(|operation| operation.name.as_deref());
        let operation = name.map_or_else(|| "refused".to_owned(), |name| self.operation_label(name, report.outcome));
        let labels = [report.endpoint, &operation];
        self.graphql_requests.with_label_values(&[report.endpoint, &operation, report.outcome.as_str()]).inc();
        self.graphql_seconds.with_label_values(&labels).observe(report.duration.as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "no operation sends 2^52 statements")]
        self.graphql_statements.with_label_values(&labels).observe(report.statements as f64);
        for code in report.errors {
            self.graphql_errors.with_label_values(&[report.endpoint, code.as_str()]).inc();
        }
    }

    fn overloaded(&self, endpoint: &'static str, priority: Priority) {
        self.graphql_overloaded.with_label_values(&[endpoint, priority.as_str()]).inc();
    }

    fn measure<'a>(&'a self, operation: BoxFuture<'a, ()>) -> BoxFuture<'a, u64> {
        // Each operation also gets its share of the pool.
        async { counted(shared(operation)).await.1 }.boxed()
    }

    fn measure_task(&self, task: BoxFuture<'static, Response>) -> BoxFuture<'static, Response> {
        counted_here(shared(task)).boxed()
    }

    fn connections(&self, endpoint: &'static str, change: i64) {
        self.websockets.with_label_values(&[endpoint]).add(change);
    }

    fn subscriptions(&self, endpoint: &'static str, transport: Transport, change: i64) {
        self.subscriptions.with_label_values(&[endpoint, transport.as_str()]).add(change);
    }
}

/// An HTTP request in progress.
pub struct InFlight(IntGauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The label values of a counter; those of a cache counter are joined by an underscore.
fn labels_of(metric: Metric, label: &'static str) -> Vec<&'static str> {
    match (metric, label.rsplit_once('_')) {
        (Metric::Cache, Some((cache, outcome))) => vec![cache, outcome],
        _ => vec![label],
    }
}

#[cfg(test)]
mod tests {
    use graphql_http::ErrorCode;

    use super::*;

    fn label_after(metrics: &Metrics, name: &str, times: u32) -> String {
        let success = |_| metrics.operation_label(Some(name), Outcome::Success);
        (0..times).map(success).last().unwrap()
    }

    #[test]
    fn the_number_of_operation_labels_is_bounded() {
        let metrics = Metrics::new().unwrap();
        let cut_off = label_after(&metrics, &"x".repeat(MAX_NAME + 1), EXECUTIONS_FOR_LABEL);
        assert_eq!(cut_off, "other");
        assert_eq!(metrics.operation_label(None, Outcome::Success), "anonymous");
        let labels: HashSet<String> = (0..1_000)
            .map(|number| label_after(&metrics, &format!("Operation{number}"), EXECUTIONS_FOR_LABEL))
            .collect();
        assert_eq!(labels.len(), OPERATIONS + 1);
    }

    #[test]
    fn names_executed_once_or_with_errors_do_not_use_up_labels() {
        let metrics = Metrics::new().unwrap();
        for number in 0..CANDIDATES * 3 {
            let expected = if number < FIRST_LABELS { format!("Junk{number}") } else { "other".to_owned() };
            assert_eq!(label_after(&metrics, &format!("Junk{number}"), 1), expected);
        }
        for _ in 0..EXECUTIONS_FOR_LABEL {
            let refused = Outcome::Failed(ErrorCode::BadUserInput);
            assert_eq!(metrics.operation_label(Some("Refused"), refused), "other");
        }
        assert_eq!(label_after(&metrics, "ProductPage", EXECUTIONS_FOR_LABEL - 1), "other");
        assert_eq!(label_after(&metrics, "ProductPage", 1), "ProductPage");
    }
}
