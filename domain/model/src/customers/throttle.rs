//! Throttling of logins and of requested mails.

use chrono::TimeDelta;

use crate::Timestamp;

/// The limits for counted events of one key, such as failed logins: an account, a network, or a pair of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottlePolicy {
    /// Number of failures without a block.
    pub free: u32,
    /// Duration of the first block; each further failure doubles it.
    pub first_block: TimeDelta,
    /// Maximum duration of a block.
    pub longest_block: TimeDelta,
    /// Time after which one failure expires; failures expire one after the other.
    pub expires_one_after: TimeDelta,
}

/// Number of attempts that may be in progress at the same time, for example from several tabs of one browser.
const AT_ONCE: u32 = 32;

impl ThrottlePolicy {
    /// Attempts on one account from one network: five failures an hour.
    pub const PAIR: Self = Self::new(5, 30, 15 * 60, 12 * 60);
    /// Attempts on one account from anywhere: fifty failures an hour. Networks with an earlier successful login are
    /// exempt, so that an attacker cannot lock the owner out.
    pub const ACCOUNT: Self = Self::new(50, 30, 5 * 60, 72);
    /// Successful logins to one account: thirty an hour, and after that one every two minutes.
    pub const LOGINS: Self = Self::new(30, 60, 15 * 60, 2 * 60);
    /// Mails to one address (registration, password reset, email change, order confirmation): five, then one an hour.
    pub const MAIL: Self = Self::new(5, 60, 60 * 60, 60 * 60);
    /// Wrong discount codes in one cart: ten an hour.
    pub const CODES_OF_CART: Self = Self::new(10, 60, 60 * 60, 6 * 60);
    /// Declined payments of one cart: six an hour, because a shopper mistypes a card three or four times.
    pub const DECLINES_OF_CART: Self = Self::new(6, 5 * 60, 60 * 60, 10 * 60);
    /// Declined payments of one e-mail address: twelve an hour.
    pub const DECLINES_OF_EMAIL: Self = Self::new(12, 5 * 60, 60 * 60, 5 * 60);
    /// Attempts in progress. They cause no block by themselves, and those of a crashed process expire.
    pub const PENDING: Self = Self::new(u32::MAX, 0, 0, 10);

    /// Failed logins and mail requests from one network, for any account.
    #[must_use]
    pub fn network(per_hour: u32) -> Self {
        let expires_one_after = TimeDelta::milliseconds(3_600_000 / i64::from(per_hour.max(1)));
        Self { expires_one_after, ..Self::new(per_hour, 30, 15 * 60, 0) }
    }

    /// Successful logins from one network, to any account: ten times as many as failed ones, because people share
    /// networks.
    #[must_use]
    pub fn network_logins(failures_per_hour: u32) -> Self {
        Self::network(failures_per_hour.saturating_mul(10))
    }

    const fn new(free: u32, first_block: i64, longest_block: i64, expires_one_after: i64) -> Self {
        Self {
            free,
            first_block: TimeDelta::seconds(first_block),
            longest_block: TimeDelta::seconds(longest_block),
            expires_one_after: TimeDelta::seconds(expires_one_after),
        }
    }

    fn block(&self, failures: u32) -> TimeDelta {
        // 20 doublings exceed every longest block, and the shift cannot overflow.
        let doublings = failures.saturating_sub(self.free).min(20);
        let block = self.first_block * (1 << doublings);
        if failures < self.free { TimeDelta::zero() } else { block.min(self.longest_block) }
    }
}

/// The recorded failures of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Throttle {
    /// Number of failures that have not expired.
    pub failures: u32,
    /// Start of the period after which the next failure expires.
    pub since: Option<Timestamp>,
    /// End of the current block; None if there was none.
    pub blocked_until: Option<Timestamp>,
}

/// The attempt is rejected because of too many failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; try again later")]
pub struct Throttled {
    /// Time from which the next attempt is allowed.
    pub retry_at: Timestamp,
}

impl Throttled {
    /// Seconds until the next attempt is allowed, at least 1.
    #[must_use]
    pub fn retry_after_seconds(&self, now: Timestamp) -> i64 {
        (self.retry_at - now).num_seconds().max(0) + 1
    }
}

impl Throttle {
    /// Checks that an attempt is allowed now.
    ///
    /// # Errors
    /// [`Throttled`] during a block.
    pub fn check(&self, now: Timestamp) -> Result<(), Throttled> {
        match self.blocked_until {
            Some(retry_at) if now < retry_at => Err(Throttled { retry_at }),
            _ => Ok(()),
        }
    }

    /// Checks that an attempt is allowed in addition to those in progress, so that a thousand parallel attempts do not
    /// all pass: several before the first block, then one at a time.
    ///
    /// # Errors
    /// [`Throttled`] during a block or if too many attempts are in progress.
    pub fn check_beside(&self, pending: &Self, policy: &ThrottlePolicy, now: Timestamp) -> Result<(), Throttled> {
        self.check(now)?;
        let is_suspect = self.left(policy, now).failures >= policy.free;
        let room = if is_suspect { 1 } else { policy.free.max(AT_ONCE) };
        if pending.left(&ThrottlePolicy::PENDING, now).failures < room {
            return Ok(());
        }
        Err(Throttled { retry_at: now + ThrottlePolicy::PENDING.expires_one_after })
    }

