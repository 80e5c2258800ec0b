//! Discount codes.

use diesel::{
    prelude::*,
    sql_types::{Array, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest, Timestamp,
    ids::{CustomerId, DiscountCodeId, PromotionId},
    promotions::{DiscountCode, NewCode},
};
use uuid::Uuid;

use crate::{
    Conn, StoreResult,
    keyset::{self, ListOrder},
};

diesel::table! {
    /// Discount codes of promotions.
    discount_codes (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The promotion.
        promotion_id -> Uuid,
        /// The code in upper case.
        code -> Text,
        /// The maximum number of uses; null for no limit.
        usage_limit -> Nullable<Integer>,
        /// The maximum number of uses by one customer; null for no limit.
        usage_limit_per_customer -> Nullable<Integer>,
        /// The number of uses by orders; counted only for codes with a limit.
        uses -> Integer,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time at which staff deactivated it.
        deactivated_at -> Nullable<Timestamptz>,
    }
}

#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = discount_codes, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    promotion_id: Uuid,
    code: String,
    usage_limit: Option<i32>,
    usage_limit_per_customer: Option<i32>,
    uses: i32,
    created_at: Timestamp,
    deactivated_at: Option<Timestamp>,
}

#[derive(QueryableByName)]
struct CountedRow {
    #[diesel(embed)]
    code: Row,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    uses_by_buyer: i64,
}

/// The codes that exist and whose promotion is not archived, with the buyer's number of uses for codes with a limit per
/// customer. Uses by the same account and by the same e-mail address both count.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn codes_by_text(
    conn: &mut Conn,
    codes: &[String],
    customer: Option<CustomerId>,
    email: Option<&str>,
) -> StoreResult<Vec<DiscountCode>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<CountedRow> = diesel::sql_query(include_str!("codes_by_text.sql"))
        .bind::<Array<Text>, _>(codes)
        .bind::<Nullable<SqlUuid>, _>(customer.map(CustomerId::uuid))
        .bind::<Nullable<Text>, _>(email.map(str::to_lowercase))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|counted| restore(counted.code, counted.uses_by_buyer)).collect())
}

/// A page of the codes of a promotion, oldest first.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn codes_of(
    conn: &mut Conn,
    promotion: PromotionId,
    page: &PageRequest<DiscountCodeId>,
) -> StoreResult<Page<DiscountCode>> {
    let of_promotion = discount_codes::table.filter(discount_codes::promotion_id.eq(promotion.uuid()));
    let query = of_promotion.select(Row::as_select()).into_boxed();
    let rows: Vec<Row> = keyset::page(query, discount_codes::id, page, ListOrder::OldestFirst).load(conn).await?;
    Ok(Page::from_rows(page, rows.into_iter().map(|row| restore(row, 0)).collect()))
}

/// The number of codes of a promotion.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn count_codes(conn: &mut Conn, promotion: PromotionId) -> StoreResult<i64> {
    let of_promotion = discount_codes::table.filter(discount_codes::promotion_id.eq(promotion.uuid()));
    Ok(of_promotion.count().get_result(conn).await?)
}

/// Finds a code by its text, whether it can be used or not.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn find_code(conn: &mut Conn, code: &str) -> StoreResult<Option<DiscountCode>> {
    let row: Option<Row> = discount_codes::table
        .filter(discount_codes::code.eq(code))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|row| restore(row, 0)))
}

/// Deactivates codes of a promotion in one statement, and returns the codes that exist, those deactivated before
/// included.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn deactivate_codes(
    conn: &mut Conn,
    promotion: PromotionId,
    codes: &[String],
    now: Timestamp,
) -> StoreResult<Vec<DiscountCode>> {
    // Rows are locked in the order in which orders lock them.
    let rows: Vec<Row> = diesel::sql_query(include_str!("deactivate_codes.sql"))
        .bind::<SqlUuid, _>(promotion.uuid())
        .bind::<Array<Text>, _>(codes)
        .bind::<diesel::sql_types::Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| restore(row, 0)).collect())
}

/// Inserts codes of a promotion in one statement.
///
/// # Errors
/// `discount_codes_code_key` if a code already exists.
pub async fn insert_codes(
    conn: &mut Conn,
    promotion: PromotionId,
    codes: &[NewCode],
    now: Timestamp,
) -> StoreResult<()> {
    let row = |code: &NewCode| {
        (
            discount_codes::id.eq(DiscountCodeId::new().uuid()),
            discount_codes::promotion_id.eq(promotion.uuid()),
            discount_codes::code.eq(code.code.clone()),
            discount_codes::usage_limit.eq(code.usage_limit),
            discount_codes::usage_limit_per_customer.eq(code.usage_limit_per_customer),
            discount_codes::created_at.eq(now),
        )
    };
    let rows: Vec<_> = codes.iter().map(row).collect();
    if !rows.is_empty() {
        diesel::insert_into(discount_codes::table).values(rows).execute(conn).await?;
    }
    Ok(())
}

fn restore(row: Row, uses_by_buyer: i64) -> DiscountCode {
    DiscountCode {
        id: DiscountCodeId::restore(row.id),
        code: row.code,
        promotion_id: PromotionId::restore(row.promotion_id),
        usage_limit: row.usage_limit,
        usage_limit_per_customer: row.usage_limit_per_customer,
        uses: row.uses,
        uses_by_buyer,
        created_at: row.created_at,
        deactivated_at: row.deactivated_at,
    }
}
