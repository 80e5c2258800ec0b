//! Second factors of staff: TOTP secrets and recovery codes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{Timestamp, customers::Digest, ids::StaffUserId};
use uuid::Uuid;

use super::staff_users;
use crate::{Conn, StoreResult};

diesel::table! {
    /// Unused recovery codes.
    staff_recovery_codes (staff_id, digest) {
        /// The staff user.
        staff_id -> Uuid,
        /// SHA-256 of the code.
        digest -> Bytea,
    }
}

/// A stored TOTP secret.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = staff_users, check_for_backend(diesel::pg::Pg))]
pub struct StoredTotp {
    /// The secret, encrypted if it is sealed; None without enrollment.
    #[diesel(column_name = totp_secret)]
    pub secret: Option<Vec<u8>>,
    /// True if the secret is encrypted.
    #[diesel(column_name = totp_is_sealed)]
    pub is_sealed: bool,
    /// Time of the confirmation with a first code; None while the enrollment is pending.
    #[diesel(column_name = totp_confirmed_at)]
    pub confirmed_at: Option<Timestamp>,
}

/// The TOTP secret of a staff user.
///
/// # Errors
/// [`crate::StoreError::NotFound`] if there is no such row.
pub async fn get(conn: &mut Conn, staff: StaffUserId) -> StoreResult<StoredTotp> {
    Ok(staff_users::table.find(staff.uuid()).select(StoredTotp::as_select()).first(conn).await?)
}

/// The encrypted or plain secrets of up to `limit` staff users after one, by id.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn list_after(
    conn: &mut Conn,
    after: Option<StaffUserId>,
    limit: i64,
) -> StoreResult<Vec<(StaffUserId, StoredTotp)>> {
    let rows: Vec<(Uuid, StoredTotp)> = staff_users::table
        .filter(staff_users::totp_secret.is_not_null())
        .filter(staff_users::id.gt(after.map_or(Uuid::nil(), StaffUserId::uuid)))
        .order(staff_users::id)
        .limit(limit)
        .select((staff_users::id, StoredTotp::as_select()))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, stored)| (StaffUserId::restore(id), stored)).collect())
}

/// Replaces the stored form of a secret, unless it was changed meanwhile.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn save_secret(
    conn: &mut Conn,
    staff: StaffUserId,
    old: &[u8],
    (secret, is_sealed): (&[u8], bool),
) -> StoreResult<()> {
    let row = staff_users::table.find(staff.uuid()).filter(staff_users::totp_secret.eq(old));
    let changes = (staff_users::totp_secret.eq(secret), staff_users::totp_is_sealed.eq(is_sealed));
    diesel::update(row).set(changes).execute(conn).await?;
    Ok(())
}

/// Replaces the pending secret of a staff user; false if they have a confirmed one.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn set_pending(conn: &mut Conn, staff: StaffUserId, secret: &[u8], is_sealed: bool) -> StoreResult<bool> {
    let row = staff_users::table.find(staff.uuid()).filter(staff_users::totp_confirmed_at.is_null());
    let changes = (staff_users::totp_secret.eq(secret), staff_users::totp_is_sealed.eq(is_sealed));
    Ok(diesel::update(row).set(changes).execute(conn).await? == 1)
}

/// Confirms the pending secret with the time step of its first code; false if another secret is stored by now.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn confirm(
    conn: &mut Conn,
    staff: StaffUserId,
    secret: &[u8],
    step: i64,
    now: Timestamp,
) -> StoreResult<bool> {
    let row = staff_users::table
        .find(staff.uuid())
        .filter(staff_users::totp_confirmed_at.is_null())
        .filter(staff_users::totp_secret.eq(secret));
    let changes = (staff_users::totp_confirmed_at.eq(now), staff_users::totp_step.eq(step));
    Ok(diesel::update(row).set(changes).execute(conn).await? == 1)
}

/// Uses the code of a time step; false if a code of this or a later step was used before.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn use_step(conn: &mut Conn, staff: StaffUserId, step: i64) -> StoreResult<bool> {
    let row = staff_users::table.find(staff.uuid()).filter(staff_users::totp_step.lt(step));
    Ok(diesel::update(row).set(staff_users::totp_step.eq(step)).execute(conn).await? == 1)
}

/// Removes the secret and the recovery codes of a staff user. The used time steps stay used.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn delete(conn: &mut Conn, staff: StaffUserId) -> StoreResult<()> {
    let changes = (
        staff_users::totp_confirmed_at.eq(None::<Timestamp>),
        staff_users::totp_secret.eq(None::<Vec<u8>>),
        staff_users::totp_is_sealed.eq(false),
    );
    diesel::update(staff_users::table.find(staff.uuid())).set(changes).execute(conn).await?;
    set_recovery_codes(conn, staff, &[]).await
}

/// Replaces the recovery codes of a staff user.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn set_recovery_codes(conn: &mut Conn, staff: StaffUserId, codes: &[Digest]) -> StoreResult<()> {
    let old = staff_recovery_codes::table.filter(staff_recovery_codes::staff_id.eq(staff.uuid()));
    diesel::delete(old).execute(conn).await?;
    let rows: Vec<_> = codes
        .iter()
        .map(|code| {
            let digest = code.as_bytes().as_slice();
            (staff_recovery_codes::staff_id.eq(staff.uuid()), staff_recovery_codes::digest.eq(digest))
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(staff_recovery_codes::table).values(rows).execute(conn).await?;
    }
    Ok(())
}

/// Uses a recovery code; false if it is unknown or was used before.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn use_recovery_code(conn: &mut Conn, staff: StaffUserId, code: &Digest) -> StoreResult<bool> {
    let row = staff_recovery_codes::table.find((staff.uuid(), code.as_bytes().as_slice()));
    Ok(diesel::delete(row).execute(conn).await? == 1)
}
