//! Login sessions and the rotation of their refresh tokens.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::Digest;
use crate::{
    Timestamp,
    ids::{CustomerId, SessionId, StaffUserId},
};

/// Who is logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Subject {
    /// A customer.
    Customer(CustomerId),
    /// A member of staff.
    Staff(StaffUserId),
}

/// One login and the family of refresh tokens that came from it. Only the newest token works; a token that was
/// exchanged before ends the family, because somebody else may hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Identifier, also the `sid` of access tokens.
    pub id: SessionId,
    /// Who is logged in.
    pub subject: Subject,
    /// The epoch of the subject's sessions in which it began.
    pub epoch: i32,
    /// Proves that a refresh token came from this session, also one long exchanged.
    pub seal: Digest,
    /// How often a token was exchanged.
    pub generation: u32,
    current: Digest,
    previous: Option<Previous>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends unless it is refreshed.
    pub expires_at: Timestamp,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

/// The exchange that made the current token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Previous {
    digest: Digest,
    /// With the old secret it gives the new one, so that a repeated exchange has the same answer.
    salt: Digest,
    at: Timestamp,
}

/// What to do with a refresh token that is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It is the newest one: exchange it.
    Rotate,
    /// It was exchanged a moment ago, by another tab or by an answer that got lost: give the same answer again, made
    /// with this salt.
    Repeat(Digest),
    /// It was exchanged long ago: end the session.
    Reused,
    /// The session is over.
    Expired,
}

impl Session {
    /// How long a session lives without being refreshed.
    pub const IDLE: TimeDelta = TimeDelta::days(30);
    /// How long a session lives at most.
    pub const LONGEST: TimeDelta = TimeDelta::days(90);
    /// How long after an exchange the old token still gets the answer of that exchange.
    pub const GRACE: TimeDelta = TimeDelta::seconds(10);

    /// A session that begins now with a first refresh token.
    #[must_use]
    pub fn begin(subject: Subject, epoch: i32, (seal, first): (Digest, Digest), now: Timestamp) -> Self {
        Self {
            id: SessionId::new(),
            subject,
            epoch,
            seal,
            generation: 0,
            current: first,
            previous: None,
            created_at: now,
            expires_at: now + Self::IDLE,
            user_agent: None,
        }
    }

    /// What to do with a refresh token of this session, known by its seal to be genuine.
    #[must_use]
    pub fn judge(&self, presented: &Digest, now: Timestamp) -> Judgement {
        if self.is_over(now) {
            return Judgement::Expired;
        }
        if *presented == self.current {
            return Judgement::Rotate;
        }
        match &self.previous {
            Some(previous) if previous.digest == *presented && now < previous.at + Self::GRACE => {
                Judgement::Repeat(previous.salt)
            }
            _ => Judgement::Reused,
        }
    }

    /// Makes `next` the only token that works.
    pub fn rotate(&mut self, next: Digest, salt: Digest, now: Timestamp) {
        self.previous = Some(Previous { digest: self.current, salt, at: now });
        self.current = next;
        self.generation = self.generation.saturating_add(1);
        self.expires_at = (now + Self::IDLE).min(self.created_at + Self::LONGEST);
    }

    /// Whether its time is up.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digest(n: u8) -> Digest {
        Digest::restore([n; 32])
    }

    fn session() -> Session {
        let subject = Subject::Customer(CustomerId::new());
        Session::begin(subject, 0, (digest(255), digest(0)), Timestamp::UNIX_EPOCH)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_token_that_was_exchanged_long_ago_ends_the_session() {
        let mut session = session();
        session.rotate(digest(1), digest(100), at(0));
        assert_eq!(session.judge(&digest(0), at(9)), Judgement::Repeat(digest(100)));
        assert_eq!(session.judge(&digest(0), at(10)), Judgement::Reused);
        session.rotate(digest(2), digest(101), at(11));
        assert_eq!(session.judge(&digest(0), at(11)), Judgement::Reused);
    }

    #[test]
    fn refreshing_prolongs_a_session_but_not_for_ever() {
        let mut session = session();
        for day in 1..=200 {
            let now = at(day * 86_400);
            if session.judge(&digest(0), now) == Judgement::Expired {
                assert_eq!(day, 90);
                return;
            }
            session.rotate(digest(0), digest(1), now);
        }
        panic!("the session never ended");
    }

    #[test]
    fn an_unused_session_ends_by_itself() {
        assert_eq!(session().judge(&digest(0), at(30 * 86_400)), Judgement::Expired);
    }

    proptest! {
        #[test]
        fn whoever_always_uses_the_newest_token_is_never_suspected(steps in prop::collection::vec(0_i64..1_000, 1..50)) {
            let (mut session, mut now) = (session(), 0);
            for (n, step) in (0_u8..).zip(steps) {
                now += step;
                prop_assert_eq!(session.judge(&digest(n), at(now)), Judgement::Rotate);
                session.rotate(digest(n + 1), digest(200), at(now));
            }
        }
    }
}
