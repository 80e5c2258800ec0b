//! Secrets that are mailed and work once.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    customers::{Digest, Email, OneTimeToken, Purpose, Registration},
    ids::{CustomerId, StaffUserId},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{Conn, StoreError, StoreResult};

diesel::table! {
    /// Secrets that are mailed and work once.
    one_time_tokens (id) {
        /// Identifier, not the secret.
        id -> Uuid,
        /// What it is for.
        purpose -> Text,
        /// Where it is mailed to.
        email -> Text,
        /// SHA-256 of the secret; none until it is mailed.
        digest -> Nullable<Bytea>,
        /// The customer it is for.
        customer_id -> Nullable<Uuid>,
        /// The member of staff it is for.
        staff_id -> Nullable<Uuid>,
        /// What was registered.
        registration -> Nullable<Jsonb>,
        /// When it was written.
        created_at -> Timestamptz,
        /// Until when it works.
        expires_at -> Timestamptz,
        /// When it was used.
        used_at -> Nullable<Timestamptz>,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = one_time_tokens, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    purpose: String,
    email: String,
    customer_id: Option<Uuid>,
    staff_id: Option<Uuid>,
    registration: Option<Value>,
    expires_at: Timestamp,
}

/// Writes a new token, which works from when it is armed.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn insert(conn: &mut Conn, token: &OneTimeToken) -> StoreResult<()> {
    let registration =
        token.registration.as_ref().map(serde_json::to_value).transpose().map_err(StoreError::corrupt)?;
    diesel::insert_into(one_time_tokens::table)
        .values((
            one_time_tokens::id.eq(token.id),
            one_time_tokens::purpose.eq(<&str>::from(token.purpose)),
            one_time_tokens::email.eq(token.email.as_str()),
            one_time_tokens::customer_id.eq(token.customer.map(CustomerId::uuid)),
            one_time_tokens::staff_id.eq(token.staff.map(StaffUserId::uuid)),
            one_time_tokens::registration.eq(registration),
            one_time_tokens::expires_at.eq(token.expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The token, if it is still to be used.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn find_unused(conn: &mut Conn, id: Uuid, now: Timestamp) -> StoreResult<Option<OneTimeToken>> {
    let row: Option<Row> = one_time_tokens::table
        .find(id)
        .filter(one_time_tokens::used_at.is_null())
        .filter(one_time_tokens::expires_at.gt(now))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Gives a token its secret and the account it is for, just before it is mailed. A mail that is sent once more carries
/// a new secret, and the older one no longer works.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn arm(conn: &mut Conn, token: &OneTimeToken, digest: &Digest) -> StoreResult<()> {
    let row = one_time_tokens::table.find(token.id).filter(one_time_tokens::used_at.is_null());
    diesel::update(row)
        .set((
            one_time_tokens::digest.eq(digest.as_bytes().as_slice()),
            one_time_tokens::customer_id.eq(token.customer.map(CustomerId::uuid)),
            one_time_tokens::staff_id.eq(token.staff.map(StaffUserId::uuid)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The token of a secret, if it works now; it is not used up by that.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn peek(
    conn: &mut Conn,
    digest: &Digest,
    purposes: &[Purpose],
    now: Timestamp,
) -> StoreResult<Option<OneTimeToken>> {
    let row: Option<Row> = working(digest, purposes, now).select(Row::as_select()).first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Uses the token of a secret up; none when there is no such token, or it was used or is too old.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn take(
    conn: &mut Conn,
    digest: &Digest,
    purposes: &[Purpose],
    now: Timestamp,
) -> StoreResult<Option<OneTimeToken>> {
    let row: Option<Row> = diesel::update(working(digest, purposes, now))
        .set(one_time_tokens::used_at.eq(now))
        .returning(Row::as_returning())
        .get_result(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Makes every unused token of an address for these purposes useless.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn cancel(conn: &mut Conn, email: &Email, purposes: &[Purpose]) -> StoreResult<()> {
    let names: Vec<&str> = purposes.iter().map(<&str>::from).collect();
    let rows = one_time_tokens::table
        .filter(one_time_tokens::email.eq(email.as_str()))
        .filter(one_time_tokens::purpose.eq_any(names))
        .filter(one_time_tokens::used_at.is_null());
    diesel::delete(rows).execute(conn).await?;
    Ok(())
}

/// Makes every unused token of a customer useless, whatever it is for.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn cancel_of_customer(conn: &mut Conn, customer: CustomerId) -> StoreResult<()> {
    let rows = one_time_tokens::table
        .filter(one_time_tokens::customer_id.eq(customer.uuid()))
        .filter(one_time_tokens::used_at.is_null());
    diesel::delete(rows).execute(conn).await?;
    Ok(())
}

/// Deletes every token of a customer and of their address.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn forget(conn: &mut Conn, customer: CustomerId, email: Option<&Email>) -> StoreResult<()> {
    let email = email.map(Email::as_str).unwrap_or_default();
    let is_theirs =
        one_time_tokens::customer_id.assume_not_null().eq(customer.uuid()).or(one_time_tokens::email.eq(email));
    let is_customers = one_time_tokens::staff_id.is_null();
    diesel::delete(one_time_tokens::table.filter(is_theirs).filter(is_customers)).execute(conn).await?;
    Ok(())
}

/// Deletes tokens that have been of no use for a while.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn purge(conn: &mut Conn, expired_before: Timestamp) -> StoreResult<usize> {
    let rows = one_time_tokens::table.filter(one_time_tokens::expires_at.lt(expired_before));
    Ok(diesel::delete(rows).execute(conn).await?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn working(digest: &Digest, purposes: &[Purpose], now: Timestamp) -> _ {
    let digest: Vec<u8> = digest.as_bytes().to_vec();
    let names: Vec<&'static str> = purposes.iter().map(<&str>::from).collect();
    one_time_tokens::table
        .filter(one_time_tokens::digest.eq(digest))
        .filter(one_time_tokens::purpose.eq_any(names))
        .filter(one_time_tokens::used_at.is_null())
        .filter(one_time_tokens::expires_at.gt(now))
}

impl TryFrom<Row> for OneTimeToken {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let registration: Option<Registration> =
            row.registration.map(serde_json::from_value).transpose().map_err(StoreError::corrupt)?;
        Ok(Self {
            id: row.id,
            purpose: row.purpose.parse().map_err(StoreError::corrupt)?,
            email: row.email.parse().map_err(StoreError::corrupt)?,
            customer: row.customer_id.map(CustomerId::restore),
            staff: row.staff_id.map(StaffUserId::restore),
            registration,
            expires_at: row.expires_at,
        })
    }
}
