//! Login sessions in the document store, and the exchange of their refresh tokens.
//!
//! A refresh token works once; using an old one ends the session, because one of its two holders is a thief. Two
//! refreshes of the same token within ten seconds (two tabs, or an answer that got lost) are taken for one: both get
//! the same new token. A thief within these seconds gains nothing for long: thief and owner then hold the same token,
//! and the second of them to use it ends the session.

use model::{
    Timestamp,
    access::Actor,
    customers::{Digest, RefreshDecision, Session, Subject},
    ids::SessionId,
};
use persistence::{
    StoreError,
    documents::{Collection, Document},
};

use super::{Client, IdentityError, IdentityRule, access_tokens, refresh_tokens::RefreshToken, secrets};
use crate::{App, ServiceResult, bus::Topic};

/// How often a refresh is tried again when another one of the same session comes between.
const ATTEMPTS: usize = 4;

/// What a client gets when it logs in or refreshes.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionTokens {
    /// Proves who is logged in; sent with each request.
    pub access_token: String,
    /// Exchanged for the next pair; kept by the client in a safe place.
    pub refresh_token: String,
    /// Until when the access token works.
    pub expires_at: Timestamp,
}

/// Which API a session is for. A session of one is nothing to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Shoppers.
    Customers,
    /// The merchant's people.
    Staff,
}

impl Audience {
    const fn has(self, subject: Subject) -> bool {
        matches!((self, subject), (Self::Customers, Subject::Customer(_)) | (Self::Staff, Subject::Staff(_)))
    }
}

/// Begins a session.
pub(super) async fn begin(app: &App, client: &Client, subject: Subject, epoch: i32) -> ServiceResult<SessionTokens> {
    let (key, secret) = (Digest::restore(secrets::random()), secrets::random());
    let mut session = Session::begin(subject, epoch, (key, secrets::digest(secret)), app.clock.now());
    session.user_agent = client.short_user_agent();
    let document = document(&session, 1)?;
    app.documents.insert(Collection::Sessions, &document, &[]).await?;
    let token = RefreshToken::new(session.id, &key, 0, secret);
    tokens(app, &session, &token).await
}

/// Exchanges a refresh token for a new pair.
///
/// # Errors
/// [`IdentityRule::SessionEnded`], [`IdentityRule::RefreshTokenReused`], or a store's error.
pub async fn refresh_session(app: &App, audience: Audience, token: &str) -> Result<SessionTokens, IdentityError> {
    let token = RefreshToken::parse(token).ok_or(IdentityRule::SessionEnded)?;
    for _ in 0..ATTEMPTS {
        match exchange(app, audience, &token).await {
            Err(error) if matches!(error.store_error(), Some(StoreError::VersionConflict)) => {}
            outcome => return outcome,
        }
    }
    Err(StoreError::Retry.into())
}

async fn exchange(app: &App, audience: Audience, token: &RefreshToken) -> Result<SessionTokens, IdentityError> {
    let now = app.clock.now();
    let (mut session, version) = find(app, token.session).await?.ok_or(IdentityRule::SessionEnded)?;
    let is_genuine = audience.has(session.subject) && token.is_from(&session);
    if !is_genuine || epoch_of(app, session.subject).await? != Some(session.epoch) {
        return Err(IdentityRule::SessionEnded.into());
    }
    match session.check_refresh(&token.digest(), now) {
        RefreshDecision::Rotate => {
            let salt = Digest::restore(secrets::random());
            let next = token.next(&session.seal, &salt);
            session.rotate(next.digest(), salt, now);
            let document = document(&session, version + 1)?;
            match app.documents.replace(Collection::Sessions, &document, version, &[]).await {
                Err(StoreError::NotFound) => return Err(IdentityRule::SessionEnded.into()),
                outcome => outcome?,
            }
            Ok(tokens(app, &session, &next).await?)
        }
        RefreshDecision::Repeat(salt) => Ok(tokens(app, &session, &token.next(&session.seal, &salt)).await?),
        RefreshDecision::Reused => {
            tracing::warn!(session = %session.id, "an old refresh token was used; the session is ended");
            delete(app, session.id).await?;
            Err(IdentityRule::RefreshTokenReused.into())
        }
        RefreshDecision::Expired => Err(IdentityRule::SessionEnded.into()),
    }
}

