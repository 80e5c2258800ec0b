//! The jobs that a worker is at, and what becomes of each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use model::ids::JobId;
use persistence::{
    StoreResult,
    jobs::{self, Claimed},
};
use rand::Rng as _;
use tokio::time::sleep;

use super::dispatch::run_job;
use crate::{App, jobs::JobError};

/// The wait before the second try; it doubles with each try.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// How often the outcome of a job is written again while the database is away.
const WRITES: u32 = 5;

/// The jobs that are running now.
#[derive(Clone, Default)]
pub struct Running(Arc<Mutex<HashMap<JobId, Claimed>>>);

/// Takes a job off the list when its task ends, in whatever way.
pub struct Guard {
    list: Running,
    id: JobId,
}

impl Running {
    /// Puts a job on the list, until the guard is dropped.
    pub fn add(&self, job: Claimed) -> Guard {
        let id = job.id;
        self.lock().insert(id, job);
        Guard { list: self.clone(), id }
    }

    /// The ids of the jobs on the list.
    pub fn ids(&self) -> Vec<JobId> {
        self.lock().keys().copied().collect()
    }

    /// Makes every job on the list due for other workers.
    pub async fn give_back(&self, app: &App) {
        let unfinished: Vec<Claimed> = self.lock().values().cloned().collect();
        for job in unfinished {
            write_outcome(app, &job, &Outcome::Later(Duration::ZERO)).await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<JobId, Claimed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.list.lock().remove(&self.id);
    }
}

/// What becomes of a job after a try.
#[derive(Debug, PartialEq)]
enum Outcome {
    Done,
    Later(Duration),
    Retry(Duration, String),
    Dead(String),
}

/// Does one job and writes down what became of it.
pub async fn do_one(app: &App, job: Claimed) {
    // A task of its own, so that a panic is an outcome like any other.
    let task = {
        let (app, kind, payload) = (app.clone(), job.kind.clone(), job.payload.clone());
        tokio::spawn(async move { run_job(&app, &kind, payload).await })
    };
    let result = task.await.unwrap_or_else(|panic| Err(JobError::Retry(panic.to_string())));
    let outcome = outcome(&job, result);
    match &outcome {
        Outcome::Done | Outcome::Later(_) => {}
        Outcome::Retry(wait, error) => {
            tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempt, ?wait, error, "a job failed");
        }
        Outcome::Dead(error) => tracing::error!(job = %job.id, kind = job.kind, error, "a job is dead"),
    }
    write_outcome(app, &job, &outcome).await;
}

fn outcome(job: &Claimed, result: Result<(), JobError>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        Err(JobError::NotYet(wait)) => Outcome::Later(wait),
        Err(JobError::Retry(error)) if job.attempt < job.max_attempts => Outcome::Retry(backoff(job.attempt), error),
        Err(JobError::Retry(error) | JobError::Permanent(error)) => Outcome::Dead(error),
    }
}

/// Doubles from try to try, and spreads by half so that what failed together does not come back together.
fn backoff(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(20);
    let whole = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
    whole.mul_f64(rand::rng().random_range(0.5..=1.0))
}

/// Tries a few times; when the database stays away the lease ends, and another worker does the job again.
async fn write_outcome(app: &App, job: &Claimed, outcome: &Outcome) {
    for attempt in 1..=WRITES {
        match try_write_outcome(app, job, outcome).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(job = %job.id, %error, "the outcome of a job is not written yet"),
        }
        sleep(Duration::from_millis(200) * attempt).await;
    }
}

async fn try_write_outcome(app: &App, job: &Claimed, outcome: &Outcome) -> StoreResult<()> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    match outcome {
        Outcome::Done => jobs::finish(&mut conn, job, now).await,
        Outcome::Later(wait) => jobs::postpone(&mut conn, job, now + *wait).await,
        Outcome::Retry(wait, error) => jobs::retry_later(&mut conn, job, now + *wait, error).await,
        Outcome::Dead(error) => jobs::mark_dead(&mut conn, job, now, error).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(attempt: i32) -> Claimed {
        Claimed {
            id: JobId::new(),
            queue: "default".to_owned(),
            kind: "ping".to_owned(),
            payload: serde_json::Value::Null,
            attempt,
            max_attempts: 3,
        }
    }

    #[test]
    fn a_failed_job_is_dead_after_its_last_try_and_at_once_when_it_is_hopeless() {
        let failed = || Err(JobError::Retry("away".to_owned()));
        assert!(matches!(outcome(&job(2), failed()), Outcome::Retry(..)));
        assert_eq!(outcome(&job(3), failed()), Outcome::Dead("away".to_owned()));
        let hopeless = Err(JobError::Permanent("nonsense".to_owned()));
        assert_eq!(outcome(&job(1), hopeless), Outcome::Dead("nonsense".to_owned()));
    }

    #[test]
    fn waits_double_up_to_a_bound() {
        for (attempt, whole) in [(1, 1), (2, 2), (5, 16), (40, 600)] {
            let wait = backoff(attempt);
            assert!(
                wait <= Duration::from_secs(whole) && wait >= Duration::from_secs(whole) / 2,
                "{attempt}: {wait:?}"
            );
        }
    }
}
