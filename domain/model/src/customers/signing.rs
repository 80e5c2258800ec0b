//! Rotation of the keys that sign access tokens.

use chrono::TimeDelta;

use crate::Timestamp;

/// A signing key and the time from which it signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The `kid` in tokens and in the published key set.
    pub kid: String,
    /// Time from which the key signs.
    pub active_from: Timestamp,
}

/// The rotation schedule of signing keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySchedule {
    /// Duration for which one key signs.
    pub rotate_every: TimeDelta,
    /// Time a key is published before it signs, so that verifiers with a cached key set know it.
    pub publish_before: TimeDelta,
    /// Lifetime of the tokens that a key signs.
    pub token_lifetime: TimeDelta,
}

impl Default for KeySchedule {
    fn default() -> Self {
        Self {
            rotate_every: TimeDelta::days(30),
            publish_before: TimeDelta::hours(1),
            token_lifetime: TimeDelta::minutes(15),
        }
    }
}

/// The actions to take, given the existing keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlan {
    /// The key that signs now; None if there is no key.
    pub signing: Option<String>,
    /// Time from which a new key must sign, if one must be created now.
    pub create_from: Option<Timestamp>,
    /// Keys whose last token has expired; they can be deleted.
    pub expired: Vec<String>,
}

impl KeySchedule {
    /// Decides which key signs, whether to create the next one, and which ones can be deleted.
    #[must_use]
    pub fn plan(&self, keys: &[SigningKey], now: Timestamp) -> KeyPlan {
        let mut keys: Vec<&SigningKey> = keys.iter().collect();
        keys.sort_by(|a, b| (a.active_from, &a.kid).cmp(&(b.active_from, &b.kid)));
        let begun = keys.partition_point(|key| key.active_from <= now);
        // `begun` is at most the number of keys, so the default is never used.
        let (past, future) = keys.split_at_checked(begun).unwrap_or_default();
        // If no key is active yet, use the first one: the process that created it has a clock slightly ahead of ours.
        let current = past.last().or(future.first());
        let create_from = match current {
            None => Some(now),
            Some(_) if !future.is_empty() => None,
            Some(key) => {
                let due = key.active_from + self.rotate_every;
                (now + self.publish_before >= due).then(|| due.max(now + self.publish_before))
            }
        };
        let is_expired = |successor: &SigningKey| {
            // Other clocks may be late by as much as `publish_before`.
            successor.active_from + self.token_lifetime + self.publish_before <= now
        };
        let successors = past.iter().skip(1);
        let expired = past.iter().zip(successors).filter(|(_, next)| is_expired(next)).map(|(key, _)| key.kid.clone());
        KeyPlan { signing: current.map(|key| key.kid.clone()), create_from, expired: expired.collect() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    #[test]
    fn the_first_key_signs_immediately() {
        let plan = KeySchedule::default().plan(&[], at(7));
        assert_eq!(plan, KeyPlan { signing: None, create_from: Some(at(7)), expired: Vec::new() });
    }

    #[test]
    fn a_first_key_from_a_fast_clock_is_used_by_all() {
        let keys = [SigningKey { kid: "theirs".to_owned(), active_from: at(8) }];
        let plan = KeySchedule::default().plan(&keys, at(7));
        assert_eq!(plan, KeyPlan { signing: Some("theirs".to_owned()), create_from: None, expired: Vec::new() });
    }

    proptest! {
        /// A process plans the keys at random intervals for a year.
        #[test]
        fn tokens_can_be_verified_until_they_expire(steps in prop::collection::vec(1_i64..6_000, 1..200)) {
            let schedule = KeySchedule::default();
            let (mut keys, mut signed, mut now): (Vec<SigningKey>, Vec<(String, Timestamp)>, i64) = (vec![], vec![], 0);
            for step in steps {
                now += step;
                let plan = schedule.plan(&keys, at(now));
                if let Some(active_from) = plan.create_from {
                    keys.push(SigningKey { kid: format!("{now:09}"), active_from });
                }
                keys.retain(|key| !plan.expired.contains(&key.kid));
                let signing = schedule.plan(&keys, at(now)).signing;
                prop_assert!(signing.is_some());
                signed.push((signing.unwrap(), at(now)));
                signed.retain(|(_, when)| at(now) < *when + schedule.token_lifetime);
                prop_assert!(signed.iter().all(|(kid, _)| keys.iter().any(|key| key.kid == *kid)));
                prop_assert!(keys.len() <= 3);
            }
        }
    }
}
