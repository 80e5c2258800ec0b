//! Login sessions and the rotation of their refresh tokens.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::Digest;
use crate::{
    Timestamp,
    ids::{CustomerId, SessionId, StaffUserId},
};

/// The account that is logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Subject {
    /// A customer.
    Customer(CustomerId),
    /// A staff member.
    Staff(StaffUserId),
}

/// A login session with its chain of refresh tokens. Only the newest token is valid. Reuse of an older token ends the
/// session, because the token may have been stolen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Global id; also the `sid` claim of access tokens.
    pub id: SessionId,
    /// The account that is logged in.
    pub subject: Subject,
    /// Session epoch of the account when the session started; the session is invalid once the epoch changes.
    pub epoch: i32,
    /// Key that proves that a refresh token was issued by this session, including tokens already exchanged.
    pub seal: Digest,
    /// Number of refresh token exchanges.
    pub generation: u32,
    current: Digest,
    previous: Option<Previous>,
    /// Time when the session started.
    pub created_at: Timestamp,
    /// Time when the session expires unless it is refreshed.
    pub expires_at: Timestamp,
    /// User agent of the client.
    pub user_agent: Option<String>,
    /// Network of the login; None if it is unknown.
    #[serde(default)]
    pub network: Option<String>,
    /// Time when the account last proved password and code in this session; None in sessions of earlier versions.
    #[serde(default)]
    pub verified_at: Option<Timestamp>,
}

/// The lifetimes of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLifetime {
    /// Lifetime of a session that is not refreshed.
    pub idle: TimeDelta,
    /// Maximum lifetime of a session.
    pub longest: TimeDelta,
}

impl SessionLifetime {
    /// Sessions of customers.
    pub const CUSTOMER: Self = Self { idle: TimeDelta::days(30), longest: TimeDelta::days(90) };
}

/// A session in the list of its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSession {
    /// Global id.
    pub id: SessionId,
    /// User agent of the client.
    pub user_agent: Option<String>,
    /// Network of the login; None if it is unknown.
    pub network: Option<String>,
    /// Time of the login.
    pub created_at: Timestamp,
    /// Time of the last exchange of tokens; the login if there was none.
    pub last_used_at: Timestamp,
    /// Time when the session expires unless it is refreshed.
    pub expires_at: Timestamp,
}

/// The exchange that issued the current token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Previous {
    digest: Digest,
    /// Derives the new secret from the old one, so that a repeated exchange returns the same token.
    salt: Digest,
    at: Timestamp,
}

/// The result of checking a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshDecision {
    /// The token is current: exchange it.
    Rotate,
    /// The token was exchanged a moment ago, by another tab or a request whose response was lost: return the same
    /// tokens again, derived with this salt.
    Repeat(Digest),
    /// The token was exchanged earlier: end the session.
    Reused,
    /// The session has expired.
    Expired,
}

impl Session {
    /// Time after an exchange during which the old token returns the same tokens again.
    pub const GRACE: TimeDelta = TimeDelta::seconds(10);

    /// Starts a session with its first refresh token.
    #[must_use]
    pub fn begin(
        subject: Subject,
        epoch: i32,
        (seal, first): (Digest, Digest),
        lifetime: SessionLifetime,
        now: Timestamp,
    ) -> Self {
        Self {
            id: SessionId::new(),
            subject,
            epoch,
            seal,
            generation: 0,
            current: first,
            previous: None,
            created_at: now,
            expires_at: now + lifetime.idle.min(lifetime.longest),
            user_agent: None,
            network: None,
            verified_at: Some(now),
        }
    }

    /// Decides about a refresh token whose seal proves that this session issued it.
    #[must_use]
    pub fn check_refresh(&self, presented: &Digest, now: Timestamp) -> RefreshDecision {
        if self.is_expired(now) {
            return RefreshDecision::Expired;
        }
        if *presented == self.current {
            return RefreshDecision::Rotate;
        }
        match &self.previous {
            Some(previous) if previous.digest == *presented && now < previous.at + Self::GRACE => {
                RefreshDecision::Repeat(previous.salt)
            }
            _ => RefreshDecision::Reused,
        }
    }

    /// Makes `next` the current token. The generation only informs, so it may saturate.
    pub fn rotate(&mut self, next: Digest, salt: Digest, lifetime: SessionLifetime, now: Timestamp) {
        self.previous = Some(Previous { digest: self.current, salt, at: now });
        self.current = next;
        self.generation = self.generation.saturating_add(1);
        self.expires_at = (now + lifetime.idle).min(self.created_at + lifetime.longest);
    }

    /// True if the session has expired.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CUSTOMER: SessionLifetime = SessionLifetime::CUSTOMER;

    fn digest(n: u8) -> Digest {
        Digest::restore([n; 32])
    }

    fn session() -> Session {
        let subject = Subject::Customer(CustomerId::new());
        Session::begin(subject, 0, (digest(255), digest(0)), CUSTOMER, Timestamp::UNIX_EPOCH)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn reuse_of_an_old_refresh_token_ends_the_session() {
        let mut session = session();
        session.rotate(digest(1), digest(100), CUSTOMER, at(0));
        assert_eq!(session.check_refresh(&digest(0), at(9)), RefreshDecision::Repeat(digest(100)));
        assert_eq!(session.check_refresh(&digest(0), at(10)), RefreshDecision::Reused);
        session.rotate(digest(2), digest(101), CUSTOMER, at(11));
        assert_eq!(session.check_refresh(&digest(0), at(11)), RefreshDecision::Reused);
    }

    #[test]
    fn refreshing_extends_a_session_up_to_its_maximum() {
        let mut session = session();
        for day in 1..=200 {
            let now = at(day * 86_400);
            if session.check_refresh(&digest(0), now) == RefreshDecision::Expired {
                assert_eq!(day, 90);
                return;
            }
            session.rotate(digest(0), digest(1), CUSTOMER, now);
        }
        panic!("the session never ended");
    }

    #[test]
    fn an_unused_session_expires() {
        assert_eq!(session().check_refresh(&digest(0), at(30 * 86_400)), RefreshDecision::Expired);
    }

    proptest! {
        #[test]
        fn the_newest_token_is_always_accepted(steps in prop::collection::vec(0_i64..1_000, 1..50)) {
            let (mut session, mut now) = (session(), 0);
            for (n, step) in (0_u8..).zip(steps) {
                now += step;
                prop_assert_eq!(session.check_refresh(&digest(n), at(now)), RefreshDecision::Rotate);
                session.rotate(digest(n + 1), digest(200), CUSTOMER, at(now));
            }
        }
    }
}
