//! Tax rates.

use diesel::{pg::Pg, prelude::*, upsert::excluded};
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest, PostalCodeRange, Timestamp,
    ids::TaxRateId,
    tax::{TaxComponent, TaxRate, TaxRateFilter, TaxRule, TaxTable},
};
use uuid::Uuid;

use super::classes;
use crate::{
    Conn, StoreError, StoreResult,
    json::Json,
    keyset::{self, ListOrder},
};

/// The maximum number of rates; all of them are cached.
pub const MAX_RATES: i64 = 50_000;
/// The constraint that allows only rates of stored classes.
pub const RATE_CLASS_KEY: &str = "tax_rates_class_fkey";

diesel::table! {
    /// Tax rates by destination, tax class and start.
    tax_rates (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The ISO 3166-1 code of the country.
        country -> Text,
        /// The suffix of the ISO 3166-2 code; null for the whole country.
        region -> Nullable<Text>,
        /// The slug of the tax class.
        class -> Text,
        /// The name shown to shoppers.
        name -> Text,
        /// The rate in millionths: 190000 is 19 %.
        millionths -> Integer,
        /// Ranges of postal codes in order, such as `35000-35999,38000-38999`; empty for all postal codes.
        postal_codes -> Text,
        /// The parts of the rate.
        components -> Jsonb,
        /// Time from which it applies; null if it always has.
        valid_from -> Nullable<Timestamptz>,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tax_rates, check_for_backend(Pg))]
struct Row {
    id: Uuid,
    country: String,
    region: Option<String>,
    class: String,
    name: String,
    millionths: i32,
    postal_codes: String,
    components: Json<Vec<TaxComponent>>,
    valid_from: Option<Timestamp>,
}

/// All tax classes and rates, in two statements.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn table(conn: &mut Conn) -> StoreResult<TaxTable> {
    let classes = classes::classes(conn).await?;
    let query = tax_rates::table.select(Row::as_select()).order(tax_rates::id).limit(2 * MAX_RATES);
    let rows: Vec<Row> = query.load(conn).await?;
    Ok(TaxTable::new(classes, rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?))
}

/// Inserts a rate, or replaces that of the same place, class and start; returns its id.
///
/// # Errors
/// [`RATE_CLASS_KEY`] if the class does not exist.
pub async fn set(conn: &mut Conn, rule: &TaxRule) -> StoreResult<TaxRateId> {
    let insert = diesel::insert_into(tax_rates::table).values(row(rule)?);
    let id: Uuid = insert
        .on_conflict(PLACE)
        .do_update()
        .set((
            tax_rates::name.eq(excluded(tax_rates::name)),
            tax_rates::millionths.eq(excluded(tax_rates::millionths)),
            tax_rates::components.eq(excluded(tax_rates::components)),
        ))
        .returning(tax_rates::id)
        .get_result(conn)
        .await?;
    Ok(TaxRateId::restore(id))
}