/// Ends the session that the caller is in, or was in until their access token expired and they became nobody. Without a
/// session it is no error, because it is over already.
///
/// # Errors
/// A store's error.
pub async fn end_session(app: &App, actor: &Actor, session: Option<SessionId>) -> ServiceResult<()> {
    match (actor, session) {
        (Actor::Customer(_) | Actor::Staff { .. } | Actor::Anonymous, Some(session)) => delete(app, session).await,
        _ => Ok(()),
    }
}

/// Ends the session of a refresh token; one that is not ours ends nothing.
///
/// # Errors
/// A store's error.
pub async fn end_session_of(app: &App, audience: Audience, token: &str) -> ServiceResult<()> {
    let Some(token) = RefreshToken::parse(token) else { return Ok(()) };
    match find(app, token.session).await? {
        Some((session, _)) if audience.has(session.subject) && token.is_from(&session) => delete(app, session.id).await,
        _ => Ok(()),
    }
}

/// The session if it goes on: not over, not logged out, not ended with all others of its subject.
pub(super) async fn is_alive(app: &App, id: SessionId, subject: Subject) -> ServiceResult<bool> {
    let Some((session, _)) = find(app, id).await? else { return Ok(false) };
    let goes_on = session.subject == subject && !session.is_expired(app.clock.now());
    Ok(goes_on && epoch_of(app, subject).await? == Some(session.epoch))
}

async fn find(app: &App, id: SessionId) -> ServiceResult<Option<(Session, i64)>> {
    let found = app.documents.get_many(Collection::Sessions, &[key(id)]).await?.pop();
    Ok(match found {
        Some(document) => {
            let version = document.version;
            Some((document.decode()?, version))
        }
        None => None,
    })
}

/// Deletes a session whatever its version is, then forgets it: before, it could be looked up once more and be trusted
/// for a while. Other processes are told of staff only; they trust a customer's session for the few seconds.
async fn delete(app: &App, id: SessionId) -> ServiceResult<()> {
    for _ in 0..ATTEMPTS {
        let found = find(app, id).await?;
        let deleted = match &found {
            Some((_, version)) => app.documents.delete(Collection::Sessions, &key(id), *version, &[]).await,
            None => Ok(()),
        };
        match deleted {
            Err(StoreError::VersionConflict) => continue,
            Err(StoreError::NotFound) | Ok(()) => app.identity.actors.forget_session(id),
            Err(error) => return Err(error.into()),
        }
        if found.is_some_and(|(session, _)| Audience::Staff.has(session.subject)) {
            app.bus.publish(Topic::Actors);
        }
        return Ok(());
    }
    Err(StoreError::Retry.into())
}

/// The epoch in which sessions of a subject go on; none when the subject may not log in.
async fn epoch_of(app: &App, subject: Subject) -> ServiceResult<Option<i32>> {
    let mut conn = app.db.read().await?;
    Ok(match subject {
        Subject::Customer(id) => persistence::customers::session_epoch(&mut conn, id).await?,
        Subject::Staff(id) => persistence::staff::session_epoch(&mut conn, id).await?,
    })
}

async fn tokens(app: &App, session: &Session, refresh: &RefreshToken) -> ServiceResult<SessionTokens> {
    let (access_token, expires_at) = access_tokens::sign(app, session.subject, session.id).await?;
    Ok(SessionTokens { access_token, refresh_token: refresh.text(), expires_at })
}

fn document(session: &Session, version: i64) -> ServiceResult<Document> {
    let document = Document::encode(key(session.id), version, Vec::new(), session)?;
    Ok(Document { expires_at: Some(session.expires_at), ..document })
}

fn key(id: SessionId) -> String {
    id.uuid().simple().to_string()
}
