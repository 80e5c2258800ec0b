use futures_util::future::join_all;
use serde_json::{Value, json};
use services::{
    AppConfig, identity,
    payments::{GatewayConfig, GatewayKind},
};
use testkit::{
    Answer, GraphqlClient,
    cart_fixtures::{Sellable, cart_fixture, sellable_fixture},
};

use super::order;
use crate::{
    contract::cart_flow::Cart,
    processes::{Plan, Processes},
    purchase::{COMPLETE, PAY},
    support::TestApp,
};

const PASSWORD: &str = "correct horse battery";
const CANCEL: &str = "mutation($ids: [ID!]!) { ordersCancelUnpaid(input: { orderIds: $ids }) {
    orders { id status cancelReason } userErrors { code field } } }";
const HOLD: &str = "mutation($h: Int!) { channelUpdate(input: { slug: \"eu\", transferHoldHours: $h }) {
    channel { transferHoldHours } userErrors { code field } } }";

/// A shop that accepts bank transfers, with fifty units of a product in Berlin.
async fn shop(change: impl FnOnce(&mut AppConfig)) -> (TestApp, Sellable) {
    let app = TestApp::configured(|config| {
        let kind = GatewayKind::Manual { currencies: Vec::new() };
        config.gateways.gateways = vec![GatewayConfig { name: "manual".to_owned(), kind }];
        change(config);
    })
    .await;
    let tee = sellable_fixture(&app, "TEE", 1_990, &[(app.channels.locations[0].id, 50)]).await;
    (app, tee)
}

async fn owner(app: &TestApp) -> GraphqlClient {
    identity::ensure_staff(&app.app, "olga@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
    let login = "mutation($e: String!, $p: String!) { staffLogin(input: { email: $e, password: $p }) {
        session { accessToken } userErrors { code } } }";
    let session = app.admin().gql(login, json!({ "e": "olga@example.org", "p": PASSWORD })).await.ok();
    app.admin().bearer(&session.text("/staffLogin/session/accessToken"))
}

/// Orders units by bank transfer.
async fn transfer(app: &TestApp, product: &Sellable, units: i64, email: &str) -> Answer {
    let cart = cart_fixture(app, &[(product, units)]).await.id.to_string();
    let shop = app.storefront();
    let buyer =
        "mutation($c: ID!, $e: String!) { cartBuyerUpdate(input: { cartId: $c, email: $e }) { userErrors { code } } }";
    let _ = shop.gql(buyer, json!({ "c": cart, "e": email })).await.ok();
    let _ = shop.gql(PAY, json!({ "input": { "cartId": cart, "method": "BANK_TRANSFER" } })).await.ok();
    shop.gql(COMPLETE, json!({ "input": { "cartId": cart } })).await
}

