//! The settings of the whole shop: order numbers, lifetimes, mail sender and retention take effect in every process.

use chrono::{DateTime, TimeDelta, Utc};
use model::{
    access::{Actor, Permission},
    customers::Email,
};
use serde_json::{Value, json};
use services::{
    App,
    checkout::{CompleteCart, complete},
    mail,
};
use testkit::{
    GraphqlClient, TestClock,
    cart_fixtures::{Sellable, cart_fixture, payment_fixture, sellable_fixture},
};

use crate::support::TestApp;

const READ: &str = "{ settings { version shopName shopAddress { company city countryCode }
    orderNumbers { prefix suffix digits next nextText } cartDays unpaidOrderHours mailSender { name address }
    retention { orderContactDays orderBuyerDays auditLogDays } } }";
const UPDATE: &str = "mutation($i: SettingsUpdateInput!) { settingsUpdate(input: $i) {
    settings { version shopName cartDays orderNumbers { nextText } } userErrors { code field } warnings { code } } }";

async fn manager(app: &TestApp) -> GraphqlClient {
    app.staff("mia", &[Permission::SettingsWrite, Permission::AuditRead, Permission::OrdersRead]).await
}

async fn update(mia: &GraphqlClient, input: Value) -> Value {
    mia.gql(UPDATE, json!({ "i": input })).await.ok().at("/settingsUpdate").clone()
}

async fn goods(app: &TestApp) -> Sellable {
    sellable_fixture(app, "TEE", 1_990, &[(app.channels.locations[0].id, 50)]).await
}

/// Places an order through an application and returns its number.
async fn order_number(shop: &TestApp, app: &App, goods: &Sellable) -> String {
    let cart = cart_fixture(shop, &[(goods, 1)]).await;
    payment_fixture(shop, &cart, 1_990, model::payments::AttemptOutcome::Authorized).await;
    let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
    complete(app, &Actor::Anonymous, input).await.unwrap().number.to_string()
}

#[tokio::test]
async fn settings_are_read_changed_and_recorded() {
    let app = TestApp::new().await;
    let mia = manager(&app).await;
    let before = mia.gql(READ, json!({})).await.ok();
    assert_eq!(
        before.at("/settings/retention"),
        &json!({ "orderContactDays": 730, "orderBuyerDays": 3653, "auditLogDays": 730 })
    );
    assert_eq!(before.at("/settings/orderNumbers/nextText"), "1001");
    let changed = update(
        &mia,
        json!({
            "expectedVersion": 1, "shopName": " Teehaus ", "cartDays": 7,
            "shopAddress": { "company": "Teehaus GmbH", "street1": "Marktstr. 1", "postalCode": "10115", "city": "Berlin",
                "countryCode": "DE" },
            "orderNumbers": { "prefix": "T-", "digits": 6 },
        }),
    )
    .await;
    assert_eq!(
        changed["settings"],
        json!({ "version": 2, "shopName": "Teehaus", "cartDays": 7,
        "orderNumbers": { "nextText": "T-001001" } })
    );
    let again = update(&mia, json!({ "shopName": "Teehaus" })).await;
    assert_eq!((&again["settings"]["version"], &again["warnings"][0]["code"]), (&json!(2), &json!("NOTHING_CHANGED")));
    let log =
        "{ auditLog(first: 5, filter: { action: \"settingsUpdate\" }) { nodes { object changes { path from to } } } }";
    let log = mia.gql(log, json!({})).await.ok();
    assert_eq!(log.at("/auditLog/nodes").as_array().unwrap().len(), 1);
    let logged = log.at("/auditLog/nodes/0/changes").as_array().unwrap().clone();
    assert!(logged.contains(&json!({ "path": "name", "from": "Mercator", "to": "Teehaus" })), "{logged:?}");
    assert!(logged.contains(&json!({ "path": "cartDays", "from": "30", "to": "7" })), "{logged:?}");
}

#[tokio::test]
async fn invalid_settings_are_refused_by_code_and_change_nothing() {
    let app = TestApp::new().await;
    let mia = manager(&app).await;
    let goods = goods(&app).await;
    order_number(&app, &app.app, &goods).await;
    let before = mia.gql(READ, json!({})).await.ok().body;
    for (input, code, field) in [
        (json!({ "expectedVersion": 7 }), "VERSION_CONFLICT", vec!["expectedVersion"]),
        (json!({ "shopName": "" }), "INVALID_NAME", vec!["shopName"]),
        (json!({ "cartDays": 0 }), "INVALID_CART_LIFETIME", vec!["cartDays"]),
        (json!({ "unpaidOrderHours": 721 }), "INVALID_UNPAID_ORDER_LIFETIME", vec!["unpaidOrderHours"]),
        (
            json!({ "orderNumbers": { "prefix": "2026" } }),
            "INVALID_ORDER_NUMBER_FORMAT",
            vec!["orderNumbers", "prefix"],
        ),
        (json!({ "orderNumbers": { "next": "1001" } }), "ORDER_NUMBER_TAKEN", vec!["orderNumbers", "next"]),
        (json!({ "orderNumbers": { "next": "many" } }), "ORDER_NUMBER_TAKEN", vec!["orderNumbers", "next"]),
        (json!({ "mailSender": { "address": "nobody" } }), "INVALID_MAIL_SENDER", vec!["mailSender", "address"]),
        (json!({ "retention": { "auditLogDays": -1 } }), "INVALID_RETENTION", vec!["retention"]),
        (json!({ "retention": { "orderBuyerDays": 1 } }), "INVALID_RETENTION", vec!["retention", "orderBuyerDays"]),
        (
            json!({ "shopAddress": { "company": "T", "street1": "S", "postalCode": "1", "city": "C", "countryCode": "US" } }),
            "INVALID_ADDRESS",
            vec!["shopAddress", "region"],
        ),
    ] {
        let refused = mia.gql(UPDATE, json!({ "i": input })).await;
        assert_eq!(refused.at("/settingsUpdate/userErrors"), &json!([{ "code": code, "field": field }]), "{input}");
        assert_eq!(refused.at("/settingsUpdate/settings"), &Value::Null);
    }
    assert_eq!(mia.gql(READ, json!({})).await.ok().body, before);
}

