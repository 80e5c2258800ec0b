//! Staff with their credentials and roles.

pub mod roles;
pub mod second_factors;

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest, Timestamp,
    customers::{Credentials, Email, Role, StaffUser},
    ids::{RoleId, StaffUserId},
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, StoreResult,
    customers::expect_row,
    keyset::{self, ListOrder},
};

diesel::table! {
    /// Staff users.
    staff_users (id) {
        /// The identifier.
        id -> Uuid,
        /// The normalized e-mail address.
        email -> Text,
        /// The display name.
        name -> Text,
        /// The Argon2id hash; null until the invitation is accepted.
        password_hash -> Nullable<Text>,
        /// True if the user can log in.
        is_active -> Bool,
        /// Sessions of an earlier epoch have ended.
        session_epoch -> Integer,
        /// Time of the invitation.
        created_at -> Timestamptz,
        /// Time of the last login.
        last_login_at -> Nullable<Timestamptz>,
        /// The TOTP secret.
        totp_secret -> Nullable<Bytea>,
        /// True if the TOTP secret is encrypted.
        totp_is_sealed -> Bool,
        /// Time of the confirmation of the TOTP secret.
        totp_confirmed_at -> Nullable<Timestamptz>,
        /// The last time step of which a code was used.
        totp_step -> BigInt,
        /// Time at which the account was deleted.
        deleted_at -> Nullable<Timestamptz>,
    }
}

/// The constraint that allows one account per address.
pub const EMAIL_KEY: &str = "staff_users_email_key";

#[derive(Queryable, Selectable)]
#[diesel(table_name = staff_users, check_for_backend(diesel::pg::Pg))]
struct StaffRow {
    id: Uuid,
    email: String,
    name: String,
    is_active: bool,
    created_at: Timestamp,
    last_login_at: Option<Timestamp>,
    totp_confirmed_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
}

/// Staff users with their roles, by id; absent ones are omitted.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn by_ids(conn: &mut Conn, ids: &[StaffUserId]) -> StoreResult<HashMap<StaffUserId, StaffUser>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<StaffRow> =
        staff_users::table.filter(staff_users::id.eq_any(ids)).select(StaffRow::as_select()).load(conn).await?;
    let staff = with_roles(conn, rows).await?;
    Ok(staff.into_iter().map(|user| (user.id, user)).collect())
}

/// Finds a staff user with their roles.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, id: StaffUserId) -> StoreResult<Option<StaffUser>> {
    Ok(by_ids(conn, &[id]).await?.remove(&id))
}

/// Finds a staff user by e-mail address.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find_by_email(conn: &mut Conn, email: &Email) -> StoreResult<Option<StaffUser>> {
    let rows: Vec<StaffRow> = staff_users::table
        .filter(staff_users::email.eq(email.as_str()))
        .select(StaffRow::as_select())
        .load(conn)
        .await?;
    Ok(with_roles(conn, rows).await?.pop())
}

/// A page of staff whose accounts are not deleted, oldest first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list(conn: &mut Conn, page: &PageRequest<StaffUserId>) -> StoreResult<Page<StaffUser>> {
    let query = staff_users::table.filter(staff_users::deleted_at.is_null()).select(StaffRow::as_select()).into_boxed();
    let rows: Vec<StaffRow> = keyset::page(query, staff_users::id, page, ListOrder::OldestFirst).load(conn).await?;
    let Page { rows, has_more } = Page::from_rows(page, rows);
    Ok(Page { rows: with_roles(conn, rows).await?, has_more })
}

/// The number of staff users whose accounts are not deleted.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn count(conn: &mut Conn) -> StoreResult<i64> {
    Ok(staff_users::table.filter(staff_users::deleted_at.is_null()).count().get_result(conn).await?)
}

/// Inserts a staff user with their roles.
///
/// # Errors
/// [`EMAIL_KEY`] if the address already has an account.
pub async fn insert(conn: &mut Conn, staff: &StaffUser, password_hash: Option<&str>) -> StoreResult<()> {
    diesel::insert_into(staff_users::table)
        .values((
            staff_users::id.eq(staff.id.uuid()),
            staff_users::email.eq(staff.email.as_str()),
            staff_users::name.eq(&staff.name),
            staff_users::password_hash.eq(password_hash),
            staff_users::is_active.eq(staff.is_active),
            staff_users::created_at.eq(staff.created_at),
        ))
        .execute(conn)
        .await?;
    roles::set(conn, staff.id, &role_ids(staff)).await
}

/// Saves a staff user with their roles; deactivating a user ends their sessions.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn save(conn: &mut Conn, staff: &StaffUser) -> StoreResult<()> {
    let ended = i32::from(!staff.is_active);
    let changes = (
        staff_users::name.eq(&staff.name),
        staff_users::is_active.eq(staff.is_active),
        staff_users::session_epoch.eq(staff_users::session_epoch + ended),
    );
    expect_row(diesel::update(staff_users::table.find(staff.id.uuid())).set(changes).execute(conn).await?)?;
    roles::set(conn, staff.id, &role_ids(staff)).await
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = staff_users, check_for_backend(diesel::pg::Pg))]
struct CredentialsRow {
    id: Uuid,
    password_hash: Option<String>,
    session_epoch: i32,
}

