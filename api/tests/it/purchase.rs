//! Buys a T-shirt with the unchanged operations of the contract, on each document store.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{GraphqlClient, eventually};

use crate::processes::{Plan, Processes};

/// Pays a cart.
pub const PAY: &str = "mutation Pay($input: CartPaymentCreateInput!) { cartPaymentCreate(input: $input) {
    payment { id status amount { amount currencyCode } gateway action { __typename ... on RedirectAction { url } ... on SdkAction { clientSecret } } }
    userErrors { code message } } }";
/// Completes a cart.
pub const COMPLETE: &str = "mutation Complete($input: CartCompleteInput!) { cartComplete(input: $input) {
    order { id number status paymentStatus fulfillmentStatus total { gross { amount currencyCode } } } userErrors { code field message } } }";

/// The id of a variant of a product.
pub async fn variant(shop: &GraphqlClient, slug: &str, sku: &str) -> String {
    let query = "query($s: String!) { product(slug: $s) { variants(first: 50) { nodes { id sku } } } }";
    let answer = shop.gql(query, json!({ "s": slug })).await;
    let nodes = answer.data()["product"]["variants"]["nodes"].as_array().cloned().unwrap_or_default();
    let found = nodes.iter().find(|node| node["sku"] == sku).unwrap_or_else(|| panic!("{sku}: {}", answer.body));
    found["id"].as_str().unwrap().to_owned()
}

/// Creates a cart with one unit of a variant, shipped to Berlin with standard delivery; returns its id and token.
pub async fn cart_ready_to_pay(shop: &GraphqlClient, variant: &str) -> (String, String) {
    let create = "mutation($v: ID!) { cartCreate(input: { lines: [{ variantId: $v, quantity: 1 }], buyer: { email: \"a@b.example\", countryCode: DE } }) {
        cart { id token version } userErrors { code field message } } }";
    let cart = shop.gql(create, json!({ "v": variant })).await.ok();
    let (id, token) = (cart.text("/cartCreate/cart/id"), cart.text("/cartCreate/cart/token"));
    let address = "mutation($c: ID!) { cartAddressesUpdate(input: { cartId: $c, shipping: { firstName: \"Ada\", lastName: \"Lovelace\",
        street1: \"Unter den Linden 1\", postalCode: \"10117\", city: \"Berlin\", countryCode: DE } }) {
        cart { deliveryGroups { id } } userErrors { code field message } warnings { code } } }";
    let groups = shop.gql(address, json!({ "c": id })).await.ok();
    let group = groups.text("/cartAddressesUpdate/cart/deliveryGroups/0/id");
    let select = "mutation($c: ID!, $g: ID!) { cartDeliveryOptionSelect(input: { cartId: $c, deliveryGroupId: $g, handle: \"standard\" }) {
        cart { version } userErrors { code field message } } }";
    let _ = shop.gql(select, json!({ "c": id, "g": group })).await.ok();
    (id, token)
}

/// Pays a cart with a card token.
pub async fn pay(shop: &GraphqlClient, cart: &str, token: &str) -> testkit::Answer {
    let input = json!({ "cartId": cart, "method": "CARD", "token": token, "idempotencyKey": format!("pay-{cart}") });
    shop.gql(PAY, json!({ "input": input })).await
}

/// Completes a cart.
pub async fn complete(shop: &GraphqlClient, cart: &str) -> testkit::Answer {
    shop.gql(COMPLETE, json!({ "input": { "cartId": cart, "idempotencyKey": format!("complete-{cart}") } })).await
}

/// Waits until an order's payment has a status.
pub async fn until_payment_is(shop: &GraphqlClient, order: &str, token: &str, status: &str) {
    let query = "query($id: ID!, $t: String) { order(id: $id, token: $t) { paymentStatus } }";
    eventually(status, Duration::from_secs(30), async || {
        let answer = shop.gql(query, json!({ "id": order, "t": token })).await;
        (answer.data()["order"]["paymentStatus"] == status).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_t_shirt_is_bought_with_documents_in_postgres() {
    buys_a_t_shirt(Plan::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_t_shirt_is_bought_with_documents_in_mongodb() {
    buys_a_t_shirt(Plan { has_mongodb: true, ..Plan::default() }).await;
}

async fn buys_a_t_shirt(plan: Plan) {
    let processes = Processes::start(plan).await;
    let shop = processes.storefront(0);
    let staff = processes.staff("admin@demo.test").await;
    let stock = "{ inventoryLevels(sku: \"TEE-M-NAVY\") { onHand allocated available } }";
    let before = available(staff.gql(stock, Value::Null).await.data());

    let variant = variant(&shop, "classic-tee", "TEE-M-NAVY").await;
    let (cart, token) = cart_ready_to_pay(&shop, &variant).await;
    let paid = pay(&shop, &cart, "tok_success").await.ok();
    assert_eq!(paid.at("/cartPaymentCreate/payment/amount/amount"), "24.80");
    assert_eq!(paid.at("/cartPaymentCreate/payment/gateway"), "sandbox-a");
    let placed = complete(&shop, &cart).await.ok();
    assert_eq!(placed.at("/cartComplete/order/total/gross/amount"), "24.80");
    assert_eq!(placed.at("/cartComplete/order/status"), "OPEN");
    let order = placed.text("/cartComplete/order/id");
    until_payment_is(&shop, &order, &token, "PAID").await;

    assert_eq!(complete(&shop, &cart).await.ok().text("/cartComplete/order/id"), order, "a retry gives the same order");
    assert_eq!(available(staff.gql(stock, Value::Null).await.data()), before - 1, "the stock moved");
    let charges = processes.charges().await;
    assert_eq!(charges.len(), 1, "{charges:?}");
    assert_eq!((&charges[0]["amount"], &charges[0]["captured"]), (&json!(2480), &json!(2480)));
    let balances = "{ ledgerBalances { account currencyCode debit credit balance } }";
    let balances = staff.gql(balances, Value::Null).await;
    let in_gateway = |row: &&Value| row["account"] == "gateway:sandbox-a" && row["currencyCode"] == "EUR";
    let rows = balances.data()["ledgerBalances"].as_array().unwrap();
    assert_eq!(rows.iter().find(in_gateway).unwrap()["balance"], "24.80", "the money is in the ledger");
    let stranger = "query($id: ID!) { order(id: $id) { number } }";
    assert_eq!(
        shop.gql(stranger, json!({ "id": order })).await.data()["order"],
        Value::Null,
        "absent without the token"
    );
}

fn available(data: &Value) -> i64 {
    let levels = data["inventoryLevels"].as_array().unwrap();
    levels.iter().map(|level| level["available"].as_i64().unwrap()).sum()
}
