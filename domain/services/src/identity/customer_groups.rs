//! Customer groups and their members.

use std::collections::HashMap;

use model::{
    Slug,
    access::{Actor, Permission},
    audit::{changed, created, deleted},
    customers::CustomerGroup,
    ids::{CustomerGroupId, CustomerId},
};
use persistence::{Conn, audit, customers::groups, db::Transactions as _, promotions};

use super::{IdentityError, IdentityRule, customers::may_read, names::checked_name};
use crate::{App, ServiceResult};

/// The groups of the customers that the actor may see.
///
/// # Errors
/// [`crate::ServiceError::Store`] if the database fails.
pub async fn groups_of(
    app: &App,
    actor: &Actor,
    ids: &[CustomerId],
) -> ServiceResult<HashMap<CustomerId, Vec<CustomerGroup>>> {
    let ids: Vec<CustomerId> = ids.iter().copied().filter(|id| may_read(actor, *id)).collect();
    Ok(groups::by_customers(&mut *app.db.read().await?, &ids).await?)
}

/// The customer groups, at most 1,000.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::CustomersRead`].
pub async fn list_groups(app: &App, actor: &Actor) -> ServiceResult<Vec<CustomerGroup>> {
    actor.require(Permission::CustomersRead)?;
    Ok(groups::list(&mut *app.db.read().await?).await?)
}

/// Creates a customer group, or renames the group with this slug.
///
/// # Errors
/// [`IdentityRule::InvalidName`]; [`crate::ServiceError::Access`] without [`Permission::CustomersWrite`].
pub async fn put_group(app: &App, actor: &Actor, slug: Slug, name: &str) -> Result<CustomerGroup, IdentityError> {
    actor.require(Permission::CustomersWrite)?;
    let group = CustomerGroup { id: CustomerGroupId::new(), slug, name: checked_name(name)? };
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        let before = groups::find_by_slug(conn, &group.slug).await?;
        let kept = groups::upsert(conn, &[group]).await?.pop().ok_or(IdentityRule::NotFound)?;
        let changes = before.map_or_else(|| created(&kept), |before| changed(&before, &kept));
        audit::push(conn, actor, "customerGroupPut", kept.id, changes, now).await?;
        Ok(kept)
    })
    .await
}

/// Deletes a group; its members leave it.
///
/// # Errors
/// [`IdentityRule::NotFound`]; [`IdentityRule::GroupInUse`] while a promotion names it;
/// [`crate::ServiceError::Access`] without [`Permission::CustomersWrite`].
pub async fn delete_group(app: &App, actor: &Actor, id: CustomerGroupId) -> Result<CustomerGroupId, IdentityError> {
    actor.require(Permission::CustomersWrite)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, IdentityError, _>(async |conn| {
        let group = groups::find(conn, id).await?.ok_or(IdentityRule::NotFound)?;
        if let Some(promotion) = promotion_of(conn, &group.slug).await? {
            return Err(IdentityRule::GroupInUse(promotion).into());
        }
        groups::delete(conn, id).await?;
        audit::push(conn, actor, "customerGroupDelete", id, deleted(&group), now).await?;
        Ok(id)
    })
    .await
}

/// The name of a promotion that is not archived and names the group.
async fn promotion_of(conn: &mut Conn, group: &Slug) -> ServiceResult<Option<String>> {
    let promotions = promotions::list_active(conn).await?;
    let named = promotions.into_iter().find(|promotion| promotion.conditions.customer_groups.contains(group));
    Ok(named.map(|promotion| promotion.name))
}

/// The groups of these slugs.
pub(super) async fn group_ids(conn: &mut Conn, slugs: &[String]) -> Result<Vec<CustomerGroupId>, IdentityError> {
    let known = groups::ids_by_slugs(conn, slugs).await?;
    let find =
        |slug: &String| known.get(slug).copied().ok_or_else(|| IdentityRule::Unknown(format!("customer group {slug}")));
    Ok(slugs.iter().map(find).collect::<Result<_, _>>()?)
}
