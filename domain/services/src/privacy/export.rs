//! Export of everything that is stored about a person, as JSON.

use model::{
    Address, Direction, PageRequest, Timestamp,
    access::{Actor, Permission},
    cart::Cart,
    customers::{CustomerAddress, ListedSession, Subject},
    ids::{CustomerId, OrderId, SessionId},
    orders::{Order, OrderLine, OrderNote},
    payments::Payment,
};
use persistence::{
    Conn, StoreResult, audit, carts,
    customers::{addresses, groups},
    orders, payments, sessions,
};
use serde_json::{Value, json};

use super::{Holder, Person};
use crate::{
    App,
    identity::{self, Client, IdentityError, IdentityRule},
};

/// The personal data of the acting customer.
///
/// # Errors
/// [`IdentityRule::NotFound`] if the account was erased.
pub async fn export_customer(app: &App, actor: &Actor, client: &Client) -> Result<Value, IdentityError> {
    let id = actor.require_customer()?;
    let holder = Holder::find(&mut *app.db.read().await?, &Person::Customer(id)).await?;
    export(app, (actor, client), &holder).await
}

/// The personal data of a person on behalf of staff, for example of a guest who asked for it by mail.
///
/// # Errors
/// [`IdentityRule::NotFound`] if nothing is stored about the person; a failure without [`Permission::CustomersExport`].
pub async fn export_as_staff(
    app: &App,
    actor: &Actor,
    client: &Client,
    person: &Person,
) -> Result<Value, IdentityError> {
    actor.require(Permission::CustomersExport)?;
    let holder = Holder::find(&mut *app.db.read().await?, person).await?;
    let held = export(app, (actor, client), &holder).await?;
    let has = |name| held.get(name).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let is_known = holder.customer.is_some() || has("orders") || has("guestCarts");
    if is_known { Ok(held) } else { Err(IdentityRule::NotFound.into()) }
}

/// Reads what is stored about a person, and records the export.
async fn export(app: &App, by: (&Actor, &Client), holder: &Holder) -> Result<Value, IdentityError> {
    let mut conn = app.db.write().await?;
    let object = holder.customer_id().map_or_else(|| "guest".to_owned(), |id| id.to_string());
    audit::push(&conn, by.1.author(by.0), "customerDataExport", object, json!({}), app.clock.now()).await?;
    let mut held = json!({
        "exportedAt": app.clock.now(),
        "email": holder.email,
        "orders": orders_of(&mut conn, holder).await?,
        "guestCarts": carts::of_guest(&mut conn, &holder.email).await?.iter().map(cart).collect::<Vec<_>>(),
    });
    let account = match &holder.customer {
        Some(customer) => account_of(&mut conn, customer.id, app.clock.now()).await?,
        None => json!({}),
    };
    drop(conn);
    if let (Value::Object(held), Value::Object(account)) = (&mut held, account) {
        held.extend(account);
        held.insert("customer".to_owned(), json!(holder.customer));
        held.insert("networks".to_owned(), json!(identity::known_networks(app, &holder.email).await?));
    }
    Ok(held)
}

/// The data of an account besides its profile.
async fn account_of(conn: &mut Conn, id: CustomerId, now: Timestamp) -> StoreResult<Value> {
    let addresses = addresses::by_customers(conn, &[id]).await?.remove(&id).unwrap_or_default();
    let groups = groups::by_customers(conn, &[id]).await?.remove(&id).unwrap_or_default();
    // An account has fewer sessions than one page.
    let page = PageRequest { size: PageRequest::<SessionId>::MAX, cursor: None, direction: Direction::Ascending };
    let sessions = sessions::list(conn, Subject::Customer(id), &page, now).await?.rows;
    Ok(json!({
        "addresses": addresses.iter().map(kept_address).collect::<Vec<_>>(),
        "groups": groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(),
        "carts": carts::of_customer(conn, id).await?.iter().map(cart).collect::<Vec<_>>(),
        "sessions": sessions.iter().map(session).collect::<Vec<_>>(),
    }))
}

/// All orders, page by page.
async fn orders_of(conn: &mut Conn, holder: &Holder) -> StoreResult<Vec<Value>> {
    let mut exported = Vec::new();
    let mut cursor = None;
    loop {
        let page = PageRequest { size: PageRequest::<OrderId>::MAX, cursor, direction: Direction::Ascending };
        let found = orders::list_of_buyer(conn, holder.customer_id(), &holder.email, &page).await?.rows;
        let ids: Vec<_> = found.iter().map(|order| order.id).collect();
        let mut lines = orders::lines_of(conn, &ids).await?;
        let mut paid = payments::by_orders(conn, &ids).await?;
        let mut written = orders::notes_of(conn, &ids).await?;
        for found in &found {
            let lines = lines.remove(&found.id).unwrap_or_default();
            let payments = paid.remove(&found.id).unwrap_or_default();
            let notes = written.remove(&found.id).unwrap_or_default();
            exported.push(order(found, &lines, &payments, &notes));
        }
        cursor = ids.last().copied();
        if ids.len() < page.size {
            return Ok(exported);
        }
    }
}

fn order(order: &Order, lines: &[OrderLine], payments: &[Payment], notes: &[OrderNote]) -> Value {
    json!({
        "number": order.number,
        "placedAt": order.placed_at,
        "status": order.status,
        "email": order.email,
        "phone": order.phone,
        "vatId": order.vat_id.as_ref().map(|vat_id| &vat_id.number),
        "shippingAddress": order.shipping_address.as_ref().map(address),
        "billingAddress": order.billing_address.as_ref().map(address),
        "note": order.note,
        "staffNotes": notes.iter().map(|note| json!({ "text": note.text, "at": note.at })).collect::<Vec<_>>(),
        "tags": order.tags,
        "metafields": order.metafields,
        "total": order.total.gross.to_string(),
        "lines": lines.iter().map(line).collect::<Vec<_>>(),
        "payments": payments.iter().map(payment).collect::<Vec<_>>(),
    })
}

fn line(line: &OrderLine) -> Value {
    let sold = &line.sold;
    json!({ "sku": sold.sku, "name": sold.name, "quantity": sold.quantity, "attributes": line.attributes })
}

fn payment(payment: &Payment) -> Value {
    json!({
        "method": payment.method,
        "gateway": payment.gateway,
        "amount": payment.amount.to_string(),
        "status": payment.status,
        "country": payment.country,
        "createdAt": payment.created_at,
    })
}

fn cart(cart: &Cart) -> Value {
    let lines = cart.lines.iter().map(|line| json!({ "variantId": line.variant_id, "quantity": line.quantity }));
    json!({
        "createdAt": cart.created_at,
        "updatedAt": cart.updated_at,
        "status": cart.status,
        "lines": lines.collect::<Vec<_>>(),
        "email": cart.buyer.email,
        "phone": cart.buyer.phone,
        "vatId": cart.buyer.vat_id.as_ref().map(|vat_id| &vat_id.number),
        "shippingAddress": cart.shipping_address.as_ref().map(address),
        "billingAddress": cart.billing_address.as_ref().map(address),
        "discountCodes": cart.discount_codes,
        "note": cart.note,
    })
}

fn session(session: &ListedSession) -> Value {
    json!({
        "createdAt": session.created_at,
        "lastUsedAt": session.last_used_at,
        "userAgent": session.user_agent,
        "network": session.network,
    })
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
