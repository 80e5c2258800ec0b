//! The sessions of an account: its owner lists and ends them, and staff managers those of staff.

use model::{
    Page, PageRequest,
    access::{AccessError, Actor, Permission},
    customers::{ListedSession, StaffError, Subject},
    ids::{SessionId, StaffUserId},
};
use persistence::{Conn, audit, db::Transactions as _, sessions as store, staff as staff_store};
use serde_json::json;

use super::{
    Audience, Client, IdentityError, IdentityRule, sessions,
    staff::{current_manager, may_read_account, require_manager},
};
use crate::{App, ServiceResult, error::OnStoreError as _};

/// A page of the valid sessions of an account, newest first.
///
/// # Errors
/// [`AccessError`] for the sessions of others; staff managers may read those of staff.
pub async fn list_sessions(
    app: &App,
    actor: &Actor,
    subject: Subject,
    page: &PageRequest<SessionId>,
) -> ServiceResult<Page<ListedSession>> {
    require_reader(actor, subject)?;
    Ok(store::list(&mut *app.db.read().await?, subject, page, app.clock.now()).await?)
}

/// The number of valid sessions of an account.
///
/// # Errors
/// [`AccessError`] for the sessions of others; staff managers may read those of staff.
pub async fn count_sessions(app: &App, actor: &Actor, subject: Subject) -> ServiceResult<i64> {
    require_reader(actor, subject)?;
    Ok(store::count(&mut *app.db.read().await?, subject, app.clock.now()).await?)
}

fn require_reader(actor: &Actor, subject: Subject) -> Result<(), AccessError> {
    match subject {
        Subject::Customer(id) if actor.require_customer()? == id => Ok(()),
        Subject::Staff(id) if may_read_account(actor, id) => Ok(()),
        Subject::Customer(_) => Err(AccessError::NotACustomer),
        Subject::Staff(_) => actor.require(Permission::StaffManage),
    }
}

/// The account of the actor in an API.
fn own_account(actor: &Actor, audience: Audience) -> Result<Subject, AccessError> {
    match audience {
        Audience::Customers => actor.require_customer().map(Subject::Customer),
        Audience::Staff => actor.require_staff().map(Subject::Staff),
    }
}

/// Ends a session of the actor.
///
/// # Errors
/// [`IdentityRule::NotFound`] if the actor has no such session; [`AccessError`] without a login.
pub async fn end_own_session(
    app: &App,
    by: (&Actor, &Client),
    audience: Audience,
    id: SessionId,
) -> Result<SessionId, IdentityError> {
    let subject = own_account(by.0, audience)?;
    let mut conn = app.db.write().await?;
    let ended = conn.transaction::<_, IdentityError, _>(async |conn| {
        store::delete(conn, subject, id).await?;
        record(app, conn, by, subject, ("SessionEnd", 1)).await
    });
    ended.await.on_not_found(IdentityRule::NotFound)?;
    drop(conn);
    sessions::forget(app, subject, vec![id]).await;
    Ok(id)
}

/// Ends all sessions of the actor, except one, and returns their number.
///
/// # Errors
/// [`AccessError`] without a login.
pub async fn end_own_sessions(
    app: &App,
    by: (&Actor, &Client),
    audience: Audience,
    except: Option<SessionId>,
) -> Result<usize, IdentityError> {
    let subject = own_account(by.0, audience)?;
    let mut conn = app.db.write().await?;
    let ended = conn.transaction::<_, IdentityError, _>(async |conn| {
        let ended = store::delete_all(conn, subject, except).await?;
        record(app, conn, by, subject, ("SessionsEnd", ended.len())).await?;
        Ok(ended)
    });
    let ended = ended.await?;
    drop(conn);
    let count = ended.len();
    sessions::forget(app, subject, ended).await;
    Ok(count)
}

/// Records that an account ended its own sessions: the end of the action's name, and their number.
async fn record(
    app: &App,
    conn: &Conn,
    (actor, client): (&Actor, &Client),
    subject: Subject,
    (action, count): (&str, usize),
) -> Result<(), IdentityError> {
    let (account, object) = match subject {
        Subject::Customer(id) => ("customer", id.to_string()),
        Subject::Staff(id) => ("staff", id.to_string()),
    };
    let details = json!({ "reason": "ENDED_BY_OWNER", "sessions": count });
    let action = format!("{account}{action}");
    Ok(audit::push(conn, client.author(actor), &action, object, details, app.clock.now()).await?)
}

/// Ends all sessions of a member of staff, and returns their number.
///
/// # Errors
/// [`IdentityRule::NotFound`]; [`StaffError::MoreThanOwn`] if the member has permissions that the actor lacks;
/// [`AccessError`] for API tokens, or without [`Permission::StaffManage`].
pub async fn end_staff_sessions(
    app: &App,
    actor: &Actor,
    client: &Client,
    id: StaffUserId,
) -> Result<usize, IdentityError> {
    require_manager(actor)?;
    let subject = Subject::Staff(id);
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let ended = conn
        .transaction::<_, IdentityError, _>(async |conn| {
            let actor = &current_manager(conn, actor).await?;
            let user = staff_store::find(conn, id).await?.ok_or(IdentityRule::NotFound)?;
            StaffError::check_grant(actor.permissions(), user.granted())?;
            let ended = store::delete_all(conn, subject, None).await?;
            let details = json!({ "sessions": ended.len() });
            audit::push(conn, client.author(actor), "staffUserSessionsEnd", id, details, now).await?;
            Ok(ended)
        })
        .await?;
    drop(conn);
    let count = ended.len();
    sessions::forget(app, subject, ended).await;
    Ok(count)
}
