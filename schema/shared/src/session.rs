//! A session as both APIs return it.

use async_graphql::SimpleObject;
use services::identity::SessionTokens;

/// A login session. Send the access token as `Authorization: Bearer …`, and exchange the refresh token for new tokens
/// before it expires. A refresh token works once; using an old one ends the session.
#[derive(SimpleObject)]
pub struct Session {
    /// Token that authenticates requests; valid for 15 minutes.
    pub access_token: String,
    /// Token to exchange once for new tokens. Store it where other sites cannot read it.
    pub refresh_token: String,
    /// Time at which the access token expires.
    pub expires_at: chrono::DateTime<chrono::Utc>,
}

impl From<SessionTokens> for Session {
    fn from(tokens: SessionTokens) -> Self {
        let SessionTokens { access_token, refresh_token, expires_at } = tokens;
        Self { access_token, refresh_token, expires_at }
    }
}
