//! What Prometheus reads: every label has few values, whatever clients send.

mod stores;

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_graphql::Response;
use futures_util::future::{BoxFuture, FutureExt as _};
use graphql_http::{Observer, Outcome, Report, Transport};
use persistence::statements::{counted, counted_here};
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder, core::Collector,
    exponential_buckets,
};
use services::{
    App,
    telemetry::{Counter, Metric},
};

use stores::StoreGauges;

/// The most operation names that get a label of their own; later ones count as `other`.
const OPERATIONS: usize = 200;

/// The labels that are given to names when they are first executed without an error. The rest is for those that come
/// again, so that nonsense does not take the place of what clients really send.
const AT_ONCE: usize = 100;

/// How often a name must have been executed without an error to get one of the rest.
const SIGHTINGS: u32 = 3;

/// The most names whose sightings are counted; when there are more, counting begins anew.
const CANDIDATES: usize = 1_000;

/// The longest operation name that gets a label of its own.
const OPERATION_NAME: usize = 60;

/// The metrics of one process.
pub struct Metrics {
    registry: Registry,
    operations: Mutex<Operations>,
    graphql_requests: IntCounterVec,
    graphql_seconds: HistogramVec,
    graphql_statements: HistogramVec,
    graphql_errors: IntCounterVec,
    websockets: IntGaugeVec,
    subscriptions: IntGaugeVec,
    http_requests: IntCounterVec,
    http_seconds: HistogramVec,
    http_in_flight: IntGauge,
    facts: Vec<(Metric, IntCounterVec)>,
    stores: StoreGauges,
}

/// The names of operations.
#[derive(Default)]
struct Operations {
    /// Those with a label of their own.
    labels: HashSet<String>,
    /// How often the others were executed without an error.
    sightings: HashMap<String, u32>,
}

/// The names or labels of the metrics contradict each other; a bug.
#[derive(Debug, thiserror::Error)]
#[error("the metrics cannot be registered: {0}")]
pub struct MetricsError(#[from] prometheus::Error);

impl Metrics {
    /// Everything at zero.
    ///
    /// # Errors
    /// [`MetricsError`] is a bug.
    pub fn new() -> Result<Self, MetricsError> {
        let registry = Registry::new();
        let statements = HistogramOpts::new(
            "mercator_graphql_statements",
            "Statements to Postgres of an executed GraphQL operation.",
        )
        .buckets(vec![0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0, 55.0, 100.0]);
        let build = Opts::new("mercator_build_info", "The version that runs; always 1.");
        let version = IntGauge::with_opts(build.const_label("version", env!("CARGO_PKG_VERSION")))?;
        version.set(1);
        register(&registry, version)?;
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
                "How long executed GraphQL operations took.",
                &["endpoint", "operation"],
            )?,
            graphql_statements: register(&registry, HistogramVec::new(statements, &["endpoint", "operation"])?)?,
            graphql_errors: counters(
                &registry,
                "mercator_graphql_errors_total",
                "Top-level errors of GraphQL operations, by their code.",
                &["endpoint", "code"],
            )?,
            websockets: gauges(&registry, "mercator_graphql_websockets", "Open websocket connections.", &["endpoint"])?,
            subscriptions: gauges(
                &registry,
                "mercator_graphql_subscriptions",
                "Running subscriptions, by transport.",
                &["endpoint", "transport"],
            )?,
            http_requests: counters(
                &registry,
                "mercator_http_requests_total",
                "HTTP requests, by route and status class.",
                &["route", "status"],
            )?,
            http_seconds: seconds(
                &registry,
                "mercator_http_request_duration_seconds",
                "How long HTTP requests took until their answer began.",
                &["route"],
            )?,
            http_in_flight: register(
                &registry,
                IntGauge::new("mercator_http_requests_in_flight", "HTTP requests that are being answered.")?,
            )?,
            facts: fact_counters(&registry)?,
            stores: StoreGauges::new(&registry)?,
            operations: Mutex::default(),
            registry,
        })
    }

    /// Counts an HTTP request from now until the guard is answered or dropped.
    #[must_use]
    pub fn http_begins(&self) -> InFlight {
        self.http_in_flight.inc();
        InFlight(self.http_in_flight.clone())
    }

    /// Counts an answered HTTP request.
    pub fn http_answered(&self, route: &str, status: u16, took: Duration) {
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

    /// Everything in Prometheus' text format, with what the stores say now.
    ///
    /// # Errors
    /// [`MetricsError`] is a bug.
    pub async fn scrape(&self, app: &App) -> Result<String, MetricsError> {
        for counted in Counter::ALL {
            let (metric, label) = counted.metric();
            for (_, counters) in self.facts.iter().filter(|(family, _)| *family == metric) {
                let counter = counters.with_label_values(&labels_of(metric, label));
                counter.inc_by(app.telemetry.total(*counted).saturating_sub(counter.get()));
            }
        }
        self.stores.read(app).await;
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }

    /// The name itself for names that were executed often enough, `other` for the rest.
    fn operation_label(&self, name: Option<&str>, outcome: Outcome) -> String {
        let Some(name) = name else { return "anonymous".to_owned() };
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        if operations.knows(name, outcome) { name.to_owned() } else { "other".to_owned() }
    }
}

