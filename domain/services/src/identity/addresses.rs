//! The address book of a customer; addresses of other customers are reported as not found.

use std::collections::BTreeSet;

use model::{
    Address, Timestamp,
    access::{AccessError, Actor, Permission},
    audit::{Change, changed},
    customers::{Customer, CustomerAddress, CustomerError, DefaultAddress},
    events::DomainEvent,
    ids::{AddressId, CustomerId},
};
use persistence::{
    Conn, audit,
    customers::{self, addresses},
    db::Transactions as _,
    outbox,
};
use serde_json::{Value, json};

use super::{IdentityError, IdentityRule};
use crate::{App, error::OnStoreError as _};

/// Adds an address; the first one becomes the default for shipping and billing.
///
/// # Errors
/// [`IdentityRule::InvalidAddress`]; [`IdentityRule::Customer`] if there are too many addresses or the customer was
/// erased; [`AccessError`] if the actor may not change the address book.
pub async fn create_address(
    app: &App,
    actor: &Actor,
    owner: AddressOwner,
    address: Address,
    defaults: BTreeSet<DefaultAddress>,
) -> Result<CustomerAddress, IdentityError> {
    let customer_id = owner.authorize(actor)?;
    let address = checked(address)?;
    let now = app.clock.now();
    let address = CustomerAddress { id: AddressId::new(), customer_id, address, created_at: now };
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        // With the lock, concurrent additions cannot exceed the limit together.
        let customer = lock(conn, customer_id).await?;
        Customer::check_address_count(addresses::ids(conn, customer_id).await?.len())?;
        addresses::insert(conn, std::slice::from_ref(&address)).await?;
        let after = save_defaults(conn, &customer, address.id, &defaults, now).await?;
        let changes = changed(&values(&customer, None), &values(&after, Some(&address)));
        owner.record(conn, actor, "customerAddressCreate", changes, now).await
    });
    outcome.await.on_not_found(IdentityRule::NotFound)?;
    Ok(address)
}

/// Replaces an address.
///
/// # Errors
/// [`IdentityRule::NotFound`] or [`IdentityRule::InvalidAddress`]; [`IdentityRule::Customer`] if the customer was erased;
/// [`AccessError`] if the actor may not change the address book.
pub async fn update_address(
    app: &App,
    actor: &Actor,
    owner: AddressOwner,
    id: AddressId,
    address: Address,
    defaults: BTreeSet<DefaultAddress>,
) -> Result<CustomerAddress, IdentityError> {
    let customer_id = owner.authorize(actor)?;
    let address = checked(address)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let customer = lock(conn, customer_id).await?;
        let before = addresses::find(conn, customer_id, id).await?.ok_or(IdentityRule::NotFound)?;
        let replaced = CustomerAddress { address: address.clone(), ..before.clone() };
        addresses::save(conn, &replaced).await?;
        let after = save_defaults(conn, &customer, id, &defaults, now).await?;
        let changes = changed(&values(&customer, Some(&before)), &values(&after, Some(&replaced)));
        owner.record(conn, actor, "customerAddressUpdate", changes, now).await?;
        Ok(replaced)
    });
    outcome.await.on_not_found(IdentityRule::NotFound)
}

/// Deletes an address; if it was a default address, there is no default afterwards.
///
/// # Errors
/// [`IdentityRule::NotFound`] if the customer has no such address; [`AccessError`] if the actor may not change the address
/// book.
pub async fn delete_address(
    app: &App,
    actor: &Actor,
    owner: AddressOwner,
    id: AddressId,
) -> Result<AddressId, IdentityError> {
    let customer_id = owner.authorize(actor)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let customer = customers::lock(conn, customer_id).await?;
        let before = addresses::find(conn, customer_id, id).await?.ok_or(IdentityRule::NotFound)?;
        addresses::delete(conn, customer_id, id).await?;
        let keep = |default: Option<AddressId>| default.filter(|default| *default != id);
        let after = Customer {
            default_shipping_address: keep(customer.default_shipping_address),
            default_billing_address: keep(customer.default_billing_address),
            updated_at: now,
            ..customer.clone()
        };
        customers::save(conn, &after).await?;
        outbox::push(conn, &[DomainEvent::CustomerUpdated { id: customer_id }]).await?;
        let changes = changed(&values(&customer, Some(&before)), &values(&after, None));
        owner.record(conn, actor, "customerAddressDelete", changes, now).await?;
        Ok(id)
    });
    outcome.await.on_not_found(IdentityRule::NotFound)
}

/// The owner of the address book that an actor changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressOwner {
    /// The acting customer.
    Actor,
    /// A customer, for staff.
    Customer(CustomerId),
}

impl AddressOwner {
    fn authorize(self, actor: &Actor) -> Result<CustomerId, AccessError> {
        match self {
            Self::Actor => actor.require_customer(),
            Self::Customer(id) => actor.require(Permission::CustomersWrite).map(|()| id),
        }
    }

    /// Records a change by staff.
    async fn record(
        self,
        conn: &Conn,
        actor: &Actor,
        action: &str,
        changes: Vec<Change>,
        now: Timestamp,
    ) -> Result<(), IdentityError> {
        match self {
            Self::Actor => Ok(()),
            Self::Customer(id) => Ok(audit::push(conn, actor, action, id, changes, now).await?),
        }
    }
}

/// The customer, locked until the transaction ends.
async fn lock(conn: &mut Conn, id: CustomerId) -> Result<Customer, IdentityError> {
    let customer = customers::lock(conn, id).await?;
    if customer.erased_at.is_some() { Err(CustomerError::Erased.into()) } else { Ok(customer) }
}

async fn save_defaults(
    conn: &mut Conn,
    customer: &Customer,
    id: AddressId,
    defaults: &BTreeSet<DefaultAddress>,
    now: Timestamp,
) -> Result<Customer, IdentityError> {
    let mut customer = Customer { updated_at: now, ..customer.clone() };
    customer.set_default(id, defaults);
    customers::save(conn, &customer).await?;
    outbox::push(conn, &[DomainEvent::CustomerUpdated { id: customer.id }]).await?;
    Ok(customer)
}

fn checked(address: Address) -> Result<Address, IdentityRule> {
    let address = address.normalized();
    match address.invalid_fields() {
        invalid if invalid.is_empty() => Ok(address),
        invalid => Err(IdentityRule::InvalidAddress(invalid)),
    }
}

/// The values of an address book that a change concerns, for the audit log. They are removed with the personal data.
fn values(customer: &Customer, address: Option<&CustomerAddress>) -> Value {
    let one = |kept: &CustomerAddress| json!({ "id": kept.id, "address": kept.address });
    json!({
        "defaultShippingAddress": customer.default_shipping_address,
        "defaultBillingAddress": customer.default_billing_address,
        "addresses": address.map(one).into_iter().collect::<Vec<_>>(),
    })
}
