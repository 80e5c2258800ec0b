//! Customers with their credentials, groups and addresses.

pub mod addresses;
pub mod checkout_details;
pub mod groups;
mod lists;
mod rows;

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    customers::{Credentials, Customer, Email},
    ids::CustomerId,
};
use uuid::Uuid;

use crate::{Conn, StoreError, StoreResult};
pub use lists::{count, list};
use rows::{Changes, CustomerRow};

diesel::table! {
    /// Customers.
    customers (id) {
        /// The identifier.
        id -> Uuid,
        /// The normalized e-mail address; null after erasure.
        email -> Nullable<Text>,
        /// The Argon2id hash; null if the account cannot log in.
        password_hash -> Nullable<Text>,
        /// The given name.
        first_name -> Text,
        /// The family name.
        last_name -> Text,
        /// The phone number.
        phone -> Nullable<Text>,
        /// The language of mails.
        locale -> Nullable<Text>,
        /// True if the customer agreed to marketing mails.
        accepts_marketing -> Bool,
        /// The default delivery address.
        default_shipping_address_id -> Nullable<Uuid>,
        /// The default billing address.
        default_billing_address_id -> Nullable<Uuid>,
        /// The note of staff.
        note -> Nullable<Text>,
        /// The tags of staff.
        tags -> Array<Text>,
        /// Sessions of an earlier epoch have ended.
        session_epoch -> Integer,
        /// Time at which the e-mail address was verified.
        email_verified_at -> Nullable<Timestamptz>,
        /// Time at which the personal data was erased.
        erased_at -> Nullable<Timestamptz>,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of the last change.
        updated_at -> Timestamptz,
        /// The VAT identification number.
        vat_id -> Nullable<Text>,
        /// Time at which the tax authority confirmed the number.
        vat_id_confirmed_at -> Nullable<Timestamptz>,
        /// True if the customer pays no taxes.
        is_tax_exempt -> Bool,
    }
}

/// The constraint that allows one account per address.
pub const EMAIL_KEY: &str = "customers_email_key";

/// Finds a customer.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, id: CustomerId) -> StoreResult<Option<Customer>> {
    let row: Option<CustomerRow> =
        customers::table.find(id.uuid()).select(CustomerRow::as_select()).first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Finds a customer by e-mail address.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find_by_email(conn: &mut Conn, email: &Email) -> StoreResult<Option<Customer>> {
    let row: Option<CustomerRow> = customers::table
        .filter(customers::email.eq(email.as_str()))
        .select(CustomerRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Customers by id; absent ones are omitted.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn by_ids(conn: &mut Conn, ids: &[CustomerId]) -> StoreResult<HashMap<CustomerId, Customer>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<CustomerRow> =
        customers::table.filter(customers::id.eq_any(ids)).select(CustomerRow::as_select()).load(conn).await?;
    rows.into_iter().map(|row| Ok((CustomerId::restore(row.id), row.try_into()?))).collect()
}

/// Locks a customer until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn lock(conn: &mut Conn, id: CustomerId) -> StoreResult<Customer> {
    let row: CustomerRow =
        customers::table.find(id.uuid()).select(CustomerRow::as_select()).for_update().first(conn).await?;
    row.try_into()
}

/// Inserts a customer.
///
/// # Errors
/// [`EMAIL_KEY`] if the address already has an account.
pub async fn insert(conn: &mut Conn, customer: &Customer, password_hash: Option<&str>) -> StoreResult<()> {
    let values = (
        customers::id.eq(customer.id.uuid()),
        customers::created_at.eq(customer.created_at),
        customers::password_hash.eq(password_hash),
        Changes::from(customer),
    );
    diesel::insert_into(customers::table).values(values).execute(conn).await?;
    Ok(())
}

/// Saves a customer.
///
/// # Errors
/// [`StoreError::NotFound`], or [`EMAIL_KEY`] if the address already has an account.
pub async fn save(conn: &mut Conn, customer: &Customer) -> StoreResult<()> {
    let row = customers::table.find(customer.id.uuid());
    expect_row(diesel::update(row).set(Changes::from(customer)).execute(conn).await?)
}

/// Saves an erased customer, removes the password and ends all sessions.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn save_erased(conn: &mut Conn, customer: &Customer) -> StoreResult<()> {
    let changes = (
        Changes::from(customer),
        customers::password_hash.eq(None::<String>),
        customers::session_epoch.eq(customers::session_epoch + 1),
    );
    let row = customers::table.find(customer.id.uuid());
    expect_row(diesel::update(row).set(changes).execute(conn).await?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = customers, check_for_backend(diesel::pg::Pg))]
struct CredentialsRow {
    id: Uuid,
    password_hash: Option<String>,
    session_epoch: i32,
}

/// The credentials of an e-mail address.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn credentials(conn: &mut Conn, email: &Email) -> StoreResult<Option<Credentials<CustomerId>>> {
    let row: Option<CredentialsRow> = customers::table
        .filter(customers::email.eq(email.as_str()))
        .select(CredentialsRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|row| Credentials {
        id: CustomerId::restore(row.id),
        password_hash: row.password_hash,
        session_epoch: row.session_epoch,
    }))
}

/// True if the customer exists and pays no taxes.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn is_tax_exempt(conn: &mut Conn, id: CustomerId) -> StoreResult<bool> {
    let flag = customers::table.find(id.uuid()).select(customers::is_tax_exempt);
    Ok(flag.first(conn).await.optional()?.unwrap_or_default())
}

/// The session epoch of a customer; `None` if there is no such customer.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn session_epoch(conn: &mut Conn, id: CustomerId) -> StoreResult<Option<i32>> {
    Ok(customers::table.find(id.uuid()).select(customers::session_epoch).first(conn).await.optional()?)
}

/// Sets a password, ends all sessions, and returns the epoch of new sessions.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn set_password(conn: &mut Conn, id: CustomerId, hash: &str, now: Timestamp) -> StoreResult<i32> {
    let changes = (
        customers::password_hash.eq(hash),
        customers::session_epoch.eq(customers::session_epoch + 1),
        customers::updated_at.eq(now),
    );
    let row = customers::table.find(id.uuid());
    Ok(diesel::update(row).set(changes).returning(customers::session_epoch).get_result(conn).await?)
}

/// True if the customer has a password.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn has_password(conn: &mut Conn, id: CustomerId) -> StoreResult<bool> {
    let row = customers::table.find(id.uuid()).select(customers::password_hash.is_not_null());
    Ok(row.first(conn).await?)
}

/// Replaces the hash of a password by another hash of the same password, if it is still `old`.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn replace_hash(conn: &mut Conn, id: CustomerId, old: &str, new: &str) -> StoreResult<()> {
    let row = customers::table.find(id.uuid()).filter(customers::password_hash.eq(old));
    diesel::update(row).set(customers::password_hash.eq(new)).execute(conn).await?;
    Ok(())
}

/// Ends all sessions of a customer.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn end_sessions(conn: &mut Conn, id: CustomerId) -> StoreResult<()> {
    let change = customers::session_epoch.eq(customers::session_epoch + 1);
    expect_row(diesel::update(customers::table.find(id.uuid())).set(change).execute(conn).await?)
}

pub(crate) const fn expect_row(written: usize) -> StoreResult<()> {
    if written == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