/// The credentials of an e-mail address; `None` if the user cannot log in.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn credentials(conn: &mut Conn, email: &Email) -> StoreResult<Option<Credentials<StaffUserId>>> {
    let row: Option<CredentialsRow> = staff_users::table
        .filter(staff_users::email.eq(email.as_str()))
        .filter(staff_users::is_active.eq(true))
        .select(CredentialsRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|row| Credentials {
        id: StaffUserId::restore(row.id),
        password_hash: row.password_hash,
        session_epoch: row.session_epoch,
    }))
}

/// The session epoch of a staff user; `None` if there is no such user or they cannot log in.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn session_epoch(conn: &mut Conn, id: StaffUserId) -> StoreResult<Option<i32>> {
    let active = staff_users::table.find(id.uuid()).filter(staff_users::is_active.eq(true));
    Ok(active.select(staff_users::session_epoch).first(conn).await.optional()?)
}

/// Sets a password, ends all sessions, and returns the epoch of new sessions.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn set_password(conn: &mut Conn, id: StaffUserId, hash: &str) -> StoreResult<i32> {
    let changes = (staff_users::password_hash.eq(hash), staff_users::session_epoch.eq(staff_users::session_epoch + 1));
    let row = diesel::update(staff_users::table.find(id.uuid())).set(changes);
    Ok(row.returning(staff_users::session_epoch).get_result(conn).await?)
}

/// Replaces the hash of a password by another hash of the same password, if it is still `old`.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn replace_hash(conn: &mut Conn, id: StaffUserId, old: &str, new: &str) -> StoreResult<()> {
    let row = staff_users::table.find(id.uuid()).filter(staff_users::password_hash.eq(old));
    diesel::update(row).set(staff_users::password_hash.eq(new)).execute(conn).await?;
    Ok(())
}

/// Ends all sessions of a staff user.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn end_sessions(conn: &mut Conn, id: StaffUserId) -> StoreResult<()> {
    let change = staff_users::session_epoch.eq(staff_users::session_epoch + 1);
    expect_row(diesel::update(staff_users::table.find(id.uuid())).set(change).execute(conn).await?)
}

/// Changes the e-mail address of a staff user and ends their sessions.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row; [`EMAIL_KEY`] if the address already has an account.
pub async fn set_email(conn: &mut Conn, id: StaffUserId, email: &Email) -> StoreResult<()> {
    let changes =
        (staff_users::email.eq(email.as_str()), staff_users::session_epoch.eq(staff_users::session_epoch + 1));
    expect_row(diesel::update(staff_users::table.find(id.uuid())).set(changes).execute(conn).await?)
}

/// Saves a deleted account without its roles, password and second factor, and ends its sessions.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn save_deleted(conn: &mut Conn, staff: &StaffUser) -> StoreResult<()> {
    second_factors::delete(conn, staff.id).await?;
    let changes = (
        staff_users::email.eq(staff.email.as_str()),
        staff_users::name.eq(&staff.name),
        staff_users::password_hash.eq(None::<String>),
        staff_users::is_active.eq(false),
        staff_users::session_epoch.eq(staff_users::session_epoch + 1),
        staff_users::last_login_at.eq(None::<Timestamp>),
        staff_users::deleted_at.eq(staff.deleted_at),
    );
    expect_row(diesel::update(staff_users::table.find(staff.id.uuid())).set(changes).execute(conn).await?)?;
    roles::set(conn, staff.id, &[]).await
}

/// Records the time of a login.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn record_login(conn: &mut Conn, id: StaffUserId, now: Timestamp) -> StoreResult<()> {
    let row = staff_users::table.find(id.uuid());
    diesel::update(row).set(staff_users::last_login_at.eq(now)).execute(conn).await?;
    Ok(())
}

async fn with_roles(conn: &mut Conn, rows: Vec<StaffRow>) -> StoreResult<Vec<StaffUser>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut roles = roles::by_staff(conn, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let held = roles.remove(&row.id).unwrap_or_default();
            restore(row, held)
        })
        .collect()
}

fn restore(row: StaffRow, roles: Vec<Role>) -> StoreResult<StaffUser> {
    Ok(StaffUser {
        id: StaffUserId::restore(row.id),
        email: row.email.try_into().map_err(StoreError::corrupt)?,
        name: row.name,
        is_active: row.is_active,
        roles,
        created_at: row.created_at,
        last_login_at: row.last_login_at,
        has_second_factor: row.totp_confirmed_at.is_some(),
        deleted_at: row.deleted_at,
    })
}

fn role_ids(staff: &StaffUser) -> Vec<RoleId> {
    staff.roles.iter().map(|role| role.id).collect()
}
