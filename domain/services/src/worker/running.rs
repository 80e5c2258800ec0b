//! The running jobs of a worker, and their outcomes.

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

/// The back-off before the second attempt; it doubles with each attempt.
const FIRST_BACK_OFF: Duration = Duration::from_secs(1);
/// The longest back-off.
const LONGEST_BACK_OFF: Duration = Duration::from_mins(10);
/// Attempts to save the outcome of a job while the database is unavailable.
const SAVES: u32 = 5;

/// The running jobs.
#[derive(Clone, Default)]
pub struct Running(Arc<Mutex<HashMap<JobId, Claimed>>>);

/// Removes a job from the list when its task ends, also by a panic.
pub struct Guard {
    list: Running,
    id: JobId,
}

impl Running {
    /// Adds a job to the list until the guard is dropped.
    pub fn add(&self, job: Claimed) -> Guard {
        let id = job.id;
        self.lock().insert(id, job);
        Guard { list: self.clone(), id }
    }

    /// The ids of the running jobs.
    pub fn ids(&self) -> Vec<JobId> {
        self.lock().keys().copied().collect()
    }

    /// Makes every running job due for other workers.
    pub async fn return_all(&self, app: &App) {
        let unfinished: Vec<Claimed> = self.lock().values().cloned().collect();
        for job in unfinished {
            save_outcome(app, &job, &Outcome::Later(Duration::ZERO)).await;
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

/// The outcome of an attempt.
#[derive(Debug, PartialEq)]
enum Outcome {
    Done,
    Later(Duration),
    Retry(Duration, String),
    Dead(String),
}

/// Runs one job and saves its outcome.
pub async fn run_one(app: &App, job: Claimed) {
    // A separate task, so that a panic is an outcome like any other.
    let task = {
        let (app, kind, payload) = (app.clone(), job.kind.clone(), job.payload.clone());
        tokio::spawn(async move { run_job(&app, &kind, payload).await })
    };
    let result = task.await.unwrap_or_else(|panic| Err(JobError::Retry(panic.to_string())));
    let outcome = outcome(&job, result);
    match &outcome {
        Outcome::Done | Outcome::Later(_) => {}
        Outcome::Retry(wait, error) => {
            tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempt, ?wait, error, "job failed");
        }
        Outcome::Dead(error) => tracing::error!(job = %job.id, kind = job.kind, error, "job is dead"),
    }
    save_outcome(app, &job, &outcome).await;
}

fn outcome(job: &Claimed, result: Result<(), JobError>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        Err(JobError::NotYet(wait)) => Outcome::Later(wait),
        Err(JobError::Retry(error)) if job.attempt < job.max_attempts => Outcome::Retry(backoff(job.attempt), error),
        Err(JobError::Retry(error) | JobError::Permanent(error)) => Outcome::Dead(error),
    }
}

/// Doubles with each attempt, with a jitter of half, so that jobs that failed together are not retried together.
fn backoff(attempt: i32) -> Duration {
    // Attempts count from 1; the bound keeps the shift in range.
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(20);
    let whole = FIRST_BACK_OFF.saturating_mul(1 << doublings).min(LONGEST_BACK_OFF);
    whole.mul_f64(rand::rng().random_range(0.5..=1.0))
}

/// Tries a few times; if the database stays unavailable, the lease ends and another worker runs the job again.
async fn save_outcome(app: &App, job: &Claimed, outcome: &Outcome) {
    for attempt in 1..=SAVES {
        match try_save_outcome(app, job, outcome).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(job = %job.id, %error, "cannot save the outcome of a job yet"),
        }
        sleep(Duration::from_millis(200) * attempt).await;
    }
}

async fn try_save_outcome(app: &App, job: &Claimed, outcome: &Outcome) -> StoreResult<()> {
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
    fn job_is_dead_after_its_last_attempt_or_a_permanent_failure() {
        let failed = || Err(JobError::Retry("away".to_owned()));
        assert!(matches!(outcome(&job(2), failed()), Outcome::Retry(..)));
        assert_eq!(outcome(&job(3), failed()), Outcome::Dead("away".to_owned()));
        let permanent = Err(JobError::Permanent("nonsense".to_owned()));
        assert_eq!(outcome(&job(1), permanent), Outcome::Dead("nonsense".to_owned()));
    }

    #[test]
    fn back_off_doubles_up_to_a_bound() {
        for (attempt, whole) in [(1, 1), (2, 2), (5, 16), (40, 600)] {
            let wait = backoff(attempt);
            assert!(
                wait <= Duration::from_secs(whole) && wait >= Duration::from_secs(whole) / 2,
                "{attempt}: {wait:?}"
            );
        }
    }
}
