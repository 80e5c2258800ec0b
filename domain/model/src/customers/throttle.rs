//! How often somebody may fail to log in.

use chrono::TimeDelta;

use crate::Timestamp;

/// What failures of one key (an account, an address, a pair of both) lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottlePolicy {
    /// How many failures cost nothing.
    pub free: u32,
    /// How long the first block lasts; each further failure doubles it.
    pub first_block: TimeDelta,
    /// How long any block lasts at most.
    pub longest_block: TimeDelta,
    /// After how long without a failure everything is forgotten.
    pub memory: TimeDelta,
}

impl ThrottlePolicy {
    /// One account tried from one network address.
    pub const PAIR: Self = Self::new(5, 30, 15 * 60);
    /// One account tried from anywhere; addresses from which it was entered before are exempt, so that strangers
    /// cannot keep its owner out.
    pub const ACCOUNT: Self = Self::new(50, 30, 5 * 60);
    /// One network address that tries any account.
    pub const ADDRESS: Self = Self::new(100, 30, 15 * 60);
    /// Mails to one address: registration, password reset, change of address.
    pub const MAIL: Self = Self::new(5, 60, 60 * 60);

    const fn new(free: u32, first_block: i64, longest_block: i64) -> Self {
        Self {
            free,
            first_block: TimeDelta::seconds(first_block),
            longest_block: TimeDelta::seconds(longest_block),
            memory: TimeDelta::hours(1),
        }
    }

    fn block(&self, failures: u32) -> TimeDelta {
        let doublings = failures.saturating_sub(self.free).min(20);
        let block = self.first_block * (1 << doublings);
        if failures < self.free { TimeDelta::zero() } else { block.min(self.longest_block) }
    }
}

/// The failures of one key so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Throttle {
    /// How many there were.
    pub failures: u32,
    /// When the last one was.
    pub last_at: Option<Timestamp>,
    /// Until when no further attempt is heard.
    pub blocked_until: Option<Timestamp>,
}

/// Too many failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; try again later")]
pub struct Throttled {
    /// When the next attempt is heard.
    pub retry_at: Timestamp,
}

impl Throttle {
    /// Whether an attempt is heard now.
    ///
    /// # Errors
    /// [`Throttled`] while a block lasts.
    pub fn check(&self, now: Timestamp) -> Result<(), Throttled> {
        match self.blocked_until {
            Some(retry_at) if now < retry_at => Err(Throttled { retry_at }),
            _ => Ok(()),
        }
    }

    /// Counts an attempt as a failure before its outcome is known, so that a thousand at once are not all heard; a
    /// success takes it back. Attempts that are not heard do not count: nobody can prolong a block.
    pub fn count(&mut self, policy: &ThrottlePolicy, now: Timestamp) {
        if self.last_at.is_some_and(|last| now - last >= policy.memory) {
            self.failures = 0;
        }
        self.failures = self.failures.saturating_add(1);
        self.last_at = Some(now);
        self.blocked_until = Some(now + policy.block(self.failures)).filter(|until| *until > now);
    }

    /// Takes one counted attempt back, because it succeeded.
    pub fn take_back(&mut self) {
        self.failures = self.failures.saturating_sub(1);
        self.blocked_until = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn the_fifth_failure_blocks_and_each_further_one_blocks_longer() {
        let mut throttle = Throttle::default();
        for _ in 0..4 {
            throttle.count(&ThrottlePolicy::PAIR, at(0));
            assert_eq!(throttle.check(at(0)), Ok(()));
        }
        throttle.count(&ThrottlePolicy::PAIR, at(0));
        assert_eq!(throttle.check(at(0)), Err(Throttled { retry_at: at(30) }));
        throttle.count(&ThrottlePolicy::PAIR, at(30));
        assert_eq!(throttle.check(at(30)), Err(Throttled { retry_at: at(90) }));
    }

    #[test]
    fn an_hour_without_failures_forgives_everything() {
        let mut throttle = Throttle { failures: 40, last_at: Some(at(0)), blocked_until: Some(at(900)) };
        throttle.count(&ThrottlePolicy::PAIR, at(3_600));
        assert_eq!(throttle, Throttle { failures: 1, last_at: Some(at(3_600)), blocked_until: None });
    }

    proptest! {
        #[test]
        fn no_block_outlasts_the_longest(steps in prop::collection::vec(0_i64..4_000, 1..200)) {
            let (mut throttle, mut now) = (Throttle::default(), 0);
            for step in steps {
                now += step;
                if throttle.check(at(now)).is_ok() {
                    throttle.count(&ThrottlePolicy::ACCOUNT, at(now));
                }
                prop_assert!(throttle.check(at(now) + ThrottlePolicy::ACCOUNT.longest_block).is_ok());
            }
        }
    }
}