/// Inserts rates in one statement, replacing those of the same place, class and start.
///
/// # Errors
/// [`RATE_CLASS_KEY`] if a class does not exist.
pub async fn upsert(conn: &mut Conn, rules: &[TaxRule]) -> StoreResult<()> {
    let rows = rules.iter().map(row).collect::<StoreResult<Vec<_>>>()?;
    if !rows.is_empty() {
        diesel::insert_into(tax_rates::table)
            .values(rows)
            .on_conflict(PLACE)
            .do_update()
            .set((
                tax_rates::name.eq(excluded(tax_rates::name)),
                tax_rates::millionths.eq(excluded(tax_rates::millionths)),
                tax_rates::components.eq(excluded(tax_rates::components)),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Inserts the rates that have no counterpart of the same place, class and start, and returns their number.
///
/// # Errors
/// [`RATE_CLASS_KEY`] if a class does not exist.
pub async fn insert_missing(conn: &mut Conn, rules: &[TaxRule]) -> StoreResult<usize> {
    let mut written = 0;
    // A statement has at most 65,535 parameters.
    for some in rules.chunks(5_000) {
        let rows = some.iter().map(row).collect::<StoreResult<Vec<_>>>()?;
        let insert = diesel::insert_into(tax_rates::table).values(rows);
        written += insert.on_conflict(PLACE).do_nothing().execute(conn).await?;
    }
    Ok(written)
}

/// The columns that identify a rate.
const PLACE: (tax_rates::country, tax_rates::region, tax_rates::class, tax_rates::valid_from, tax_rates::postal_codes) =
    (tax_rates::country, tax_rates::region, tax_rates::class, tax_rates::valid_from, tax_rates::postal_codes);

/// Locks the rate of the same place, class and start until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock_same(conn: &mut Conn, rule: &TaxRule) -> StoreResult<Option<TaxRule>> {
    let row: Option<Row> = tax_rates::table
        .filter(tax_rates::country.eq(rule.country.code()))
        .filter(tax_rates::region.is_not_distinct_from(rule.region.as_deref()))
        .filter(tax_rates::class.eq(&rule.class))
        .filter(tax_rates::valid_from.is_not_distinct_from(rule.valid_from))
        .filter(tax_rates::postal_codes.eq(written(&rule.postal_codes)))
        .select(Row::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Locks a rate until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock(conn: &mut Conn, id: TaxRateId) -> StoreResult<Option<TaxRule>> {
    let row: Option<Row> =
        tax_rates::table.find(id.uuid()).select(Row::as_select()).for_update().first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Deletes a rate.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete(conn: &mut Conn, id: TaxRateId) -> StoreResult<()> {
    diesel::delete(tax_rates::table.find(id.uuid())).execute(conn).await?;
    Ok(())
}

/// A page of rates, oldest first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list(
    conn: &mut Conn,
    filter: &TaxRateFilter,
    page: &PageRequest<TaxRateId>,
) -> StoreResult<Page<TaxRule>> {
    let query = keyset::page(filtered(filter), tax_rates::id, page, ListOrder::OldestFirst);
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn).await?;
    Ok(Page::from_rows(page, rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?))
}

/// The number of rates.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn count(conn: &mut Conn, filter: &TaxRateFilter) -> StoreResult<i64> {
    Ok(filtered(filter).count().get_result(conn).await?)
}

fn filtered(filter: &TaxRateFilter) -> tax_rates::BoxedQuery<'_, Pg> {
    let mut query = tax_rates::table.into_boxed();
    if let Some(country) = filter.country {
        query = query.filter(tax_rates::country.eq(country.code()));
    }
    if let Some(region) = &filter.region {
        query = query.filter(tax_rates::region.eq(region));
    }
    if let Some(class) = &filter.class {
        query = query.filter(tax_rates::class.eq(class));
    }
    query
}

fn row(rule: &TaxRule) -> StoreResult<Row> {
    Ok(Row {
        id: rule.id.uuid(),
        country: rule.country.code().to_owned(),
        region: rule.region.clone(),
        class: rule.class.clone(),
        name: rule.name.clone(),
        millionths: i32::try_from(rule.rate.millionths()).map_err(StoreError::corrupt)?,
        postal_codes: written(&rule.postal_codes),
        components: Json(rule.components.clone()),
        valid_from: rule.valid_from,
    })
}

/// The bounds of ranges contain neither hyphens nor commas.
fn written(ranges: &[PostalCodeRange]) -> String {
    let texts: Vec<String> = ranges.iter().map(|range| format!("{}-{}", range.from(), range.to())).collect();
    texts.join(",")
}

fn read(text: &str) -> StoreResult<Vec<PostalCodeRange>> {
    let range = |text: &str| {
        let (from, to) = text.split_once('-').ok_or_else(|| StoreError::corrupt("a range of postal codes"))?;
        PostalCodeRange::parse(from, to).map_err(StoreError::corrupt)
    };
    text.split(',').filter(|text| !text.is_empty()).map(range).collect()
}

impl TryFrom<Row> for TaxRule {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        Ok(Self {
            id: TaxRateId::restore(row.id),
            country: row.country.parse().map_err(StoreError::corrupt)?,
            region: row.region,
            postal_codes: read(&row.postal_codes)?,
            class: row.class,
            name: row.name,
            rate: TaxRate::restore(row.millionths.into()).map_err(StoreError::corrupt)?,
            components: row.components.0,
            valid_from: row.valid_from,
        })
    }
}
