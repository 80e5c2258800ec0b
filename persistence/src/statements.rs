//! Counts the statements that a piece of work sends to Postgres, for metrics and for tests that hold a bound.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use diesel::connection::{Instrumentation, InstrumentationEvent};

tokio::task_local! {
    static COUNTER: Arc<AtomicU64>;
}

/// Runs the work and says how many statements it sent, `BEGIN` and `COMMIT` included. Work that is counted inside counted
/// work counts for both.
pub async fn counted<F: Future>(work: F) -> (F::Output, u64) {
    let counter = Arc::new(AtomicU64::new(0));
    let output = COUNTER.scope(counter.clone(), work).await;
    let statements = counter.load(Ordering::Relaxed);
    let _ = COUNTER.try_with(|outer| outer.fetch_add(statements, Ordering::Relaxed));
    (output, statements)
}

/// Work for a task of its own that counts for the piece of work it was made in.
pub fn counted_here<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let counter = COUNTER.try_with(Arc::clone).unwrap_or_default();
    COUNTER.scope(counter, work)
}

/// Adds to the counter of the running piece of work, for statements that do not go through diesel.
pub(crate) fn add_one() {
    // Outside of a counted piece of work there is nobody to tell.
    let _ = COUNTER.try_with(|counter| counter.fetch_add(1, Ordering::Relaxed));
}

pub(crate) struct Counter;

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            add_one();
        }
    }
}
