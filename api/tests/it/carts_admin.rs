//! Carts in the admin API: what staff see of them, and lists for support and recovery.

mod lists;

use model::access::Permission;
use serde_json::{Value, json};
use testkit::cart_fixtures::{cart_fixture, sellable_fixture};

use crate::support::TestApp;

const CART: &str = "query($id: ID!) { cart(id: $id) { id storefrontId version channel { slug } currencyCode locale
    buyer { email } customer { id } discountCodes totalQuantity subtotal { amount currencyCode }
    lines(first: 10) { nodes { quantity variant { sku } total { gross { amount } } } }
    cost { total { gross { amount } } } problems { code } createdAt updatedAt expiresAt } }";
const CARTS: &str = "query($f: CartFilter) { carts(first: 20, filter: $f) { totalCount nodes {
    id storefrontId buyer { email } subtotal { amount } problems { code } cost { total { gross { amount } } } } } }";

/// Creates a guest's cart in the storefront and returns its secret id.
async fn guest_cart(app: &TestApp, quantity: i64) -> String {
    let goods = sellable_fixture(app, &format!("TEE-{quantity}"), 1_000, &[(app.channels.locations[0].id, 100)]).await;
    let create = "mutation($v: ID!, $n: Int!) { cartCreate(input: { lines: [{ variantId: $v, quantity: $n }],
        buyer: { email: \"Ada@example.org\" } }) { cart { id } userErrors { code } } }";
    let variables = json!({ "v": goods.variant_id.to_string(), "n": quantity });
    app.storefront().gql(create, variables).await.ok().text("/cartCreate/cart/id")
}

#[tokio::test]
async fn staff_see_a_cart_without_the_secret_that_opens_it() {
    let app = TestApp::new().await;
    let secret = guest_cart(&app, 3).await;
    let reader = app.staff("reader", &[Permission::OrdersRead]).await;
    let listed = reader.gql(CARTS, json!({})).await.ok();
    assert!(!listed.body.to_string().contains(&secret), "{}", listed.body);
    let id = listed.text("/carts/nodes/0/id");
    let opened = app.storefront().gql("query($id: ID!) { cart(id: $id) { id } }", json!({ "id": id })).await.ok();
    assert_eq!(opened.at("/cart"), &Value::Null, "the id for staff opens the cart");
    let by_secret = reader.gql(CART, json!({ "id": secret })).await.ok();
    assert_eq!(by_secret.at("/cart"), &Value::Null);
    let seen = reader.gql(CART, json!({ "id": id })).await.ok();
    let cart = seen.at("/cart");
    assert_eq!((&cart["storefrontId"], &cart["buyer"]["email"]), (&Value::Null, &json!("ada@example.org")));
    assert_eq!((&cart["channel"]["slug"], &cart["totalQuantity"]), (&json!("eu"), &json!(3)));
    assert_eq!(cart["subtotal"], json!({ "amount": "30.00", "currencyCode": "EUR" }));
    assert_eq!(cart["cost"]["total"]["gross"]["amount"], json!("30.00"));
    assert_eq!(cart["lines"]["nodes"][0]["variant"]["sku"], json!("TEE-3"));
    let node = "query($id: ID!) { node(id: $id) { ... on Cart { id storefrontId } } }";
    assert_eq!(
        reader.gql(node, json!({ "id": id })).await.ok().at("/node"),
        &json!({ "id": id, "storefrontId": null })
    );
    let recoverer = app.staff("recoverer", &[Permission::CartsRecover]).await;
    assert_eq!(recoverer.gql(CART, json!({ "id": id })).await.ok().text("/cart/storefrontId"), secret);
    let clerk = app.staff("clerk", &[Permission::CatalogRead]).await;
    for operation in [CART, CARTS] {
        assert_eq!(clerk.gql(operation, json!({ "id": id })).await.error_code(), "FORBIDDEN");
    }
    let read = app.database.count("audit_log WHERE action = 'listRead' AND object = 'carts'").await;
    assert_eq!(read, 1);
}

#[tokio::test]
async fn carts_that_expired_or_became_orders_are_not_listed() {
    let app = TestApp::new().await;
    let reader = app.staff("reader", &[Permission::OrdersRead]).await;
    let goods = sellable_fixture(&app, "TEE", 1_000, &[(app.channels.locations[0].id, 100)]).await;
    let (kept, sold) = (cart_fixture(&app, &[(&goods, 1)]).await, cart_fixture(&app, &[(&goods, 1)]).await);
    let complete =
        format!("UPDATE carts SET status = 'COMPLETED', order_id = gen_random_uuid() WHERE id = '{}'", sold.id.uuid());
    app.database.execute(&complete).await;
    let listed = reader.gql(CARTS, json!({})).await.ok();
    assert_eq!(listed.at("/carts/totalCount"), 1);
    let expire = format!("UPDATE carts SET expires_at = now() - interval '1 second' WHERE id = '{}'", kept.id.uuid());
    app.database.execute(&expire).await;
    assert_eq!(reader.gql(CARTS, json!({})).await.ok().at("/carts/totalCount"), 0);
}

#[tokio::test]
async fn a_customer_lists_only_their_carts() {
    let app = TestApp::new().await;
    let goods = sellable_fixture(&app, "TEE", 1_000, &[(app.channels.locations[0].id, 100)]).await;
    let (theirs, _) = (cart_fixture(&app, &[(&goods, 1)]).await, cart_fixture(&app, &[(&goods, 2)]).await);
    let manager = app.staff("manager", &[Permission::CustomersWrite, Permission::OrdersRead]).await;
    let create =
        "mutation { customerCreate(input: { email: \"ada@example.org\" }) { customer { id } userErrors { code } } }";
    let ada = manager.gql(create, json!({})).await.ok().text("/customerCreate/customer/id");
    let uuid = ada.rsplit('/').next().unwrap();
    let assign = format!("UPDATE carts SET customer_id = '{uuid}' WHERE id = '{}'", theirs.id.uuid());
    app.database.execute(&assign).await;
    let carts = "query($id: ID!) { customer(id: $id) { carts(first: 5) { totalCount nodes { totalQuantity } }
        orders(first: 5) { totalCount nodes { id } } } }";
    let seen = manager.gql(carts, json!({ "id": ada })).await.ok();
    assert_eq!(seen.at("/customer/carts"), &json!({ "totalCount": 1, "nodes": [{ "totalQuantity": 1 }] }));
    assert_eq!(seen.at("/customer/orders"), &json!({ "totalCount": 0, "nodes": [] }));
    let reader = app.staff("reader", &[Permission::CustomersRead]).await;
    let refused = reader.gql(carts, json!({ "id": ada })).await;
    assert_eq!((refused.error_code(), refused.at("/customer/carts")), ("FORBIDDEN", &Value::Null));
}
