//! The address book of a customer; addresses of other customers are reported as not found.

use std::collections::BTreeSet;

use model::{
    Address,
    access::Actor,
    customers::{Customer, CustomerAddress, CustomerError, DefaultAddress},
    events::DomainEvent,
    ids::{AddressId, CustomerId},
};
use persistence::{
    Conn,
    customers::{self, addresses},
    db::Transactions as _,
    outbox,
};

use super::{IdentityError, IdentityRule};
use crate::{App, error::OnStoreError as _};

/// Adds an address of the acting customer; the first one becomes the default for shipping and billing.
///
/// # Errors
/// [`IdentityRule::InvalidAddress`]; [`IdentityRule::Customer`] if there are too many addresses or the customer was erased.
pub async fn create_address(
    app: &App,
    actor: &Actor,
    address: Address,
    defaults: BTreeSet<DefaultAddress>,
) -> Result<CustomerAddress, IdentityError> {
    let customer_id = actor.require_customer()?;
    let address = checked(address)?;
    let now = app.clock.now();
    let address = CustomerAddress { id: AddressId::new(), customer_id, address, created_at: now };
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        // With the lock, concurrent additions cannot exceed the limit together.
        let customer = lock(conn, customer_id).await?;
        Customer::check_address_count(addresses::ids(conn, customer_id).await?.len())?;
        addresses::insert(conn, std::slice::from_ref(&address)).await?;
        save_defaults(conn, customer, address.id, &defaults).await
    });
    outcome.await.on_not_found(IdentityRule::NotFound)?;
    Ok(address)
}

/// Replaces an address of the acting customer.
///
/// # Errors
/// [`IdentityRule::NotFound`] or [`IdentityRule::InvalidAddress`]; [`IdentityRule::Customer`] if the customer was erased.
pub async fn update_address(
    app: &App,
    actor: &Actor,
    id: AddressId,
    address: Address,
    defaults: BTreeSet<DefaultAddress>,
) -> Result<CustomerAddress, IdentityError> {
    let customer_id = actor.require_customer()?;
    let address = checked(address)?;
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let customer = lock(conn, customer_id).await?;
        let before = addresses::find(conn, customer_id, id).await?.ok_or(IdentityRule::NotFound)?;
        let changed = CustomerAddress { address: address.clone(), ..before };
        addresses::save(conn, &changed).await?;
        save_defaults(conn, customer, id, &defaults).await?;
        Ok(changed)
    });
    outcome.await.on_not_found(IdentityRule::NotFound)
}

/// Deletes an address of the acting customer; if it was a default address, there is no default afterwards.
///
/// # Errors
/// [`IdentityRule::NotFound`] if the customer has no such address.
pub async fn delete_address(app: &App, actor: &Actor, id: AddressId) -> Result<AddressId, IdentityError> {
    let customer = actor.require_customer()?;
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        customers::lock(conn, customer).await?;
        addresses::delete(conn, customer, id).await?;
        changed(conn, customer).await?;
        Ok(id)
    });
    outcome.await.on_not_found(IdentityRule::NotFound)
}

/// The customer, locked until the transaction ends.
async fn lock(conn: &mut Conn, id: CustomerId) -> Result<Customer, IdentityError> {
    let customer = customers::lock(conn, id).await?;
    if customer.erased_at.is_some() { Err(CustomerError::Erased.into()) } else { Ok(customer) }
}

async fn save_defaults(
    conn: &mut Conn,
    mut customer: Customer,
    id: AddressId,
    defaults: &BTreeSet<DefaultAddress>,
) -> Result<(), IdentityError> {
    customer.set_default(id, defaults);
    customers::save(conn, &customer).await?;
    changed(conn, customer.id).await
}

async fn changed(conn: &mut Conn, id: CustomerId) -> Result<(), IdentityError> {
    Ok(outbox::push(conn, &[DomainEvent::CustomerUpdated { id }]).await?)
}

fn checked(address: Address) -> Result<Address, IdentityRule> {
    let address = address.normalized();
    match address.invalid_fields() {
        invalid if invalid.is_empty() => Ok(address),
        invalid => Err(IdentityRule::InvalidAddress(invalid)),
    }
}
