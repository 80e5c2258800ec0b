//! From the bearer token of a request to the actor.

use std::sync::Arc;

use chrono::TimeDelta;
use model::{
    access::{Actor, Grants},
    customers::{ApiTokenStatus, Digest, Subject},
    ids::{CustomerId, SessionId},
};
use moka::future::Cache;

use super::{Audience, IdentityConfig, access_tokens, api_tokens, secrets, sessions};
use crate::{App, ServiceError, ServiceResult};

/// The interval at which the last use of an API token is written.
const LAST_USE_INTERVAL: TimeDelta = TimeDelta::minutes(5);

/// The actor and the session of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// The actor.
    pub actor: Actor,
    /// The session of the access token; none for API tokens.
    pub session: Option<SessionId>,
}

/// The actor of a request could not be determined.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The token is malformed, unknown, expired or revoked.
    #[error("the access token is not valid; log in again")]
    InvalidToken,
    /// A store failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Caches the actors of tokens for a few seconds, so that repeated requests need no lookup.
pub struct Actors {
    known: Cache<Digest, Option<Identified>>,
}

impl Actors {
    /// An empty cache with the lifetime of the configuration.
    #[must_use]
    pub fn new(config: &IdentityConfig) -> Self {
        let known = Cache::builder().max_capacity(100_000).time_to_live(config.trust).support_invalidation_closures();
        Self { known: known.build() }
    }

    /// Invalidates sessions in this process; in other processes the entries expire.
    pub(super) fn invalidate_sessions(&self, ids: Vec<SessionId>) {
        self.invalidate_if(move |identified| identified.session.is_some_and(|id| ids.contains(&id)));
    }

    /// Invalidates a customer in this process.
    pub(super) fn invalidate_customer(&self, id: CustomerId) {
        self.invalidate_if(move |identified| identified.actor == Actor::Customer(id));
    }

    /// Invalidates all actors, because roles or passwords changed.
    pub fn invalidate_all(&self) {
        self.known.invalidate_all();
    }

    fn invalidate_if(&self, is_gone: impl Fn(&Identified) -> bool + Send + Sync + 'static) {
        let is_gone = move |_: &Digest, found: &Option<Identified>| found.as_ref().is_some_and(&is_gone);
        if self.known.invalidate_entries_if(is_gone).is_err() {
            self.known.invalidate_all();
        }
    }
}

/// The actor of a bearer token: an access token of a session, or an API token.
///
/// # Errors
/// [`AuthError::InvalidToken`], or [`AuthError::Service`] if a store fails.
pub async fn authenticate(app: &App, bearer: &str) -> Result<Actor, AuthError> {
    Ok(identify(app, bearer).await?.actor)
}

/// The actor and the session of a bearer token. An API must also check that it is for it, with [`Audience::admits`].
///
/// # Errors
/// [`AuthError::InvalidToken`], or [`AuthError::Service`] if a store fails.
pub async fn identify(app: &App, bearer: &str) -> Result<Identified, AuthError> {
    // Valid tokens are shorter, so longer input is not hashed.
    if bearer.len() > 4_096 {
        return Err(AuthError::InvalidToken);
    }
    let found = app.identity.actors.known.try_get_with(secrets::digest(bearer), find_actor(app, bearer)).await;
    found.map_err(|error: Arc<ServiceError>| ServiceError::Shared(error))?.ok_or(AuthError::InvalidToken)
}

/// The session of an access token for an API that one of our keys signed, even if it has expired, so that its holder can
/// log out.
///
/// # Errors
/// [`ServiceError::Store`] if the signing keys cannot be read.
pub async fn session_of(app: &App, audience: Audience, bearer: &str) -> ServiceResult<Option<SessionId>> {
    let proof = access_tokens::read(app, bearer).await?.map(|(proof, _)| proof);
    Ok(proof.filter(|proof| audience.has(proof.subject)).map(|proof| proof.session))
}

async fn find_actor(app: &App, bearer: &str) -> ServiceResult<Option<Identified>> {
    if bearer.starts_with(api_tokens::PREFIX) {
        return Ok(api_token(app, bearer).await?.map(|actor| Identified { actor, session: None }));
    }
    let Some(proof) = access_tokens::verify(app, bearer).await? else { return Ok(None) };
    let Some(session) = sessions::find_alive(app, proof.session, proof.subject).await? else { return Ok(None) };
    let actor = match proof.subject {
        Subject::Customer(id) => Some(Actor::Customer(id)),
        Subject::Staff(id) => {
            let mut conn = app.db.read().await?;
            let user = persistence::staff::find(&mut conn, id).await?;
            user.map(|user| Actor::Staff {
                id,
                permissions: user.permissions(),
                limited: user.limited_permissions(),
                verified_at: session.verified_at,
                network: None,
            })
        }
    };
    Ok(actor.map(|actor| Identified { actor, session: Some(proof.session) }))
}

/// The actor of an API token. It has the permissions of the token that its creator still has, in the same channels, and
/// none after the creator was deactivated.
async fn api_token(app: &App, bearer: &str) -> ServiceResult<Option<Actor>> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let token = persistence::api_tokens::find_by_digest(&mut conn, &secrets::digest(bearer)).await?;
    let Some(token) = token.filter(|token| token.status(now) == ApiTokenStatus::Active) else { return Ok(None) };
    let maker = persistence::staff::find(&mut conn, token.created_by).await?.filter(|maker| maker.is_active);
    let Some(maker) = maker else { return Ok(None) };
    if token.last_used_at.is_none_or(|at| now - at > LAST_USE_INTERVAL) {
        persistence::api_tokens::record_use(&mut conn, token.id, now).await?;
    }
    let Grants { everywhere: permissions, limited } = token.effective(&maker.grants());
    Ok(Some(Actor::Token { id: token.id, permissions, limited, network: None }))
}
