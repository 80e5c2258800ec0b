//! The addresses that customers keep; each is only ever read or written together with whose it is.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Address, Timestamp,
    customers::CustomerAddress,
    ids::{AddressId, CustomerId},
};
use uuid::Uuid;

use super::expect_row;
use crate::{Conn, StoreResult, json::Json};

diesel::table! {
    /// Addresses that customers keep.
    customer_addresses (id) {
        /// Identifier.
        id -> Uuid,
        /// Whose it is.
        customer_id -> Uuid,
        /// The address.
        address -> Jsonb,
        /// When it was entered.
        created_at -> Timestamptz,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = customer_addresses, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    address: Json<Address>,
    created_at: Timestamp,
}

/// The address if it is this customer's.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn find(conn: &mut Conn, customer: CustomerId, id: AddressId) -> StoreResult<Option<CustomerAddress>> {
    let row: Option<Row> = owned(customer, id).select(Row::as_select()).first(conn).await.optional()?;
    Ok(row.map(Into::into))
}

/// The addresses of some customers, oldest first; a customer has few.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn by_customers(
    conn: &mut Conn,
    customers: &[CustomerId],
) -> StoreResult<HashMap<CustomerId, Vec<CustomerAddress>>> {
    let ids: Vec<Uuid> = customers.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Row> = customer_addresses::table
        .filter(customer_addresses::customer_id.eq_any(ids))
        .order(customer_addresses::id)
        .select(Row::as_select())
        .load(conn)
        .await?;
    let mut found: HashMap<CustomerId, Vec<CustomerAddress>> = HashMap::new();
    for row in rows {
        let address = CustomerAddress::from(row);
        found.entry(address.customer_id).or_default().push(address);
    }
    Ok(found)
}

/// The ids of a customer's addresses, oldest first.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn ids(conn: &mut Conn, customer: CustomerId) -> StoreResult<Vec<AddressId>> {
    let ids: Vec<Uuid> = customer_addresses::table
        .filter(customer_addresses::customer_id.eq(customer.uuid()))
        .order(customer_addresses::id)
        .select(customer_addresses::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(AddressId::restore).collect())
}

/// Writes new addresses in one statement.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn insert(conn: &mut Conn, addresses: &[CustomerAddress]) -> StoreResult<()> {
    let values = |address: &CustomerAddress| {
        (
            customer_addresses::id.eq(address.id.uuid()),
            customer_addresses::customer_id.eq(address.customer_id.uuid()),
            customer_addresses::address.eq(Json(address.address.clone())),
            customer_addresses::created_at.eq(address.created_at),
        )
    };
    let rows: Vec<_> = addresses.iter().map(values).collect();
    if !rows.is_empty() {
        diesel::insert_into(customer_addresses::table).values(rows).execute(conn).await?;
    }
    Ok(())
}

/// Writes a changed address.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the customer has no such address, or of the database.
pub async fn save(conn: &mut Conn, address: &CustomerAddress) -> StoreResult<()> {
    let written = diesel::update(owned(address.customer_id, address.id))
        .set(customer_addresses::address.eq(Json(address.address.clone())))
        .execute(conn)
        .await?;
    expect_row(written)
}

/// Deletes an address; where it was a default there is none then.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the customer has no such address, or of the database.
pub async fn delete(conn: &mut Conn, customer: CustomerId, id: AddressId) -> StoreResult<()> {
    expect_row(diesel::delete(owned(customer, id)).execute(conn).await?)
}

/// Deletes every address of a customer.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn delete_all(conn: &mut Conn, customer: CustomerId) -> StoreResult<()> {
    let rows = customer_addresses::table.filter(customer_addresses::customer_id.eq(customer.uuid()));
    diesel::delete(rows).execute(conn).await?;
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn owned(customer: CustomerId, id: AddressId) -> _ {
    let (customer, id): (Uuid, Uuid) = (customer.uuid(), id.uuid());
    customer_addresses::table.filter(customer_addresses::id.eq(id)).filter(customer_addresses::customer_id.eq(customer))
}

impl From<Row> for CustomerAddress {
    fn from(row: Row) -> Self {
        let Json(address) = row.address;
        Self {
            id: AddressId::restore(row.id),
            customer_id: CustomerId::restore(row.customer_id),
            address,
            created_at: row.created_at,
        }
    }
}
