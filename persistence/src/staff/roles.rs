//! Roles: named sets of permissions.

use std::collections::HashMap;

use diesel::{dsl::count_star, prelude::*};
use diesel_async::RunQueryDsl;
use model::{
    access::Permissions,
    customers::Role,
    ids::{ChannelId, RoleId, StaffUserId},
};
use uuid::Uuid;

use super::staff_users;
use crate::{Conn, StoreError, StoreResult, customers::expect_row};

diesel::table! {
    /// Roles.
    roles (id) {
        /// The identifier.
        id -> Uuid,
        /// The identifier used by other systems.
        slug -> Text,
        /// The name shown to staff.
        name -> Text,
        /// The names of its permissions.
        permissions -> Array<Text>,
        /// True if members have no permissions until they have a second factor.
        requires_second_factor -> Bool,
        /// The channels to which it is limited; null for every channel.
        channels -> Nullable<Array<Uuid>>,
    }
}

diesel::table! {
    /// The roles of staff.
    staff_roles (staff_id, role_id) {
        /// The staff user.
        staff_id -> Uuid,
        /// The role.
        role_id -> Uuid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(roles, staff_roles, staff_users);

/// The constraint that allows one role per slug.
pub const SLUG_KEY: &str = "roles_slug_key";

#[derive(Queryable, Selectable)]
#[diesel(table_name = roles, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    slug: String,
    name: String,
    permissions: Vec<String>,
    requires_second_factor: bool,
    channels: Option<Vec<Uuid>>,
}

/// All roles by slug; at most 1,000.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list(conn: &mut Conn) -> StoreResult<Vec<Role>> {
    let rows: Vec<Row> = roles::table.select(Row::as_select()).order(roles::slug).limit(1_000).load(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Roles by slug; absent ones are omitted.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn by_slugs(conn: &mut Conn, slugs: &[String]) -> StoreResult<HashMap<String, Role>> {
    let rows: Vec<Row> = roles::table.filter(roles::slug.eq_any(slugs)).select(Row::as_select()).load(conn).await?;
    rows.into_iter().map(|row| Ok((row.slug.clone(), row.try_into()?))).collect()
}

/// Inserts a role.
///
/// # Errors
/// [`SLUG_KEY`] if the slug is taken.
pub async fn insert(conn: &mut Conn, role: &Role) -> StoreResult<()> {
    let values = (
        roles::id.eq(role.id.uuid()),
        roles::slug.eq(role.slug.as_str()),
        roles::name.eq(&role.name),
        roles::permissions.eq(Vec::<String>::from(role.permissions())),
        roles::requires_second_factor.eq(role.requires_second_factor),
        roles::channels.eq(channels_of(role)),
    );
    diesel::insert_into(roles::table).values(values).execute(conn).await?;
    Ok(())
}

/// Finds a role.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, id: RoleId) -> StoreResult<Option<Role>> {
    let row: Option<Row> = roles::table.find(id.uuid()).select(Row::as_select()).first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Saves the name, the permissions and the requirements of a role.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn save(conn: &mut Conn, role: &Role) -> StoreResult<()> {
    let changes = (
        roles::name.eq(&role.name),
        roles::permissions.eq(Vec::<String>::from(role.permissions())),
        roles::requires_second_factor.eq(role.requires_second_factor),
        roles::channels.eq(channels_of(role)),
    );
    expect_row(diesel::update(roles::table.find(role.id.uuid())).set(changes).execute(conn).await?)
}

/// True if staff hold the role, active or not. Locks the memberships that exist until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn is_held(conn: &mut Conn, id: RoleId) -> StoreResult<bool> {
    let held = staff_roles::table.filter(staff_roles::role_id.eq(id.uuid())).select(staff_roles::staff_id);
    let first: Option<Uuid> = held.for_update().first(conn).await.optional()?;
    Ok(first.is_some())
}

/// Deletes a role that nobody holds.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such row.
pub async fn delete(conn: &mut Conn, id: RoleId) -> StoreResult<()> {
    expect_row(diesel::delete(roles::table.find(id.uuid())).execute(conn).await?)
}

/// Inserts a role, or updates the name and permissions of the existing role of the same slug, and returns the stored role.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn upsert(conn: &mut Conn, role: &Role) -> StoreResult<Role> {
    let permissions = Vec::<String>::from(role.permissions());
    let row: Row = diesel::insert_into(roles::table)
        .values((
            roles::id.eq(role.id.uuid()),
            roles::slug.eq(role.slug.as_str()),
            roles::name.eq(&role.name),
            roles::permissions.eq(&permissions),
        ))
        .on_conflict(roles::slug)
        .do_update()
        .set((roles::name.eq(&role.name), roles::permissions.eq(&permissions)))
        .returning(Row::as_returning())
        .get_result(conn)
        .await?;
    row.try_into()
}

/// The number of active owners. Locks the owner role until the end of the transaction, so that two transactions cannot
/// remove the last two owners.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock_owner_count(conn: &mut Conn) -> StoreResult<i64> {
    let owner = roles::table.filter(roles::slug.eq(Role::OWNER)).select(roles::id);
    let owner: Uuid = owner.for_update().first(conn).await?;
    let active = staff_roles::table
        .inner_join(staff_users::table.on(staff_users::id.eq(staff_roles::staff_id)))
        .filter(staff_roles::role_id.eq(owner))
        .filter(staff_users::is_active.eq(true));
    Ok(active.select(count_star()).first(conn).await?)
}

pub(super) async fn by_staff(conn: &mut Conn, staff: &[Uuid]) -> StoreResult<HashMap<Uuid, Vec<Role>>> {
    let rows: Vec<(Uuid, Row)> = staff_roles::table
        .inner_join(roles::table.on(roles::id.eq(staff_roles::role_id)))
        .filter(staff_roles::staff_id.eq_any(staff))
        .order((staff_roles::staff_id, roles::slug))
        .select((staff_roles::staff_id, Row::as_select()))
        .load(conn)
        .await?;
    let mut found: HashMap<Uuid, Vec<Role>> = HashMap::new();
    for (staff, row) in rows {
        found.entry(staff).or_default().push(row.try_into()?);
    }
    Ok(found)
}

pub(super) async fn set(conn: &mut Conn, staff: StaffUserId, wanted: &[RoleId]) -> StoreResult<()> {
    let wanted: Vec<Uuid> = wanted.iter().map(|id| id.uuid()).collect();
    let removed = staff_roles::table
        .filter(staff_roles::staff_id.eq(staff.uuid()))
        .filter(staff_roles::role_id.ne_all(wanted.clone()));
    diesel::delete(removed).execute(conn).await?;
    let rows: Vec<_> = wanted
        .into_iter()
        .map(|role| (staff_roles::staff_id.eq(staff.uuid()), staff_roles::role_id.eq(role)))
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(staff_roles::table).values(rows).on_conflict_do_nothing().execute(conn).await?;
    }
    Ok(())
}

fn channels_of(role: &Role) -> Option<Vec<Uuid>> {
    role.channels().map(|channels| channels.iter().map(|channel| channel.uuid()).collect())
}

impl TryFrom<Row> for Role {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let slug = row.slug.parse().map_err(StoreError::corrupt)?;
        let mut role = Self::restore(RoleId::restore(row.id), slug, row.name, Permissions::from(row.permissions));
        role.requires_second_factor = row.requires_second_factor;
        let channels = row.channels.map(|channels| channels.into_iter().map(ChannelId::restore).collect());
        role.limit(channels).map_err(StoreError::corrupt)?;
        Ok(role)
    }
}
