use model::ids::OrderId;
use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient, cart_fixtures::sellable_fixture};

use super::order;
use crate::support::TestApp;

async fn look_up(shop: &GraphqlClient, id: OrderId, token: Option<&str>) -> Answer {
    let query = "query($id: ID!, $t: String) { order(id: $id, token: $t) { id } }";
    shop.gql(query, json!({ "id": id.to_string(), "t": token })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_tokens_of_orders_are_limited_per_network() {
    let app = TestApp::configured(|config| config.abuse.order_tokens_per_network = 3).await;
    let berlin = app.channels.locations[0].id;
    let tee = sellable_fixture(&app, "TEE", 1_990, &[(berlin, 5)]).await;
    let order = order(&app, &tee).await;
    let shop = app.storefront();
    for _ in 0..5 {
        assert_eq!(look_up(&shop, order.id, None).await.data()["order"], Value::Null, "no token is no attempt");
    }
    for id in [order.id, OrderId::new(), order.id] {
        assert_eq!(look_up(&shop, id, Some("wrong")).await.data()["order"], Value::Null);
    }
    assert_eq!(look_up(&shop, order.id, Some("wrong")).await.error_code(), "RATE_LIMITED");
    let watch = format!("subscription {{ orderUpdated(id: \"{}\", token: \"wrong\") {{ id }} }}", order.id);
    let event = shop.subscribe(&watch, json!({})).await.next().await.unwrap();
    assert_eq!(event["errors"][0]["extensions"]["code"], "RATE_LIMITED");

    let right = look_up(&shop, order.id, Some(&order.token)).await;
    assert_eq!(right.text("/order/id"), order.id.to_string(), "shoppers of the same network still see their orders");
}
