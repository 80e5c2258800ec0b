//! Access tokens: short-lived JWTs that identify the subject and the session. Permissions are looked up, not encoded.

use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use model::{
    Timestamp,
    customers::Subject,
    ids::{CustomerId, SessionId, StaffUserId},
};
use serde::{Deserialize, Serialize};

use crate::{App, ServiceResult, error::OrInternal as _};

/// The audience of access tokens of customers.
const STOREFRONT: &str = "mercator-storefront";
/// The audience of access tokens of staff.
const ADMIN: &str = "mercator-admin";

/// The claims of an access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The global id of the customer or member of staff.
    sub: String,
    kind: Kind,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Customer,
    Staff,
}

impl Kind {
    const fn audience(self) -> &'static str {
        match self {
            Self::Customer => STOREFRONT,
            Self::Staff => ADMIN,
        }
    }
}

/// The subject and session of a valid access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proof {
    pub(super) subject: Subject,
    pub(super) session: SessionId,
}

/// Signs an access token; also returns its expiry.
pub(super) async fn sign(app: &App, subject: Subject, session: SessionId) -> ServiceResult<(String, Timestamp)> {
    let ring = app.keys.ring(app).await?;
    let (key_id, key) = &ring.signing;
    let config = &app.identity.config;
    let now = app.clock.now();
    let expires_at = now + config.key_schedule.token_lifetime;
    let (sub, kind) = match subject {
        Subject::Customer(id) => (id.to_string(), Kind::Customer),
        Subject::Staff(id) => (id.to_string(), Kind::Staff),
    };
    let claims = Claims {
        iss: config.issuer.clone(),
        aud: kind.audience().to_owned(),
        sub,
        kind,
        sid: session,
        iat: now.timestamp(),
        exp: expires_at.timestamp(),
    };
    let header = Header { kid: Some(key_id.clone()), ..Header::new(Algorithm::EdDSA) };
    let token = encode(&header, &claims, key).or_internal("sign an access token")?;
    Ok((token, expires_at))
}

/// The subject and session of a token that one of our keys signed and that has not expired.
pub(super) async fn verify(app: &App, token: &str) -> ServiceResult<Option<Proof>> {
    let now = app.clock.now().timestamp();
    Ok(read(app, token).await?.filter(|(_, expires)| *expires > now).map(|(proof, _)| proof))
}

/// The subject and session of a token that one of our keys signed, and its expiry in seconds since 1970; the token may
/// have expired.
pub(super) async fn read(app: &App, token: &str) -> ServiceResult<Option<(Proof, i64)>> {
    let Some(kid) = decode_header(token).ok().and_then(|header| header.kid) else { return Ok(None) };
    let Some(key) = app.keys.verifying(app, &kid).await? else { return Ok(None) };
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[STOREFRONT, ADMIN]);
    validation.set_issuer(&[&app.identity.config.issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // The caller checks the expiry with the clock of the application.
    validation.validate_exp = false;
    let Ok(token) = decode::<Claims>(token, &key, &validation) else { return Ok(None) };
    let claims = token.claims;
    if claims.aud != claims.kind.audience() {
        return Ok(None);
    }
    let subject = match claims.kind {
        Kind::Customer => claims.sub.parse::<CustomerId>().map(Subject::Customer),
        Kind::Staff => claims.sub.parse::<StaffUserId>().map(Subject::Staff),
    };
    Ok(subject.ok().map(|subject| (Proof { subject, session: claims.sid }, claims.exp)))
}