impl Operations {
    /// Whether a name has a label; one that was executed without an error comes closer to it.
    fn knows(&mut self, name: &str, outcome: Outcome) -> bool {
        if self.labels.contains(name) {
            return true;
        }
        if outcome != Outcome::Success || self.labels.len() >= OPERATIONS || name.len() > OPERATION_NAME {
            return false;
        }
        if self.labels.len() < AT_ONCE {
            return self.labels.insert(name.to_owned());
        }
        if self.sightings.len() >= CANDIDATES && !self.sightings.contains_key(name) {
            self.sightings.clear();
        }
        let sightings = self.sightings.entry(name.to_owned()).or_default();
        *sightings += 1;
        if *sightings < SIGHTINGS {
            return false;
        }
        self.sightings.remove(name);
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
        #[expect(clippy::cast_precision_loss, reason = "nobody sends 2^52 statements")]
        self.graphql_statements.with_label_values(&labels).observe(report.statements as f64);
        for code in report.errors {
            self.graphql_errors.with_label_values(&[report.endpoint, code.as_str()]).inc();
        }
    }

    fn measure<'a>(&'a self, operation: BoxFuture<'a, ()>) -> BoxFuture<'a, u64> {
        async { counted(operation).await.1 }.boxed()
    }

    fn measure_task(&self, task: BoxFuture<'static, Response>) -> BoxFuture<'static, Response> {
        counted_here(task).boxed()
    }

    fn connections(&self, endpoint: &'static str, change: i64) {
        self.websockets.with_label_values(&[endpoint]).add(change);
    }

    fn subscriptions(&self, endpoint: &'static str, transport: Transport, change: i64) {
        self.subscriptions.with_label_values(&[endpoint, transport.as_str()]).add(change);
    }
}

/// An HTTP request that is being answered.
pub struct InFlight(IntGauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, metric: C) -> Result<C, MetricsError> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

fn counters(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, MetricsError> {
    register(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
}

fn gauges(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec, MetricsError> {
    register(registry, IntGaugeVec::new(Opts::new(name, help), labels)?)
}

/// From half a millisecond to 16 seconds.
fn seconds(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<HistogramVec, MetricsError> {
    let options = HistogramOpts::new(name, help).buckets(exponential_buckets(0.0005, 2.0, 16)?);
    register(registry, HistogramVec::new(options, labels)?)
}

fn fact_counters(registry: &Registry) -> Result<Vec<(Metric, IntCounterVec)>, MetricsError> {
    let families = [
        (
            Metric::Funnel,
            "mercator_funnel_steps_total",
            "Steps of shoppers towards an order, each counted once a cart; the step session is a cart that was opened.",
            &["step"][..],
        ),
        (Metric::Orders, "mercator_orders_total", "Orders, by what became of them.", &["outcome"]),
        (Metric::Payments, "mercator_payments_total", "Answers of payment gateways, by outcome.", &["outcome"]),
        (Metric::Cache, "mercator_cache_requests_total", "Reads of a cache, by outcome.", &["cache", "outcome"]),
    ];
    families
        .into_iter()
        .map(|(metric, name, help, labels)| Ok((metric, counters(registry, name, help, labels)?)))
        .collect()
}

/// A cache's label is its name and its outcome in one.
fn labels_of(metric: Metric, label: &'static str) -> Vec<&'static str> {
    match (metric, label.rsplit_once('_')) {
        (Metric::Cache, Some((cache, outcome))) => vec![cache, outcome],
        _ => vec![label],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use graphql_http::ErrorCode;

    fn seen(metrics: &Metrics, name: &str, times: u32) -> String {
        let success = |_| metrics.operation_label(Some(name), Outcome::Success);
        (0..times).map(success).last().unwrap()
    }

    #[test]
    fn clients_cannot_make_more_labels_than_the_bound() {
        let metrics = Metrics::new().unwrap();
        let cut_off = seen(&metrics, &"x".repeat(OPERATION_NAME + 1), SIGHTINGS);
        assert_eq!(cut_off, "other");
        assert_eq!(metrics.operation_label(None, Outcome::Success), "anonymous");
        let labels: HashSet<String> =
            (0..1_000).map(|number| seen(&metrics, &format!("Operation{number}"), SIGHTINGS)).collect();
        assert_eq!(labels.len(), OPERATIONS + 1);
    }

    #[test]
    fn names_that_come_once_or_fail_do_not_take_the_place_of_real_ones() {
        let metrics = Metrics::new().unwrap();
        for number in 0..CANDIDATES * 3 {
            let expected = if number < AT_ONCE { format!("Junk{number}") } else { "other".to_owned() };
            assert_eq!(seen(&metrics, &format!("Junk{number}"), 1), expected);
        }
        for _ in 0..SIGHTINGS {
            let refused = Outcome::Failed(ErrorCode::BadUserInput);
            assert_eq!(metrics.operation_label(Some("Refused"), refused), "other");
        }
        assert_eq!(seen(&metrics, "ProductPage", SIGHTINGS - 1), "other");
        assert_eq!(seen(&metrics, "ProductPage", 1), "ProductPage");
    }
}
