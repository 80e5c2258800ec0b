//! API tokens of integrations: random, shown once, stored as a digest. A token never has more permissions than its
//! creator.

use model::{
    Page, PageRequest, Timestamp,
    access::{Actor, Permission, Permissions},
    audit::{created, deleted},
    customers::{ApiToken, StaffError},
    ids::ApiTokenId,
};
use persistence::{api_tokens, audit, db::Transactions as _};
use serde_json::{Value, json};

use super::{Client, IdentityError, IdentityRule, invalidate_actors_everywhere, secrets, staff::current, step_up};
use crate::{App, ServiceResult, error::OnStoreError as _};

/// The prefix of API tokens, so that secret scanners recognize them.
pub(super) const PREFIX: &str = "mct_";

/// Input of [`create_api_token`].
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// The display name for staff.
    pub name: String,
    /// The permissions of the token.
    pub permissions: Permissions,
    /// The expiry; the token never expires without one.
    pub expires_at: Option<Timestamp>,
}

/// Creates a token and returns its secret, which cannot be read again.
///
/// # Errors
/// [`IdentityRule::ApiToken`] if the input is invalid; [`crate::ServiceError::Access`] unless the actor is staff with
/// [`Permission::StaffManage`].
pub async fn create_api_token(
    app: &App,
    actor: &Actor,
    client: &Client,
    new: &NewApiToken,
) -> Result<(ApiToken, String), IdentityError> {
    actor.require(Permission::StaffManage)?;
    let staff = actor.require_staff()?;
    step_up::require(app, actor)?;
    let secret = secrets::random_text(PREFIX);
    let now = app.clock.now();
    let digest = secrets::digest(&secret);
    let mut conn = app.db.write().await?;
    let issued = conn.transaction(async |conn| {
        let actor = &current(conn, actor).await?;
        actor.require(Permission::StaffManage)?;
        let maker = (staff, actor.permissions_in(None));
        let token = ApiToken::issue(maker, &new.name, new.permissions, new.expires_at, digest, now)?;
        api_tokens::insert(conn, &token).await?;
        audit::push(conn, client.author(actor), "apiTokenCreate", token.id, created(&values(&token)), now).await?;
        Ok::<_, IdentityError>(token)
    });
    Ok((issued.await?, secret))
}

/// Revokes a token: at once in this process, with a message in the others.
///
/// # Errors
/// [`IdentityRule::NotFound`]; [`StaffError::MoreThanOwn`] if the token of another member of staff has more permissions
/// than the actor; [`crate::ServiceError::Access`] without [`Permission::StaffManage`].
pub async fn revoke_api_token(
    app: &App,
    actor: &Actor,
    client: &Client,
    id: ApiTokenId,
) -> Result<ApiTokenId, IdentityError> {
    actor.require(Permission::StaffManage)?;
    step_up::require(app, actor)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let actor = &current(conn, actor).await?;
        actor.require(Permission::StaffManage)?;
        let token = api_tokens::revoke(conn, id, now).await?;
        if actor.require_staff().ok() != Some(token.created_by) {
            StaffError::check_grant(actor.permissions(), token.permissions)?;
        }
        audit::push(conn, client.author(actor), "apiTokenDelete", id, deleted(&values(&token)), now).await?;
        Ok(())
    });
    outcome.await.on_not_found(IdentityRule::NotFound)?;
    invalidate_actors_everywhere(app);
    Ok(id)
}

/// A page of tokens that are not revoked, newest first.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::StaffManage`].
pub async fn list_api_tokens(
    app: &App,
    actor: &Actor,
    page: &PageRequest<ApiTokenId>,
) -> ServiceResult<Page<ApiToken>> {
    actor.require(Permission::StaffManage)?;
    Ok(api_tokens::list(&mut *app.db.read().await?, page).await?)
}

/// The number of tokens that are not revoked.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::StaffManage`].
pub async fn count_api_tokens(app: &App, actor: &Actor) -> ServiceResult<i64> {
    actor.require(Permission::StaffManage)?;
    Ok(api_tokens::count(&mut *app.db.read().await?).await?)
}

/// The values of a token, for the audit log.
fn values(token: &ApiToken) -> Value {
    json!({ "name": token.name, "permissions": token.permissions, "expiresAt": token.expires_at })
}
