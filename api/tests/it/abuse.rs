//! Limits on abuse: what they refuse, what honest shoppers still can do, and that parallel attempts do not pass them.

mod codes;
mod confirmations;
mod declines;
mod lookups;
mod transfers;

use model::{access::Actor, orders::Order, payments::AttemptOutcome};
use services::checkout::{CompleteCart, complete};
use testkit::cart_fixtures::{Sellable, cart_fixture, payment_fixture};

use crate::support::TestApp;

/// An order of a guest for one unit of a product that costs 19.90.
async fn order(app: &TestApp, product: &Sellable) -> Order {
    let cart = cart_fixture(app, &[(product, 1)]).await;
    payment_fixture(app, &cart, 1_990, AttemptOutcome::Authorized).await;
    let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
    complete(&app.app, &Actor::Anonymous, input).await.unwrap()
}
