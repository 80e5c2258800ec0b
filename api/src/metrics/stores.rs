//! Gauges that are read at each scrape: job queue, outbox, memory.

use std::time::Duration;

use model::Timestamp;
use persistence::db::Workload;
use prometheus::{Counter, Gauge, GaugeVec, IntGauge, IntGaugeVec, Opts, Registry};
use services::{App, ServiceResult};
use tokio::time::timeout;

use super::{MetricsError, families::register, pools::PoolGauges};

/// The time-out of the stores at a scrape.
const TIMEOUT: Duration = Duration::from_secs(1);

pub struct StoreGauges {
    pools: PoolGauges,
    database_up: IntGauge,
    jobs: IntGaugeVec,
    jobs_age: GaugeVec,
    outbox: IntGauge,
    outbox_age: Gauge,
    behind: IntGauge,
    search_behind: IntGauge,
    search_age: Gauge,
    consumer_lag: IntGaugeVec,
    consumer_gaps: IntGaugeVec,
    memory: IntGauge,
    cpu: Counter,
}

impl StoreGauges {
    pub fn new(registry: &Registry) -> Result<Self, MetricsError> {
        let gauge = |name: &str, help: &str| register(registry, IntGauge::new(name, help)?);
        let gauges = |name: &str, help: &str, labels: &[&str]| {
            register(registry, IntGaugeVec::new(Opts::new(name, help), labels)?)
        };
        Ok(Self {
            pools: PoolGauges::new(registry)?,
            database_up: gauge("mercator_database_up", "1 if Postgres responded to this scrape, else 0.")?,
            jobs: gauges("mercator_queue_jobs", "Unfinished jobs, by queue and state.", &["queue", "state"])?,
            jobs_age: register(
                registry,
                GaugeVec::new(
                    Opts::new(
                        "mercator_queue_oldest_job_age_seconds",
                        "Time since the oldest ready job became ready, in seconds.",
                    ),
                    &["queue"],
                )?,
            )?,
            outbox: gauge("mercator_outbox_unpublished_events", "Events that are not published yet.")?,
            outbox_age: register(
                registry,
                Gauge::new(
                    "mercator_outbox_oldest_event_age_seconds",
                    "Age of the oldest unpublished event in seconds.",
                )?,
            )?,
            behind: gauge(
                "mercator_events_behind",
                "Published events that this process has not applied to its caches yet.",
            )?,
            search_behind: gauge(
                "mercator_search_events_behind",
                "Published events that are not in the search index of this process yet.",
            )?,
            search_age: register(
                registry,
                Gauge::new(
                    "mercator_search_update_age_seconds",
                    "Time since the last successful update of the search index in seconds; updates are tried twice a second.",
                )?,
            )?,
            consumer_lag: gauges(
                "mercator_event_consumer_lag_events",
                "Published events that a consumer has not handled yet.",
                &["consumer"],
            )?,
            consumer_gaps: gauges(
                "mercator_event_consumer_gaps",
                "Number of times that events were removed before a consumer had handled them.",
                &["consumer"],
            )?,
            memory: gauge("process_resident_memory_bytes", "Resident memory size in bytes.")?,
            cpu: register(
                registry,
                Counter::new("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.")?,
            )?,
        })
    }

    /// Updates all gauges. If Postgres does not respond, its gauges keep their values and `mercator_database_up` is 0.
    pub async fn read(&self, app: &App) {
        self.read_process();
        self.pools.read(app);
        if app.is_search_ready() {
            self.search_age.set(app.search_status().since_update.as_secs_f64());
        }
        let backlog = Workload::Health.scope(self.read_backlog(app));
        let is_up = matches!(timeout(TIMEOUT, backlog).await, Ok(Ok(())));
        self.database_up.set(i64::from(is_up));
    }

    async fn read_backlog(&self, app: &App) -> ServiceResult<()> {
        let now = app.now();
        let backlog = app.backlog().await?;
        self.jobs.reset();
        self.jobs_age.reset();
        for depth in &backlog.queues {
            self.jobs.with_label_values(&[depth.queue.as_str(), depth.state.as_str()]).set(depth.count);
            if depth.state == "READY" {
                self.jobs_age.with_label_values(&[depth.queue.as_str()]).set(age(depth.oldest, now));
            }
        }
        self.outbox.set(backlog.outbox.count);
        self.outbox_age.set(age(backlog.outbox.oldest, now));
        self.behind.set(backlog.events_behind);
        self.search_behind.set(backlog.search_behind.unwrap_or(0));
        for consumer in &backlog.consumers {
            let label = [consumer.name.as_str()];
            self.consumer_lag.with_label_values(&label).set(consumer.events_behind);
            self.consumer_gaps.with_label_values(&label).set(consumer.gaps);
        }
        Ok(())
    }

    fn read_process(&self) {
        if let Some(bytes) = resident_bytes() {
            self.memory.set(bytes);
        }
        if let Some(seconds) = cpu_seconds() {
            self.cpu.inc_by((seconds - self.cpu.get()).max(0.0));
        }
    }
}

/// Seconds since a time; zero for a time in the future.
fn age(since: Option<Timestamp>, now: Timestamp) -> f64 {
    since.map_or(0.0, |since| (now - since).as_seconds_f64().max(0.0))
}

/// Resident memory in bytes, from Linux' procfs.
pub fn resident_bytes() -> Option<i64> {
    const PAGE: i64 = 4_096;
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: i64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}

/// User and system time in seconds, from Linux' procfs, which counts hundredths of a second.
fn cpu_seconds() -> Option<f64> {
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may contain spaces.
    let (_, fields) = stat.rsplit_once(')')?;
    let field = |at| fields.split_whitespace().nth(at).and_then(|field| field.parse::<f64>().ok());
    Some((field(11)? + field(12)?) / TICKS)
}
