use model::{access::Actor, ids::OrderId, payments::AttemptOutcome};
use persistence::carts;
use services::{
    checkout::{CompleteCart, complete},
    orders::confirm,
};
use testkit::cart_fixtures::{Sellable, cart_fixture, customer_fixture, payment_fixture, sellable_fixture};

use super::order;
use crate::support::TestApp;

async fn shop() -> (TestApp, Sellable) {
    let app = TestApp::new().await;
    let berlin = app.channels.locations[0].id;
    let tee = sellable_fixture(&app, "TEE", 1_990, &[(berlin, 50)]).await;
    (app, tee)
}

/// Confirms orders as the worker does, twice, and returns the number of mails to the buyer.
async fn mails(app: &TestApp, orders: &[OrderId]) -> usize {
    for id in orders.iter().chain(orders) {
        confirm(&app.app, *id).await.unwrap();
    }
    app.mails.deliver(&app.app).await;
    app.mails.to("ada@demo.test").len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_gets_at_most_five_confirmations_at_once() {
    let (app, tee) = shop().await;
    let mut orders = Vec::new();
    for _ in 0..8 {
        orders.push(order(&app, &tee).await.id);
    }
    assert_eq!(mails(&app, &orders).await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_with_a_verified_address_get_every_confirmation() {
    let (app, tee) = shop().await;
    let ada = customer_fixture(&app, "ada@demo.test").await;
    let mut orders = Vec::new();
    for _ in 0..8 {
        let mut cart = cart_fixture(&app, &[(&tee, 1)]).await;
        cart.customer = Some(ada);
        cart.version += 1;
        carts::save(&mut app.app.db().write().await.unwrap(), &cart, cart.version - 1).await.unwrap();
        payment_fixture(&app, &cart, 1_990, AttemptOutcome::Authorized).await;
        let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
        orders.push(complete(&app.app, &Actor::Customer(ada), input).await.unwrap().id);
    }
    assert_eq!(mails(&app, &orders).await, 8);
}
