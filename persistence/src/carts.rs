//! Carts: one row each, read once and written once under its version.

use std::collections::{BTreeMap, HashMap};

use diesel::{
    prelude::*,
    sql_types::{BigInt, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Address, Locale, Timestamp,
    cart::{Buyer, Cart, CartLine, CartStatus},
    ids::{CartId, ChannelId, CustomerId, DeliveryGroupId, OrderId},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Conn, StoreError, StoreResult, json::Json};

diesel::table! {
    /// Baskets.
    carts (id) {
        /// Identifier; for guests it is the secret that opens the cart.
        id -> Uuid,
        /// Counts the writes.
        version -> Integer,
        /// ACTIVE, COMPLETED or MERGED.
        status -> Text,
        /// The place of sale.
        channel_id -> Uuid,
        /// The currency of every amount.
        currency -> Text,
        /// The account it belongs to.
        customer_id -> Nullable<Uuid>,
        /// The order it became.
        order_id -> Nullable<Uuid>,
        /// Everything else.
        body -> Jsonb,
        /// When it was created.
        created_at -> Timestamptz,
        /// When it was last written.
        updated_at -> Timestamptz,
        /// When it is swept away.
        expires_at -> Timestamptz,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = carts, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    version: i32,
    status: String,
    channel_id: Uuid,
    currency: String,
    customer_id: Option<Uuid>,
    order_id: Option<Uuid>,
    body: Json<Body>,
    created_at: Timestamp,
    updated_at: Timestamp,
    expires_at: Timestamp,
}

/// What is read with the row and never looked up by.
#[derive(Debug, Deserialize)]
struct Body {
    token: String,
    locale: Locale,
    #[serde(default)]
    lines: Vec<CartLine>,
    #[serde(default)]
    buyer: Buyer,
    #[serde(default)]
    shipping_address: Option<Address>,
    #[serde(default)]
    billing_address: Option<Address>,
    delivery_group: DeliveryGroupId,
    #[serde(default)]
    delivery_choices: BTreeMap<DeliveryGroupId, String>,
    #[serde(default)]
    discount_codes: Vec<String>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    merged_into: Option<CartId>,
}

/// The same, to be written.
#[derive(Debug, Serialize)]
struct BodyRef<'a> {
    token: &'a str,
    locale: &'a Locale,
    lines: &'a [CartLine],
    buyer: &'a Buyer,
    shipping_address: Option<&'a Address>,
    billing_address: Option<&'a Address>,
    delivery_group: DeliveryGroupId,
    delivery_choices: &'a BTreeMap<DeliveryGroupId, String>,
    discount_codes: &'a [String],
    note: Option<&'a str>,
    merged_into: Option<CartId>,
}

/// The cart of an id.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn find(conn: &mut Conn, id: CartId) -> StoreResult<Option<Cart>> {
    let row: Option<Row> = carts::table.find(id.uuid()).select(Row::as_select()).first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// The carts of some ids; absent ones are left out.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn by_ids(conn: &mut Conn, ids: &[CartId]) -> StoreResult<HashMap<CartId, Cart>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Row> = carts::table.filter(carts::id.eq_any(ids)).select(Row::as_select()).load(conn).await?;
    rows.into_iter().map(|row| Cart::try_from(row).map(|cart| (cart.id, cart))).collect()
}

/// The cart of an id, locked until the end of the transaction.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn lock(conn: &mut Conn, id: CartId) -> StoreResult<Option<Cart>> {
    let row: Option<Row> =
        carts::table.find(id.uuid()).select(Row::as_select()).for_update().first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Those of two carts that exist, locked in the order of their ids, so that two callers never wait for each other.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn lock_both(conn: &mut Conn, one: CartId, other: CartId) -> StoreResult<Vec<Cart>> {
    let rows: Vec<Row> = carts::table
        .filter(carts::id.eq_any([one.uuid(), other.uuid()]))
        .order(carts::id)
        .select(Row::as_select())
        .for_update()
        .load(conn)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Writes a new cart.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn insert(conn: &mut Conn, cart: &Cart) -> StoreResult<()> {
    let values = (
        carts::id.eq(cart.id.uuid()),
        carts::channel_id.eq(cart.channel.uuid()),
        carts::currency.eq(cart.currency.code()),
        carts::created_at.eq(cart.created_at),
        changes(cart),
    );
    diesel::insert_into(carts::table).values(values).execute(conn).await?;
    Ok(())
}

/// Writes a changed cart, whose own version is the new one, over the version it was read at.
///
/// # Errors
/// [`StoreError::VersionConflict`] when somebody else wrote it since, or it is gone.
pub async fn save(conn: &mut Conn, cart: &Cart, read_at_version: i32) -> StoreResult<()> {
    let row = carts::table.find(cart.id.uuid()).filter(carts::version.eq(read_at_version));
    match diesel::update(row).set(changes(cart)).execute(conn).await? {
        0 => Err(StoreError::VersionConflict),
        _ => Ok(()),
    }
}

/// Writes that a cart became an order, after [`Cart::complete`], and whose it is; its body stays as it is.
///
/// # Errors
/// [`StoreError::VersionConflict`] when somebody else wrote it since it was read.
pub async fn complete(mut conn: &Conn, cart: &Cart) -> StoreResult<()> {
    let row = carts::table.find(cart.id.uuid()).filter(carts::version.eq(cart.version - 1));
    let changes = (
        carts::version.eq(cart.version),
        carts::status.eq(status_name(cart.status)),
        carts::customer_id.eq(cart.customer.map(CustomerId::uuid)),
        carts::order_id.eq(cart.order.map(OrderId::uuid)),
        carts::updated_at.eq(cart.updated_at),
    );
    match diesel::update(row).set(changes).execute(&mut conn).await? {
        0 => Err(StoreError::VersionConflict),
        _ => Ok(()),
    }
}

/// Removes carts that have expired and did not become orders, oldest first, at most `limit`; says how many. Whoever
/// renews or completes a cart meanwhile keeps it.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn delete_expired(conn: &mut Conn, now: Timestamp, limit: i64) -> StoreResult<usize> {
    let delete = diesel::sql_query(include_str!("carts/delete_expired.sql"));
    Ok(delete.bind::<Timestamptz, _>(now).bind::<BigInt, _>(limit).execute(conn).await?)
}

