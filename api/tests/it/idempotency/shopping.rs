//! Keys of shoppers.

use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient};

use super::{INVALID, REUSED, Shop, complete, is_invalid, no_keys, pay};

async fn create(buyer: &GraphqlClient, variant: &str, quantity: i64, key: &str) -> Answer {
    let query =
        "mutation($i: CartCreateInput!) { cartCreate(input: $i) { cart { id } userErrors { code field message } } }";
    let lines = json!([{ "variantId": variant, "quantity": quantity }]);
    buyer.gql(query, json!({ "i": { "lines": lines, "idempotencyKey": key } })).await
}

async fn add(buyer: &GraphqlClient, cart: &str, variant: &str, quantity: i64, key: &str) -> Answer {
    let query = "mutation($i: CartLinesAddInput!) { cartLinesAdd(input: $i) {
        cart { lines(first: 5) { nodes { quantity } } } userErrors { code field message } } }";
    let lines = json!([{ "variantId": variant, "quantity": quantity }]);
    buyer.gql(query, json!({ "i": { "cartId": cart, "lines": lines, "idempotencyKey": key } })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invalid_key_is_refused_without_a_change_for_shoppers() {
    let shop = Shop::open().await;
    let cart = shop.cart(&shop.guest).await;
    for key in no_keys() {
        assert!(is_invalid(&create(&shop.ada, &shop.tee, 1, &key).await));
        assert!(is_invalid(&add(&shop.guest, &cart, &shop.tee, 1, &key).await));
        assert!(is_invalid(&pay(&shop.guest, &cart, &key).await));
        assert!(is_invalid(&complete(&shop.guest, &cart, &key).await));
    }
    let seen = shop
        .guest
        .gql("query($c: ID!) { cart(id: $c) { lines(first: 5) { nodes { quantity } } } }", json!({ "c": cart }))
        .await;
    assert_eq!(seen.at("/cart/lines/nodes"), &json!([{ "quantity": 1 }]));
    assert_eq!(shop.processes.charges().await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guest_keys_for_new_carts_have_a_minimum_length() {
    let shop = Shop::open().await;
    let short = create(&shop.guest, &shop.tee, 1, "0123456789abcde").await;
    assert_eq!(short.user_error_code(), INVALID);
    assert!(short.user_errors()[0]["message"].as_str().unwrap().contains("16"), "{}", short.body);
    let id = |answer: &Answer| answer.text("/cartCreate/cart/id");
    let key = "0123456789abcdef";
    let first = create(&shop.guest, &shop.tee, 1, key).await.ok();
    assert_eq!(id(&create(&shop.guest, &shop.tee, 1, key).await.ok()), id(&first));
    assert_eq!(create(&shop.guest, &shop.tee, 2, key).await.user_error_code(), REUSED);
    let adas = create(&shop.ada, &shop.tee, 1, "1").await.ok();
    assert_eq!(id(&create(&shop.ada, &shop.tee, 1, "1").await.ok()), id(&adas));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeating_cart_creation_works_after_product_deletion() {
    let shop = Shop::open().await;
    let key = "a key that nobody guesses";
    let first = create(&shop.guest, &shop.tee, 1, key).await.ok();
    let product = shop.guest.gql("{ product(slug: \"classic-tee\") { id } }", Value::Null).await.text("/product/id");
    let delete = "mutation($p: ID!) { productDelete(input: { id: $p }) { userErrors { code } } }";
    let _ = shop.staff.gql(delete, json!({ "p": product })).await.ok();
    assert_eq!(create(&shop.guest, &shop.tee, 1, key).await.ok().data(), first.data());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_key_adds_its_lines_once() {
    let shop = Shop::open().await;
    let cart = shop.cart(&shop.guest).await;
    let first = add(&shop.guest, &cart, &shop.tee, 2, "add").await.ok();
    assert_eq!(first.at("/cartLinesAdd/cart/lines/nodes/0/quantity"), 3);
    assert_eq!(add(&shop.guest, &cart, &shop.tee, 2, "add").await.ok().data(), first.data());
    assert_eq!(add(&shop.guest, &cart, &shop.tee, 1, "add").await.user_error_code(), REUSED);
    let other = shop.cart(&shop.guest).await;
    let _ = add(&shop.guest, &other, &shop.tee, 2, "add").await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customer_keys_are_global_and_guest_keys_are_per_cart() {
    let shop = Shop::open().await;
    for (buyer, is_shared) in [(&shop.ada, true), (&shop.guest, false)] {
        let (one, other) = (shop.cart(buyer).await, shop.cart(buyer).await);
        let payment = |answer: &Answer| answer.text("/cartPaymentCreate/payment/id");
        let first = pay(buyer, &one, "pay").await.ok();
        assert_eq!(payment(&pay(buyer, &one, "pay").await.ok()), payment(&first));
        if is_shared {
            assert_eq!(pay(buyer, &other, "pay").await.user_error_code(), REUSED);
            let _ = pay(buyer, &other, "another").await.ok();
        } else {
            assert_ne!(payment(&pay(buyer, &other, "pay").await.ok()), payment(&first));
        }
        let order = |answer: &Answer| answer.text("/cartComplete/order/id");
        let first = complete(buyer, &one, "complete").await.ok();
        assert_eq!(order(&complete(buyer, &one, "complete").await.ok()), order(&first));
        if is_shared {
            assert_eq!(complete(buyer, &other, "complete").await.user_error_code(), REUSED);
            let _ = complete(buyer, &other, "another").await.ok();
            assert_eq!(complete(buyer, &other, "complete").await.user_error_code(), REUSED, "an order by now");
        } else {
            assert_ne!(order(&complete(buyer, &other, "complete").await.ok()), order(&first));
        }
    }
}
