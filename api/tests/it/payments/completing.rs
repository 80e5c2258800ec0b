//! Completing carts whose payment requires an action or has another amount than the cart.

use model::{
    access::Actor,
    cart::Cart,
    orders::{Order, OrderStatus, PaymentProgress, PlaceError},
    payments::{Payment, PaymentAction, PaymentMethod, PaymentStatus},
};
use services::{
    checkout::{self, CompleteCart, CompleteError, CompleteRule},
    payments::{self, PayCart},
};
use testkit::cart_fixtures;

use super::harness::PaymentHarness;

/// A cart with one product of the given price.
async fn cart(harness: &PaymentHarness, cents: i64) -> Cart {
    let sku = uuid::Uuid::now_v7().simple().to_string();
    let thing =
        cart_fixtures::sellable_fixture(&harness.shop, &sku, cents, &[(harness.shop.channels.locations[0].id, 5)])
            .await;
    cart_fixtures::cart_fixture(&harness.shop, &[(&thing, 1)]).await
}

async fn complete(harness: &PaymentHarness, cart: &Cart) -> Result<Order, CompleteError> {
    let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
    checkout::complete(harness.app(), &Actor::Anonymous, input).await
}

async fn pay(harness: &PaymentHarness, cart: &Cart, token: &str) -> Payment {
    payments::create(harness.app(), harness.payment_of(cart.id, token)).await.unwrap()
}

async fn choose(payment: &Payment, choice: &str) {
    let Some(PaymentAction::Redirect { url }) = &payment.action else { panic!("no redirect") };
    reqwest::Client::new().post(format!("{url}/{choice}")).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn completion_before_the_webhook_queries_the_gateway() {
    let harness = PaymentHarness::without_webhooks().await;
    let approved = cart(&harness, 1990).await;
    let payment = pay(&harness, &approved, "tok_3ds").await;
    let early = complete(&harness, &approved).await;
    assert!(
        matches!(early, Err(CompleteError::Rule(CompleteRule::Place(PlaceError::PaymentActionRequired)))),
        "{early:?}"
    );
    choose(&payment, "approve").await;
    let order = complete(&harness, &approved).await.unwrap();
    assert_eq!((order.status, order.payment_status), (OrderStatus::Open, PaymentProgress::Authorized));

    let denied = cart(&harness, 1990).await;
    let payment = pay(&harness, &denied, "tok_3ds").await;
    choose(&payment, "deny").await;
    let refused = complete(&harness, &denied).await;
    assert!(
        matches!(refused, Err(CompleteError::Rule(CompleteRule::Place(PlaceError::PaymentRequired)))),
        "{refused:?}"
    );
    assert_eq!(harness.record(payment.id).await.payment.status, PaymentStatus::Failed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pending_action_for_another_amount_does_not_block() {
    let harness = PaymentHarness::without_webhooks().await;
    let dearer = cart(&harness, 2990).await;
    let payment = pay(&harness, &dearer, "tok_3ds").await;
    let refused = complete(&harness, &dearer).await;
    assert!(
        matches!(refused, Err(CompleteError::Rule(CompleteRule::Place(PlaceError::PaymentAmountMismatch)))),
        "{refused:?}"
    );
    assert!(harness.record(payment.id).await.payment.is_unwanted);

    for token in ["tok_3ds", "tok_success"] {
        let free = cart(&harness, 0).await;
        let payment = pay(&harness, &free, token).await;
        let order = complete(&harness, &free).await.unwrap();
        assert_eq!(order.payment_status, PaymentProgress::Paid, "{token}");
        assert!(harness.record(payment.id).await.payment.is_unwanted);
    }
    assert!(harness.waits_for("payments.void").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payments_are_routed_by_the_tax_country() {
    let harness = PaymentHarness::without_webhooks().await;
    let cart = cart(&harness, 1990).await;
    assert!(cart.shipping_address.is_none() && cart.buyer.country.is_none());
    let input = PayCart {
        cart_id: cart.id,
        method: PaymentMethod::Card,
        gateway: None,
        token: Some("tok_success".to_owned()),
        return_url: None,
        idempotency_key: None,
        network: None,
    };
    let payment = payments::create_for_cart(harness.app(), &Actor::Anonymous, input).await.unwrap();
    assert_eq!(payment.country, harness.shop.channels.eu.default_country());
    assert!(payment.country.is_some());
}