/// Locks the carts of a customer that did not become orders, in the order of their ids, until the end of the transaction.
/// Whoever writes carts and their customer locks the carts first, as does who completes one.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn lock_of_customer(conn: &mut Conn, customer: CustomerId) -> StoreResult<()> {
    let theirs = carts::table
        .filter(carts::customer_id.eq(customer.uuid()))
        .filter(carts::status.ne(status_name(CartStatus::Completed)));
    let _: Vec<Uuid> = theirs.order(carts::id).select(carts::id).for_update().load(conn).await?;
    Ok(())
}

/// Removes the carts of a customer that did not become orders.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn delete_of_customer(conn: &mut Conn, customer: CustomerId) -> StoreResult<usize> {
    let theirs = carts::table
        .filter(carts::customer_id.eq(customer.uuid()))
        .filter(carts::status.ne(status_name(CartStatus::Completed)));
    Ok(diesel::delete(theirs).execute(conn).await?)
}

/// Forgets buyer, addresses and note of a customer's carts that became orders; says of how many.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn forget_buyer_of_customer(conn: &mut Conn, customer: CustomerId, now: Timestamp) -> StoreResult<usize> {
    let forget = diesel::sql_query(include_str!("carts/forget_buyer.sql"));
    let bound = forget.bind::<SqlUuid, _>(customer.uuid()).bind::<Timestamptz, _>(now);
    Ok(bound.execute(conn).await?)
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = carts, treat_none_as_null = true)]
struct Changes<'a> {
    version: i32,
    status: &'static str,
    customer_id: Option<Uuid>,
    order_id: Option<Uuid>,
    body: Json<BodyRef<'a>>,
    updated_at: Timestamp,
    expires_at: Timestamp,
}

fn changes(cart: &Cart) -> Changes<'_> {
    Changes {
        version: cart.version,
        status: status_name(cart.status),
        customer_id: cart.customer.map(CustomerId::uuid),
        order_id: cart.order.map(OrderId::uuid),
        body: Json(BodyRef {
            token: &cart.token,
            locale: &cart.locale,
            lines: &cart.lines,
            buyer: &cart.buyer,
            shipping_address: cart.shipping_address.as_ref(),
            billing_address: cart.billing_address.as_ref(),
            delivery_group: cart.delivery_group,
            delivery_choices: &cart.delivery_choices,
            discount_codes: &cart.discount_codes,
            note: cart.note.as_deref(),
            merged_into: cart.merged_into,
        }),
        updated_at: cart.updated_at,
        expires_at: cart.expires_at,
    }
}

impl TryFrom<Row> for Cart {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let Json(body) = row.body;
        Ok(Self {
            id: CartId::restore(row.id),
            token: body.token,
            version: row.version,
            status: parse_status(&row.status)?,
            channel: ChannelId::restore(row.channel_id),
            currency: row.currency.parse().map_err(StoreError::corrupt)?,
            locale: body.locale,
            customer: row.customer_id.map(CustomerId::restore),
            lines: body.lines,
            buyer: body.buyer,
            shipping_address: body.shipping_address,
            billing_address: body.billing_address,
            delivery_group: body.delivery_group,
            delivery_choices: body.delivery_choices,
            discount_codes: body.discount_codes,
            note: body.note,
            order: row.order_id.map(OrderId::restore),
            merged_into: body.merged_into,
            created_at: row.created_at,
            updated_at: row.updated_at,
            expires_at: row.expires_at,
        })
    }
}

const fn status_name(status: CartStatus) -> &'static str {
    match status {
        CartStatus::Active => "ACTIVE",
        CartStatus::Completed => "COMPLETED",
        CartStatus::Merged => "MERGED",
    }
}

fn parse_status(name: &str) -> StoreResult<CartStatus> {
    match name {
        "ACTIVE" => Ok(CartStatus::Active),
        "COMPLETED" => Ok(CartStatus::Completed),
        "MERGED" => Ok(CartStatus::Merged),
        other => Err(StoreError::corrupt(format!("cart status {other}"))),
    }
}
