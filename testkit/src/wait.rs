//! Waiting for another task or process.

use std::time::{Duration, Instant};

/// Calls the closure until it returns a value; fails the test at the deadline.
///
/// # Panics
/// If there is no value at the deadline.
pub async fn eventually<T>(what: &str, deadline: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < deadline, "not within {deadline:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
