//! Lists of orders and their new fields, with the operation of the contract.

use serde_json::{Value, json};

use super::{Shop, each};

const CONTRACT: &str = "query($after: DateTime) { orders(filter: { updatedAfter: $after, channel: \"eu\", paymentStatus: [PAID] }, first: 20) {
    totalCount nodes { id channel { slug } lines { id sku allocations { location quantity } } notes { text at actor } } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_finds_paid_orders_with_allocations_and_notes() {
    let shop = Shop::open().await;
    let (paid, _unpaid) = (shop.paid_order(12).await, shop.order(1).await);
    let note = "mutation($o: ID!) { orderNoteAdd(input: { orderId: $o, text: \"call back\" }) { note { id } userErrors { code } } }";
    let _ = shop.ask(note, json!({ "o": paid.id })).await.ok();
    let answer = shop.ask(CONTRACT, json!({ "after": "2020-01-01T00:00:00Z" })).await.ok();
    assert_eq!(answer.at("/orders/totalCount"), 1);
    let order = answer.at("/orders/nodes/0");
    assert_eq!((&order["id"], &order["channel"]["slug"]), (&json!(paid.id), &json!("eu")));
    let held = &order["lines"][0]["allocations"];
    let expected = json!([{ "location": "berlin", "quantity": 10 }, { "location": "lyon", "quantity": 2 }]);
    let mut found = held.as_array().unwrap().clone();
    found.sort_by_key(|held| held["location"].to_string());
    assert_eq!(json!(found), expected);
    assert_eq!(order["notes"][0]["text"], "call back");
    assert!(order["notes"][0]["actor"].as_str().unwrap().starts_with("gid://mercator/StaffUser/"));
    let later = shop.ask(CONTRACT, json!({ "after": "2100-01-01T00:00:00Z" })).await.ok();
    assert_eq!(later.at("/orders/nodes"), &json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_filtered_sorted_and_paged_in_both_directions() {
    let shop = Shop::open().await;
    let mut ids = Vec::new();
    for units in [3, 1, 2] {
        ids.push(shop.order(units).await.id);
    }
    let tag = "mutation($o: ID!) { orderUpdate(input: { orderId: $o, tags: [\"gift\"] }) { userErrors { code } } }";
    let _ = shop.ask(tag, json!({ "o": ids[1] })).await.ok();
    let list = async |arguments: &str| {
        let answer = shop.ask(&format!("{{ orders({arguments}) {{ nodes {{ id }} }} }}"), Value::Null).await;
        each(&answer.data()["orders"]["nodes"], "id")
    };
    let of = |order: &[usize]| order.iter().map(|at| json!(ids[*at])).collect::<Vec<Value>>();
    assert_eq!(list("sort: { key: TOTAL }").await, of(&[1, 2, 0]));
    assert_eq!(list("first: 2, sort: { key: TOTAL, direction: DESC }").await, of(&[0, 2]));
    assert_eq!(list("last: 1, sort: { key: TOTAL, direction: DESC }").await, of(&[1]));
    assert_eq!(list("sort: { key: NUMBER, direction: DESC }").await, of(&[2, 1, 0]));
    assert_eq!(list("filter: { tags: [\"gift\"] }").await, of(&[1]));
    assert_eq!(list("filter: { sku: \"MUG-0\", totalFrom: \"20\", totalTo: \"30.00\" }").await, of(&[2]));
    assert_eq!(list("filter: { sku: \"MUG\" }").await, of(&[]));
    assert_eq!(list("filter: { fulfillmentStatus: [FULFILLED] }").await, of(&[]));
    assert_eq!(list("filter: { placedBefore: \"2020-01-01T00:00:00Z\" }").await, of(&[]));

    let cursor = shop.ask("{ orders(first: 1, sort: { key: TOTAL }) { pageInfo { endCursor } } }", Value::Null).await;
    let cursor = cursor.text("/orders/pageInfo/endCursor");
    assert_eq!(list(&format!("after: \"{cursor}\", sort: {{ key: TOTAL }}")).await, of(&[2, 0]));
    for refused in [
        format!("after: \"{cursor}\""),
        "filter: { channel: \"none\" }".to_owned(),
        "filter: { totalFrom: \"1.23456\" }".to_owned(),
    ] {
        let answer = shop.ask(&format!("{{ orders({refused}) {{ nodes {{ id }} }} }}"), Value::Null).await;
        assert_eq!(answer.error_code(), "BAD_USER_INPUT", "{refused}: {}", answer.body);
    }
}
