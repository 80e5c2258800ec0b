//! Access tokens: short-lived JWTs that say who is logged in, never what they may do.

use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use model::{
    Timestamp,
    customers::Subject,
    ids::{CustomerId, SessionId, StaffUserId},
};
use serde::{Deserialize, Serialize};

use crate::{App, ServiceResult, error::OrInternal as _};

/// The API that a customer's access tokens are for.
const STOREFRONT: &str = "mercator-storefront";
/// The API that access tokens of staff are for.
const ADMIN: &str = "mercator-admin";

/// What an access token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// Global id of the customer or member of staff.
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

/// What a valid access token proves: that this session was begun for this subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proof {
    pub(super) subject: Subject,
    pub(super) session: SessionId,
}

/// Signs an access token, and says until when it works.
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

/// What a token proves, if one of our keys signed it and its time is not up.
pub(super) async fn verify(app: &App, token: &str) -> ServiceResult<Option<Proof>> {
    let now = app.clock.now().timestamp();
    Ok(read(app, token).await?.filter(|(_, expires)| *expires > now).map(|(proof, _)| proof))
}

/// What a token proved until its time was up, if one of our keys signed it, and when that is in seconds since 1970.
pub(super) async fn read(app: &App, token: &str) -> ServiceResult<Option<(Proof, i64)>> {
    let Some(kid) = decode_header(token).ok().and_then(|header| header.kid) else { return Ok(None) };
    let Some(key) = app.keys.verifying(app, &kid).await? else { return Ok(None) };
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[STOREFRONT, ADMIN]);
    validation.set_issuer(&[&app.identity.config.issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // Checked against the application's clock.
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
