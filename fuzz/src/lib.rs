//! Fuzzing on stable Rust: generated inputs for a bounded time, with shrinking. The targets are in `tests/it`.

mod mutate;

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use proptest::{
    strategy::Strategy,
    test_runner::{Config, TestCaseError, TestRunner},
};

pub use mutate::mutated;

/// The time for one input. It is far beyond what an input may take, so that a busy machine does not fail a target, and far
/// below what an exponential algorithm takes.
const SLOWEST: Duration = Duration::from_secs(10);

/// Checks a property for generated inputs until the time is over: `FUZZ_SECONDS`, by default one second. Prints the
/// smallest input that panics or takes too long.
///
/// # Panics
/// If the property fails for an input.
#[expect(clippy::panic, clippy::disallowed_methods, reason = "a target fails by panicking and reads its time itself")]
pub fn fuzz<S: Strategy>(inputs: &S, property: impl Fn(S::Value))
where
    S::Value: Debug,
{
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(64) });
    while Instant::now() < end {
        let tried = runner.run(inputs, |input| {
            let started = Instant::now();
            property(input);
            let took = started.elapsed();
            if took < SLOWEST { Ok(()) } else { Err(TestCaseError::fail(format!("it took {took:?}"))) }
        });
        if let Err(failure) = tried {
            panic!("{failure}");
        }
    }
}
