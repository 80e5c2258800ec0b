//! Login sessions: their tokens in the document store, the list of each account's sessions in Postgres, and the exchange
//! of refresh tokens. A session is valid while it is listed and has a document.
//!
//! A refresh token works once. Using an old one ends the session, because one of its two holders must have stolen it.
//! Two exchanges of a token within ten seconds (two tabs, or a lost response) return the same new token. A thief within
//! these seconds holds the same token as the owner, and the second use of that token ends the session.

use model::{
    Timestamp,
    access::Actor,
    customers::{Digest, RefreshDecision, Session, SessionLifetime, Subject},
    ids::SessionId,
};
use persistence::{
    StoreError,
    db::Transactions as _,
    documents::{Collection, Document},
    sessions as store,
};

use super::{
    Audience, Client, IdentityError, IdentityRule, access_tokens, events, refresh_tokens::RefreshToken, secrets,
};
use crate::{App, ServiceError, ServiceResult, bus::Topic, error::OnStoreError as _};

/// The number of attempts when concurrent exchanges change the session.
const ATTEMPTS: usize = 4;

/// The tokens of a session.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionTokens {
    /// The access token, sent with each request.
    pub access_token: String,
    /// The refresh token, exchanged for the next pair of tokens.
    pub refresh_token: String,
    /// The expiry of the access token.
    pub expires_at: Timestamp,
}

/// Creates a session, records the login, and ends the oldest sessions of the account if it has too many.
pub(super) async fn begin(app: &App, client: &Client, subject: Subject, epoch: i32) -> ServiceResult<SessionTokens> {
    let (key, secret) = (Digest::restore(secrets::random()), secrets::random());
    let keys = (key, secrets::digest(secret));
    let now = app.clock.now();
    let mut session = Session::begin(subject, epoch, keys, lifetime(app, subject), now);
    session.user_agent = client.short_user_agent();
    session.network = client.network().map(|network| network.to_string());
    let document = document(&session, 1)?;
    app.documents.insert(Collection::Sessions, &document, &[]).await?;
    let most = app.identity.config.sessions_per_account;
    let mut conn = app.db.write().await?;
    let listed = conn.transaction::<_, ServiceError, _>(async |conn| {
        events::push_login(conn, client, subject, now).await?;
        Ok(store::insert(conn, &session, most).await?)
    });
    let ended = listed.await?;
    drop(conn);
    forget(app, subject, ended).await;
    let token = RefreshToken::new(session.id, &key, 0, secret);
    tokens(app, &session, &token).await
}

/// Exchanges a refresh token for a new pair of tokens.
///
/// # Errors
/// [`IdentityRule::SessionEnded`] or [`IdentityRule::RefreshTokenReused`].
pub async fn refresh_session(
    app: &App,
    audience: Audience,
    client: &Client,
    token: &str,
) -> Result<SessionTokens, IdentityError> {
    let token = RefreshToken::parse(token).ok_or(IdentityRule::SessionEnded)?;
    for _ in 0..ATTEMPTS {
        match exchange(app, audience, client, &token).await {
            Err(error) if matches!(error.store_error(), Some(StoreError::VersionConflict)) => {}
            outcome => return outcome,
        }
    }
    Err(StoreError::Retry.into())
}

async fn exchange(
    app: &App,
    audience: Audience,
    client: &Client,
    token: &RefreshToken,
) -> Result<SessionTokens, IdentityError> {
    let now = app.clock.now();
    let (mut session, version) = find(app, token.session).await?.ok_or(IdentityRule::SessionEnded)?;
    let is_genuine = audience.has(session.subject) && token.is_from(&session);
    if !is_genuine || !is_listed(app, session.id, session.subject).await? {
        return Err(IdentityRule::SessionEnded.into());
    }
    match session.check_refresh(&token.digest(), now) {
        RefreshDecision::Rotate => {
            let salt = Digest::restore(secrets::random());
            let next = token.next(&session.seal, &salt);
            session.rotate(next.digest(), salt, lifetime(app, session.subject), now);
            let document = document(&session, version + 1)?;
            match app.documents.replace(Collection::Sessions, &document, version, &[]).await {
                Err(StoreError::NotFound) => return Err(IdentityRule::SessionEnded.into()),
                outcome => outcome?,
            }
            let used = store::record_use(&mut *app.db.write().await?, &session, now).await;
            used.on_not_found(IdentityRule::SessionEnded)?;
            Ok(tokens(app, &session, &next).await?)
        }
        RefreshDecision::Repeat(salt) => Ok(tokens(app, &session, &token.next(&session.seal, &salt)).await?),
        RefreshDecision::Reused => {
            tracing::warn!(session = %session.id, "ended a session because an old refresh token was used");
            delete(app, session.id).await?;
            events::session_ended(app, client, session.subject, "REFRESH_TOKEN_REUSED").await?;
            Err(IdentityRule::RefreshTokenReused.into())
        }
        RefreshDecision::Expired => Err(IdentityRule::SessionEnded.into()),
    }
}

