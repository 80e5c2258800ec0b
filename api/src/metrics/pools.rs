//! Gauges of the pools of connections to Postgres.

use persistence::db::Workload;
use prometheus::{IntGaugeVec, Opts, Registry};
use services::App;

use super::{MetricsError, families::register};

pub struct PoolGauges {
    connections: IntGaugeVec,
    max: IntGaugeVec,
    waiting: IntGaugeVec,
}

impl PoolGauges {
    pub fn new(registry: &Registry) -> Result<Self, MetricsError> {
        let gauges = |name: &str, help: &str, labels: &[&str]| {
            register(registry, IntGaugeVec::new(Opts::new(name, help), labels)?)
        };
        Ok(Self {
            connections: gauges(
                "mercator_db_pool_connections",
                "Connections to Postgres, by pool and state.",
                &["pool", "state"],
            )?,
            max: gauges(
                "mercator_db_pool_max_connections",
                "Maximum number of connections to Postgres, by pool.",
                &["pool"],
            )?,
            waiting: gauges(
                "mercator_db_pool_waiting",
                "Callers that wait for a connection to Postgres, by pool.",
                &["pool"],
            )?,
        })
    }

    /// Updates all gauges.
    pub fn read(&self, app: &App) {
        // A pool has far fewer connections than `i64::MAX`.
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        for workload in Workload::ALL {
            let (name, pool) = (workload.name(), app.pool_status(workload));
            self.connections.with_label_values(&[name, "idle"]).set(number(pool.idle));
            self.connections.with_label_values(&[name, "used"]).set(number(pool.size.saturating_sub(pool.idle)));
            self.max.with_label_values(&[name]).set(number(pool.max));
            self.waiting.with_label_values(&[name]).set(number(pool.waiting));
        }
    }
}
