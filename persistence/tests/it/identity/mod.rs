//! Customers, staff, tokens and login throttles.

mod customers;
mod logins;
mod staff;

use model::{
    Timestamp,
    customers::{Customer, Email},
    ids::CustomerId,
};
use persistence::Conn;

/// The current time in microseconds, the precision of Postgres.
fn now() -> Timestamp {
    use chrono::SubsecRound;
    chrono::Utc::now().trunc_subsecs(6)
}

fn email(text: &str) -> Email {
    text.parse().unwrap()
}

async fn customer(conn: &mut Conn, address: &str) -> Customer {
    let customer = Customer::new(CustomerId::new(), email(address), now());
    persistence::customers::insert(conn, &customer, Some("hash")).await.unwrap();
    customer
}
