//! The accounts of the demo shop.

use model::{
    Address,
    access::{Permission, Permissions},
};

use super::SeedError;
use crate::{
    App,
    identity::{SeedCustomer, ensure_customer, ensure_role, ensure_staff},
};

/// The password of every account; the whole world knows it.
const PASSWORD: &str = "mercator-demo";

pub(super) async fn seed(app: &App) -> Result<(), SeedError> {
    ensure_role(app, "owner", "Owner", Permissions::all()).await?;
    ensure_role(app, "clerk", "Clerk", [Permission::OrdersFulfill].into_iter().collect()).await?;
    ensure_staff(app, "admin@demo.test", "Demo Admin", PASSWORD, &["owner"]).await?;
    ensure_staff(app, "clerk@demo.test", "Demo Clerk", PASSWORD, &["clerk"]).await?;
    let ada = SeedCustomer {
        email: "ada@demo.test",
        password: PASSWORD,
        first_name: "Ada",
        last_name: "Lovelace",
        groups: &["vip"],
        addresses: vec![address()?],
    };
    ensure_customer(app, ada).await?;
    Ok(())
}

fn address() -> Result<Address, SeedError> {
    Ok(Address {
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        company: None,
        street1: "Invalidenstraße 117".to_owned(),
        street2: None,
        postal_code: "10115".to_owned(),
        city: "Berlin".to_owned(),
        region: None,
        country: "DE".parse().map_err(|_| SeedError::Data("country DE".to_owned()))?,
        phone: None,
    })
}