#[tokio::test]
async fn new_orders_get_the_format_and_the_start_in_every_process() {
    let app = TestApp::new().await;
    let (mia, goods) = (manager(&app).await, goods(&app).await);
    let other = app.uncached().await;
    assert_eq!(order_number(&app, &other, &goods).await, "1001");
    update(&mia, json!({ "orderNumbers": { "prefix": "DE-", "suffix": "/W", "digits": 5, "next": "5000" } })).await;
    assert_eq!(order_number(&app, &other, &goods).await, "DE-05000/W");
    assert_eq!(order_number(&app, &app.app, &goods).await, "DE-05001/W");
    update(&mia, json!({ "orderNumbers": { "prefix": "", "suffix": "", "digits": 1 } })).await;
    assert_eq!(order_number(&app, &other, &goods).await, "5002");
    let numbers = "{ orders(filter: { query: \"de-05000/w\" }, first: 5) { nodes { number } } }";
    let found = mia.gql(numbers, json!({})).await.ok();
    assert_eq!(found.at("/orders/nodes"), &json!([{ "number": "DE-05000/W" }]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_stay_unique_while_the_sequence_moves() {
    let app = TestApp::new().await;
    let (mia, goods) = (manager(&app).await, goods(&app).await);
    let moving = async {
        for next in ["2000", "3000", "4000", "5000"] {
            let moved = update(&mia, json!({ "orderNumbers": { "next": next } })).await;
            assert!(moved["settings"]["orderNumbers"]["nextText"].is_string(), "{moved}");
        }
    };
    let placing = async {
        let placed = (0..12).map(|_| order_number(&app, &app.app, &goods));
        futures_util::future::join_all(placed).await
    };
    let ((), mut numbers) = tokio::join!(moving, placing);
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 12, "{numbers:?}");
}

#[tokio::test]
async fn carts_and_unpaid_orders_have_the_lifetimes_of_the_settings() {
    let clock = TestClock::new();
    let app = TestApp::with_clock(&clock).await;
    let mia = manager(&app).await;
    update(&mia, json!({ "cartDays": 3, "unpaidOrderHours": 5 })).await;
    let create = "mutation { cartCreate(input: {}) { cart { id expiresAt } userErrors { code } } }";
    let cart = app.storefront().gql(create, json!({})).await.ok();
    let until: DateTime<Utc> = cart.text("/cartCreate/cart/expiresAt").parse().unwrap();
    let days = (until - app.app.now()).num_hours();
    assert!((3 * 24..=4 * 24).contains(&days), "{days}");
    update(&mia, json!({ "cartDays": 10 })).await;
    let note = "mutation($c: ID!) { cartNoteUpdate(input: { cartId: $c, note: \"x\" }) { cart { expiresAt } userErrors { code } } }";
    let cart = app.storefront().gql(note, json!({ "c": cart.text("/cartCreate/cart/id") })).await.ok();
    let longer: DateTime<Utc> = cart.text("/cartNoteUpdate/cart/expiresAt").parse().unwrap();
    assert_eq!(longer - until, TimeDelta::days(7));
    let goods = goods(&app).await;
    // The product is published at the time of its creation.
    clock.advance(TimeDelta::minutes(1));
    let cart = cart_fixture(&app, &[(&goods, 1)]).await;
    payment_fixture(&app, &cart, 1_990, model::payments::AttemptOutcome::Pending).await;
    let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
    let order = complete(&app.app, &Actor::Anonymous, input).await.unwrap();
    assert_eq!(order.expires_at, Some(app.app.now() + TimeDelta::hours(5)));
}

#[tokio::test]
async fn mails_have_the_sender_and_the_name_of_the_settings() {
    let app = TestApp::new().await;
    let mia = manager(&app).await;
    let address = json!({ "company": "Teehaus GmbH", "street1": "Marktstr. 1", "postalCode": "10115", "city": "Berlin",
        "countryCode": "DE" });
    let sender = json!({ "shopName": "Teehaus", "shopAddress": address,
        "mailSender": { "address": "Hallo@teehaus.example" } });
    update(&mia, sender).await;
    let to: Email = "ada@example.org".parse().unwrap();
    let now = app.app.now();
    let conn = app.app.db().write().await.unwrap();
    mail::enqueue_email_changed(&conn, to, None, now).await.unwrap();
    drop(conn);
    app.mails.deliver(&app.app).await;
    let mail = app.mails.to("ada@example.org").pop().unwrap();
    assert!(mail.contains("From: Teehaus <hallo@teehaus.example>"), "{mail}");
    assert!(mail.contains("Your email address at Teehaus was changed"), "{mail}");
    assert!(mail.contains("Marktstr. 1"), "{mail}");
}
