//! A login, as both schemas hand it out.

use async_graphql::SimpleObject;
use services::identity::SessionTokens;

/// A login. Send the access token as `Authorization: Bearer …`; before it ends, exchange the refresh token for the
/// next pair. A refresh token works once: using an old one ends the login.
#[derive(SimpleObject)]
pub struct Session {
    /// Proves who is logged in; lives for a quarter of an hour.
    pub access_token: String,
    /// Exchanged once for the next pair; keep it where other sites cannot read it.
    pub refresh_token: String,
    /// Until when the access token works.
    pub expires_at: chrono::DateTime<chrono::Utc>,
}

impl From<SessionTokens> for Session {
    fn from(tokens: SessionTokens) -> Self {
        let SessionTokens { access_token, refresh_token, expires_at } = tokens;
        Self { access_token, refresh_token, expires_at }
    }
}
