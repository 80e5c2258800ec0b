//! Deletion of members of staff.

use model::{
    access::Actor,
    customers::{StaffError, StaffUser, Subject},
    ids::StaffUserId,
};
use persistence::{
    Conn, api_tokens, audit,
    db::Transactions as _,
    one_time_tokens, sessions as store,
    staff::{self, roles},
};
use serde_json::json;

use super::{
    Audience, Client, IdentityError, IdentityRule, invalidate_actors_everywhere, sessions,
    staff::{current_manager, require_manager},
    step_up, throttle,
};
use crate::{App, error::OnStoreError as _};

/// Deletes the account of a member of staff: removes name, e-mail address, password, second factor and roles, ends the
/// sessions, and revokes the API tokens that they created. The id stays, because the audit log and orders name it; the
/// values of its changes are removed from the log.
///
/// # Errors
/// [`IdentityRule::NotFound`], also if the account was deleted before; [`StaffError::OwnAccount`],
/// [`StaffError::LastOwner`] or [`StaffError::MoreThanOwn`]; for API tokens, or without
/// [`model::access::Permission::StaffManage`].
pub async fn delete_staff(
    app: &App,
    actor: &Actor,
    client: &Client,
    id: StaffUserId,
) -> Result<StaffUserId, IdentityError> {
    require_manager(actor)?;
    step_up::require(app, actor)?;
    let now = app.clock.now();
    let subject = Subject::Staff(id);
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let actor = &current_manager(conn, actor).await?;
        let user = find_present(conn, id).await?;
        if actor.require_staff().is_ok_and(|own| own == id) {
            return Err(StaffError::OwnAccount.into());
        }
        StaffError::check_grant(actor.permissions(), user.granted())?;
        staff::save_deleted(conn, &user.clone().deleted(now)).await?;
        if roles::lock_owner_count(conn).await? == 0 {
            return Err(StaffError::LastOwner.into());
        }
        let revoked = api_tokens::revoke_of(conn, id, now).await?;
        let ended = store::delete_all(conn, subject, None).await?;
        one_time_tokens::delete_of_staff(conn, id, &user.email).await?;
        audit::forget(conn, &[id]).await?;
        let details = json!({ "revokedTokens": revoked, "endedSessions": ended.len() });
        audit::push(conn, client.author(actor), "staffDelete", id, details, now).await?;
        Ok((user.email, ended))
    });
    let (email, ended) = outcome.await.on_not_found(IdentityRule::NotFound)?;
    drop(conn);
    sessions::forget(app, subject, ended).await;
    invalidate_actors_everywhere(app);
    throttle::forget_attempts(app, Audience::Staff, &email).await?;
    Ok(id)
}

async fn find_present(conn: &mut Conn, id: StaffUserId) -> Result<StaffUser, IdentityError> {
    let found = staff::find(conn, id).await?.filter(|user| user.deleted_at.is_none());
    Ok(found.ok_or(IdentityRule::NotFound)?)
}
