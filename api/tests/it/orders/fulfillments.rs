//! Fulfillments: locations, parcels, cancellation, delivery.

use serde_json::{Value, json};
use testkit::Answer;

use super::{Shop, each};

const FULFILL: &str = "mutation($i: OrderFulfillInput!) { orderFulfill(input: $i) {
    fulfillment { id status carrier location tracking { number url } trackings { number } }
    order { status fulfillmentStatus } userErrors { code field } } }";

async fn fulfill(shop: &Shop, order: &str, more: Value) -> Answer {
    let mut input = more;
    input["orderId"] = json!(order);
    shop.ask(FULFILL, json!({ "i": input })).await
}

async fn change(shop: &Shop, mutation: &str, fulfillment: &str, more: &str) -> Answer {
    let query = format!(
        "mutation($f: ID!) {{ {mutation}(input: {{ fulfillmentId: $f {more} }}) {{
            fulfillment {{ status carrier trackings {{ number }} deliveredAt }}
            order {{ status fulfillmentStatus lines {{ fulfilledQuantity }} }} userErrors {{ code field }} }} }}"
    );
    shop.ask(&query, json!({ "f": fulfillment })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fulfillment_leaves_the_chosen_location_and_has_several_parcels() {
    let shop = Shop::open().await;
    let order = shop.paid_order(3).await;
    assert_eq!(shop.stock().await, [(10, 3), (5, 0)]);
    let parcels = json!({ "location": "lyon", "carrier": " Colissimo ", "tracking": { "number": "1Z", "url": "https://example.org/1Z" },
        "trackings": [{ "number": "2Z" }] });
    let sent = fulfill(&shop, &order.id, parcels).await.ok();
    let fulfillment = sent.at("/orderFulfill/fulfillment");
    assert_eq!((&fulfillment["carrier"], &fulfillment["location"]), (&json!("Colissimo"), &json!("lyon")));
    assert_eq!(fulfillment["tracking"], json!({ "number": "1Z", "url": "https://example.org/1Z" }));
    assert_eq!(each(&fulfillment["trackings"], "number"), ["1Z", "2Z"]);
    assert_eq!(sent.at("/orderFulfill/order/status"), "COMPLETED");
    assert_eq!(shop.stock().await, [(10, 0), (2, 0)]);
    let page = "query($id: ID!, $t: String) { order(id: $id, token: $t) {
        fulfillments { status carrier tracking { number } } events { kind trackings { number } } } }";
    let page = shop.app.storefront().gql(page, json!({ "id": order.id, "t": order.token })).await.ok();
    assert_eq!(page.at("/order/fulfillments/0/tracking/number"), "1Z");
    assert!(page.at("/order/events").to_string().contains("2Z"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_fulfillments_move_no_stock() {
    let shop = Shop::open().await;
    let order = shop.paid_order(6).await;
    let long = vec![json!({ "number": "1" }); 51];
    for (input, code) in [
        (json!({ "location": "lyon" }), "NOT_ON_HAND"),
        (json!({ "location": "atlantis" }), "LOCATION_NOT_FOUND"),
        (json!({ "carrier": "" }), "INVALID_TRACKING"),
        (json!({ "trackings": [{ "number": "" }] }), "INVALID_TRACKING"),
        (json!({ "trackings": long }), "INVALID_TRACKING"),
    ] {
        let refused = fulfill(&shop, &order.id, input).await;
        assert_eq!(refused.user_error_code(), code, "{}", refused.body);
    }
    assert_eq!(shop.stock().await, [(10, 6), (5, 0)]);
    let unpaid = shop.order(1).await;
    assert_eq!(fulfill(&shop, &unpaid.id, json!({})).await.user_error_code(), "INVALID_STATUS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canceled_fulfillment_returns_its_units_to_stock_and_order() {
    let shop = Shop::open().await;
    let order = shop.paid_order(12).await;
    assert_eq!(shop.stock().await, [(10, 10), (5, 2)]);
    let sent = fulfill(&shop, &order.id, json!({})).await.ok();
    assert_eq!(shop.stock().await, [(0, 0), (3, 0)]);
    let id = sent.text("/orderFulfill/fulfillment/id");
    for _ in 0..2 {
        let canceled = change(&shop, "fulfillmentCancel", &id, "").await.ok();
        let after = canceled.at("/fulfillmentCancel");
        assert_eq!((&after["fulfillment"]["status"], &after["order"]["status"]), (&json!("CANCELED"), &json!("OPEN")));
        assert_eq!(each(&after["order"]["lines"], "fulfilledQuantity"), [json!(0)]);
        assert_eq!(shop.stock().await, [(10, 10), (5, 2)]);
    }
    let refused = change(&shop, "fulfillmentTrackingUpdate", &id, ", carrier: \"Post\"").await;
    assert_eq!(refused.user_error_code(), "INVALID_STATUS");
    let again = fulfill(&shop, &order.id, json!({})).await.ok();
    assert_eq!(again.at("/orderFulfill/order/fulfillmentStatus"), "FULFILLED");
    assert_eq!(shop.stock().await, [(0, 0), (3, 0)]);
    let kinds = shop.see(&order.id, "events(first: 50) { nodes { kind } }").await;
    assert!(kinds.to_string().contains("FULFILLMENT_CANCELED"), "{kinds}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fulfillment_is_tracked_and_delivered() {
    let shop = Shop::open().await;
    let order = shop.paid_order(1).await;
    let sent = fulfill(&shop, &order.id, json!({ "tracking": { "number": "1Z" } })).await.ok();
    let id = sent.text("/orderFulfill/fulfillment/id");
    let tracked =
        change(&shop, "fulfillmentTrackingUpdate", &id, ", carrier: \"Post\", trackings: [{ number: \"9\" }]")
            .await
            .ok();
    let after = tracked.at("/fulfillmentTrackingUpdate/fulfillment");
    assert_eq!((&after["carrier"], each(&after["trackings"], "number")), (&json!("Post"), vec![json!("9")]));
    for _ in 0..2 {
        let delivered = change(&shop, "fulfillmentMarkDelivered", &id, "").await.ok();
        assert_eq!(delivered.at("/fulfillmentMarkDelivered/fulfillment/status"), "DELIVERED");
    }
    assert_eq!(change(&shop, "fulfillmentCancel", &id, "").await.user_error_code(), "INVALID_STATUS");
    let stranger = model::ids::FulfillmentId::new().to_string();
    assert_eq!(change(&shop, "fulfillmentCancel", &stranger, "").await.user_error_code(), "NOT_FOUND");
    let seen =
        shop.see(&order.id, "events(first: 50) { nodes { kind details { carrier changes { path from to } } } }").await;
    let events = seen["events"]["nodes"].as_array().unwrap().clone();
    assert_eq!(events.iter().filter(|event| event["kind"] == "DELIVERED").count(), 1);
    let tracked = events.iter().find(|event| event["kind"] == "TRACKING_UPDATED").unwrap();
    let carrier = json!({ "path": "fulfillment.carrier", "from": null, "to": "Post" });
    assert!(tracked["details"]["changes"].as_array().unwrap().contains(&carrier), "{tracked}");
}
