//! The loop of a worker process: claims due jobs, runs some at a time, and returns unfinished ones when it stops.

mod dispatch;
mod running;

use std::{sync::Arc, time::Duration};

use persistence::{StoreResult, db::Workload, jobs};
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::dispatch::run_job;
use self::running::Running;
use crate::{
    App,
    bus::Topic,
    identity, orders,
    privacy::{self, RetentionKind},
};

/// Configuration of a worker.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// The queues it serves; all if empty.
    pub queues: Vec<String>,
    /// The number of jobs that run concurrently.
    pub concurrency: usize,
    /// The lease of a running job; renewed three times as often.
    pub lease: Duration,
    /// The polling interval, for jobs without a notification.
    pub poll: Duration,
    /// The time that running jobs get to finish after the worker was asked to stop.
    pub drain: Duration,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            queues: Vec::new(),
            concurrency: 8,
            lease: Duration::from_secs(30),
            poll: Duration::from_millis(250),
            drain: Duration::from_secs(20),
        }
    }
}

/// Interval of deleting expired tokens, throttles, sessions and personal data.
const PURGE_EVERY: Duration = Duration::from_mins(10);

/// The pause after a failure of the database.
const RETRY: Duration = Duration::from_secs(1);

/// Runs jobs until `stop` is canceled; then lets running ones finish, within [`WorkerConfig::drain`].
pub async fn run(app: App, config: WorkerConfig, stop: CancellationToken) {
    Workload::Background.scope(Box::pin(claim_and_run(app, config, stop))).await;
}

async fn claim_and_run(app: App, config: WorkerConfig, stop: CancellationToken) {
    let running = Running::default();
    let tasks = TaskTracker::new();
    let upkeep = upkeep(&app, &config, &running);
    let work = claim_until_stopped(&app, &config, &running, &tasks, &stop);
    tokio::select! {
        () = work => {}
        () = upkeep => {}
    }
    tasks.close();
    let drained = async {
        tokio::select! {
            () = tasks.wait() => {}
            () = keep_leases(&app, &config, &running) => {}
        }
    };
    if timeout(config.drain, drained).await.is_err() {
        tracing::warn!(jobs = running.ids().len(), "unfinished jobs are returned to the queue");
        running.return_all(&app).await;
    }
}

async fn claim_until_stopped(
    app: &App,
    config: &WorkerConfig,
    running: &Running,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(config.concurrency));
    let mut woken = app.bus.subscribe(Topic::Jobs);
    while !stop.is_cancelled() {
        let pause = match claim(app, config, running, tasks, &slots, stop).await {
            Ok(Claims::Full) => continue,
            Ok(Claims::Partial) => config.poll,
            Err(error) => {
                tracing::warn!(error = %crate::error::Chain(&error), "cannot claim jobs; retrying");
                RETRY
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            _ = woken.changed() => {}
            () = sleep(pause) => {}
        }
    }
}

enum Claims {
    /// All free slots were filled; more jobs may be due.
    Full,
    /// Slots are left.
    Partial,
}

/// Waits for a free slot, then claims and starts as many jobs as there are free slots.
async fn claim(
    app: &App,
    config: &WorkerConfig,
    running: &Running,
    tasks: &TaskTracker,
    slots: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> StoreResult<Claims> {
    let Some(Ok(first)) = stop.run_until_cancelled(slots.clone().acquire_owned()).await else {
        return Ok(Claims::Partial);
    };
    let mut free = vec![first];
    while let Ok(another) = slots.clone().try_acquire_owned() {
        free.push(another);
    }
    // Configurations limit concurrency to a thousand.
    let room = i64::try_from(free.len()).unwrap_or(1);
    let mut conn = app.db.write().await?;
    let claimed = jobs::claim(&mut conn, &config.queues, app.clock.now(), config.lease, room).await?;
    drop(conn);
    let claims = if claimed.len() == free.len() { Claims::Full } else { Claims::Partial };
    for job in claimed {
        // A claimed job runs even if there were no slot for it.
        let slot = free.pop();
        let guard = running.add(job.clone());
        let app = app.clone();
        tasks.spawn(async move {
            // The job itself runs in another task, on the connections of requests.
            Workload::Background.scope(running::run_one(&app, job)).await;
            drop((guard, slot));
        });
    }
    Ok(claims)
}

/// Renews the leases of running jobs, and makes jobs of dead workers due again.
async fn upkeep(app: &App, config: &WorkerConfig, running: &Running) {
    let revive = async {
        loop {
            let revived = async { jobs::release_expired(&mut *app.db.write().await?, app.clock.now()).await };
            match revived.await {
                Ok(0) => {}
                Ok(jobs) => tracing::warn!(jobs, "jobs of a dead worker are due again"),
                Err(error) => tracing::warn!(%error, "cannot check leases"),
            }
            sleep(config.lease / 3).await;
        }
    };
    let purge = async {
        loop {
            for purged in [identity::purge(app).await, orders::purge(app).await] {
                if let Err(error) = purged {
                    tracing::warn!(error = %error.chain(), "cannot delete expired rows; retrying");
                }
            }
            match privacy::retain(app).await {
                Ok(deleted) => report(&deleted),
                Err(error) => tracing::warn!(error = %error.chain(), "cannot delete old personal data; retrying"),
            }
            sleep(PURGE_EVERY).await;
        }
    };
    tokio::join!(revive, purge, keep_leases(app, config, running));
}

/// Logs what was deleted.
fn report(deleted: &[(RetentionKind, usize)]) {
    for (kind, rows) in deleted.iter().filter(|(_, rows)| *rows > 0) {
        tracing::info!(%kind, rows, "deleted personal data at the end of its period");
    }
}

async fn keep_leases(app: &App, config: &WorkerConfig, running: &Running) {
    loop {
        sleep(config.lease / 3).await;
        let ids = running.ids();
        if ids.is_empty() {
            continue;
        }
        let renewed = async { jobs::renew(&mut *app.db.write().await?, &ids, config.lease).await };
        if let Err(error) = renewed.await {
            tracing::warn!(%error, jobs = ids.len(), "cannot renew leases");
        }
    }
}
