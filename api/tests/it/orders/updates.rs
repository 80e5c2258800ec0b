//! Notes, and changes of contact data, addresses, tags and metafields.

use serde_json::{Value, json};

use super::Shop;

const UPDATE: &str = "mutation($i: OrderUpdateInput!) { orderUpdate(input: $i) {
    order { version email phone tags metafields { namespace key value } shippingAddress { city } }
    userErrors { code field } warnings { code } } }";
const NOTE: &str = "mutation($o: ID!, $t: String!, $k: String) {
    orderNoteAdd(input: { orderId: $o, text: $t, idempotencyKey: $k }) { note { id text } userErrors { code field } } }";

fn address(city: &str, country: &str) -> Value {
    json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Allee 2", "postalCode": "14467", "city": city,
        "countryCode": country })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_recorded_with_old_and_new_values() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let metafields = json!([{ "namespace": "erp", "key": "id", "type": "text", "value": "77" }]);
    let input = json!({ "orderId": order.id, "email": "Grace@Example.org", "phone": "030 1", "tags": ["gift", "b2b"],
        "metafields": metafields, "shippingAddress": address("Potsdam", "DE"), "expectedVersion": 1 });
    let answer = shop.ask(UPDATE, json!({ "i": input })).await.ok();
    let changed = answer.at("/orderUpdate/order");
    assert_eq!((&changed["version"], &changed["email"]), (&json!(2), &json!("grace@example.org")));
    assert_eq!((&changed["tags"], &changed["shippingAddress"]["city"]), (&json!(["gift", "b2b"]), &json!("Potsdam")));
    assert_eq!(shop.ask(UPDATE, json!({ "i": input })).await.user_error_code(), "VERSION_CONFLICT");
    let same = json!({ "orderId": order.id, "tags": ["gift", "b2b"] });
    let again = shop.ask(UPDATE, json!({ "i": same })).await.ok();
    assert_eq!(again.at("/orderUpdate/warnings/0/code"), "NOTHING_CHANGED");

    let log = "query($o: String!) { auditLog(first: 5, filter: { action: \"orderUpdate\", object: $o }) {
        nodes { changes { path from to } } } }";
    let log = shop.ask(log, json!({ "o": order.id })).await.ok();
    let logged = log.at("/auditLog/nodes/0/changes").as_array().unwrap().clone();
    let email = json!({ "path": "email", "from": "a@b.example", "to": "grace@example.org" });
    assert!(logged.contains(&email), "{logged:?}");
    let city = json!({ "path": "shippingAddress.city", "from": "Berlin", "to": "Potsdam" });
    assert!(logged.contains(&city), "{logged:?}");
    let seen = shop.see(&order.id, "events(first: 20) { nodes { kind details { changes { path to } } } }").await;
    let events = seen["events"]["nodes"].as_array().unwrap().clone();
    let updated = events.iter().find(|event| event["kind"] == "UPDATED").unwrap();
    assert_eq!(updated["details"]["changes"].as_array().unwrap().len(), logged.len());

    let page = "query($id: ID!, $t: String) { order(id: $id, token: $t) { events { kind } } }";
    let page = shop.app.storefront().gql(page, json!({ "id": order.id, "t": order.token })).await.ok();
    assert!(!page.at("/order/events").to_string().contains("UPDATED"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_would_reprice_or_are_malformed_change_nothing() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let before = shop.see(&order.id, "version email tags").await;
    let long = "x".repeat(101);
    for (change, code) in [
        (json!({ "shippingAddress": address("Paris", "FR") }), "TAXES_WOULD_CHANGE"),
        (json!({ "shippingAddress": address("", "DE") }), "INVALID_ADDRESS"),
        (json!({ "email": "nobody" }), "INVALID_EMAIL"),
        (json!({ "phone": "" }), "INVALID_PHONE"),
        (json!({ "tags": ["a", "a"] }), "INVALID_TAGS"),
        (json!({ "tags": [long] }), "INVALID_TAGS"),
        (
            json!({ "metafields": [{ "namespace": "a b", "key": "k", "type": "text", "value": "" }] }),
            "INVALID_METAFIELDS",
        ),
        (json!({ "tags": [], "expectedVersion": 9 }), "VERSION_CONFLICT"),
    ] {
        let mut input = change.clone();
        input["orderId"] = json!(order.id);
        let refused = shop.ask(UPDATE, json!({ "i": input })).await;
        assert_eq!(refused.user_error_code(), code, "{change}: {}", refused.body);
    }
    let missing = json!({ "orderId": model::ids::OrderId::new().to_string(), "tags": [] });
    assert_eq!(shop.ask(UPDATE, json!({ "i": missing })).await.user_error_code(), "NOT_FOUND");
    assert_eq!(shop.see(&order.id, "version email tags").await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_do_not_change_after_a_shipment() {
    let shop = Shop::open().await;
    let order = shop.paid_order(1).await;
    let fulfill = "mutation($o: ID!) { orderFulfill(input: { orderId: $o }) { userErrors { code } } }";
    let _ = shop.ask(fulfill, json!({ "o": order.id })).await.ok();
    for field in ["shippingAddress", "billingAddress"] {
        let input = json!({ "orderId": order.id, field: address("Potsdam", "DE") });
        let refused = shop.ask(UPDATE, json!({ "i": input })).await;
        assert_eq!(refused.user_error_code(), "ALREADY_FULFILLED", "{field}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_are_added_once_per_key() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let note = |text: &str| json!({ "o": order.id, "t": text, "k": "one" });
    let first = shop.ask(NOTE, note(" call back ")).await.ok();
    assert_eq!(first.at("/orderNoteAdd/note/text"), "call back");
    let again = shop.ask(NOTE, note(" call back ")).await.ok();
    assert_eq!(again.at("/orderNoteAdd/note/id"), first.at("/orderNoteAdd/note/id"));
    assert_eq!(shop.ask(NOTE, note("other")).await.user_error_code(), "IDEMPOTENCY_KEY_REUSED");
    let empty = json!({ "o": order.id, "t": "  " });
    assert_eq!(shop.ask(NOTE, empty).await.user_error_code(), "INVALID_NOTE");
    assert_eq!(shop.see(&order.id, "notes { text }").await["notes"], json!([{ "text": "call back" }]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirmations_are_sent_again_within_a_limit() {
    let shop = Shop::open().await;
    let order = shop.paid_order(1).await;
    let send =
        "mutation($o: ID!) { orderConfirmationSend(input: { orderId: $o }) { order { id } userErrors { code } } }";
    for _ in 0..5 {
        let _ = shop.ask(send, json!({ "o": order.id })).await.ok();
    }
    assert_eq!(shop.ask(send, json!({ "o": order.id })).await.user_error_code(), "TOO_MANY_MAILS");
    shop.app.mails.deliver(&shop.app.app).await;
    assert!(shop.app.mails.to("a@b.example").len() >= 5);
    let missing = json!({ "o": model::ids::OrderId::new().to_string() });
    assert_eq!(shop.ask(send, missing).await.user_error_code(), "NOT_FOUND");
}
