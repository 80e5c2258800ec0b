//! A token bucket, stored as the time at which it is full again (the generic cell rate algorithm).

use std::time::Duration;

use super::Budget;

const NANOS_PER_SECOND: u128 = 1_000_000_000;

/// A bucket; times are nanoseconds since the start of the process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bucket {
    /// The time at which the bucket is full again.
    pub full_at: u64,
    /// The cost that was charged here and not shared with other processes yet.
    pub unshared: u64,
}

impl Bucket {
    /// The time until the bucket allows a cost; none if it allows it now.
    pub fn wait(self, budget: Budget, cost: u64, now: u64) -> Option<Duration> {
        let latest = now.saturating_add(refill(budget, u64::from(budget.burst)));
        let full_at = self.after(budget, cost, now);
        full_at.checked_sub(latest).filter(|wait| *wait > 0).map(Duration::from_nanos)
    }

    /// Deducts a cost that was caused in this process.
    pub fn charge(&mut self, budget: Budget, cost: u64, now: u64) {
        self.full_at = self.after(budget, cost, now);
        self.unshared = self.unshared.saturating_add(cost.min(u64::from(budget.burst)));
    }

    /// Deducts a cost that was caused in another process.
    pub fn deduct(&mut self, budget: Budget, cost: u64, now: u64) {
        self.full_at = self.full_at.max(now).saturating_add(refill(budget, cost));
    }

    /// The time at which the bucket is full again after a cost, of which at most one burst counts.
    fn after(self, budget: Budget, cost: u64, now: u64) -> u64 {
        self.full_at.max(now).saturating_add(refill(budget, cost.min(u64::from(budget.burst))))
    }
}

/// The time in which a budget grows by a cost.
fn refill(budget: Budget, cost: u64) -> u64 {
    let nanos = u128::from(cost) * NANOS_PER_SECOND / u128::from(budget.per_second.max(1));
    u64::try_from(nanos).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget { per_second: 10, burst: 100 };
    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_bucket_allows_its_burst_and_then_its_rate() {
        let mut bucket = Bucket::default();
        let now = 5 * SECOND;
        assert_eq!(bucket.wait(BUDGET, 100, now), None);
        bucket.charge(BUDGET, 100, now);
        assert_eq!(bucket.wait(BUDGET, 20, now), Some(Duration::from_secs(2)));
        assert_eq!(bucket.wait(BUDGET, 20, now + SECOND), Some(Duration::from_secs(1)));
        assert_eq!(bucket.wait(BUDGET, 20, now + 2 * SECOND), None);
        assert_eq!(bucket.wait(BUDGET, 100, now + 100 * SECOND), None);
    }

    #[test]
    fn a_cost_above_the_burst_takes_the_whole_bucket() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.wait(BUDGET, u64::MAX, 0), None);
        bucket.charge(BUDGET, u64::MAX, 0);
        assert_eq!(bucket.wait(BUDGET, 1, 0), Some(Duration::from_millis(100)));
        assert_eq!(bucket.unshared, 100);
    }

    #[test]
    fn costs_of_other_processes_can_exceed_the_burst() {
        let mut bucket = Bucket::default();
        bucket.deduct(BUDGET, 250, 0);
        assert_eq!(bucket.wait(BUDGET, 1, 0), Some(Duration::from_millis(15_100)));
        assert_eq!(bucket.unshared, 0);
    }
}
