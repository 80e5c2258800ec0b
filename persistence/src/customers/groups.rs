//! Customer groups.

use std::collections::HashMap;

use diesel::{prelude::*, upsert::excluded};
use diesel_async::RunQueryDsl;
use model::{
    Slug,
    customers::CustomerGroup,
    ids::{CustomerGroupId, CustomerId},
};
use uuid::Uuid;

use crate::{Conn, StoreError, StoreResult};

diesel::table! {
    /// Customer groups.
    customer_groups (id) {
        /// The identifier.
        id -> Uuid,
        /// The identifier used by promotions and other systems.
        slug -> Text,
        /// The name shown to staff.
        name -> Text,
    }
}

diesel::table! {
    /// The members of groups.
    customer_group_members (customer_id, group_id) {
        /// The customer.
        customer_id -> Uuid,
        /// The group.
        group_id -> Uuid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(customer_groups, customer_group_members);

#[derive(Queryable, Selectable)]
#[diesel(table_name = customer_groups, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    slug: String,
    name: String,
}

/// All groups by slug; at most 1,000.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list(conn: &mut Conn) -> StoreResult<Vec<CustomerGroup>> {
    let rows: Vec<Row> =
        customer_groups::table.select(Row::as_select()).order(customer_groups::slug).limit(1_000).load(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Finds a group.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, id: CustomerGroupId) -> StoreResult<Option<CustomerGroup>> {
    let row: Option<Row> =
        customer_groups::table.find(id.uuid()).select(Row::as_select()).first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Finds a group by its slug.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find_by_slug(conn: &mut Conn, slug: &Slug) -> StoreResult<Option<CustomerGroup>> {
    let by_slug = customer_groups::table.filter(customer_groups::slug.eq(slug.as_str()));
    let row: Option<Row> = by_slug.select(Row::as_select()).first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Deletes a group with its memberships.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn delete(conn: &mut Conn, id: CustomerGroupId) -> StoreResult<()> {
    super::expect_row(diesel::delete(customer_groups::table.find(id.uuid())).execute(conn).await?)
}

/// Group ids by slug; absent ones are omitted.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn ids_by_slugs(conn: &mut Conn, slugs: &[String]) -> StoreResult<HashMap<String, CustomerGroupId>> {
    let rows: Vec<(String, Uuid)> = customer_groups::table
        .filter(customer_groups::slug.eq_any(slugs))
        .select((customer_groups::slug, customer_groups::id))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(slug, id)| (slug, CustomerGroupId::restore(id))).collect())
}

/// The groups of customers, sorted by slug.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn by_customers(
    conn: &mut Conn,
    customers: &[CustomerId],
) -> StoreResult<HashMap<CustomerId, Vec<CustomerGroup>>> {
    let ids: Vec<Uuid> = customers.iter().map(|id| id.uuid()).collect();
    let rows: Vec<(Uuid, Row)> = customer_group_members::table
        .inner_join(customer_groups::table.on(customer_groups::id.eq(customer_group_members::group_id)))
        .filter(customer_group_members::customer_id.eq_any(ids))
        .order((customer_group_members::customer_id, customer_groups::slug))
        .select((customer_group_members::customer_id, Row::as_select()))
        .load(conn)
        .await?;
    let mut found: HashMap<CustomerId, Vec<CustomerGroup>> = HashMap::new();
    for (customer, row) in rows {
        found.entry(CustomerId::restore(customer)).or_default().push(row.try_into()?);
    }
    Ok(found)
}

/// The slugs of a customer's groups.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn slugs_of(conn: &mut Conn, customer: CustomerId) -> StoreResult<Vec<Slug>> {
    let groups = by_customers(conn, &[customer]).await?.remove(&customer).unwrap_or_default();
    Ok(groups.into_iter().map(|group| group.slug).collect())
}

/// Inserts groups, or renames the existing groups of the same slugs, and returns the stored groups.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn upsert(conn: &mut Conn, groups: &[CustomerGroup]) -> StoreResult<Vec<CustomerGroup>> {
    let values = |group: &CustomerGroup| {
        (
            customer_groups::id.eq(group.id.uuid()),
            customer_groups::slug.eq(group.slug.as_str().to_owned()),
            customer_groups::name.eq(group.name.clone()),
        )
    };
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = diesel::insert_into(customer_groups::table)
        .values(groups.iter().map(values).collect::<Vec<_>>())
        .on_conflict(customer_groups::slug)
        .do_update()
        .set(customer_groups::name.eq(excluded(customer_groups::name)))
        .returning(Row::as_returning())
        .get_results(conn)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Replaces the groups of a customer.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn set(conn: &mut Conn, customer: CustomerId, groups: &[CustomerGroupId]) -> StoreResult<()> {
    let wanted: Vec<Uuid> = groups.iter().map(|id| id.uuid()).collect();
    let of_customer = customer_group_members::customer_id.eq(customer.uuid());
    let removed = customer_group_members::table
        .filter(of_customer)
        .filter(customer_group_members::group_id.ne_all(wanted.clone()));
    diesel::delete(removed).execute(conn).await?;
    let rows: Vec<_> = wanted
        .into_iter()
        .map(|group| {
            (customer_group_members::customer_id.eq(customer.uuid()), customer_group_members::group_id.eq(group))
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(customer_group_members::table).values(rows).on_conflict_do_nothing().execute(conn).await?;
    }
    Ok(())
}

impl TryFrom<Row> for CustomerGroup {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let slug = row.slug.parse().map_err(StoreError::corrupt)?;
        Ok(Self { id: CustomerGroupId::restore(row.id), slug, name: row.name })
    }
}
