//! Staff change their own password and e-mail address.

use model::{
    access::Actor,
    customers::{Email, OneTimeToken, Purpose, StaffUser, Subject},
    ids::{SessionId, StaffUserId},
};
use persistence::{audit, db::Transactions as _, one_time_tokens, sessions as store, staff};
use serde_json::json;

use super::{
    Audience, Client, IdentityError, IdentityRule, events, invalidate_actors_everywhere,
    login::check_password,
    passwords::accept,
    secrets, sessions,
    throttle::{self, MailDecision},
};
use crate::{App, error::OnStoreError as _, mail};

/// The proof of identity for a change of one's own account.
#[derive(Clone, Copy)]
pub struct StaffProof<'a> {
    /// The current password.
    pub password: &'a str,
    /// A code of the second factor, if there is one.
    pub code: Option<&'a str>,
}

/// Replaces the password of the acting member of staff. Their other sessions end, and mailed tokens are canceled.
///
/// # Errors
/// [`IdentityRule::Password`], [`IdentityRule::SessionEnded`] without a session, or the errors of a login.
pub async fn change_staff_password(
    app: &App,
    actor: &Actor,
    client: &Client,
    session: Option<SessionId>,
    proof: StaffProof<'_>,
    new: &str,
) -> Result<StaffUser, IdentityError> {
    let user = acting_user(app, actor).await?;
    let session = session.ok_or(IdentityRule::SessionEnded)?;
    check_password::<StaffUserId>(app, client, &user.email, proof.password, proof.code).await?;
    let password = accept(app, Audience::Staff, new, &user.email, &[&user.name]).await?;
    let hash = app.identity.passwords(Audience::Staff).hash(password).await?;
    let subject = Subject::Staff(user.id);
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let ended = conn
        .transaction::<_, IdentityError, _>(async |conn| {
            let epoch = staff::set_password(conn, user.id, &hash).await?;
            store::keep(conn, subject, session, epoch).await.on_not_found(IdentityRule::SessionEnded)?;
            let ended = store::delete_all(conn, subject, Some(session)).await?;
            one_time_tokens::delete_unused_of_staff(conn, user.id).await?;
            one_time_tokens::delete_unused(conn, &user.email, &[Purpose::StaffPasswordReset]).await?;
            let details = json!({ "endedSessions": ended.len() });
            audit::push(conn, client.author(actor), "staffPasswordChange", user.id, details, now).await?;
            Ok(ended)
        })
        .await?;
    drop(conn);
    sessions::forget(app, subject, ended).await;
    invalidate_actors_everywhere(app);
    Ok(user)
}

/// Mails a token to a new e-mail address of the acting member of staff, and a notice to the current one. The address
/// changes when the token is used. The response does not tell whether another member has the new address; then no mail is
/// sent.
///
/// # Errors
/// [`IdentityRule::Email`], [`IdentityRule::MailedOften`], or the errors of a login.
pub async fn request_staff_email_change(
    app: &App,
    actor: &Actor,
    client: &Client,
    proof: StaffProof<'_>,
    new: &str,
) -> Result<Email, IdentityError> {
    let user = acting_user(app, actor).await?;
    let new: Email = new.parse()?;
    check_password::<StaffUserId>(app, client, &user.email, proof.password, proof.code).await?;
    if throttle::mail(app, Purpose::StaffEmailChange, &new, client).await? == MailDecision::Suppress {
        return Err(IdentityRule::MailedOften.into());
    }
    let now = app.clock.now();
    let token = OneTimeToken::new(Purpose::StaffEmailChange, new.clone(), now);
    let token = OneTimeToken { staff: Some(user.id), ..token };
    let mut conn = app.db.write().await?;
    conn.transaction::<_, IdentityError, _>(async |conn| {
        one_time_tokens::insert(conn, &token).await?;
        let locale = client.locale.as_ref();
        mail::enqueue_token(conn, token.id, locale, now).await?;
        mail::enqueue_staff_email_change_requested(conn, user.email.clone(), locale, now).await?;
        Ok(audit::push(conn, client.author(actor), "staffEmailChange", user.id, json!({}), now).await?)
    })
    .await?;
    Ok(new)
}

/// Uses a mailed token: changes the e-mail address of a member of staff and ends their sessions.
///
/// # Errors
/// [`IdentityRule::InvalidToken`] if the token is unknown, used or expired, or another member got the address meanwhile.
pub async fn verify_staff_email(app: &App, client: &Client, secret: &str) -> Result<StaffUser, IdentityError> {
    let now = app.clock.now();
    let digest = secrets::digest(secret);
    let mut conn = app.db.write().await?;
    let verified = conn.transaction::<_, IdentityError, _>(async |conn| {
        let token = one_time_tokens::consume(conn, &digest, &[Purpose::StaffEmailChange], now).await?;
        let token = token.ok_or(IdentityRule::InvalidToken)?;
        let id = token.staff.ok_or(IdentityRule::InvalidToken)?;
        let user = staff::find(conn, id).await?.filter(|user| user.is_active).ok_or(IdentityRule::InvalidToken)?;
        staff::set_email(conn, id, &token.email).await?;
        one_time_tokens::delete_unused_of_staff(conn, id).await?;
        one_time_tokens::delete_unused(conn, &user.email, &[Purpose::StaffPasswordReset]).await?;
        mail::enqueue_staff_email_changed(conn, user.email.clone(), client.locale.as_ref(), now).await?;
        let changes = model::audit::changed(&json!({ "email": user.email }), &json!({ "email": token.email }));
        let by = events::acting(Subject::Staff(id));
        audit::push(conn, client.author(&by), "staffEmailVerify", id, changes, now).await?;
        Ok(StaffUser { email: token.email, ..user })
    });
    let user = verified.await.on_constraint(staff::EMAIL_KEY, IdentityRule::InvalidToken)?;
    invalidate_actors_everywhere(app);
    Ok(user)
}

async fn acting_user(app: &App, actor: &Actor) -> Result<StaffUser, IdentityError> {
    let id = actor.require_staff()?;
    Ok(staff::find(&mut *app.db.read().await?, id).await?.ok_or(IdentityRule::NotFound)?)
}
