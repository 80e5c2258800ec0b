//! Promotions, their discount codes, and who used which.

mod codes;
mod uses;

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest, Timestamp,
    ids::{ChannelId, PromotionId},
    promotions::{Conditions, DiscountClass, Promotion, PromotionAction},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use codes::{codes_by_text, codes_of, insert_codes};
pub use uses::{CodeUse, release_codes, use_codes};

use crate::{
    Conn, StoreError, StoreResult,
    json::Json,
    keyset::{self, ListOrder},
};

/// The most promotions that are not archived; all of them are cached.
pub const MAX_LIVE: i64 = 10_000;

diesel::table! {
    /// Reductions with their conditions.
    promotions (id) {
        /// Identifier, sorts by time.
        id -> Uuid,
        /// Counts the writes.
        version -> Integer,
        /// What shoppers and staff read.
        name -> Text,
        /// Higher ones are taken first.
        priority -> Integer,
        /// When it begins.
        starts_at -> Nullable<Timestamptz>,
        /// When it has ended.
        ends_at -> Nullable<Timestamptz>,
        /// Whether only a code lets it in.
        needs_code -> Bool,
        /// Everything else.
        body -> Jsonb,
        /// When it was put away.
        archived_at -> Nullable<Timestamptz>,
        /// When it was created.
        created_at -> Timestamptz,
        /// When it was last written.
        updated_at -> Timestamptz,
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Body {
    #[serde(default)]
    channels: Vec<ChannelId>,
    #[serde(default)]
    combines_with: BTreeSet<DiscountClass>,
    #[serde(default)]
    conditions: Conditions,
    action: PromotionAction,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = promotions, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    version: i32,
    name: String,
    priority: i32,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    needs_code: bool,
    body: Json<Body>,
}

/// Promotions that are not archived, highest priority first, then by id.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn live(conn: &mut Conn) -> StoreResult<Vec<Promotion>> {
    let rows: Vec<Row> = promotions::table
        .filter(promotions::archived_at.is_null())
        .order((promotions::priority.desc(), promotions::id))
        .limit(MAX_LIVE)
        .select(Row::as_select())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A page of promotions that are not archived, oldest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn list(conn: &mut Conn, page: &PageRequest<PromotionId>) -> StoreResult<Page<Promotion>> {
    let query = promotions::table.filter(promotions::archived_at.is_null()).select(Row::as_select()).into_boxed();
    let query = keyset::page(query, promotions::id, page, ListOrder::OldestFirst);
    let rows: Vec<Row> = query.load(conn).await?;
    Ok(Page::from_rows(page, rows.into_iter().map(Into::into).collect()))
}

/// How many promotions are not archived.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn count(conn: &mut Conn) -> StoreResult<i64> {
    Ok(promotions::table.filter(promotions::archived_at.is_null()).count().get_result(conn).await?)
}

/// The promotions of some ids, archived or not; absent ones are left out.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn by_ids(conn: &mut Conn, ids: &[PromotionId]) -> StoreResult<HashMap<PromotionId, Promotion>> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Row> =
        promotions::table.filter(promotions::id.eq_any(ids)).select(Row::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(Promotion::from).map(|promotion| (promotion.id, promotion)).collect())
}

/// The promotion of an id, archived or not, locked until the end of the transaction.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn lock(conn: &mut Conn, id: PromotionId) -> StoreResult<Option<Promotion>> {
    let row: Option<Row> =
        promotions::table.find(id.uuid()).select(Row::as_select()).for_update().first(conn).await.optional()?;
    Ok(row.map(Into::into))
}

/// Writes a new promotion.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn insert(conn: &mut Conn, promotion: &Promotion, now: Timestamp) -> StoreResult<()> {
    let values = (promotions::id.eq(promotion.id.uuid()), promotions::created_at.eq(now), changes(promotion, now));
    diesel::insert_into(promotions::table).values(values).execute(conn).await?;
    Ok(())
}

/// Writes a changed promotion.
///
/// # Errors
/// [`StoreError::NotFound`], or [`StoreError`] of the database.
pub async fn save(conn: &mut Conn, promotion: &Promotion, now: Timestamp) -> StoreResult<()> {
    let row = promotions::table.find(promotion.id.uuid());
    match diesel::update(row).set(changes(promotion, now)).execute(conn).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}

/// Puts a promotion away: it no longer reduces anything. Says whether it was not put away before.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn archive(conn: &mut Conn, id: PromotionId, now: Timestamp) -> StoreResult<bool> {
    let row = promotions::table.find(id.uuid()).filter(promotions::archived_at.is_null());
    Ok(diesel::update(row).set(promotions::archived_at.eq(now)).execute(conn).await? > 0)
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = promotions, treat_none_as_null = true)]
struct Changes<'a> {
    version: i32,
    name: &'a str,
    priority: i32,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    needs_code: bool,
    body: Json<Body>,
    updated_at: Timestamp,
}

fn changes(promotion: &Promotion, now: Timestamp) -> Changes<'_> {
    Changes {
        version: promotion.version,
        name: &promotion.name,
        priority: promotion.priority,
        starts_at: promotion.starts_at,
        ends_at: promotion.ends_at,
        needs_code: promotion.needs_code,
        body: Json(Body {
            channels: promotion.channels.clone(),
            combines_with: promotion.combines_with.clone(),
            conditions: promotion.conditions.clone(),
            action: promotion.action.clone(),
        }),
        updated_at: now,
    }
}

impl From<Row> for Promotion {
    fn from(row: Row) -> Self {
        let Json(body) = row.body;
        Self {
            id: PromotionId::restore(row.id),
            version: row.version,
            name: row.name,
            channels: body.channels,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            priority: row.priority,
            combines_with: body.combines_with,
            needs_code: row.needs_code,
            conditions: body.conditions,
            action: body.action,
        }
    }
}
