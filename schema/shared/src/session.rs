//! Sessions as both APIs return them.

use async_graphql::{ID, SimpleObject};
use chrono::{DateTime, Utc};
use model::{customers::ListedSession, ids::SessionId};
use services::identity::SessionTokens;

use crate::to_id;

/// A login session. Send the access token as `Authorization: Bearer …`, and exchange the refresh token for new tokens
/// before it expires. A refresh token works once; using an old one ends the session.
#[derive(SimpleObject)]
pub struct Session {
    /// Token that authenticates requests; valid for 15 minutes.
    pub access_token: String,
    /// Token to exchange once for new tokens. Store it where other sites cannot read it.
    pub refresh_token: String,
    /// Time at which the access token expires.
    pub expires_at: DateTime<Utc>,
}

impl From<SessionTokens> for Session {
    fn from(tokens: SessionTokens) -> Self {
        let SessionTokens { access_token, refresh_token, expires_at } = tokens;
        Self { access_token, refresh_token, expires_at }
    }
}

/// A login session in the list of its account.
#[derive(SimpleObject)]
pub struct LoginSession {
    /// Global id of the session.
    pub id: ID,
    /// User agent of the client that logged in; null if it sent none.
    pub user_agent: Option<String>,
    /// Network of the login, an IPv4 address or an IPv6 /64 prefix; null if it is unknown.
    pub network: Option<String>,
    /// Time of the login.
    pub created_at: DateTime<Utc>,
    /// Time of the last refresh; the time of the login before the first one.
    pub last_used_at: DateTime<Utc>,
    /// Time at which the session expires if it is not refreshed.
    pub expires_at: DateTime<Utc>,
    /// True for the session of the request.
    pub is_current: bool,
}

impl LoginSession {
    /// A listed session; `current` is the session of the request.
    #[must_use]
    pub fn new(listed: ListedSession, current: Option<SessionId>) -> Self {
        let ListedSession { id, user_agent, network, created_at, last_used_at, expires_at } = listed;
        Self {
            id: to_id(id),
            user_agent,
            network,
            created_at,
            last_used_at,
            expires_at,
            is_current: current == Some(id),
        }
    }
}
