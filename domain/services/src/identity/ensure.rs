//! Creates the accounts that a shop starts with. Accounts that exist are left unchanged, so the calls can be repeated.

use std::collections::BTreeSet;

use model::{
    Address,
    access::Permissions,
    customers::{Customer, CustomerAddress, CustomerGroup, Email, Password, Role, StaffUser},
    ids::{AddressId, CustomerGroupId, CustomerId, RoleId, StaffUserId},
};
use persistence::{
    customers::{self, addresses, groups},
    db::Transactions as _,
    staff::{self, roles},
};

use super::{Audience, IdentityError, IdentityRule, passwords::new_hash, staff::roles_of};
use crate::App;

/// A customer that a shop starts with.
#[derive(Debug, Clone)]
pub struct InitialCustomer<'a> {
    /// E-mail address of the login.
    pub email: &'a str,
    /// Password in plain text.
    pub password: &'a str,
    /// Given name.
    pub first_name: &'a str,
    /// Family name.
    pub last_name: &'a str,
    /// Slugs of customer groups; missing groups are created.
    pub groups: &'a [&'a str],
    /// Addresses; the first is the default.
    pub addresses: Vec<Address>,
}

/// Creates a role, or updates the name and permissions of an existing role.
///
/// # Errors
/// [`IdentityError`] if the slug is malformed or the database fails.
pub async fn ensure_role(app: &App, slug: &str, name: &str, permissions: Permissions) -> Result<Role, IdentityError> {
    let slug = slug.parse().map_err(|_| IdentityRule::Unknown(format!("role {slug}")))?;
    let role = Role::restore(RoleId::new(), slug, name.to_owned(), permissions);
    Ok(roles::upsert(&mut *app.db.write().await?, &role).await?)
}

/// Creates a member of staff with these roles, unless one with this address exists.
///
/// # Errors
/// [`IdentityError`] if the input is invalid, a role is unknown or the database fails.
pub async fn ensure_staff(
    app: &App,
    email: &str,
    name: &str,
    password: &str,
    role_slugs: &[&str],
) -> Result<StaffUser, IdentityError> {
    let email: Email = email.parse()?;
    if let Some(user) = staff::find_by_email(&mut *app.db.read().await?, &email).await? {
        return Ok(user);
    }
    let hash = initial_hash(app, Audience::Staff, password, &email, &[name]).await?;
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        let slugs: Vec<String> = role_slugs.iter().map(ToString::to_string).collect();
        let user = StaffUser {
            id: StaffUserId::new(),
            email,
            name: name.to_owned(),
            is_active: true,
            roles: roles_of(conn, &slugs).await?,
            created_at: app.clock.now(),
            last_login_at: None,
            has_second_factor: false,
            deleted_at: None,
        };
        staff::insert(conn, &user, Some(&hash)).await?;
        Ok(user)
    })
    .await
}

/// Creates a customer with groups and addresses, unless one with this address exists.
///
/// # Errors
/// [`IdentityError`] if the input is invalid or the database fails.
pub async fn ensure_customer(app: &App, seed: InitialCustomer<'_>) -> Result<Customer, IdentityError> {
    let email: Email = seed.email.parse()?;
    if let Some(customer) = customers::find_by_email(&mut *app.db.read().await?, &email).await? {
        return Ok(customer);
    }
    let hash =
        initial_hash(app, Audience::Customers, seed.password, &email, &[seed.first_name, seed.last_name]).await?;
    let now = app.clock.now();
    let mut customer = Customer::new(CustomerId::new(), email, now);
    seed.first_name.clone_into(&mut customer.first_name);
    seed.last_name.clone_into(&mut customer.last_name);
    customer.email_verified_at = Some(now);
    let keep = |address| CustomerAddress { id: AddressId::new(), customer_id: customer.id, address, created_at: now };
    let kept: Vec<CustomerAddress> = seed.addresses.into_iter().map(keep).collect();
    let group = |name: &&str| match name.parse() {
        Ok(slug) => Ok(CustomerGroup { id: CustomerGroupId::new(), slug, name: (*name).to_owned() }),
        Err(_) => Err(IdentityRule::Unknown(format!("customer group {name}"))),
    };
    let wanted: Vec<CustomerGroup> = seed.groups.iter().map(group).collect::<Result<_, _>>()?;
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        customers::insert(conn, &customer, Some(&hash)).await?;
        addresses::insert(conn, &kept).await?;
        if let Some(first) = kept.first() {
            customer.set_default(first.id, &BTreeSet::new());
            customers::save(conn, &customer).await?;
        }
        let kept = groups::upsert(conn, &wanted).await?;
        let ids: Vec<CustomerGroupId> = kept.iter().map(|group| group.id).collect();
        groups::set(conn, customer.id, &ids).await?;
        Ok(customer)
    })
    .await
}

/// The hash of the password of an account. The passwords of demo accounts are public, so no rules apply to them.
async fn initial_hash(
    app: &App,
    audience: Audience,
    text: &str,
    email: &Email,
    names: &[&str],
) -> Result<String, IdentityError> {
    match Password::attempt(text).filter(|_| email.is_demo()) {
        Some(password) => Ok(app.identity.passwords(audience).hash(password).await?),
        None => new_hash(app, audience, text, email, names).await,
    }
}
