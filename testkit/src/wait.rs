//! Waiting for something that another task or process does.

use std::time::{Duration, Instant};

/// Asks again until the answer is something, and fails the test when it is not in time.
///
/// # Panics
/// When the answer is still nothing at the deadline.
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
