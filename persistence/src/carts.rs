//! Carts: one row each, read once and written once, guarded by its version.

mod lists;

use std::collections::{BTreeMap, HashMap};

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Array, BigInt, Bool, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Address, Locale, Timestamp,
    cart::{Buyer, Cart, CartLine, CartStatus},
    customers::Email,
    ids::{CartId, ChannelId, CustomerId, DeliveryGroupId, OrderId},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use lists::{count, list, records_by_ids};

use crate::{Conn, StoreError, StoreResult, json::Json};

diesel::table! {
    /// Carts.
    carts (id) {
        /// The identifier; guests access the cart with it, so it is a secret.
        id -> Uuid,
        /// The number of writes.
        version -> Integer,
        /// ACTIVE, COMPLETED or MERGED.
        status -> Text,
        /// The channel.
        channel_id -> Uuid,
        /// The currency of all amounts.
        currency -> Text,
        /// The customer, if logged in.
        customer_id -> Nullable<Uuid>,
        /// The order of a completed cart.
        order_id -> Nullable<Uuid>,
        /// All fields that are never searched.
        body -> Jsonb,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of the last write.
        updated_at -> Timestamptz,
        /// Time after which it is deleted.
        expires_at -> Timestamptz,
        /// The identifier in the admin API, derived from `id`; generated.
        record_id -> Uuid,
        /// The day of the last write; generated.
        updated_on -> Date,
        /// The e-mail address of the buyer in lower case; generated.
        email -> Nullable<Text>,
        /// The lines at the prices at which they were added, in minor units.
        subtotal -> Nullable<BigInt>,
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

/// The part of a row that is never searched.
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

/// The same, borrowed for writing.
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

/// Finds a cart.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, id: CartId) -> StoreResult<Option<Cart>> {
    let row: Option<Row> = carts::table.find(id.uuid()).select(Row::as_select()).first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Carts by id; absent ones are omitted.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn by_ids(conn: &mut Conn, ids: &[CartId]) -> StoreResult<HashMap<CartId, Cart>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Row> = carts::table.filter(carts::id.eq_any(ids)).select(Row::as_select()).load(conn).await?;
    rows.into_iter().map(|row| Cart::try_from(row).map(|cart| (cart.id, cart))).collect()
}

/// Finds a cart and locks it until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock(conn: &mut Conn, id: CartId) -> StoreResult<Option<Cart>> {
    let row: Option<Row> =
        carts::table.find(id.uuid()).select(Row::as_select()).for_update().first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Locks two carts, in the order of their ids so that callers cannot deadlock. Absent ones are omitted.
///
/// # Errors
/// [`StoreError`] if a statement fails.
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

/// Inserts a cart.
///
/// # Errors
/// [`StoreError`] if a statement fails.
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

/// Saves a changed cart, which already has the new version, if the stored version is still `read_at_version`.
///
/// # Errors
/// [`StoreError::VersionConflict`] if the cart was written since then or no longer exists.
pub async fn save(conn: &mut Conn, cart: &Cart, read_at_version: i32) -> StoreResult<()> {
    let row = carts::table.find(cart.id.uuid()).filter(carts::version.eq(read_at_version));
    match diesel::update(row).set(changes(cart)).execute(conn).await? {
        0 => Err(StoreError::VersionConflict),
        _ => Ok(()),
    }
}

/// Saves the completion of a cart, after [`Cart::complete`]. The body does not change.
///
/// # Errors
/// [`StoreError::VersionConflict`] if the cart was written since it was read.
pub async fn complete(mut conn: &Conn, cart: &Cart) -> StoreResult<()> {
    let row = carts::table.find(cart.id.uuid()).filter(carts::version.eq(cart.version - 1));
    let changes = (
        carts::version.eq(cart.version),
        carts::status.eq(<&str>::from(cart.status)),
        carts::customer_id.eq(cart.customer.map(CustomerId::uuid)),
        carts::order_id.eq(cart.order.map(OrderId::uuid)),
        carts::updated_at.eq(cart.updated_at),
    );
    match diesel::update(row).set(changes).execute(&mut conn).await? {
        0 => Err(StoreError::VersionConflict),
        _ => Ok(()),
    }
}

/// Deletes up to `limit` expired carts without an order, oldest first, and returns their number. A cart that is renewed
/// or completed at the same time is kept.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_expired(conn: &mut Conn, now: Timestamp, limit: i64) -> StoreResult<usize> {
    let delete = diesel::sql_query(include_str!("carts/delete_expired.sql"));
    Ok(delete.bind::<Timestamptz, _>(now).bind::<BigInt, _>(limit).execute(conn).await?)
}

/// Locks a customer's carts without an order, in the order of their ids, until the end of the transaction. Transactions
/// that write carts and their customer lock the carts first, as completion does.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock_of_customer(conn: &mut Conn, customer: CustomerId) -> StoreResult<()> {
    let theirs = carts::table
        .filter(carts::customer_id.eq(customer.uuid()))
        .filter(carts::status.ne(<&str>::from(CartStatus::Completed)));
    let _: Vec<Uuid> = theirs.order(carts::id).select(carts::id).for_update().load(conn).await?;
    Ok(())
}

/// All carts of a customer, oldest first. Their number is small, because carts without an order expire.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn of_customer(conn: &mut Conn, customer: CustomerId) -> StoreResult<Vec<Cart>> {
    let query = carts::table.filter(carts::customer_id.eq(customer.uuid())).order(carts::id);
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Deletes a customer's carts without an order and returns their number.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_of_customer(conn: &mut Conn, customer: CustomerId) -> StoreResult<usize> {
    let theirs = carts::table
        .filter(carts::customer_id.eq(customer.uuid()))
        .filter(carts::status.ne(<&str>::from(CartStatus::Completed)));
    Ok(diesel::delete(theirs).execute(conn).await?)
}

/// The active carts of guests with an e-mail address, oldest first. Their number is small, because carts expire.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn of_guest(conn: &mut Conn, email: &Email) -> StoreResult<Vec<Cart>> {
    let theirs = carts::table
        .filter(sql::<Bool>("carts.status = 'ACTIVE'"))
        .filter(carts::email.eq(email.as_str()))
        .filter(carts::customer_id.is_null());
    let rows: Vec<Row> = theirs.order(carts::id).limit(1_000).select(Row::as_select()).load(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Deletes the active carts of guests with an e-mail address and returns their number.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_of_guest(conn: &mut Conn, email: &Email) -> StoreResult<usize> {
    let theirs = carts::table
        .filter(sql::<Bool>("carts.status = 'ACTIVE'"))
        .filter(carts::email.eq(email.as_str()))
        .filter(carts::customer_id.is_null());
    Ok(diesel::delete(theirs).execute(conn).await?)
}

/// Erases buyer, addresses and note of the carts that became these orders and returns their number.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn erase_buyers(conn: &mut Conn, orders: &[OrderId], now: Timestamp) -> StoreResult<usize> {
    let orders: Vec<Uuid> = orders.iter().map(|id| id.uuid()).collect();
    let erase = diesel::sql_query(include_str!("carts/erase_buyers.sql"));
    Ok(erase.bind::<Array<SqlUuid>, _>(orders).bind::<Timestamptz, _>(now).execute(conn).await?)
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
    subtotal: Option<i64>,
}

fn changes(cart: &Cart) -> Changes<'_> {
    Changes {
        version: cart.version,
        status: cart.status.into(),
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
        subtotal: cart.subtotal().map(|subtotal| subtotal.minor),
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
            status: row.status.parse().map_err(StoreError::corrupt)?,
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
