//! Creates the accounts of the demo shop.

use model::access::{Permission, Permissions};
use services::{
    App,
    identity::{InitialCustomer, ensure_customer, ensure_role, ensure_staff},
};

use crate::{
    SeedError,
    data::shop::{Accounts, RoleRow},
};

/// Creates the roles, staff and customers that are missing.
pub async fn seed(app: &App, accounts: &Accounts) -> Result<(), SeedError> {
    for role in &accounts.roles {
        ensure_role(app, &role.slug, &role.name, permissions(role)?).await?;
    }
    for staff in &accounts.staff {
        ensure_staff(app, &staff.email, &staff.name, &accounts.password, &[&staff.role]).await?;
    }
    for customer in &accounts.customers {
        let groups: Vec<&str> = customer.groups.iter().map(String::as_str).collect();
        let initial = InitialCustomer {
            email: &customer.email,
            password: &accounts.password,
            first_name: &customer.first_name,
            last_name: &customer.last_name,
            groups: &groups,
            addresses: customer.addresses.clone(),
        };
        ensure_customer(app, initial).await?;
    }
    Ok(())
}

fn permissions(role: &RoleRow) -> Result<Permissions, SeedError> {
    let Some(names) = &role.permissions else { return Ok(Permissions::all()) };
    let permissions: Result<Vec<Permission>, _> = names.iter().map(|name| name.parse()).collect();
    match permissions {
        Ok(permissions) => Ok(permissions.into_iter().collect()),
        Err(error) => Err(SeedError::Data(format!("role {}: {error}", role.slug))),
    }
}