    /// Records a failure. Rejected attempts must not be recorded, so that they do not prolong a block.
    pub fn count(&mut self, policy: &ThrottlePolicy, now: Timestamp) {
        let Self { failures, since, blocked_until } = self.left(policy, now);
        self.failures = failures.saturating_add(1);
        self.since = since.or(Some(now));
        let block = Some(now + policy.block(self.failures));
        self.blocked_until = blocked_until.max(block).filter(|until| *until > now);
    }

    /// Removes a pending attempt whose outcome is known.
    pub const fn remove_pending(&mut self) {
        self.failures = self.failures.saturating_sub(1);
    }

    /// Time after which the record has no effect; None if it has none already.
    #[must_use]
    pub fn expires_at(&self, policy: &ThrottlePolicy) -> Option<Timestamp> {
        // Saturates far beyond any number of failures that is reached before the key is blocked.
        let failures = i32::try_from(self.failures).unwrap_or(i32::MAX);
        let forgotten = self.since.and_then(|since| since.checked_add_signed(policy.expires_one_after * failures));
        forgotten.max(self.blocked_until)
    }

    /// The failures that have not expired. A new failure does not delay the expiry of older ones.
    fn left(&self, policy: &ThrottlePolicy, now: Timestamp) -> Self {
        let Some(since) = self.since else { return *self };
        let passed = (now - since).num_milliseconds() / policy.expires_one_after.num_milliseconds().max(1);
        // A record so old has no failures left, so saturating changes nothing.
        let forgotten = i32::try_from(passed.max(0)).unwrap_or(i32::MAX);
        let failures = self.failures.saturating_sub(forgotten.unsigned_abs());
        let since = (failures > 0).then(|| since + policy.expires_one_after * forgotten);
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
    fn blocks_start_at_the_fifth_failure_and_double() {
        let mut throttle = failed(4, &ThrottlePolicy::PAIR, at(0));
        assert_eq!(throttle.check(at(0)), Ok(()));
        throttle.count(&ThrottlePolicy::PAIR, at(0));
        assert_eq!(throttle.check(at(0)), Err(Throttled { retry_at: at(30) }));
        throttle.count(&ThrottlePolicy::PAIR, at(30));
        assert_eq!(throttle.check(at(30)), Err(Throttled { retry_at: at(90) }));
    }

    #[test]
    fn failures_expire_one_after_the_other() {
        let mut throttle = failed(4, &ThrottlePolicy::PAIR, at(0));
        assert_eq!(throttle.expires_at(&ThrottlePolicy::PAIR), Some(at(4 * 720)));
        throttle.count(&ThrottlePolicy::PAIR, at(2 * 720 + 100));
        assert_eq!(throttle, Throttle { failures: 3, since: Some(at(2 * 720)), blocked_until: None });
        throttle.count(&ThrottlePolicy::PAIR, at(100_000));
        assert_eq!(throttle, Throttle { failures: 1, since: Some(at(100_000)), blocked_until: None });
    }

    #[test]
    fn a_steady_rate_below_the_limit_is_never_blocked() {
        let policy = ThrottlePolicy::network(300);
        let mut throttle = failed(299, &policy, at(0));
        for n in 1..5_000 {
            assert_eq!(throttle.check(at(n * 12)), Ok(()), "{n}");
            throttle.count(&policy, at(n * 12));
        }
    }

    #[test]
    fn parallel_attempts_are_limited_after_the_first_block() {
        let (policy, now) = (ThrottlePolicy::PAIR, at(0));
        let waiting = |attempts| failed(attempts, &ThrottlePolicy::PENDING, now);
        let suspect = Throttle { blocked_until: None, ..failed(5, &policy, now) };
        let table = [
            (failed(4, &policy, now), 31, true),
            (failed(4, &policy, now), 32, false),
            (suspect, 0, true),
            (suspect, 1, false),
        ];
        for (throttle, attempts, is_allowed) in table {
            assert_eq!(throttle.check_beside(&waiting(attempts), &policy, now).is_ok(), is_allowed, "{attempts}");
        }
        assert_eq!(suspect.check_beside(&waiting(1), &policy, at(10)), Ok(()), "attempts of a crashed process expire");
    }

    proptest! {
        #[test]
        fn no_block_exceeds_the_maximum(steps in prop::collection::vec(0_i64..4_000, 1..200)) {
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
        fn attempts_never_exceed_the_limits(steps in prop::collection::vec(0_i64..2_000, 1..300)) {
            let policy = ThrottlePolicy::PAIR;
            let (mut throttle, mut now, mut allowed) = (Throttle::default(), 0, 0);
            for step in steps {
                now += step;
                if throttle.check(at(now)).is_ok() {
                    throttle.count(&policy, at(now));
                    allowed += 1;
                }
            }
            // After six doublings a block lasts longer than the failures that expire meanwhile.
            prop_assert!(allowed <= 5 + 6 + now / 720, "{allowed} in {now} s");
        }

        #[test]
        fn the_record_has_no_effect_after_its_expiry(steps in prop::collection::vec(0_i64..2_000, 1..100)) {
            let (policy, mut throttle, mut now) = (ThrottlePolicy::network(100), Throttle::default(), 0);
            for step in steps {
                now += step;
                throttle.count(&policy, at(now));
            }
            let end = throttle.expires_at(&policy).unwrap();
            prop_assert_eq!(throttle.left(&policy, end).failures, 0);
            prop_assert_eq!(throttle.check(end), Ok(()));
        }
    }
}
