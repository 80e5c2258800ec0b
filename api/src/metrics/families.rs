//! Registration of metrics: kinds of families, and the families whose text would hide the list in [`super::Metrics::new`].

use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, core::Collector,
    exponential_buckets,
};
use services::telemetry::Metric;

use super::MetricsError;

/// Registers a metric.
pub(super) fn register<C: Collector + Clone + 'static>(registry: &Registry, metric: C) -> Result<C, MetricsError> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

/// Counters with labels.
pub(super) fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntCounterVec, MetricsError> {
    register(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
}

/// Gauges with labels.
pub(super) fn gauges(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntGaugeVec, MetricsError> {
    register(registry, IntGaugeVec::new(Opts::new(name, help), labels)?)
}

/// A histogram from half a millisecond to 16 seconds.
pub(super) fn seconds(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<HistogramVec, MetricsError> {
    let options = HistogramOpts::new(name, help).buckets(exponential_buckets(0.0005, 2.0, 16)?);
    register(registry, HistogramVec::new(options, labels)?)
}

/// The counters of services.
pub(super) fn counter_families(registry: &Registry) -> Result<Vec<(Metric, IntCounterVec)>, MetricsError> {
    let families = [
        (
            Metric::Funnel,
            "mercator_funnel_steps_total",
            "Steps towards an order, each counted once per cart; the step session is a new cart.",
            &["step"][..],
        ),
        (Metric::Orders, "mercator_orders_total", "Orders, by outcome.", &["outcome"]),
        (Metric::Payments, "mercator_payments_total", "Responses of payment gateways, by outcome.", &["outcome"]),
        (Metric::Cache, "mercator_cache_requests_total", "Reads of a cache, by outcome.", &["cache", "outcome"]),
    ];
    families
        .into_iter()
        .map(|(metric, name, help, labels)| Ok((metric, counters(registry, name, help, labels)?)))
        .collect()
}

/// Counts rejections by the admission queue.
pub(super) fn overloaded(registry: &Registry) -> Result<IntCounterVec, MetricsError> {
    counters(
        registry,
        "mercator_graphql_overloaded_total",
        "GraphQL operations rejected because the process had too much to do, by priority.",
        &["endpoint", "priority"],
    )
}

/// Counts rejections by the limits of a client.
pub(super) fn limited(registry: &Registry) -> Result<IntCounterVec, MetricsError> {
    counters(
        registry,
        "mercator_graphql_rate_limited_total",
        "Rejections with RATE_LIMITED by the budget of a client or its limit of websockets or subscriptions.",
        &["endpoint", "limit"],
    )
}

/// Counts contradicting reports of gateways.
pub(super) fn gateway_alerts(registry: &Registry) -> Result<IntCounterVec, MetricsError> {
    counters(
        registry,
        "mercator_gateway_report_alerts_total",
        "Reports of payment gateways that were rejected, or merged although they need attention, by reason.",
        &["gateway", "reason"],
    )
}

/// Counts decisions of gateways about cards.
pub(super) fn gateway_decisions(registry: &Registry) -> Result<IntCounterVec, MetricsError> {
    counters(
        registry,
        "mercator_gateway_decisions_total",
        "Card payments that a gateway authorized or declined.",
        &["gateway", "outcome"],
    )
}

/// The histogram of statements per operation.
pub(super) fn statements(registry: &Registry) -> Result<HistogramVec, MetricsError> {
    let text = "Statements to Postgres of an executed GraphQL operation.";
    let options = HistogramOpts::new("mercator_graphql_statements", text);
    let options = options.buckets(vec![0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0, 55.0, 100.0]);
    register(registry, HistogramVec::new(options, &["endpoint", "operation"])?)
}

/// Registers the version of the process.
pub(super) fn register_version(registry: &Registry) -> Result<(), MetricsError> {
    let build = Opts::new("mercator_build_info", "The version of the process, in a label; always 1.");
    let version = IntGauge::with_opts(build.const_label("version", env!("CARGO_PKG_VERSION")))?;
    version.set(1);
    register(registry, version).map(drop)
}
