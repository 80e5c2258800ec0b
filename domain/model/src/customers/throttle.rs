//! How often somebody may fail to log in.

use chrono::TimeDelta;

use crate::Timestamp;

/// What failures of one key (an account, a network, a pair of both) lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottlePolicy {
    /// How many failures cost nothing.
    pub free: u32,
    /// How long the first block lasts; each further failure doubles it.
    pub first_block: TimeDelta,
    /// How long any block lasts at most.
    pub longest_block: TimeDelta,
    /// How long it takes until one failure is forgotten, and after it the next.
    pub forgets_one: TimeDelta,
}

/// How many attempts may wait for their outcome at the same time: a family, or the tabs of one browser.
const AT_ONCE: u32 = 32;

impl ThrottlePolicy {
    /// One account tried from one network: five failures an hour.
    pub const PAIR: Self = Self::new(5, 30, 15 * 60, 12 * 60);
    /// One account tried from anywhere: fifty failures an hour. Networks from which it was entered before are exempt,
    /// so that strangers cannot keep its owner out.
    pub const ACCOUNT: Self = Self::new(50, 30, 5 * 60, 72);
    /// Mails to one address (registration, password reset, change of address): five, then one an hour.
    pub const MAIL: Self = Self::new(5, 60, 60 * 60, 60 * 60);
    /// Attempts whose outcome is not known yet. They block nothing by themselves, and those of a process that died are
    /// forgotten.
    pub const PENDING: Self = Self::new(u32::MAX, 0, 0, 10);

    /// One network that tries any account or asks for mails to any address: so many an hour.
    #[must_use]
    pub fn network(an_hour: u32) -> Self {
        let forgets_one = TimeDelta::milliseconds(3_600_000 / i64::from(an_hour.max(1)));
        Self { forgets_one, ..Self::new(an_hour, 30, 15 * 60, 0) }
    }

