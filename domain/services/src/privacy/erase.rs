//! Erasure of a person: the account, and what orders contain beside the data of the invoice.

use model::{
    Timestamp,
    access::{Actor, Permission},
    customers::{Customer, Subject},
    events::DomainEvent,
    ids::{CustomerId, OrderId},
};
use persistence::{
    Conn, audit, carts,
    customers::{self, addresses, groups},
    db::Transactions as _,
    one_time_tokens,
    orders::erasure,
    outbox, promotions, sessions,
};
use serde_json::json;

use super::{Holder, Person, retention};
use crate::{
    App,
    identity::{self, Audience, Client, IdentityError, IdentityRule},
};

/// Events per statement.
const BATCH: usize = 1_000;

/// The extent of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// The erased account; none if the person has no account.
    pub customer: Option<CustomerId>,
    /// The number of orders whose contact data was removed, or is removed when they are finished.
    pub orders: usize,
}

/// Erases the acting customer: profile, addresses, carts, password, tokens, sessions, log-in counters, and the contact data
/// in their orders and in orders that they placed as a guest with the same address. Orders that are not finished keep what
/// their delivery needs until they are. Orders and ledger entries stay, with the invoice address, because the law requires
/// it.
///
/// # Errors
/// [`IdentityRule::InvalidCredentials`] if the password is wrong.
pub async fn erase_customer(
    app: &App,
    actor: &Actor,
    client: &Client,
    password: &str,
) -> Result<CustomerId, IdentityError> {
    let id = actor.require_customer()?;
    let holder = Holder::find(&mut *app.db.read().await?, &Person::Customer(id)).await?;
    identity::confirm_password(app, client, &holder.email, password).await?;
    erase(app, (actor, client), &holder).await?;
    Ok(id)
}

/// Erases a person on behalf of staff, for example a guest who asked for it by mail.
///
/// # Errors
/// [`IdentityRule::NotFound`] if nothing is stored about the person; a failure without [`Permission::CustomersErase`].
pub async fn erase_as_staff(
    app: &App,
    actor: &Actor,
    client: &Client,
    person: &Person,
) -> Result<Erased, IdentityError> {
    actor.require(Permission::CustomersErase)?;
    let holder = Holder::find(&mut *app.db.read().await?, person).await?;
    let (orders, carts) = erase(app, (actor, client), &holder).await?;
    let customer = holder.customer_id();
    if customer.is_none() && orders + carts == 0 {
        return Err(IdentityRule::NotFound.into());
    }
    Ok(Erased { customer, orders })
}

/// Erases a person and returns the numbers of orders and of carts of a guest with the address.
async fn erase(app: &App, by: (&Actor, &Client), holder: &Holder) -> Result<(usize, usize), IdentityError> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let (orders, guest_carts) = conn
        .transaction(async |conn| {
            // Before the customer, as `carts::lock_of_customer` explains.
            let guest_carts = carts::delete_of_guest(conn, &holder.email).await?;
            if let Some(id) = holder.customer_id() {
                carts::lock_of_customer(conn, id).await?;
                let customer = customers::lock(conn, id).await?;
                erase_account(conn, customer, now).await?;
            }
            let orders = erasure::request_erasure(conn, holder.customer_id(), &holder.email, now).await?;
            carts::erase_buyers(conn, &orders, now).await?;
            promotions::remove_buyers(conn, &orders).await?;
            record(conn, by, holder, &orders, now).await?;
            Ok::<_, IdentityError>((orders, guest_carts))
        })
        .await?;
    drop(conn);
    app.identity.actors.invalidate_all();
    identity::forget_attempts(app, Audience::Customers, &holder.email).await?;
    // What is finished is reduced now; a worker reduces the rest when it is.
    retention::remove_contacts_of_erased(app).await?;
    Ok((orders.len(), guest_carts))
}

async fn erase_account(conn: &mut Conn, mut customer: Customer, now: Timestamp) -> Result<(), IdentityError> {
    let (id, email) = (customer.id, customer.email.clone());
    customer.erase(now);
    customers::save_erased(conn, &customer).await?;
    addresses::delete_all(conn, id).await?;
    groups::set(conn, id, &[]).await?;
    sessions::delete_all(conn, Subject::Customer(id), None).await?;
    carts::delete_of_customer(conn, id).await?;
    audit::forget(conn, &[id]).await?;
    one_time_tokens::delete_of_customer(conn, id, email.as_ref()).await?;
    Ok(outbox::push(conn, &[DomainEvent::CustomerUpdated { id }]).await?)
}

/// Records the erasure without naming the person: of a guest only the number of orders.
async fn record(
    conn: &mut Conn,
    by: (&Actor, &Client),
    holder: &Holder,
    orders: &[OrderId],
    now: Timestamp,
) -> Result<(), IdentityError> {
    let object = holder.customer_id().map_or_else(|| "guest".to_owned(), |id| id.to_string());
    audit::push(conn, by.1.author(by.0), "customerErase", object, json!({ "orders": orders.len() }), now).await?;
    for batch in orders.chunks(BATCH) {
        let events: Vec<_> = batch.iter().map(|id| DomainEvent::OrderUpdated { id: *id }).collect();
        outbox::push(conn, &events).await?;
    }
    Ok(())
}
