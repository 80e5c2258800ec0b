//! Two servers on the same stores: each shows and publishes the changes of the other.

use std::time::Duration;

use model::{events::DomainEvent, ids::OrderId};
use persistence::outbox;
use serde_json::{Value, json};
use testkit::{TestDatabase, eventually};

use crate::{
    contract::stream::Stream,
    processes::{Plan, Processes},
    purchase::{cart_ready_to_pay, complete, pay, variant},
};

const SOON: Duration = Duration::from_secs(30);

async fn two_servers(workers: usize) -> Processes {
    Processes::start(Plan { servers: 2, workers, ..Plan::default() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_are_visible_on_another_server() {
    let shop = two_servers(0).await;
    let staff = shop.staff("admin@demo.test").await;
    let page = "{ channel { name } product(slug: \"classic-tee\") { id name variants(first: 1) { nodes { id quantityAvailable } } } }";
    let other = shop.storefront(1);
    let before = other.gql(page, json!({})).await;
    assert_ne!(before.text("/channel/name"), "Old World");

    let rename = "mutation { channelUpdate(input: { slug: \"eu\", name: \"Old World\" }) { userErrors { code } } }";
    let _ = staff.gql(rename, json!({})).await.ok();
    let update = "mutation($id: ID!) { productUpdate(input: { id: $id, name: \"Tee\" }) { userErrors { code } } }";
    let _ = staff.gql(update, json!({ "id": before.at("/product/id") })).await.ok();
    let receive = "mutation { inventoryAdjust(input: { reason: RECEIVED, changes: [{ sku: \"TEE-S-BLACK\", location: \"berlin\", delta: 7 }] }) {
        userErrors { code } } }";
    let _ = staff.gql(receive, json!({})).await.ok();
    let stock = |answer: &testkit::Answer| answer.at("/product/variants/nodes/0/quantityAvailable").as_i64().unwrap();
    eventually("the other server shows names and stock", SOON, async || {
        let now = other.gql(page, json!({})).await;
        let names = (now.text("/channel/name"), now.text("/product/name"));
        (names == ("Old World".into(), "Tee".into()) && stock(&now) == stock(&before) + 7).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribers_receive_changes_of_another_server() {
    let shop = two_servers(1).await;
    let (here, staff) = (shop.storefront(0), shop.staff("admin@demo.test").await);
    let there = &shop.servers[1].address;
    let tee = variant(&here, "classic-tee", "TEE-M-NAVY").await;
    let (cart, token) = cart_ready_to_pay(&here, &tee).await;
    let watch = format!("subscription {{ cartUpdated(id: \"{cart}\") {{ id }} }}");
    let add =
        "mutation($c: ID!, $v: ID!) { cartLinesAdd(input: { cartId: $c, lines: [{ variantId: $v, quantity: 1 }] }) {
        cart { id } userErrors { code } } }";
    let told = Stream::open(there, &watch).await.first_while(async || {
        let _ = here.gql(add, json!({ "c": cart, "v": tee })).await.ok();
    });
    assert_eq!(told.await["data"]["cartUpdated"]["id"], cart);

    let _ = pay(&here, &cart, "tok_success").await.ok();
    let order = complete(&here, &cart).await.ok().text("/cartComplete/order/id");
    let watch = format!("subscription {{ orderUpdated(id: \"{order}\", token: \"{token}\") {{ fulfillmentStatus }} }}");
    let line = "query($o: ID!) { order(id: $o) { lines { id } } }";
    let line = staff.gql(line, json!({ "o": order })).await.ok().text("/order/lines/0/id");
    let fulfil =
        "mutation($o: ID!, $l: ID!) { orderFulfill(input: { orderId: $o, lines: [{ lineId: $l, quantity: 1 }] }) {
        userErrors { code } } }";
    let told = Stream::open(there, &watch).await.first_while(async || {
        let _ = staff.gql(fulfil, json!({ "o": order, "l": line })).await;
    });
    assert_ne!(told.await["data"]["orderUpdated"]["fulfillmentStatus"], Value::Null);
}

/// Writes events like a use case and waits until they are published.
async fn write_and_wait(database: &TestDatabase) -> Vec<DomainEvent> {
    let events: Vec<DomainEvent> = (0..20).map(|_| DomainEvent::OrderPlaced { id: OrderId::new() }).collect();
    let mut conn = database.db.write().await.unwrap();
    for event in &events {
        outbox::push(&conn, std::slice::from_ref(event)).await.unwrap();
    }
    eventually("the events are published", SOON, async || {
        (outbox::backlog(&mut conn).await.unwrap().count == 0).then_some(())
    })
    .await;
    events
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_server_neither_holds_nor_repeats_events() {
    let database = TestDatabase::new().await;
    let shop = Processes::start_on(&database.url, Plan { servers: 2, workers: 0, ..Plan::default() }).await;
    let mut written = write_and_wait(&database).await;
    // Only one of the two publishes at a time, so one of these takes over.
    for server in &shop.servers {
        server.signal("STOP");
        written.extend(write_and_wait(&database).await);
        server.signal("CONT");
        written.extend(write_and_wait(&database).await);
    }
    let mut conn = database.db.read().await.unwrap();
    let published = outbox::after(&mut conn, 0, 100_000).await.unwrap();
    let positions: Vec<i64> = published.iter().map(|one| one.position).collect();
    assert_eq!(positions, (1..=outbox::head(&mut conn).await.unwrap()).collect::<Vec<_>>());
    let placed = published.into_iter().filter_map(|one| one.event);
    let placed: Vec<_> = placed.filter(|event| matches!(event, DomainEvent::OrderPlaced { .. })).collect();
    assert_eq!(placed, written);
}
