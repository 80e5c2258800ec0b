//! Products in the order of their changes, and deleted products.
//!
//! Only one transaction at a time writes these tables. Therefore rows become visible in the order of their places, and a
//! reader that continues after the last place it has seen misses none.

use diesel::{
    dsl::{count_star, max, sql},
    pg::Pg,
    prelude::*,
    sql_types::{Array, BigInt, Bool, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{Direction, Page, PageRequest, Timestamp, ids::ProductId};
use uuid::Uuid;

use super::tables::{product_changes, product_deletions};
use crate::{Conn, StoreResult};

/// The current state of a product, as far as lists need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedProduct {
    /// The product.
    pub id: ProductId,
    /// The version of its document.
    pub version: i64,
    /// The time of its last change.
    pub updated_at: Timestamp,
}

/// A place in the order of changes.
type Place = (Timestamp, ProductId);

/// The place of the latest change; none if no product is listed.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn latest_change(conn: &mut Conn) -> StoreResult<Option<Timestamp>> {
    Ok(product_changes::table.select(max(product_changes::changed_at)).first(conn).await?)
}

/// Lists products at the time of their change, but after `latest`. Products that are listed with this version keep their
/// place.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn record_products(
    conn: &mut Conn,
    products: &[ListedProduct],
    latest: Option<Timestamp>,
) -> StoreResult<()> {
    let ids: Vec<Uuid> = products.iter().map(|product| product.id.uuid()).collect();
    // A product that is imported again may have been deleted before.
    let back = product_deletions::table.filter(product_deletions::product_id.eq_any(&ids));
    diesel::delete(back).execute(conn).await?;
    diesel::sql_query(include_str!("record_products.sql"))
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<BigInt>, _>(products.iter().map(|product| product.version).collect::<Vec<_>>())
        .bind::<Array<Timestamptz>, _>(products.iter().map(|product| product.updated_at).collect::<Vec<_>>())
        .bind::<Nullable<Timestamptz>, _>(latest)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes deleted products and their variants from the lists, and lists them as deleted.
///
/// # Errors
/// [`crate::StoreError`] if the statement fails.
pub async fn delete_products(conn: &mut Conn, products: &[ProductId], now: Timestamp) -> StoreResult<()> {
    diesel::sql_query(include_str!("delete_products.sql"))
        .bind::<Array<SqlUuid>, _>(products.iter().map(|id| id.uuid()).collect::<Vec<_>>())
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes the listed products with ids after `after` and up to `until`, except those that are `present`, like
/// [`delete_products`]. Without a bound the range has no end.
///
/// # Errors
/// [`crate::StoreError`] if the statement fails.
pub async fn delete_absent(
    conn: &mut Conn,
    (after, until): (Option<ProductId>, Option<ProductId>),
    present: &[ProductId],
    now: Timestamp,
) -> StoreResult<()> {
    diesel::sql_query(include_str!("delete_absent.sql"))
        .bind::<Nullable<SqlUuid>, _>(after.map(ProductId::uuid))
        .bind::<Nullable<SqlUuid>, _>(until.map(ProductId::uuid))
        .bind::<Array<SqlUuid>, _>(present.iter().map(|id| id.uuid()).collect::<Vec<_>>())
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// A page of the products with a place after a time, in the order of their places.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn changed_products(
    conn: &mut Conn,
    after: Option<Timestamp>,
    direction: Direction,
    page: &PageRequest<Place>,
) -> StoreResult<Page<Place>> {
    let mut query = changed(after);
    let is_forward = direction == page.direction;
    if let Some((at, id)) = page.cursor {
        let rest = if is_forward { "(changed_at, product_id) > (" } else { "(changed_at, product_id) < (" };
        query = query.filter(is_beyond::<product_changes::table>(rest, at, id));
    }
    let query = if is_forward {
        query.order((product_changes::changed_at.asc(), product_changes::product_id.asc()))
    } else {
        query.order((product_changes::changed_at.desc(), product_changes::product_id.desc()))
    };
    let rows: Vec<(Timestamp, Uuid)> =
        query.limit(page.limit()).select((product_changes::changed_at, product_changes::product_id)).load(conn).await?;
    Ok(places(page, rows))
}

/// The number of products with a place after a time.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn count_changed(conn: &mut Conn, after: Option<Timestamp>) -> StoreResult<i64> {
    Ok(changed(after).select(count_star()).get_result(conn).await?)
}

fn changed<'a>(after: Option<Timestamp>) -> product_changes::BoxedQuery<'a, Pg> {
    let query = product_changes::table.into_boxed();
    match after {
        Some(after) => query.filter(product_changes::changed_at.gt(after)),
        None => query,
    }
}

/// A page of the products that were deleted after a time, oldest deletion first.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn deleted_products(
    conn: &mut Conn,
    after: Option<Timestamp>,
    page: &PageRequest<Place>,
) -> StoreResult<Page<Place>> {
    let mut query = deleted(after);
    let is_forward = page.direction == Direction::Ascending;
    if let Some((at, id)) = page.cursor {
        let rest = if is_forward { "(deleted_at, product_id) > (" } else { "(deleted_at, product_id) < (" };
        query = query.filter(is_beyond::<product_deletions::table>(rest, at, id));
    }
    let query = if is_forward {
        query.order((product_deletions::deleted_at.asc(), product_deletions::product_id.asc()))
    } else {
        query.order((product_deletions::deleted_at.desc(), product_deletions::product_id.desc()))
    };
    let columns = (product_deletions::deleted_at, product_deletions::product_id);
    let rows: Vec<(Timestamp, Uuid)> = query.limit(page.limit()).select(columns).load(conn).await?;
    Ok(places(page, rows))
}

/// The number of products that were deleted after a time.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn count_deleted(conn: &mut Conn, after: Option<Timestamp>) -> StoreResult<i64> {
    Ok(deleted(after).select(count_star()).get_result(conn).await?)
}

fn deleted<'a>(after: Option<Timestamp>) -> product_deletions::BoxedQuery<'a, Pg> {
    let query = product_deletions::table.into_boxed();
    match after {
        Some(after) => query.filter(product_deletions::deleted_at.gt(after)),
        None => query,
    }
}

/// Matches the rows beyond a place; one comparison of both columns, which an index on them serves.
fn is_beyond<T>(comparison: &str, at: Timestamp, id: ProductId) -> Box<dyn BoxableExpression<T, Pg, SqlType = Bool>> {
    let beyond = sql::<Bool>(comparison).bind::<Timestamptz, _>(at).sql(", ").bind::<SqlUuid, _>(id.uuid()).sql(")");
    Box::new(beyond)
}

fn places(page: &PageRequest<Place>, rows: Vec<(Timestamp, Uuid)>) -> Page<Place> {
    Page::from_rows(page, rows.into_iter().map(|(at, id)| (at, ProductId::restore(id))).collect())
}
