//! Tokens of integrations: random, shown once, kept as a digest, never worth more than whoever made them.

use model::{
    Page, PageRequest, Timestamp,
    access::{Actor, Permission, Permissions},
    customers::{ApiToken, StaffError},
    ids::ApiTokenId,
};
use persistence::{api_tokens, audit, db::Transactions as _};
use serde_json::json;

use super::{IdentityError, IdentityRule, forget_actors_everywhere, secrets, staff::current};
use crate::{App, ServiceResult, error::OnStoreError as _};

/// What every API token begins with, so that scanners find one that was published by mistake.
pub(super) const PREFIX: &str = "mct_";

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// What staff call it.
    pub name: String,
    /// What it may do.
    pub permissions: Permissions,
    /// Until when it works; for ever without.
    pub expires_at: Option<Timestamp>,
}

/// Makes a token, and returns the secret that is shown this once.
///
/// # Errors
/// For anybody but staff with [`Permission::StaffManage`], [`IdentityRule::ApiToken`], or a store's error.
pub async fn create_api_token(
    app: &App,
    actor: &Actor,
    new: &NewApiToken,
) -> Result<(ApiToken, String), IdentityError> {
    actor.require(Permission::StaffManage)?;
    let staff = actor.require_staff()?;
    let secret = secrets::random_text(PREFIX);
    let now = app.clock.now();
    let digest = secrets::digest(&secret);
    let mut conn = app.db.write().await?;
    let issued = conn.transaction(async |conn| {
        let actor = &current(conn, actor).await?;
        actor.require(Permission::StaffManage)?;
        let maker = (staff, actor.permissions());
        let token = ApiToken::issue(maker, &new.name, new.permissions, new.expires_at, digest, now)?;
        api_tokens::insert(conn, &token).await?;
        let details = json!({ "name": token.name, "permissions": token.permissions });
        audit::push(conn, actor, "apiToken.create", token.id, &details, now).await?;
        Ok::<_, IdentityError>(token)
    });
    Ok((issued.await?, secret))
}

/// Revokes a token: it stops at once in this process, and as soon as they are told in the others.
///
/// # Errors
/// Without [`Permission::StaffManage`], [`StaffError::MoreThanOwn`] for somebody else's token that may do more than the
/// actor, [`IdentityRule::NotFound`], or a store's error.
pub async fn revoke_api_token(app: &App, actor: &Actor, id: ApiTokenId) -> Result<ApiTokenId, IdentityError> {
    actor.require(Permission::StaffManage)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let actor = &current(conn, actor).await?;
        actor.require(Permission::StaffManage)?;
        let token = api_tokens::revoke(conn, id, now).await?;
        if actor.require_staff().ok() != Some(token.created_by) {
            StaffError::check_grant(actor.permissions(), token.permissions)?;
        }
        audit::push(conn, actor, "apiToken.delete", id, &json!({}), now).await?;
        Ok(())
    });
    outcome.await.on_not_found(IdentityRule::NotFound)?;
    forget_actors_everywhere(app);
    Ok(id)
}

/// A page of tokens that are not revoked, newest first, with one more when there are more.
///
/// # Errors
/// Without [`Permission::StaffManage`], or a store's error.
pub async fn list_api_tokens(
    app: &App,
    actor: &Actor,
    page: &PageRequest<ApiTokenId>,
) -> ServiceResult<Page<ApiToken>> {
    actor.require(Permission::StaffManage)?;
    Ok(api_tokens::list(&mut *app.db.read().await?, page).await?)
}

/// How many tokens are not revoked.
///
/// # Errors
/// Without [`Permission::StaffManage`], or a store's error.
pub async fn count_api_tokens(app: &App, actor: &Actor) -> ServiceResult<i64> {
    actor.require(Permission::StaffManage)?;
    Ok(api_tokens::count(&mut *app.db.read().await?).await?)
}
