//! The progress of the index of each process, for health checks, metrics and `mercator doctor`.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use persistence::search::reports as store;
use tokio::time::Instant;

use crate::{App, ServiceResult};

/// Interval of reporting the progress to the database.
pub(super) const REPORT: Duration = Duration::from_secs(5);
/// The age after which a report counts as that of a stopped process.
const CURRENT: TimeDelta = TimeDelta::seconds(30);
/// The age after which a report is deleted.
const RETENTION: TimeDelta = TimeDelta::hours(1);
/// The time without a successful update after which the index counts as stale; an update is tried twice a second.
const STALE: Duration = Duration::from_secs(5);

/// The progress of the index of this process.
pub(super) struct Progress {
    position: AtomicI64,
    updated: Mutex<Instant>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { position: AtomicI64::new(0), updated: Mutex::new(Instant::now()) }
    }
}

impl Progress {
    /// Notes the outcome of an attempt to update the index.
    pub(super) fn note(&self, is_updated: bool) {
        if is_updated {
            *self.updated.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
    }

    /// Notes the position of the last event in the index.
    pub(super) fn reach(&self, position: i64) {
        self.position.store(position, Ordering::Release);
    }

    fn status(&self) -> SearchStatus {
        let since_update = self.updated.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        SearchStatus { position: self.position.load(Ordering::Acquire), since_update }
    }
}

/// The progress of the search index of this process.
#[derive(Debug, Clone, Copy)]
pub struct SearchStatus {
    /// The position of the last event in the index; 0 until it is built.
    pub position: i64,
    /// The time since the last successful attempt to update the index, also without new events.
    pub since_update: Duration,
}

impl SearchStatus {
    /// True if the index cannot be updated, for example because the disk is full.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.since_update > STALE
    }
}

impl App {
    /// The progress of the search index of this process.
    #[must_use]
    pub fn search_status(&self) -> SearchStatus {
        self.search.shared.progress.status()
    }
}

/// Reports the progress to the database. A failure is logged: the next report follows soon.
pub(super) async fn report(app: &App) {
    let status = app.search_status();
    let now = app.clock.now();
    let since_update = TimeDelta::from_std(status.since_update).unwrap_or(TimeDelta::MAX);
    let report = store::Report {
        process: app.search.shared.process.clone(),
        position: status.position,
        updated_at: now - since_update,
        reported_at: now,
    };
    let saved = async { store::save(&mut *app.db.write().await?, &report, now - RETENTION).await };
    if let Err(error) = saved.await {
        tracing::warn!(%error, "the progress of the search index cannot be reported");
    }
}

/// The progress of the index of a running process, as it was reported last.
#[derive(Debug, Clone)]
pub struct Report {
    /// The machine and the process id.
    pub process: String,
    /// The number of published events that are not in the index.
    pub events_behind: i64,
    /// True if the index could not be updated.
    pub is_stale: bool,
}

/// The progress of the indexes of all running processes.
///
/// # Errors
/// The store's error.
pub async fn reports(app: &App) -> ServiceResult<Vec<Report>> {
    let mut conn = app.db.read().await?;
    let head = persistence::outbox::head(&mut conn).await?;
    let stale = TimeDelta::from_std(STALE).unwrap_or(TimeDelta::MAX);
    let reports = store::list(&mut conn, app.clock.now() - CURRENT).await?.into_iter();
    Ok(reports
        .map(|report| Report {
            events_behind: (head - report.position).max(0),
            is_stale: report.reported_at - report.updated_at > stale,
            process: report.process,
        })
        .collect())
}
