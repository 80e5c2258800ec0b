//! Counts the statements that a future sends to Postgres, for metrics and for tests with limits.

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

/// Runs a future and returns the number of statements that it sent, including `BEGIN` and `COMMIT`. Nested counters add
/// to the outer ones.
pub async fn counted<F: Future>(work: F) -> (F::Output, u64) {
    let counter = Arc::new(AtomicU64::new(0));
    let output = COUNTER.scope(counter.clone(), work).await;
    let statements = counter.load(Ordering::Relaxed);
    let _ = COUNTER.try_with(|outer| outer.fetch_add(statements, Ordering::Relaxed));
    (output, statements)
}

/// Wraps a future for a separate task, so that its statements count for the current counter.
pub fn counted_here<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let counter = COUNTER.try_with(Arc::clone).unwrap_or_default();
    COUNTER.scope(counter, work)
}

/// Counts one statement that does not go through diesel.
pub(crate) fn add_one() {
    // Nothing to do outside of a counter.
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
