//! From what a request carries to whoever acts.

use std::sync::Arc;

use chrono::TimeDelta;
use model::{
    access::Actor,
    customers::{ApiTokenStatus, Digest, Subject},
    ids::{CustomerId, SessionId},
};
use moka::future::Cache;

use super::{IdentityConfig, access_tokens, api_tokens, secrets, sessions};
use crate::{App, ServiceError, ServiceResult};

/// How old the note of a token's last use gets.
const USE_NOTED: TimeDelta = TimeDelta::minutes(5);

/// Who acts, and in which session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// Who acts.
    pub actor: Actor,
    /// The session of the access token; none for API tokens.
    pub session: Option<SessionId>,
}

/// Why a request is nobody's.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The token is malformed, unknown, expired or revoked.
    #[error("the access token is not valid; log in again")]
    InvalidToken,
    /// It cannot be told now.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Remembers for a few seconds whose tokens are whose, so that a busy client costs no look-ups.
pub struct Actors {
    known: Cache<Digest, Option<Identified>>,
}

impl Actors {
    /// Remembers as long as the configuration trusts.
    #[must_use]
    pub fn new(config: &IdentityConfig) -> Self {
        let known = Cache::builder().max_capacity(100_000).time_to_live(config.trust).support_invalidation_closures();
        Self { known: known.build() }
    }

    /// Forgets a session in this process at once; others do within the time they trust.
    pub(super) fn forget_session(&self, id: SessionId) {
        self.forget_if(move |identified| identified.session == Some(id));
    }

    /// Forgets a customer in this process at once.
    pub(super) fn forget_customer(&self, id: CustomerId) {
        self.forget_if(move |identified| identified.actor == Actor::Customer(id));
    }

    /// Forgets everybody, because roles or passwords changed.
    pub fn forget_all(&self) {
        self.known.invalidate_all();
    }

    fn forget_if(&self, is_gone: impl Fn(&Identified) -> bool + Send + Sync + 'static) {
        let is_gone = move |_: &Digest, found: &Option<Identified>| found.as_ref().is_some_and(&is_gone);
        if self.known.invalidate_entries_if(is_gone).is_err() {
            self.known.invalidate_all();
        }
    }
}

/// Who acts with this bearer token: an access token of a session, or an API token.
///
/// # Errors
/// [`AuthError::InvalidToken`], or that a store did not answer.
pub async fn authenticate(app: &App, bearer: &str) -> Result<Actor, AuthError> {
    Ok(identify(app, bearer).await?.actor)
}

/// Who acts with this bearer token, and in which session.
///
/// # Errors
/// [`AuthError::InvalidToken`], or that a store did not answer.
pub async fn identify(app: &App, bearer: &str) -> Result<Identified, AuthError> {
    // No token of ours is longer; what is, is not even hashed.
    if bearer.len() > 4_096 {
        return Err(AuthError::InvalidToken);
    }
    let found = app.identity.actors.known.try_get_with(secrets::digest(bearer), look_up(app, bearer)).await;
    found.map_err(|error: Arc<ServiceError>| ServiceError::Shared(error))?.ok_or(AuthError::InvalidToken)
}

/// The session that an access token of ours was given for, also when its time is up: whoever holds it may end it.
///
/// # Errors
/// A store's error.
pub async fn session_of(app: &App, bearer: &str) -> ServiceResult<Option<SessionId>> {
    Ok(access_tokens::read(app, bearer).await?.map(|(proof, _)| proof.session))
}

async fn look_up(app: &App, bearer: &str) -> ServiceResult<Option<Identified>> {
    if bearer.starts_with(api_tokens::PREFIX) {
        return Ok(api_token(app, bearer).await?.map(|actor| Identified { actor, session: None }));
    }
    let Some(proof) = access_tokens::verify(app, bearer).await? else { return Ok(None) };
    if !sessions::is_alive(app, proof.session, proof.subject).await? {
        return Ok(None);
    }
    let actor = match proof.subject {
        Subject::Customer(id) => Some(Actor::Customer(id)),
        Subject::Staff(id) => {
            let mut conn = app.db.read().await?;
            let user = persistence::staff::find(&mut conn, id).await?;
            user.map(|user| Actor::Staff { id, permissions: user.permissions() })
        }
    };
    Ok(actor.map(|actor| Identified { actor, session: Some(proof.session) }))
}

/// A token is worth what it was given, as far as whoever made it still holds it; nothing once they have left.
async fn api_token(app: &App, bearer: &str) -> ServiceResult<Option<Actor>> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let token = persistence::api_tokens::find_by_digest(&mut conn, &secrets::digest(bearer)).await?;
    let Some(token) = token.filter(|token| token.status(now) == ApiTokenStatus::Active) else { return Ok(None) };
    let maker = persistence::staff::find(&mut conn, token.created_by).await?.filter(|maker| maker.is_active);
    let Some(maker) = maker else { return Ok(None) };
    if token.last_used_at.is_none_or(|at| now - at > USE_NOTED) {
        persistence::api_tokens::used(&mut conn, token.id, now).await?;
    }
    Ok(Some(Actor::Token { id: token.id, permissions: token.effective(maker.permissions()) }))
}
