//! Completing carts whose payment waits for its shopper, or is not for what the cart costs.

use model::{
    access::Actor,
    cart::Cart,
    orders::{Order, OrderStatus, PaymentProgress, PlaceError},
    payments::{Payment, PaymentAction, PaymentMethod, PaymentStatus},
};
use services::{
    checkout::{self, CompleteCart, CompleteError},
    payments::{self, PayCart},
};
use testkit::goods;

use super::bench::Bench;

/// A cart with one thing of a price.
async fn cart(bench: &Bench, cents: i64) -> Cart {
    let sku = uuid::Uuid::now_v7().simple().to_string();
    let thing = goods::sell(&bench.shop, &sku, cents, &[(bench.shop.places.locations[0].id, 5)]).await;
    goods::cart(&bench.shop, &[(&thing, 1)]).await
}

async fn complete(bench: &Bench, cart: &Cart) -> Result<Order, CompleteError> {
    let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None };
    checkout::complete(bench.app(), &Actor::Anonymous, input).await
}

async fn pay(bench: &Bench, cart: &Cart, token: &str) -> Payment {
    payments::create(bench.app(), bench.payment_of(cart.id, token)).await.unwrap()
}

async fn choose(payment: &Payment, choice: &str) {
    let Some(PaymentAction::Redirect { url }) = &payment.action else { panic!("no redirect") };
    reqwest::Client::new().post(format!("{url}/{choice}")).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shopper_who_comes_back_before_the_gateways_message_is_not_sent_away() {
    let bench = Bench::untold().await;
    let approved = cart(&bench, 1990).await;
    let payment = pay(&bench, &approved, "tok_3ds").await;
    let early = complete(&bench, &approved).await;
    assert!(matches!(early, Err(CompleteError::Place(PlaceError::PaymentActionRequired))), "{early:?}");
    choose(&payment, "approve").await;
    let order = complete(&bench, &approved).await.unwrap();
    assert_eq!((order.status, order.payment_status), (OrderStatus::Open, PaymentProgress::Authorized));

    let denied = cart(&bench, 1990).await;
    let payment = pay(&bench, &denied, "tok_3ds").await;
    choose(&payment, "deny").await;
    let refused = complete(&bench, &denied).await;
    assert!(matches!(refused, Err(CompleteError::Place(PlaceError::PaymentRequired))), "{refused:?}");
    assert_eq!(bench.record(payment.id).await.payment.status, PaymentStatus::Failed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_waits_for_its_shopper_stops_no_cart_that_costs_something_else_by_now() {
    let bench = Bench::untold().await;
    let dearer = cart(&bench, 2990).await;
    let payment = pay(&bench, &dearer, "tok_3ds").await;
    let refused = complete(&bench, &dearer).await;
    assert!(matches!(refused, Err(CompleteError::Place(PlaceError::PaymentAmountMismatch))), "{refused:?}");
    assert!(bench.record(payment.id).await.payment.is_unwanted);

    for token in ["tok_3ds", "tok_success"] {
        let free = cart(&bench, 0).await;
        let payment = pay(&bench, &free, token).await;
        let order = complete(&bench, &free).await.unwrap();
        assert_eq!(order.payment_status, PaymentProgress::Paid, "{token}");
        assert!(bench.record(payment.id).await.payment.is_unwanted);
    }
    assert!(bench.waits_for("payments.void").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_is_routed_by_the_country_that_taxes_go_by() {
    let bench = Bench::untold().await;
    let cart = cart(&bench, 1990).await;
    assert!(cart.shipping_address.is_none() && cart.buyer.country.is_none());
    let input = PayCart {
        cart_id: cart.id,
        method: PaymentMethod::Card,
        gateway: None,
        token: Some("tok_success".to_owned()),
        return_url: None,
        idempotency_key: None,
    };
    let payment = payments::create_for_cart(bench.app(), &Actor::Anonymous, input).await.unwrap();
    assert_eq!(payment.country, bench.shop.places.eu.default_country());
    assert!(payment.country.is_some());
}
