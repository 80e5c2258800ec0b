//! Export, erasure and retention of personal data.

use chrono::TimeDelta;
use model::{
    Address,
    access::{Actor, Permission},
    orders::{CancelReason, Order},
    payments::AttemptOutcome,
};
use persistence::carts;
use serde_json::{Value, json};
use services::{
    checkout::{CompleteCart, complete},
    orders::{CancelOrder, cancel},
    privacy,
};
use testkit::{
    TestClock,
    cart_fixtures::{Sellable, cart_fixture, payment_fixture, sellable_fixture},
};

use crate::support::TestApp;

const EMAIL: &str = "ada@demo.test";
const ORDER: &str =
    "query($id: ID!) { order(id: $id) { email phone note shippingAddress { city } billingAddress { city phone } } }";
const ERASE: &str = "mutation($p: PersonInput!) { customerErase(input: { person: $p }) {
    erased { customerId orderCount } userErrors { code field } } }";
const EXPORT: &str =
    "mutation($p: PersonInput!) { customerDataExport(input: { person: $p }) { json userErrors { code } } }";

fn address(city: &str) -> Address {
    Address {
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        company: None,
        street1: "Unter den Linden 1".to_owned(),
        street2: None,
        postal_code: "10117".to_owned(),
        city: city.to_owned(),
        region: None,
        country: "DE".parse().unwrap(),
        phone: Some("+49 30 1".to_owned()),
    }
}

/// Places an order of a guest with every kind of contact data.
async fn order(app: &TestApp, goods: &Sellable) -> Order {
    let mut cart = cart_fixture(app, &[(goods, 1)]).await;
    cart.buyer.phone = Some("+49 30 2".to_owned());
    cart.note = Some("ring twice".to_owned());
    cart.shipping_address = Some(address("Berlin"));
    cart.billing_address = Some(address("Hamburg"));
    let read_at = cart.version;
    cart.version += 1;
    carts::save(&mut app.app.db().write().await.unwrap(), &cart, read_at).await.unwrap();
    payment_fixture(app, &cart, 1_000, AttemptOutcome::Authorized).await;
    let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
    complete(&app.app, &Actor::Anonymous, input).await.unwrap()
}

async fn cancel_order(app: &TestApp, order: &Order) {
    let input = CancelOrder {
        order_id: order.id,
        reason: CancelReason::Customer,
        restock: true,
        refund: true,
        expected_version: None,
        idempotency_key: None,
    };
    cancel(&app.app, &Actor::System, input).await.unwrap();
}

async fn goods(app: &TestApp) -> Sellable {
    sellable_fixture(app, "LETTER", 1_000, &[(app.channels.locations[0].id, 100)]).await
}

const ALL: &[Permission] =
    &[Permission::CustomersExport, Permission::CustomersErase, Permission::OrdersRead, Permission::OrdersWrite];

fn removed() -> Value {
    json!({ "email": "removed@erased.invalid", "phone": null, "note": null, "shippingAddress": null,
        "billingAddress": { "city": "Hamburg", "phone": null } })
}

/// The number of rows in which a text occurs, in all tables that could contain it.
async fn traces(app: &TestApp, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for table in ["orders", "carts", "customers", "customer_addresses", "discount_code_uses", "login_throttle"] {
        let rows = app.database.count(&format!("{table} AS held WHERE held::text LIKE '%{text}%'")).await;
        if rows > 0 {
            found.push(format!("{table}: {rows}"));
        }
    }
    found
}

#[tokio::test]
async fn a_guest_is_erased_by_email() {
    let app = TestApp::new().await;
    let (goods, petra) = (goods(&app).await, app.staff("petra", ALL).await);
    let (finished, open) = (order(&app, &goods).await, order(&app, &goods).await);
    cancel_order(&app, &finished).await;
    let guest = "query($id: ID!, $t: String) { order(id: $id, token: $t) { number } }";
    let seen = app.storefront().gql(guest, json!({ "id": open.id.to_string(), "t": open.token })).await.ok();
    assert_eq!(seen.at("/order/number"), &json!(open.number.to_string()));
    let erased = petra.gql(ERASE, json!({ "p": { "email": "Ada@Demo.Test" } })).await.ok();
    assert_eq!(erased.at("/customerErase/erased"), &json!({ "customerId": null, "orderCount": 2 }));
    let kept = petra.gql(ORDER, json!({ "id": finished.id.to_string() })).await.ok();
    assert_eq!(kept.at("/order"), &removed());
    let kept = petra.gql(ORDER, json!({ "id": open.id.to_string() })).await.ok();
    assert_eq!(kept.at("/order/email"), EMAIL, "the delivery needs it");
    assert_eq!(kept.at("/order/shippingAddress/city"), "Berlin");
    assert_eq!(kept.at("/order/note"), &Value::Null);
    for order in [&finished, &open] {
        let seen = app.storefront().gql(guest, json!({ "id": order.id.to_string(), "t": order.token })).await.ok();
        assert_eq!(seen.at("/order"), &Value::Null, "the token opens nothing any more");
    }
    cancel_order(&app, &open).await;
    privacy::retain(&app.app).await.unwrap();
    assert_eq!(petra.gql(ORDER, json!({ "id": open.id.to_string() })).await.ok().at("/order"), &removed());
    assert_eq!(traces(&app, EMAIL).await, Vec::<String>::new());
    assert_eq!(traces(&app, "+49 30").await, Vec::<String>::new());
    let again = petra.gql(ERASE, json!({ "p": { "email": EMAIL } })).await;
    assert_eq!(again.user_error_code(), "NOT_FOUND");
}

