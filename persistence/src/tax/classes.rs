//! Tax classes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{ids::TaxClassId, tax::TaxClass};
use uuid::Uuid;

use crate::{Conn, StoreError, StoreResult};

/// The maximum number of classes.
pub const MAX_CLASSES: i64 = 100;
/// The constraint that allows one class per slug.
pub const CLASS_SLUG_KEY: &str = "tax_classes_slug_key";

diesel::table! {
    /// Tax classes.
    tax_classes (id) {
        /// The identifier.
        id -> Uuid,
        /// The identifier used by products, rates and other systems.
        slug -> Text,
        /// The name shown to staff.
        name -> Text,
        /// Time of creation.
        created_at -> Timestamptz,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tax_classes, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    slug: String,
    name: String,
}

/// All classes by slug.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn classes(conn: &mut Conn) -> StoreResult<Vec<TaxClass>> {
    let query = tax_classes::table.select(Row::as_select()).order(tax_classes::slug).limit(10_000);
    let rows: Vec<Row> = query.load(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The number of classes.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn count_classes(conn: &mut Conn) -> StoreResult<i64> {
    Ok(tax_classes::table.count().get_result(conn).await?)
}

/// Locks a class until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock_class(conn: &mut Conn, id: TaxClassId) -> StoreResult<Option<TaxClass>> {
    let row: Option<Row> =
        tax_classes::table.find(id.uuid()).select(Row::as_select()).for_update().first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Inserts a class.
///
/// # Errors
/// [`CLASS_SLUG_KEY`] if the slug is taken.
pub async fn insert_class(conn: &mut Conn, class: &TaxClass) -> StoreResult<()> {
    diesel::insert_into(tax_classes::table).values(values(class)).execute(conn).await?;
    Ok(())
}

/// Inserts the classes whose slugs do not exist and returns their number.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn insert_missing_classes(conn: &mut Conn, classes: &[TaxClass]) -> StoreResult<usize> {
    if classes.is_empty() {
        return Ok(0);
    }
    let rows: Vec<_> = classes.iter().map(values).collect();
    let insert = diesel::insert_into(tax_classes::table).values(rows);
    Ok(insert.on_conflict(tax_classes::slug).do_nothing().execute(conn).await?)
}

/// Saves the name of a class.
///
/// # Errors
/// [`StoreError::NotFound`] if it does not exist.
pub async fn save_class(conn: &mut Conn, class: &TaxClass) -> StoreResult<()> {
    let row = tax_classes::table.find(class.id.uuid());
    match diesel::update(row).set(tax_classes::name.eq(&class.name)).execute(conn).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}

/// Deletes a class.
///
/// # Errors
/// [`super::RATE_CLASS_KEY`] if it has rates.
pub async fn delete_class(conn: &mut Conn, id: TaxClassId) -> StoreResult<()> {
    diesel::delete(tax_classes::table.find(id.uuid())).execute(conn).await?;
    Ok(())
}

type Values<'a> = (
    diesel::dsl::Eq<tax_classes::id, Uuid>,
    diesel::dsl::Eq<tax_classes::slug, &'a str>,
    diesel::dsl::Eq<tax_classes::name, &'a str>,
);

fn values(class: &TaxClass) -> Values<'_> {
    (
        tax_classes::id.eq(class.id.uuid()),
        tax_classes::slug.eq(class.slug.as_str()),
        tax_classes::name.eq(class.name.as_str()),
    )
}

impl TryFrom<Row> for TaxClass {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let slug = row.slug.parse().map_err(StoreError::corrupt)?;
        Ok(Self { id: TaxClassId::restore(row.id), slug, name: row.name })
    }
}