    const fn new(free: u32, first_block: i64, longest_block: i64, forgets_one: i64) -> Self {
        Self {
            free,
            first_block: TimeDelta::seconds(first_block),
            longest_block: TimeDelta::seconds(longest_block),
            forgets_one: TimeDelta::seconds(forgets_one),
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
    /// How many there were that are not forgotten.
    pub failures: u32,
    /// Since when the next of them is being forgotten.
    pub since: Option<Timestamp>,
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

    /// Whether an attempt is heard beside those that wait for their outcome, so that a thousand at once are not all
    /// heard: some while failures cost nothing, then one after the other.
    ///
    /// # Errors
    /// [`Throttled`] while a block lasts, or when as many wait as may.
    pub fn check_beside(&self, pending: &Self, policy: &ThrottlePolicy, now: Timestamp) -> Result<(), Throttled> {
        self.check(now)?;
        let is_suspect = self.left(policy, now).failures >= policy.free;
        let room = if is_suspect { 1 } else { policy.free.max(AT_ONCE) };
        if pending.left(&ThrottlePolicy::PENDING, now).failures < room {
            return Ok(());
        }
        Err(Throttled { retry_at: now + ThrottlePolicy::PENDING.forgets_one })
    }

    /// Counts a failure. Attempts that are not heard do not count: nobody can prolong a block.
    pub fn count(&mut self, policy: &ThrottlePolicy, now: Timestamp) {
        let Self { failures, since, blocked_until } = self.left(policy, now);
        self.failures = failures.saturating_add(1);
        self.since = since.or(Some(now));
        let block = Some(now + policy.block(self.failures));
        self.blocked_until = blocked_until.max(block).filter(|until| *until > now);
    }

    /// Takes a pending attempt back, because its outcome is known.
    pub const fn take_back(&mut self) {
        self.failures = self.failures.saturating_sub(1);
    }

    /// When nothing of this counts any more.
    #[must_use]
    pub fn forgotten_at(&self, policy: &ThrottlePolicy) -> Option<Timestamp> {
        let failures = i32::try_from(self.failures).unwrap_or(i32::MAX);
        let forgotten = self.since.and_then(|since| since.checked_add_signed(policy.forgets_one * failures));
        forgotten.max(self.blocked_until)
    }

    /// What is not forgotten by now. Whoever fails again does not keep what is older: it goes at the same pace.
    fn left(&self, policy: &ThrottlePolicy, now: Timestamp) -> Self {
        let Some(since) = self.since else { return *self };
        let passed = (now - since).num_milliseconds() / policy.forgets_one.num_milliseconds().max(1);
        let forgotten = i32::try_from(passed.max(0)).unwrap_or(i32::MAX);
        let failures = self.failures.saturating_sub(forgotten.unsigned_abs());
        let since = (failures > 0).then(|| since + policy.forgets_one * forgotten);
        Self { failures, since, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn failed(times: u32, policy: &ThrottlePolicy, now: Timestamp) -> Throttle {
        let mut throttle = Throttle::default();
        for _ in 0..times {
            throttle.count(policy, now);
        }
        throttle
    }

    #[test]
    fn the_fifth_failure_blocks_and_each_further_one_blocks_longer() {
        let mut throttle = failed(4, &ThrottlePolicy::PAIR, at(0));
        assert_eq!(throttle.check(at(0)), Ok(()));
        throttle.count(&ThrottlePolicy::PAIR, at(0));
        assert_eq!(throttle.check(at(0)), Err(Throttled { retry_at: at(30) }));
        throttle.count(&ThrottlePolicy::PAIR, at(30));
        assert_eq!(throttle.check(at(30)), Err(Throttled { retry_at: at(90) }));
    }

    #[test]
    fn failures_are_forgotten_one_after_the_other() {
        let mut throttle = failed(4, &ThrottlePolicy::PAIR, at(0));
        assert_eq!(throttle.forgotten_at(&ThrottlePolicy::PAIR), Some(at(4 * 720)));
        throttle.count(&ThrottlePolicy::PAIR, at(2 * 720 + 100));
        assert_eq!(throttle, Throttle { failures: 3, since: Some(at(2 * 720)), blocked_until: None });
        throttle.count(&ThrottlePolicy::PAIR, at(100_000));
        assert_eq!(throttle, Throttle { failures: 1, since: Some(at(100_000)), blocked_until: None });
    }

    #[test]
    fn a_network_that_asks_steadily_is_heard_for_ever() {
        let policy = ThrottlePolicy::network(300);
        let mut throttle = failed(299, &policy, at(0));
        for n in 1..5_000 {
            assert_eq!(throttle.check(at(n * 12)), Ok(()), "{n}");
            throttle.count(&policy, at(n * 12));
        }
    }

    #[test]
    fn attempts_at_once_have_room_until_failures_cost_something() {
        let (policy, now) = (ThrottlePolicy::PAIR, at(0));
        let waiting = |attempts| failed(attempts, &ThrottlePolicy::PENDING, now);
        let suspect = Throttle { blocked_until: None, ..failed(5, &policy, now) };
        let table = [
            (failed(4, &policy, now), 31, true),
            (failed(4, &policy, now), 32, false),
            (suspect, 0, true),
            (suspect, 1, false),
        ];
        for (throttle, attempts, is_heard) in table {
            assert_eq!(throttle.check_beside(&waiting(attempts), &policy, now).is_ok(), is_heard, "{attempts}");
        }
        assert_eq!(
            suspect.check_beside(&waiting(1), &policy, at(10)),
            Ok(()),
            "what a dead process began is forgotten"
        );
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

        #[test]
        fn no_more_is_heard_than_is_free_and_forgotten(steps in prop::collection::vec(0_i64..2_000, 1..300)) {
            let policy = ThrottlePolicy::PAIR;
            let (mut throttle, mut now, mut heard) = (Throttle::default(), 0, 0);
            for step in steps {
                now += step;
                if throttle.check(at(now)).is_ok() {
                    throttle.count(&policy, at(now));
                    heard += 1;
                }
            }
            // Once failures cost something, a block outlasts what is forgotten meanwhile after six doublings.
            prop_assert!(heard <= 5 + 6 + now / 720, "{heard} in {now} s");
        }

        #[test]
        fn everything_is_forgotten_by_the_time_that_is_told(steps in prop::collection::vec(0_i64..2_000, 1..100)) {
            let (policy, mut throttle, mut now) = (ThrottlePolicy::network(100), Throttle::default(), 0);
            for step in steps {
                now += step;
                throttle.count(&policy, at(now));
            }
            let end = throttle.forgotten_at(&policy).unwrap();
            prop_assert_eq!(throttle.left(&policy, end).failures, 0);
            prop_assert_eq!(throttle.check(end), Ok(()));
        }
    }
}
