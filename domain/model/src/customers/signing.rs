//! When keys that sign access tokens begin, end and follow each other.

use chrono::TimeDelta;

use crate::Timestamp;

/// A key's place in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The `kid` in tokens and in the published key set.
    pub kid: String,
    /// From when it signs.
    pub active_from: Timestamp,
}

/// How keys follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySchedule {
    /// How long one key signs.
    pub rotate_every: TimeDelta,
    /// How long before it signs a key is published, so that nobody meets an unknown one.
    pub publish_before: TimeDelta,
    /// How long the tokens live that a key signed.
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

/// What follows from the keys that exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlan {
    /// The key that signs now.
    pub signing: Option<String>,
    /// A key that should be made, and from when it signs.
    pub create_from: Option<Timestamp>,
    /// Keys whose last token has expired.
    pub expired: Vec<String>,
}

impl KeySchedule {
    /// Decides which key signs, whether the next one is due, and which are no longer needed.
    #[must_use]
    pub fn plan(&self, keys: &[SigningKey], now: Timestamp) -> KeyPlan {
        let mut keys: Vec<&SigningKey> = keys.iter().collect();
        keys.sort_by(|a, b| (a.active_from, &a.kid).cmp(&(b.active_from, &b.kid)));
        let begun = keys.partition_point(|key| key.active_from <= now);
        let (past, future) = keys.split_at_checked(begun).unwrap_or_default();
        // Where no key has begun, the first of another process signs: its clock is only a little ahead of ours.
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
            // Other clocks may be late by as much as a key is published early.
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
    fn the_first_key_signs_at_once() {
        let plan = KeySchedule::default().plan(&[], at(7));
        assert_eq!(plan, KeyPlan { signing: None, create_from: Some(at(7)), expired: Vec::new() });
    }

    #[test]
    fn the_first_key_of_a_process_whose_clock_is_ahead_is_shared() {
        let keys = [SigningKey { kid: "theirs".to_owned(), active_from: at(8) }];
        let plan = KeySchedule::default().plan(&keys, at(7));
        assert_eq!(plan, KeyPlan { signing: Some("theirs".to_owned()), create_from: None, expired: Vec::new() });
    }

    proptest! {
        /// A process looks at the keys every now and then, for a year.
        #[test]
        fn every_token_can_be_verified_for_as_long_as_it_lives(steps in prop::collection::vec(1_i64..6_000, 1..200)) {
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
