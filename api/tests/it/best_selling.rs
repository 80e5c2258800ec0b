//! The order of best-selling products, as shoppers see it.

use std::time::Duration;

use model::{
    access::Actor,
    orders::{CancelReason, Order},
    payments::AttemptOutcome,
};
use persistence::{consumers, outbox};
use serde_json::{Value, json};
use services::{
    checkout::{CompleteCart, complete},
    consumers as registry,
    events::consumer::{Progress, handle_batch},
    orders::{CancelOrder, cancel},
    search,
};
use testkit::{
    cart_fixtures::{Sellable, cart_fixture, payment_fixture, sellable_fixture},
    eventually,
};

use crate::support::TestApp;

const PRICE: i64 = 1_000;

async fn buy(app: &TestApp, product: &Sellable, units: i64) -> Order {
    let cart = cart_fixture(app, &[(product, units)]).await;
    payment_fixture(app, &cart, units * PRICE, AttemptOutcome::Authorized).await;
    let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
    complete(&app.app, &Actor::Anonymous, input).await.unwrap()
}

/// Waits until the sales are counted and brings them into the index.
async fn refresh(app: &TestApp) {
    eventually("the sales are counted", Duration::from_secs(20), async || {
        for consumer in registry::all() {
            while handle_batch(&app.app, consumer.as_ref()).await.unwrap() == Progress::Advanced {}
        }
        let mut conn = app.app.db().read().await.unwrap();
        let waiting = outbox::backlog(&mut conn).await.unwrap().count;
        let head = outbox::head(&mut conn).await.unwrap();
        let positions = consumers::list(&mut conn).await.unwrap();
        (waiting == 0 && positions.iter().all(|consumer| consumer.position == head)).then_some(())
    })
    .await;
    search::refresh_sales(&app.app).await.unwrap();
}

async fn list(app: &TestApp, arguments: &str) -> Vec<String> {
    let query = format!("{{ products(first: 10{arguments}) {{ nodes {{ slug }} }} }}");
    let answer = app.storefront().gql(&query, json!({})).await.ok();
    let nodes = answer.at("/products/nodes").as_array().unwrap();
    nodes.iter().map(|node| node["slug"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn products_are_ordered_by_units_sold_then_newest() {
    let app = TestApp::new().await;
    let stock = [(app.channels.locations[0].id, 100)];
    let oldest = sellable_fixture(&app, "OLDEST", PRICE, &stock).await;
    let older = sellable_fixture(&app, "OLDER", PRICE, &stock).await;
    let newer = sellable_fixture(&app, "NEWER", PRICE, &stock).await;
    search::rebuild(&app.app).await.unwrap();
    refresh(&app).await;
    assert_eq!(list(&app, "").await, ["newer", "older", "oldest"], "nothing is sold");

    buy(&app, &oldest, 2).await;
    buy(&app, &oldest, 1).await;
    let canceled = buy(&app, &older, 2).await;
    refresh(&app).await;
    for arguments in
        ["", ", sort: { key: BEST_SELLING, direction: DESC }", ", sort: { key: RELEVANCE, direction: DESC }"]
    {
        assert_eq!(list(&app, arguments).await, ["oldest", "older", "newer"], "{arguments}");
    }
    let ascending = ", sort: { key: BEST_SELLING, direction: ASC }";
    assert_eq!(list(&app, ascending).await, ["newer", "older", "oldest"]);

    let input = CancelOrder {
        order_id: canceled.id,
        reason: CancelReason::Customer,
        restock: true,
        refund: true,
        expected_version: None,
        idempotency_key: None,
    };
    cancel(&app.app, &Actor::System, input).await.unwrap();
    buy(&app, &newer, 1).await;
    refresh(&app).await;
    assert_eq!(list(&app, "").await, ["oldest", "newer", "older"], "a canceled order does not count");

    let before: Value = json!(list(&app, "").await);
    search::rebuild(&app.app).await.unwrap();
    assert_eq!(json!(list(&app, "").await), before, "a rebuilt index includes the sales");
    assert_eq!(search::refresh_sales(&app.app).await.unwrap(), 0);
}
