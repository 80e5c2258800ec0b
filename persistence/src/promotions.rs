//! Promotions, their discount codes, and the uses of codes.

mod codes;
mod uses;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::{
    dsl::sql,
    pg::Pg,
    prelude::*,
    sql_types::{Array, Bool, Text},
};
use diesel_async::RunQueryDsl;
use model::{
    Locale, Page, PageRequest, Timestamp,
    ids::{ChannelId, PromotionId},
    promotions::{Conditions, DiscountClass, Promotion, PromotionAction},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use codes::{codes_by_text, codes_of, count_codes, deactivate_codes, find_code, insert_codes};
pub use uses::{CodeUse, RecordedUse, count_uses, release_codes, remove_buyers, use_codes, uses_of};

use crate::{
    Conn, StoreError, StoreResult,
    json::Json,
    keyset::{self, ListOrder},
};

/// The maximum number of promotions that are not archived; all of them are cached.
pub const MAX_ACTIVE: i64 = 10_000;

diesel::table! {
    /// Promotions.
    promotions (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The number of writes.
        version -> Integer,
        /// The name shown to shoppers and staff.
        name -> Text,
        /// Promotions of higher priority apply first.
        priority -> Integer,
        /// Time from which it applies.
        starts_at -> Nullable<Timestamptz>,
        /// Time until which it applies.
        ends_at -> Nullable<Timestamptz>,
        /// True if it requires a code.
        needs_code -> Bool,
        /// All fields that are never searched.
        body -> Jsonb,
        /// Time at which it was archived.
        archived_at -> Nullable<Timestamptz>,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of the last write.
        updated_at -> Timestamptz,
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Body {
    #[serde(default)]
    translations: BTreeMap<Locale, String>,
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

/// All promotions that are not archived, highest priority first, then by id.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list_active(conn: &mut Conn) -> StoreResult<Vec<Promotion>> {
    let rows: Vec<Row> = promotions::table
        .filter(promotions::archived_at.is_null())
        .order((promotions::priority.desc(), promotions::id))
        .limit(MAX_ACTIVE)
        .select(Row::as_select())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A page of promotions that are not archived, oldest first; with `channels`, those that apply in one of them.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list(
    conn: &mut Conn,
    channels: Option<&[ChannelId]>,
    page: &PageRequest<PromotionId>,
) -> StoreResult<Page<Promotion>> {
    let query = keyset::page(active(channels), promotions::id, page, ListOrder::OldestFirst);
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn).await?;
    Ok(Page::from_rows(page, rows.into_iter().map(Into::into).collect()))
}

/// The number of promotions that are not archived; with `channels`, of those that apply in one of them.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn count(conn: &mut Conn, channels: Option<&[ChannelId]>) -> StoreResult<i64> {
    Ok(active(channels).count().get_result(conn).await?)
}

/// Promotions that are not archived. One without channels applies in every channel.
fn active(channels: Option<&[ChannelId]>) -> promotions::BoxedQuery<'static, Pg> {
    let query = promotions::table.filter(promotions::archived_at.is_null()).into_boxed();
    let Some(channels) = channels else { return query };
    let channels: Vec<String> = channels.iter().map(|channel| channel.uuid().to_string()).collect();
    let applies = sql::<Bool>(
        "(coalesce(jsonb_array_length(promotions.body -> 'channels'), 0) = 0 OR promotions.body -> 'channels' ?| ",
    )
    .bind::<Array<Text>, _>(channels)
    .sql(")");
    query.filter(applies)
}

/// Promotions by id, archived or not; absent ones are omitted.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn by_ids(conn: &mut Conn, ids: &[PromotionId]) -> StoreResult<HashMap<PromotionId, Promotion>> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Row> =
        promotions::table.filter(promotions::id.eq_any(ids)).select(Row::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(Promotion::from).map(|promotion| (promotion.id, promotion)).collect())
}

/// Finds a promotion, archived or not, and locks it until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock(conn: &mut Conn, id: PromotionId) -> StoreResult<Option<Promotion>> {
    let row: Option<Row> =
        promotions::table.find(id.uuid()).select(Row::as_select()).for_update().first(conn).await.optional()?;
    Ok(row.map(Into::into))
}

/// Inserts a promotion.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn insert(conn: &mut Conn, promotion: &Promotion, now: Timestamp) -> StoreResult<()> {
    let values = (promotions::id.eq(promotion.id.uuid()), promotions::created_at.eq(now), changes(promotion, now));
    diesel::insert_into(promotions::table).values(values).execute(conn).await?;
    Ok(())
}

/// Saves a promotion.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn save(conn: &mut Conn, promotion: &Promotion, now: Timestamp) -> StoreResult<()> {
    let row = promotions::table.find(promotion.id.uuid());
    match diesel::update(row).set(changes(promotion, now)).execute(conn).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}

/// Archives a promotion, so that it no longer applies; false if it already was archived.
///
/// # Errors
/// [`StoreError`] if a statement fails.
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
            translations: promotion.translations.clone(),
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
            translations: body.translations,
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
