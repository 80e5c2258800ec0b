//! Saved addresses of customers. Every query includes the customer, so that no one accesses the address of another.

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
    /// Saved addresses.
    customer_addresses (id) {
        /// The identifier.
        id -> Uuid,
        /// The customer.
        customer_id -> Uuid,
        /// The address.
        address -> Jsonb,
        /// Time of creation.
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

/// Finds an address of a customer.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, customer: CustomerId, id: AddressId) -> StoreResult<Option<CustomerAddress>> {
    let row: Option<Row> = owned(customer, id).select(Row::as_select()).first(conn).await.optional()?;
    Ok(row.map(Into::into))
}

/// The addresses of customers, oldest first.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
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
/// [`crate::StoreError`] if a statement fails.
pub async fn ids(conn: &mut Conn, customer: CustomerId) -> StoreResult<Vec<AddressId>> {
    let ids: Vec<Uuid> = customer_addresses::table
        .filter(customer_addresses::customer_id.eq(customer.uuid()))
        .order(customer_addresses::id)
        .select(customer_addresses::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(AddressId::restore).collect())
}

/// Inserts addresses in one statement.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
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

/// Saves a changed address.
///
/// # Errors
/// [`crate::StoreError::NotFound`] if the customer has no such address.
pub async fn save(conn: &mut Conn, address: &CustomerAddress) -> StoreResult<()> {
    let written = diesel::update(owned(address.customer_id, address.id))
        .set(customer_addresses::address.eq(Json(address.address.clone())))
        .execute(conn)
        .await?;
    expect_row(written)
}

/// Deletes an address. If it was a default address, the customer has none afterwards.
///
/// # Errors
/// [`crate::StoreError::NotFound`] if the customer has no such address.
pub async fn delete(conn: &mut Conn, customer: CustomerId, id: AddressId) -> StoreResult<()> {
    expect_row(diesel::delete(owned(customer, id)).execute(conn).await?)
}

/// Deletes all addresses of a customer.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
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
