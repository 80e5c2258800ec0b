//! Changes of the catalog in the audit log.

use serde_json::{Value, json};

use super::Shop;

const LOG: &str = "query($a: String!) { auditLog(first: 20, filter: { action: $a }) { nodes { actor object changes { path from to } } } }";

impl Shop {
    /// The changes of the last entry of an action.
    async fn changes(&self, action: &str) -> Vec<Value> {
        let log = self.owner.gql(LOG, json!({ "a": action })).await.ok();
        assert!(log.text("/auditLog/nodes/0/actor").starts_with("gid://mercator/StaffUser/"));
        log.at("/auditLog/nodes/0/changes").as_array().unwrap().clone()
    }
}

fn change(path: &str, from: Option<&str>, to: Option<&str>) -> Value {
    json!({ "path": path, "from": from, "to": to })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_change_of_the_catalog_names_the_values() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let created = shop.changes("productCreate").await;
    assert!(created.contains(&change("name", None, Some("A book"))), "{created:?}");
    assert!(created.contains(&change("variants[B-H].prices[eu EUR].amount", None, Some("20.00"))), "{created:?}");

    let variants = json!([{ "sku": "B-H", "weightGrams": 410, "allowsBackorder": true }]);
    let _ = shop.update(json!({ "id": id, "name": "The book", "variants": variants })).await.ok();
    let log = shop.owner.gql(LOG, json!({ "a": "productUpdate" })).await.ok();
    let entries = log.at("/auditLog/nodes").as_array().unwrap();
    let all: Vec<Value> = entries.iter().flat_map(|entry| entry["changes"].as_array().unwrap().clone()).collect();
    assert_eq!(all.len(), 3, "{all:?}");
    for expected in [
        change("name", Some("A book"), Some("The book")),
        change("variants[B-H].weight_grams", Some("400"), Some("410")),
        change("variants[B-H].allows_backorder", Some("false"), Some("true")),
    ] {
        assert!(all.contains(&expected), "{all:?}");
    }

    let _ = shop.place("productUnpublish", &id, "eu").await.ok();
    assert_eq!(shop.changes("productUnpublish").await.len(), 1);
    let delete = "mutation($id: ID!) { productDelete(input: { id: $id }) { userErrors { code } } }";
    let _ = shop.owner.gql(delete, json!({ "id": id })).await.ok();
    let deleted = shop.changes("productDelete").await;
    assert!(deleted.contains(&change("name", Some("The book"), None)), "{deleted:?}");

    let category = shop.category("maps", None).await;
    let rename =
        "mutation($id: ID!) { categoryUpdate(input: { id: $id, name: \"All maps\" }) { userErrors { code } } }";
    let _ = shop.owner.gql(rename, json!({ "id": category })).await.ok();
    assert_eq!(shop.changes("categoryUpdate").await, [change("name", Some("maps"), Some("All maps"))]);
    let delete = "mutation($id: ID!) { categoryDelete(input: { id: $id }) { userErrors { code } } }";
    let _ = shop.owner.gql(delete, json!({ "id": category })).await.ok();
    assert!(shop.changes("categoryDelete").await.contains(&change("name", Some("All maps"), None)));
}
