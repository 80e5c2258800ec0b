//! Export and erasure of personal data.

use model::{
    Address, Direction, PageRequest,
    access::Actor,
    customers::{Customer, CustomerAddress, Email, Subject},
    events::DomainEvent,
    ids::CustomerId,
    orders::{Order, OrderFilter, OrderLine},
};
use persistence::{
    Conn, carts,
    customers::{self, addresses, groups},
    db::Transactions as _,
    one_time_tokens, orders, outbox, sessions,
};
use serde_json::{Value, json};

use super::{Client, IdentityError, IdentityRule, customers::confirm_password, events, find_customer};
use crate::App;

/// The maximum number of orders in an export.
const MOST_ORDERS: usize = 1_000;

/// The personal data of the acting customer as JSON, with their latest 1,000 orders.
///
/// # Errors
/// [`IdentityRule::NotFound`] if the account was erased.
pub async fn export_customer(app: &App, actor: &Actor, client: &Client) -> Result<Value, IdentityError> {
    let id = actor.require_customer()?;
    let mut conn = app.db.write().await?;
    let customer = customers::find(&mut conn, id).await?.ok_or(IdentityRule::NotFound)?;
    events::push(&conn, (actor, client), "customerDataExport", id, json!({}), app.clock.now()).await?;
    let addresses = addresses::by_customers(&mut conn, &[id]).await?.remove(&id).unwrap_or_default();
    let groups = groups::by_customers(&mut conn, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(json!({
        "exportedAt": app.clock.now(),
        "customer": customer,
        "addresses": addresses.iter().map(kept_address).collect::<Vec<_>>(),
        "groups": groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(),
        "orders": orders_of(&mut conn, id).await?,
    }))
}

fn kept_address(kept: &CustomerAddress) -> Value {
    json!({ "id": kept.id, "createdAt": kept.created_at, "address": address(&kept.address) })
}

fn address(address: &Address) -> Value {
    json!({
        "firstName": address.first_name,
        "lastName": address.last_name,
        "company": address.company,
        "street1": address.street1,
        "street2": address.street2,
        "postalCode": address.postal_code,
        "city": address.city,
        "region": address.region,
        "countryCode": address.country,
        "phone": address.phone,
    })
}

async fn orders_of(conn: &mut Conn, customer: CustomerId) -> Result<Vec<Value>, IdentityError> {
    let filter = OrderFilter { customer: Some(customer), ..OrderFilter::default() };
    let page = PageRequest { size: MOST_ORDERS, cursor: None, direction: Direction::Ascending };
    let orders = orders::list(conn, &filter, &page).await?.rows;
    let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
    let mut lines = orders::lines_of(conn, &ids).await?;
    let line =
        |line: &OrderLine| json!({ "sku": line.sold.sku, "name": line.sold.name, "quantity": line.sold.quantity });
    let order = |order: &Order| {
        let lines: Vec<Value> = lines.remove(&order.id).unwrap_or_default().iter().map(line).collect();
        json!({
            "number": order.number,
            "placedAt": order.placed_at,
            "email": order.email,
            "phone": order.phone,
            "shippingAddress": order.shipping_address.as_ref().map(address),
            "billingAddress": order.billing_address.as_ref().map(address),
            "note": order.note,
            "total": order.total.gross.to_string(),
            "lines": lines,
        })
    };
    Ok(orders.iter().map(order).collect())
}

/// Erases the personal data of the acting customer: profile, addresses, carts, password, tokens and sessions, and the
/// buyer in carts that became orders. The id stays, because orders and ledger entries refer to it, which must be kept by
/// law.
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
    let email = find_customer(app, actor, id).await?.and_then(|customer| customer.email);
    let email = email.ok_or(IdentityRule::NotFound)?;
    confirm_password(app, client, &email, password).await?;
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        carts::lock_of_customer(conn, id).await?;
        let customer = customers::lock(conn, id).await?;
        erase(conn, (actor, client), customer, app.clock.now()).await
    })
    .await?;
    app.identity.actors.invalidate_all();
    Ok(id)
}

async fn erase(
    conn: &mut Conn,
    by: (&Actor, &Client),
    mut customer: Customer,
    now: model::Timestamp,
) -> Result<(), IdentityError> {
    let id = customer.id;
    let email: Option<Email> = customer.email.clone();
    customer.erase(now);
    customers::save_erased(conn, &customer).await?;
    addresses::delete_all(conn, id).await?;
    groups::set(conn, id, &[]).await?;
    sessions::delete_all(conn, Subject::Customer(id), None).await?;
    carts::delete_of_customer(conn, id).await?;
    carts::erase_buyer_of_customer(conn, id, now).await?;
    one_time_tokens::delete_of_customer(conn, id, email.as_ref()).await?;
    events::push(conn, by, "customerErase", id, json!({}), now).await?;
    Ok(outbox::push(conn, &[DomainEvent::CustomerUpdated { id }]).await?)
}
