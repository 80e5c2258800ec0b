//! One-time tokens: secrets that are mailed and can be used once.

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
    /// One-time tokens: secrets that are mailed and can be used once.
    one_time_tokens (id) {
        /// The identifier, which is not the secret.
        id -> Uuid,
        /// The purpose.
        purpose -> Text,
        /// The e-mail address.
        email -> Text,
        /// SHA-256 of the secret; null until it is mailed.
        digest -> Nullable<Bytea>,
        /// The customer, if any.
        customer_id -> Nullable<Uuid>,
        /// The staff user, if any.
        staff_id -> Nullable<Uuid>,
        /// The registration that the token confirms.
        registration -> Nullable<Jsonb>,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of expiry.
        expires_at -> Timestamptz,
        /// Time of use.
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

/// Inserts a token, which is usable after [`set_digest`].
///
/// # Errors
/// [`StoreError`] if a statement fails.
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

/// Finds a token that is neither used nor expired.
///
/// # Errors
/// [`StoreError`] if a statement fails.
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

/// Sets the secret and the account of a token, just before it is mailed. Mailing it again replaces the secret, so that
/// the older one stops working.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn set_digest(conn: &mut Conn, token: &OneTimeToken, digest: &Digest) -> StoreResult<()> {
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

/// Finds the usable token of a secret without using it.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find_usable(
    conn: &mut Conn,
    digest: &Digest,
    purposes: &[Purpose],
    now: Timestamp,
) -> StoreResult<Option<OneTimeToken>> {
    let row: Option<Row> = working(digest, purposes, now).select(Row::as_select()).first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Uses the token of a secret; `None` if there is none or if it is used or expired.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn consume(
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

/// Deletes the unused tokens of an address for some purposes.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_unused(conn: &mut Conn, email: &Email, purposes: &[Purpose]) -> StoreResult<()> {
    let names: Vec<&str> = purposes.iter().map(<&str>::from).collect();
    let rows = one_time_tokens::table
        .filter(one_time_tokens::email.eq(email.as_str()))
        .filter(one_time_tokens::purpose.eq_any(names))
        .filter(one_time_tokens::used_at.is_null());
    diesel::delete(rows).execute(conn).await?;
    Ok(())
}

/// Deletes the unused tokens of a customer.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_unused_of_customer(conn: &mut Conn, customer: CustomerId) -> StoreResult<()> {
    let rows = one_time_tokens::table
        .filter(one_time_tokens::customer_id.eq(customer.uuid()))
        .filter(one_time_tokens::used_at.is_null());
    diesel::delete(rows).execute(conn).await?;
    Ok(())
}

/// Deletes the unused tokens of a staff user.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_unused_of_staff(conn: &mut Conn, staff: StaffUserId) -> StoreResult<()> {
    let rows = one_time_tokens::table
        .filter(one_time_tokens::staff_id.eq(staff.uuid()))
        .filter(one_time_tokens::used_at.is_null());
    diesel::delete(rows).execute(conn).await?;
    Ok(())
}

/// Deletes all tokens of a staff user and those of their address for the purposes of staff.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_of_staff(conn: &mut Conn, staff: StaffUserId, email: &Email) -> StoreResult<()> {
    let purposes = [Purpose::StaffInvite, Purpose::StaffPasswordReset, Purpose::StaffEmailChange];
    let names: Vec<&str> = purposes.iter().map(<&str>::from).collect();
    let of_address = one_time_tokens::email.eq(email.as_str()).and(one_time_tokens::purpose.eq_any(names));
    let is_theirs = one_time_tokens::staff_id.assume_not_null().eq(staff.uuid()).or(of_address);
    diesel::delete(one_time_tokens::table.filter(is_theirs)).execute(conn).await?;
    Ok(())
}

/// Deletes all tokens of a customer and of their address.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_of_customer(conn: &mut Conn, customer: CustomerId, email: Option<&Email>) -> StoreResult<()> {
    // Without an address only the customer's tokens match, because no token has an empty address.
    let email = email.map(Email::as_str).unwrap_or_default();
    let is_theirs =
        one_time_tokens::customer_id.assume_not_null().eq(customer.uuid()).or(one_time_tokens::email.eq(email));
    let is_customers = one_time_tokens::staff_id.is_null();
    diesel::delete(one_time_tokens::table.filter(is_theirs).filter(is_customers)).execute(conn).await?;
    Ok(())
}

/// Deletes tokens that expired before a time and returns their number.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_expired(conn: &mut Conn, expired_before: Timestamp) -> StoreResult<usize> {
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