/// Ends the session of the access token, which may have expired. Without a session there is nothing to end, which is not
/// an error.
///
/// # Errors
/// [`crate::ServiceError::Store`] if the document store fails.
pub async fn end_session(app: &App, actor: &Actor, client: &Client, session: Option<SessionId>) -> ServiceResult<()> {
    let (Actor::Customer(_) | Actor::Staff { .. } | Actor::Anonymous, Some(id)) = (actor, session) else {
        return Ok(());
    };
    match find(app, id).await? {
        Some((session, _)) => log_out(app, client, &session).await,
        None => delete(app, id).await,
    }
}

/// Ends a session, and records it.
async fn log_out(app: &App, client: &Client, session: &Session) -> ServiceResult<()> {
    delete(app, session.id).await?;
    events::session_ended(app, client, session.subject, "LOGOUT").await
}

/// Ends the session of a refresh token; a forged token ends no session.
///
/// # Errors
/// [`crate::ServiceError::Store`] if the document store fails.
pub async fn end_session_of(app: &App, audience: Audience, client: &Client, token: &str) -> ServiceResult<()> {
    let Some(token) = RefreshToken::parse(token) else { return Ok(()) };
    match find(app, token.session).await? {
        Some((session, _)) if audience.has(session.subject) && token.is_from(&session) => {
            log_out(app, client, &session).await
        }
        _ => Ok(()),
    }
}

/// The session, if it has not expired, was not logged out, and was not ended with all sessions of its subject.
pub(super) async fn find_alive(app: &App, id: SessionId, subject: Subject) -> ServiceResult<Option<Session>> {
    let Some((session, _)) = find(app, id).await? else { return Ok(None) };
    let goes_on = session.subject == subject && !session.is_expired(app.clock.now());
    let is_alive = goes_on && is_listed(app, id, subject).await?;
    Ok(is_alive.then_some(session))
}

async fn is_listed(app: &App, id: SessionId, subject: Subject) -> ServiceResult<bool> {
    Ok(store::is_valid(&mut *app.db.read().await?, id, subject).await?)
}

/// Records that the account has proved password and code again in a session of staff.
pub(super) async fn verify(app: &App, id: SessionId, now: Timestamp) -> Result<(), IdentityError> {
    for _ in 0..ATTEMPTS {
        let (mut session, version) = find(app, id).await?.ok_or(IdentityRule::SessionEnded)?;
        session.verified_at = Some(now);
        let document = document(&session, version + 1)?;
        match app.documents.replace(Collection::Sessions, &document, version, &[]).await {
            Err(StoreError::VersionConflict) => {}
            Err(StoreError::NotFound) => return Err(IdentityRule::SessionEnded.into()),
            outcome => {
                outcome?;
                app.identity.actors.invalidate_sessions(vec![id]);
                app.bus.publish(Topic::Actors);
                return Ok(());
            }
        }
    }
    Err(StoreError::Retry.into())
}

fn lifetime(app: &App, subject: Subject) -> SessionLifetime {
    match subject {
        Subject::Customer(_) => SessionLifetime::CUSTOMER,
        Subject::Staff(_) => app.identity.config.staff_sessions,
    }
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

/// Ends a session.
async fn delete(app: &App, id: SessionId) -> ServiceResult<()> {
    let Some((session, _)) = find(app, id).await? else {
        app.identity.actors.invalidate_sessions(vec![id]);
        return Ok(());
    };
    match store::delete(&mut *app.db.write().await?, session.subject, id).await {
        Ok(()) | Err(StoreError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    forget(app, session.subject, vec![id]).await;
    Ok(())
}

/// Invalidates the cached actors of sessions that are not listed any more, and deletes their documents. Other processes
/// get a message for staff only; they accept the session of a customer until their cache entry expires.
pub(super) async fn forget(app: &App, subject: Subject, ended: Vec<SessionId>) {
    if ended.is_empty() {
        return;
    }
    app.identity.actors.invalidate_sessions(ended.clone());
    if Audience::Staff.has(subject) {
        app.bus.publish(Topic::Actors);
    }
    for id in ended {
        if let Err(error) = delete_document(app, id).await {
            tracing::warn!(session = %id, error = %error.chain(), "the document of an ended session stays until it expires");
        }
    }
}

/// Deletes the document of a session in any version.
async fn delete_document(app: &App, id: SessionId) -> ServiceResult<()> {
    for _ in 0..ATTEMPTS {
        let Some((_, version)) = find(app, id).await? else { return Ok(()) };
        match app.documents.delete(Collection::Sessions, &key(id), version, &[]).await {
            Err(StoreError::VersionConflict) => {}
            Err(StoreError::NotFound) | Ok(()) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Retry.into())
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
