//! Erasure removes what staff wrote about a buyer, and old contact data in records of changes.

use serde_json::{Value, json};

use super::Shop;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_removes_notes_references_and_changed_contact_data() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let update = "mutation($o: ID!) { orderUpdate(input: { orderId: $o, email: \"grace@example.org\", phone: \"030 777\", tags: [\"vip\"] }) { userErrors { code } } }";
    let _ = shop.ask(update, json!({ "o": order.id })).await.ok();
    let note = "mutation($o: ID!) { orderNoteAdd(input: { orderId: $o, text: \"Grace wants a call\" }) { userErrors { code } } }";
    let _ = shop.ask(note, json!({ "o": order.id })).await.ok();
    let _ = shop.mark_paid(&order.id, Value::Null, "all").await.ok();
    let fulfill = "mutation($o: ID!) { orderFulfill(input: { orderId: $o }) { userErrors { code } } }";
    let _ = shop.ask(fulfill, json!({ "o": order.id })).await.ok();

    let person = json!({ "p": { "email": "grace@example.org" } });
    let export =
        "mutation($p: PersonInput!) { customerDataExport(input: { person: $p }) { json userErrors { code } } }";
    let exported = shop.ask(export, person.clone()).await.ok().text("/customerDataExport/json");
    assert!(exported.contains("Grace wants a call") && exported.contains("vip"), "{exported}");

    let erase = "mutation($p: PersonInput!) { customerErase(input: { person: $p }) { userErrors { code } } }";
    let _ = shop.ask(erase, person).await.ok();
    for text in ["grace@example.org", "a@b.example", "030 777", "Grace wants a call", "line 7"] {
        for table in ["orders", "order_notes", "order_events", "audit_log"] {
            let rows = shop.app.database.count(&format!("{table} AS held WHERE held::text LIKE '%{text}%'")).await;
            assert_eq!(rows, 0, "{text} in {table}");
        }
    }
    let seen = shop
        .see(
            &order.id,
            "notes { text } tags events(first: 50) { nodes { kind details { amount { amount } changes { path } } } }",
        )
        .await;
    assert_eq!((&seen["notes"], &seen["tags"]), (&json!([]), &json!(["vip"])));
    let events = seen["events"]["nodes"].as_array().unwrap();
    let paid = events.iter().find(|event| event["kind"] == "PAYMENT_CAPTURED").unwrap();
    assert_eq!(paid["details"]["amount"]["amount"], "14.90", "amounts stay");
    let log = "query($o: String!) { auditLog(first: 20, filter: { action: \"orderUpdate\", object: $o }) { nodes { actor changes { path from to } } } }";
    let log = shop.ask(log, json!({ "o": order.id })).await.ok();
    let changes = log.at("/auditLog/nodes/0/changes").as_array().unwrap();
    assert!(changes.contains(&json!({ "path": "email", "from": "[removed]", "to": "[removed]" })), "{changes:?}");
    assert!(changes.contains(&json!({ "path": "tags", "from": "[]", "to": "[\"vip\"]" })), "{changes:?}");
}
