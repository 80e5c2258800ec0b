//! The loop of a worker process: claims due jobs, runs some at a time, and returns unfinished ones when it stops.

mod dispatch;
mod running;

use std::{sync::Arc, time::Duration};

use persistence::{StoreResult, jobs};
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::dispatch::run_job;
use self::running::Running;
use crate::{App, bus::Topic, identity};

/// How a worker works.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// The queues it serves; all, for none.
    pub queues: Vec<String>,
    /// How many jobs it does at a time.
    pub concurrency: usize,
    /// How long a job is its own without a sign of life; it renews three times as often.
    pub lease: Duration,
    /// How long a due job that nobody told of waits at most.
    pub poll: Duration,
    /// How long running jobs may go on after the worker was told to stop.
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

/// How often tokens, throttles and sessions that are of no more use are forgotten.
const FORGET: Duration = Duration::from_mins(10);

/// How long to wait after the database failed.
const RETRY: Duration = Duration::from_secs(1);

/// Works until told to stop; then finishes what is running, within [`WorkerConfig::drain`].
pub async fn run(app: App, config: WorkerConfig, stop: CancellationToken) {
    let running = Running::default();
    let tasks = TaskTracker::new();
    let upkeep = upkeep(&app, &config, &running);
    let work = take_for_ever(&app, &config, &running, &tasks, &stop);
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
        tracing::warn!(jobs = running.ids().len(), "jobs are given back unfinished");
        running.give_back(&app).await;
    }
}

async fn take_for_ever(
    app: &App,
    config: &WorkerConfig,
    running: &Running,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(config.concurrency));
    let mut woken = app.bus.subscribe(Topic::Jobs);
    while !stop.is_cancelled() {
        let pause = match take(app, config, running, tasks, &slots, stop).await {
            Ok(Taken::All) => continue,
            Ok(Taken::Few) => config.poll,
            Err(error) => {
                tracing::warn!(error = %crate::error::Chain(&error), "cannot claim jobs; retrying");
                RETRY
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = woken.changed() => {}
            () = sleep(pause) => {}
        }
    }
}

enum Taken {
    /// As many as there was room for; there may be more.
    All,
    /// Fewer than there was room for.
    Few,
}

/// Waits for room, then takes as many jobs as there is room for and starts them.
async fn take(
    app: &App,
    config: &WorkerConfig,
    running: &Running,
    tasks: &TaskTracker,
    slots: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> StoreResult<Taken> {
    let Some(Ok(first)) = stop.run_until_cancelled(slots.clone().acquire_owned()).await else { return Ok(Taken::Few) };
    let mut free = vec![first];
    while let Ok(another) = slots.clone().try_acquire_owned() {
        free.push(another);
    }
    let room = i64::try_from(free.len()).unwrap_or(1);
    let mut conn = app.db.write().await?;
    let claimed = jobs::claim(&mut conn, &config.queues, app.clock.now(), config.lease, room).await?;
    drop(conn);
    let taken = if claimed.len() == free.len() { Taken::All } else { Taken::Few };
    for job in claimed {
        // Whatever was claimed is done, had there been room for it or not.
        let slot = free.pop();
        let guard = running.add(job.clone());
        let app = app.clone();
        tasks.spawn(async move {
            running::do_one(&app, job).await;
            drop((guard, slot));
        });
    }
    Ok(taken)
}

/// Renews the leases of running jobs, and takes back those of workers that went away.
async fn upkeep(app: &App, config: &WorkerConfig, running: &Running) {
    let revive = async {
        loop {
            let revived = async { jobs::release_expired(&mut *app.db.write().await?, app.clock.now()).await };
            match revived.await {
                Ok(0) => {}
                Ok(jobs) => tracing::warn!(jobs, "jobs of a worker that went away are due again"),
                Err(error) => tracing::warn!(%error, "leases cannot be checked"),
            }
            sleep(config.lease / 3).await;
        }
    };
    let forget = async {
        loop {
            if let Err(error) = identity::purge(app).await {
                tracing::warn!(error = %error.chain(), "cannot delete expired tokens, throttles and sessions; retrying");
            }
            sleep(FORGET).await;
        }
    };
    tokio::join!(revive, forget, keep_leases(app, config, running));
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
            tracing::warn!(%error, jobs = ids.len(), "leases cannot be renewed");
        }
    }
}