fn id(placed: &Answer) -> String {
    placed.text("/cartComplete/order/id")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unpaid_transfers_are_limited_per_email_address() {
    let (app, tee) = shop(|config| {
        config.abuse.transfers_per_email.orders = 2;
        config.abuse.transfers_per_email.units = 5;
    })
    .await;
    let first = id(&transfer(&app, &tee, 2, "ada@example.org").await.ok());
    let _ = transfer(&app, &tee, 2, "ada@example.org").await.ok();
    for (units, email) in [(1, "ada@example.org"), (1, "ADA@example.org"), (6, "bob@example.org")] {
        let refused = transfer(&app, &tee, units, email).await;
        assert_eq!(refused.user_error_code(), "TOO_MANY_UNPAID_ORDERS", "{units} {email}: {}", refused.body);
    }
    let _ = transfer(&app, &tee, 5, "carl@example.org").await.ok();
    let _ = order(&app, &tee).await;
    let _ = owner(&app).await.gql(CANCEL, json!({ "ids": [first] })).await.ok();
    let _ = transfer(&app, &tee, 3, "ada@example.org").await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unpaid_transfers_are_limited_per_network() {
    let (app, tee) = shop(|config| config.abuse.transfers_per_network.orders = 3).await;
    for at in 0..3 {
        let _ = transfer(&app, &tee, 1, &format!("{at}@example.org")).await.ok();
    }
    assert_eq!(transfer(&app, &tee, 1, "new@example.org").await.user_error_code(), "TOO_MANY_UNPAID_ORDERS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_transfers_on_two_servers_stay_within_the_limit() {
    let processes = Processes::start(Plan { servers: 2, workers: 0, ..Plan::default() }).await;
    let shops = [processes.storefront(0), processes.storefront(1)];
    let mut carts = Vec::new();
    for at in 0..8 {
        let cart = Cart::with(&shops[at % 2], &[("field-recordings", "FIELD-FLAC", 1)]).await;
        let _ = cart.shop.gql(PAY, json!({ "input": { "cartId": cart.id, "method": "BANK_TRANSFER" } })).await.ok();
        carts.push(cart);
    }
    let answers = join_all(carts.iter().map(Cart::complete)).await;
    let refused = answers.iter().filter(|answer| answer.at("/cartComplete/order").is_null());
    let codes: Vec<&str> = refused.map(Answer::user_error_code).collect();
    assert_eq!(codes, ["TOO_MANY_UNPAID_ORDERS"; 5]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_channel_sets_the_time_that_an_unpaid_transfer_reserves_stock() {
    let (app, tee) = shop(|_| ()).await;
    let staff = owner(&app).await;
    let refused = staff.gql(HOLD, json!({ "h": 0 })).await;
    assert_eq!(
        refused.at("/channelUpdate/userErrors/0"),
        &json!({ "code": "INVALID_TRANSFER_HOLD", "field": ["transferHoldHours"] })
    );
    let query = "query($id: ID!) { order(id: $id) { placedAt expiresAt } }";
    let hours = async |order: String| {
        let answer = staff.gql(query, json!({ "id": order })).await;
        let at = |field: &str| chrono::DateTime::parse_from_rfc3339(&answer.text(&format!("/order/{field}"))).unwrap();
        (at("expiresAt") - at("placedAt")).num_hours()
    };
    assert_eq!(hours(id(&transfer(&app, &tee, 1, "ada@example.org").await.ok())).await, 72);
    let changed = staff.gql(HOLD, json!({ "h": 5 })).await.ok();
    assert_eq!(changed.at("/channelUpdate/channel/transferHoldHours"), 5);
    assert_eq!(hours(id(&transfer(&app, &tee, 1, "ada@example.org").await.ok())).await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_list_and_cancel_unpaid_transfers_in_bulk() {
    let (app, tee) = shop(|_| ()).await;
    let staff = owner(&app).await;
    let paid = order(&app, &tee).await.id.to_string();
    let (one, two) = (
        id(&transfer(&app, &tee, 20, "ada@example.org").await.ok()),
        id(&transfer(&app, &tee, 20, "bob@example.org").await.ok()),
    );
    let list =
        "{ orders(first: 10, filter: { status: [PENDING_PAYMENT], paymentMethod: BANK_TRANSFER }) { nodes { id } } }";
    assert_eq!(staff.gql(list, Value::Null).await.at("/orders/nodes"), &json!([{ "id": two }, { "id": one }]));

    let missing = model::ids::OrderId::new().to_string();
    let answer = staff.gql(CANCEL, json!({ "ids": [one, paid, two, missing] })).await;
    let canceled = |id: &str| json!({ "id": id, "status": "CANCELED", "cancelReason": "PAYMENT" });
    assert_eq!(answer.at("/ordersCancelUnpaid/orders"), &json!([canceled(&one), canceled(&two)]));
    let refused = |code: &str, at: &str| json!({ "code": code, "field": ["orderIds", at] });
    let errors = json!([refused("INVALID_STATUS", "1"), refused("NOT_FOUND", "3")]);
    assert_eq!(answer.at("/ordersCancelUnpaid/userErrors"), &errors);
    assert_eq!(staff.gql(list, Value::Null).await.at("/orders/nodes"), &json!([]));
    let again = staff.gql(CANCEL, json!({ "ids": [one] })).await;
    assert_eq!(again.user_error_code(), "INVALID_STATUS");

    let _ = transfer(&app, &tee, 20, "carl@example.org").await.ok();
    let _ = transfer(&app, &tee, 20, "dora@example.org").await.ok();
    let many = vec![one; 101];
    assert_eq!(staff.gql(CANCEL, json!({ "ids": many })).await.user_error_code(), "TOO_MANY_ORDERS");
}
