//! Reads the list of variants.

use diesel::{
    dsl::{count_star, sql},
    pg::Pg,
    prelude::*,
    sql_types::{BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest, Timestamp,
    ids::{ProductId, VariantId},
    search::{VariantCursor, VariantFilter, VariantSort, VariantSortKey},
};
use uuid::Uuid;

use super::tables::listed_variants;
use crate::{Conn, StoreError, StoreResult, search::text};

type Condition = Box<dyn BoxableExpression<listed_variants::table, Pg, SqlType = Bool>>;

#[derive(Queryable, Selectable)]
#[diesel(table_name = listed_variants, check_for_backend(diesel::pg::Pg))]
struct Row {
    variant_id: Uuid,
    product_id: Uuid,
    sku: String,
    changed_at: Timestamp,
}

/// A page of variants with their products.
///
/// # Errors
/// [`StoreError`] if the query fails, or if the cursor belongs to another order.
pub async fn list_variants(
    conn: &mut Conn,
    filter: &VariantFilter,
    sort: VariantSort,
    page: &PageRequest<VariantCursor>,
) -> StoreResult<Page<(VariantCursor, ProductId)>> {
    let is_forward = sort.direction == page.direction;
    let mut query = filtered(filter);
    if let Some(cursor) = &page.cursor {
        if !cursor.belongs_to(sort.key) {
            return Err(StoreError::Internal("the cursor belongs to another order".to_owned()));
        }
        query = query.filter(is_beyond(cursor, is_forward));
    }
    let query = match (sort.key, is_forward) {
        (VariantSortKey::Sku, true) => query.order((listed_variants::sku.asc(), listed_variants::variant_id.asc())),
        (VariantSortKey::Sku, false) => query.order((listed_variants::sku.desc(), listed_variants::variant_id.desc())),
        (VariantSortKey::UpdatedAt, true) => {
            query.order((listed_variants::changed_at.asc(), listed_variants::variant_id.asc()))
        }
        (VariantSortKey::UpdatedAt, false) => {
            query.order((listed_variants::changed_at.desc(), listed_variants::variant_id.desc()))
        }
    };
    let rows: Vec<Row> = query.limit(page.limit()).select(Row::as_select()).load(conn).await?;
    let found = rows.into_iter().map(|row| (ProductId::restore(row.product_id), row.cursor(sort.key)));
    let found = found.map(|(product, cursor)| (cursor, product)).collect();
    Ok(Page::from_rows(page, found))
}

/// The number of variants.
///
/// # Errors
/// [`StoreError`] if the query fails.
pub async fn count_variants(conn: &mut Conn, filter: &VariantFilter) -> StoreResult<i64> {
    Ok(filtered(filter).select(count_star()).get_result(conn).await?)
}

impl Row {
    fn cursor(self, key: VariantSortKey) -> VariantCursor {
        let id = VariantId::restore(self.variant_id);
        match key {
            VariantSortKey::Sku => VariantCursor::Sku(self.sku, id),
            VariantSortKey::UpdatedAt => VariantCursor::UpdatedAt(self.changed_at, id),
        }
    }
}

fn filtered(filter: &VariantFilter) -> listed_variants::BoxedQuery<'_, Pg> {
    let mut query = listed_variants::table.into_boxed();
    if !filter.skus.is_empty() {
        query = query.filter(listed_variants::sku.eq_any(&filter.skus));
    }
    if !filter.external_references.is_empty() {
        query = query.filter(listed_variants::external_reference.eq_any(&filter.external_references));
    }
    if let Some(after) = filter.updated_after {
        query = query.filter(listed_variants::changed_at.gt(after));
    }
    if let Some(below) = filter.below_quantity {
        query = query.filter(has_fewer(below));
    }
    match filter.query.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => query,
        Some(text) => query.filter(has_words(text)),
    }
}

// A subquery finds the ids of rare variants first, because the planner, which does not know the bound value, could read
// all variants in the order of the list.

fn has_fewer(below: i64) -> Condition {
    let found = "listed_variants.variant_id = ANY (ARRAY(SELECT found.variant_id FROM listed_variants AS found \
                 WHERE found.available < ";
    Box::new(sql::<Bool>(found).bind::<BigInt, _>(below).sql("))"))
}

/// Matches variants with all words of a text, of which the last may be incomplete; none for a text without words.
fn has_words(text: &str) -> Condition {
    let mut words: Vec<String> = text::searched_words(text).into_iter().map(|word| quoted(&word)).collect();
    let Some(last) = words.last_mut() else { return Box::new(sql::<Bool>("FALSE")) };
    last.push_str(":*");
    let found = "listed_variants.variant_id = ANY (ARRAY(SELECT found.variant_id FROM listed_variants AS found \
                 WHERE array_to_tsvector(found.words) @@ ";
    Box::new(sql::<Bool>(found).bind::<Text, _>(words.join(" & ")).sql("::tsquery))"))
}

/// A word of a `tsquery`. Words consist of letters and digits; in the quotes, other characters have no meaning.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "''").replace('\\', "\\\\"))
}

/// The rows beyond a cursor; one comparison of both columns, which an index on them serves.
fn is_beyond(cursor: &VariantCursor, is_forward: bool) -> Condition {
    let operator = if is_forward { ") > (" } else { ") < (" };
    match cursor {
        VariantCursor::Sku(sku, id) => Box::new(
            sql::<Bool>("(listed_variants.sku, listed_variants.variant_id")
                .sql(operator)
                .bind::<Text, _>(sku.clone())
                .sql(", ")
                .bind::<SqlUuid, _>(id.uuid())
                .sql(")"),
        ),
        VariantCursor::UpdatedAt(at, id) => Box::new(
            sql::<Bool>("(listed_variants.changed_at, listed_variants.variant_id")
                .sql(operator)
                .bind::<Timestamptz, _>(*at)
                .sql(", ")
                .bind::<SqlUuid, _>(id.uuid())
                .sql(")"),
        ),
    }
}
