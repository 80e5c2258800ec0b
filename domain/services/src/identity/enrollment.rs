//! Enrolling and removing the second factors of staff.

use model::{
    access::Actor,
    customers::{StaffError, StaffUser},
    ids::StaffUserId,
};
use persistence::{
    audit,
    db::Transactions as _,
    staff::{self, second_factors as store},
};
use serde_json::json;

use super::{
    Client, IdentityError, IdentityRule, invalidate_actors_everywhere,
    login::check_password,
    second_factor, secrets,
    staff::{current_manager, require_manager},
    step_up,
};
use crate::{App, error::OrInternal as _};

/// The length of a TOTP secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;

/// The secret of an enrollment, for an authenticator.
pub struct TotpEnrollment {
    /// The secret in base32, to type.
    pub secret: String,
    /// The `otpauth` URI, to show as a QR code.
    pub uri: String,
}

/// Creates a secret for the acting member of staff, which counts once [`confirm_totp`] has seen a code. A repeated call
/// replaces a secret that is not confirmed.
///
/// # Errors
/// [`IdentityRule::SecondFactorExists`], [`IdentityRule::InvalidCredentials`] or [`IdentityRule::Throttled`].
pub async fn enroll_totp(
    app: &App,
    actor: &Actor,
    client: &Client,
    password: &str,
) -> Result<TotpEnrollment, IdentityError> {
    let user = acting_user(app, actor).await?;
    if user.has_second_factor {
        return Err(IdentityRule::SecondFactorExists.into());
    }
    check_password::<StaffUserId>(app, client, &user.email, password, None).await?;
    let secret: Vec<u8> = secrets::random().into_iter().take(SECRET_BYTES).collect();
    let totp = second_factor::totp(secret.clone(), user.email.as_str())?;
    let sealed = second_factor::seal(app, user.id, secret)?;
    let mut conn = app.db.write().await?;
    if !store::set_pending(&mut conn, user.id, &sealed.bytes, sealed.is_sealed).await? {
        return Err(IdentityRule::SecondFactorExists.into());
    }
    audit::push(&conn, client.author(actor), "staffTotpEnroll", user.id, json!({}), app.clock.now()).await?;
    let uri = totp.to_url().or_internal("write the URI of a TOTP secret")?;
    Ok(TotpEnrollment { secret: totp.secret().to_base32(), uri })
}

/// Confirms the secret with a first code. From now on, logins need a code. Returns the recovery codes, which cannot be
/// read again.
///
/// # Errors
/// [`IdentityRule::SecondFactorExists`], [`IdentityRule::SecondFactorMissing`] without a secret to confirm, or
/// [`IdentityRule::SecondFactorInvalid`].
pub async fn confirm_totp(app: &App, actor: &Actor, client: &Client, code: &str) -> Result<Vec<String>, IdentityError> {
    let id = actor.require_staff()?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let stored = store::get(&mut conn, id).await?;
    if stored.confirmed_at.is_some() {
        return Err(IdentityRule::SecondFactorExists.into());
    }
    let secret = stored.secret.clone().ok_or(IdentityRule::SecondFactorMissing)?;
    let step = second_factor::matching_step(app, id, stored, code)?.ok_or(IdentityRule::SecondFactorInvalid)?;
    let (codes, digests) = second_factor::new_recovery_codes();
    conn.transaction::<_, IdentityError, _>(async |conn| {
        if !store::confirm(conn, id, &secret, step, now).await? {
            return Err(IdentityRule::SecondFactorInvalid.into());
        }
        store::set_recovery_codes(conn, id, &digests).await?;
        Ok(audit::push(conn, client.author(actor), "staffTotpConfirm", id, json!({}), now).await?)
    })
    .await?;
    invalidate_actors_everywhere(app);
    Ok(codes)
}

/// Removes the second factor of the acting member of staff.
///
/// # Errors
/// [`IdentityRule::SecondFactorMissing`], or the errors of a login.
pub async fn remove_totp(
    app: &App,
    actor: &Actor,
    client: &Client,
    password: &str,
    code: &str,
) -> Result<StaffUser, IdentityError> {
    let user = confirmed_user(app, actor, client, password, code).await?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, IdentityError, _>(async |conn| {
        store::delete(conn, user.id).await?;
        Ok(audit::push(conn, client.author(actor), "staffTotpRemove", user.id, json!({}), now).await?)
    })
    .await?;
    invalidate_actors_everywhere(app);
    Ok(StaffUser { has_second_factor: false, ..user })
}

/// Replaces the recovery codes of the acting member of staff and returns the new ones.
///
/// # Errors
/// [`IdentityRule::SecondFactorMissing`], or the errors of a login.
pub async fn regenerate_recovery_codes(
    app: &App,
    actor: &Actor,
    client: &Client,
    password: &str,
    code: &str,
) -> Result<Vec<String>, IdentityError> {
    let user = confirmed_user(app, actor, client, password, code).await?;
    let now = app.clock.now();
    let (codes, digests) = second_factor::new_recovery_codes();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, IdentityError, _>(async |conn| {
        store::set_recovery_codes(conn, user.id, &digests).await?;
        Ok(audit::push(conn, client.author(actor), "staffRecoveryCodesRegenerate", user.id, json!({}), now).await?)
    })
    .await?;
    Ok(codes)
}

/// Removes the second factor of another member of staff, who has lost it, and ends their sessions.
///
/// # Errors
/// [`IdentityRule::NotFound`], [`IdentityRule::SecondFactorMissing`], [`StaffError::MoreThanOwn`] for oneself and for
/// members with permissions that the actor lacks; [`crate::ServiceError::Access`] unless the actor is staff with
/// [`model::access::Permission::StaffManage`].
pub async fn reset_totp(
    app: &App,
    actor: &Actor,
    client: &Client,
    id: StaffUserId,
) -> Result<StaffUser, IdentityError> {
    require_manager(actor)?;
    step_up::require(app, actor)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let user = conn
        .transaction::<_, IdentityError, _>(async |conn| {
            let actor = &current_manager(conn, actor).await?;
            let user = staff::find(conn, id).await?.ok_or(IdentityRule::NotFound)?;
            // One's own factor is removed with a code.
            if actor.require_staff().is_ok_and(|own| own == id) {
                return Err(StaffError::MoreThanOwn.into());
            }
            StaffError::check_grant(actor.permissions(), user.granted())?;
            if !user.has_second_factor {
                return Err(IdentityRule::SecondFactorMissing.into());
            }
            store::delete(conn, id).await?;
            staff::end_sessions(conn, id).await?;
            audit::push(conn, client.author(actor), "staffTotpReset", id, json!({}), now).await?;
            Ok(StaffUser { has_second_factor: false, ..user })
        })
        .await?;
    invalidate_actors_everywhere(app);
    Ok(user)
}

async fn acting_user(app: &App, actor: &Actor) -> Result<StaffUser, IdentityError> {
    let id = actor.require_staff()?;
    Ok(staff::find(&mut *app.db.read().await?, id).await?.ok_or(IdentityRule::NotFound)?)
}

/// The acting member of staff, who has a second factor and has proved password and code again.
async fn confirmed_user(
    app: &App,
    actor: &Actor,
    client: &Client,
    password: &str,
    code: &str,
) -> Result<StaffUser, IdentityError> {
    let user = acting_user(app, actor).await?;
    if !user.has_second_factor {
        return Err(IdentityRule::SecondFactorMissing.into());
    }
    check_password::<StaffUserId>(app, client, &user.email, password, Some(code)).await?;
    Ok(user)
}
