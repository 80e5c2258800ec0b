//! Tax rates. A shop has few, so they are always read as a whole.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::tax::{TaxRate, TaxRule, TaxTable};
use uuid::Uuid;

use crate::{Conn, StoreError, StoreResult};

diesel::table! {
    /// Tax rates by destination and tax class.
    tax_rates (id) {
        /// The identifier.
        id -> Uuid,
        /// The ISO 3166-1 code of the country.
        country -> Text,
        /// The suffix of the ISO 3166-2 code; null for the whole country.
        region -> Nullable<Text>,
        /// The tax class.
        class -> Text,
        /// The rate in basis points: 1900 is 19 %.
        basis_points -> Integer,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tax_rates, check_for_backend(diesel::pg::Pg))]
struct Row {
    country: String,
    region: Option<String>,
    class: String,
    basis_points: i32,
}

/// All tax rates.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn table(conn: &mut Conn) -> StoreResult<TaxTable> {
    let rows: Vec<Row> = tax_rates::table
        .select(Row::as_select())
        .order((tax_rates::country, tax_rates::region, tax_rates::class))
        .limit(100_000)
        .load(conn)
        .await?;
    Ok(TaxTable { rules: rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()? })
}

/// Inserts rates in one statement, replacing those of the same destination and class.
///
/// # Errors
/// `tax_rates_basis_points_check` if a rate is negative or too high.
pub async fn upsert(conn: &mut Conn, rules: &[TaxRule]) -> StoreResult<()> {
    let row = |rule: &TaxRule| {
        Ok((
            tax_rates::id.eq(Uuid::now_v7()),
            tax_rates::country.eq(rule.country.code()),
            tax_rates::region.eq(rule.region.clone()),
            tax_rates::class.eq(rule.class.clone()),
            tax_rates::basis_points.eq(i32::try_from(rule.rate.0).map_err(StoreError::corrupt)?),
        ))
    };
    let rows = rules.iter().map(row).collect::<StoreResult<Vec<_>>>()?;
    if !rows.is_empty() {
        diesel::insert_into(tax_rates::table)
            .values(rows)
            .on_conflict((tax_rates::country, tax_rates::region, tax_rates::class))
            .do_update()
            .set(tax_rates::basis_points.eq(diesel::upsert::excluded(tax_rates::basis_points)))
            .execute(conn)
            .await?;
    }
    Ok(())
}

impl TryFrom<Row> for TaxRule {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let country = row.country.parse().map_err(StoreError::corrupt)?;
        Ok(Self { country, region: row.region, class: row.class, rate: TaxRate(row.basis_points.into()) })
    }
}