#[tokio::test]
async fn erasure_and_export_require_permissions() {
    let app = TestApp::new().await;
    let _ = order(&app, &goods(&app).await).await;
    let clerk = app.staff("clerk", &[Permission::OrdersRead]).await;
    let person = json!({ "p": { "email": EMAIL } });
    for query in [ERASE, EXPORT] {
        assert_eq!(clerk.gql(query, person.clone()).await.error_code(), "FORBIDDEN");
        assert_eq!(app.admin().gql(query, person.clone()).await.error_code(), "UNAUTHENTICATED");
    }
    assert_ne!(traces(&app, EMAIL).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_export_contains_everything_about_a_guest() {
    let app = TestApp::new().await;
    let (goods, petra) = (goods(&app).await, app.staff("petra", ALL).await);
    for _ in 0..3 {
        order(&app, &goods).await;
    }
    let answer = petra.gql(EXPORT, json!({ "p": { "email": EMAIL } })).await.ok();
    let held: Value = serde_json::from_str(&answer.text("/customerDataExport/json")).unwrap();
    assert_eq!(held["orders"].as_array().unwrap().len(), 3);
    let first = &held["orders"][0];
    assert_eq!((&first["note"], &first["phone"]), (&json!("ring twice"), &json!("+49 30 2")));
    assert_eq!(first["payments"][0]["gateway"], "sandbox-a");
    assert_eq!(first["shippingAddress"]["city"], "Berlin");
    let unknown = petra.gql(EXPORT, json!({ "p": { "email": "nobody@demo.test" } })).await;
    assert_eq!(unknown.user_error_code(), "NOT_FOUND");
}

#[tokio::test]
async fn old_orders_lose_first_their_contact_data_and_then_their_buyer() {
    let clock = TestClock::new();
    let app = TestApp::with_clock(&clock).await;
    let petra = app.staff("petra", &[Permission::SettingsWrite]).await;
    let periods = "mutation { settingsUpdate(input: { retention: { orderContactDays: 100, orderBuyerDays: 1000,
        auditLogDays: 0 } }) { settings { version } userErrors { code } } }";
    let changed = petra.gql(periods, json!({})).await.ok();
    assert_eq!(changed.at("/settingsUpdate/settings/version"), 2);
    let goods = goods(&app).await;
    clock.advance(TimeDelta::minutes(1));
    let (finished, open) = (order(&app, &goods).await, order(&app, &goods).await);
    cancel_order(&app, &finished).await;
    assert_eq!(rows(&app).await, [0, 0, 0]);
    clock.advance(TimeDelta::days(101));
    assert_eq!(rows(&app).await, [1, 0, 0], "an open order keeps what it needs");
    assert_eq!(order_row(&app, &finished).await["email"], EMAIL, "counting deletes nothing");
    privacy::retain(&app.app).await.unwrap();
    assert_eq!(rows(&app).await, [0, 0, 0]);
    assert_eq!(order_row(&app, &finished).await["email"], "removed@erased.invalid");
    assert_eq!(order_row(&app, &open).await["email"], EMAIL);
    clock.advance(TimeDelta::days(900));
    assert_eq!(rows(&app).await, [0, 1, 0]);
    privacy::retain(&app.app).await.unwrap();
    assert_eq!(order_row(&app, &finished).await["billing_address"], Value::Null);
}

async fn rows(app: &TestApp) -> Vec<i64> {
    privacy::due(&app.app).await.unwrap().iter().map(|due| due.rows).collect()
}

async fn order_row(app: &TestApp, order: &Order) -> Value {
    let mut conn = app.app.db().read().await.unwrap();
    let found = persistence::orders::find(&mut conn, order.id).await.unwrap().unwrap();
    json!({ "email": found.email, "billing_address": found.billing_address })
}
