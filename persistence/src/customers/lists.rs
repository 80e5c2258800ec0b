//! Lists of customers, sorted by time and id.

use diesel::{
    dsl::sql,
    pg::Pg,
    prelude::*,
    sql_types::{Array, Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest,
    customers::{Customer, CustomerCursor, CustomerFilter, CustomerSort, CustomerSortKey},
};

use super::{customers, rows::CustomerRow};
use crate::{Conn, StoreResult, prefix::prefix_range};

type Query<'a> = customers::BoxedQuery<'a, Pg>;
type Condition = Box<dyn BoxableExpression<customers::table, Pg, SqlType = Bool>>;

/// A page of customers.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn list(
    conn: &mut Conn,
    filter: &CustomerFilter,
    sort: CustomerSort,
    page: &PageRequest<CustomerCursor>,
) -> StoreResult<Page<Customer>> {
    let is_ascending = sort.direction == page.direction;
    let mut query = filtered(filter).limit(page.limit());
    if let Some(cursor) = page.cursor {
        query = query.filter(beyond(sort.key, cursor, is_ascending));
    }
    let query = match (sort.key, is_ascending) {
        (CustomerSortKey::CreatedAt, true) => query.order((customers::created_at.asc(), customers::id.asc())),
        (CustomerSortKey::CreatedAt, false) => query.order((customers::created_at.desc(), customers::id.desc())),
        (CustomerSortKey::UpdatedAt, true) => query.order((customers::updated_at.asc(), customers::id.asc())),
        (CustomerSortKey::UpdatedAt, false) => query.order((customers::updated_at.desc(), customers::id.desc())),
    };
    let rows: Vec<CustomerRow> = query.select(CustomerRow::as_select()).load(conn).await?;
    let customers = rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?;
    Ok(Page::from_rows(page, customers))
}

/// The number of customers.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn count(conn: &mut Conn, filter: &CustomerFilter) -> StoreResult<i64> {
    Ok(filtered(filter).count().get_result(conn).await?)
}

fn filtered(filter: &CustomerFilter) -> Query<'_> {
    let mut query = customers::table.into_boxed();
    if let Some(text) = filter.query.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        query = query.filter(begins_with(text));
    }
    if !filter.tags.is_empty() {
        query = query.filter(has_tags(&filter.tags));
    }
    if let Some(group) = &filter.group {
        query = query.filter(is_in_group(group));
    }
    if let Some(after) = filter.created_after {
        query = query.filter(customers::created_at.ge(after));
    }
    if let Some(before) = filter.created_before {
        query = query.filter(customers::created_at.lt(before));
    }
    if let Some(after) = filter.updated_after {
        query = query.filter(customers::updated_at.ge(after));
    }
    if let Some(before) = filter.updated_before {
        query = query.filter(customers::updated_at.lt(before));
    }
    query
}

/// Matches customers after the cursor in the order of reading. A comparison of rows uses the index on both columns.
fn beyond(key: CustomerSortKey, cursor: CustomerCursor, is_ascending: bool) -> Condition {
    let start = match (key, is_ascending) {
        (CustomerSortKey::CreatedAt, true) => "(customers.created_at, customers.id) > (",
        (CustomerSortKey::CreatedAt, false) => "(customers.created_at, customers.id) < (",
        (CustomerSortKey::UpdatedAt, true) => "(customers.updated_at, customers.id) > (",
        (CustomerSortKey::UpdatedAt, false) => "(customers.updated_at, customers.id) < (",
    };
    let compared =
        sql::<Bool>(start).bind::<Timestamptz, _>(cursor.at).sql(", ").bind::<SqlUuid, _>(cursor.id.uuid()).sql(")");
    Box::new(compared)
}

/// Matches customers by a prefix of the e-mail address or of a name. A subquery finds the ids first, because the planner
/// would otherwise scan all customers from the newest on.
fn begins_with(text: &str) -> Condition {
    let (start, end) = prefix_range(text);
    let is_meant =
        sql::<Bool>("customers.id = ANY (ARRAY(SELECT meant.id FROM customers AS meant WHERE (meant.email ~>=~ ")
            .bind::<Text, _>(start.clone())
            .sql(" AND meant.email ~<~ ")
            .bind::<Text, _>(end.clone())
            .sql(") OR (lower(meant.last_name) ~>=~ ")
            .bind::<Text, _>(start.clone())
            .sql(" AND lower(meant.last_name) ~<~ ")
            .bind::<Text, _>(end.clone())
            .sql(") OR (lower(meant.first_name) ~>=~ ")
            .bind::<Text, _>(start)
            .sql(" AND lower(meant.first_name) ~<~ ")
            .bind::<Text, _>(end)
            .sql(")))");
    Box::new(is_meant)
}

/// Matches customers with all of these tags; a subquery finds the ids first.
fn has_tags(tags: &[String]) -> Condition {
    let is_tagged =
        sql::<Bool>("customers.id = ANY (ARRAY(SELECT meant.id FROM customers AS meant WHERE meant.tags @> ")
            .bind::<Array<Text>, _>(tags.to_vec())
            .sql("))");
    Box::new(is_tagged)
}

/// Matches the members of a group; a subquery finds the ids first.
fn is_in_group(slug: &str) -> Condition {
    let is_member = sql::<Bool>(
        "customers.id = ANY (ARRAY(SELECT member.customer_id FROM customer_group_members AS member
         INNER JOIN customer_groups AS joined ON joined.id = member.group_id WHERE joined.slug = ",
    )
    .bind::<Text, _>(slug.to_owned())
    .sql("))");
    Box::new(is_member)
}
