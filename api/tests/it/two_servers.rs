//! Two servers over the same stores: what one writes, the other shows and tells.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{GraphqlClient, eventually};

use crate::{
    buying::{cart_ready_to_pay, complete, pay, variant},
    processes::{Plan, Processes},
};

const SOON: Duration = Duration::from_secs(30);

async fn two_servers(workers: usize) -> Processes {
    Processes::start(Plan { servers: 2, workers, ..Plan::default() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_server_writes_the_other_shows() {
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
async fn what_one_server_writes_is_told_to_the_subscribers_of_the_other() {
    let shop = two_servers(1).await;
    let (here, there) = (shop.storefront(0), shop.storefront(1));
    let tee = variant(&here, "classic-tee", "TEE-M-NAVY").await;
    let (cart, token) = cart_ready_to_pay(&here, &tee).await;

    let watch = "subscription($id: ID!) { cartUpdated(id: $id) { status version } }";
    let mut carts = Stream::open(&there, watch, json!({ "id": cart })).await;
    let add =
        "mutation($c: ID!, $v: ID!) { cartLinesAdd(input: { cartId: $c, lines: [{ variantId: $v, quantity: 1 }] }) {
        cart { version } userErrors { code } } }";
    let added = here.gql(add, json!({ "c": cart, "v": tee })).await.ok();
    let version = added.at("/cartLinesAdd/cart/version").clone();
    carts.until(|data| data["cartUpdated"]["version"] == version).await;

    let _ = pay(&here, &cart, "tok_success").await.ok();
    let order = complete(&here, &cart).await.ok().text("/cartComplete/order/id");
    let watch = "subscription($id: ID!, $t: String) { orderUpdated(id: $id, token: $t) { paymentStatus } }";
    let mut orders = Stream::open(&there, watch, json!({ "id": order, "t": token })).await;
    orders.until(|data| data["orderUpdated"]["paymentStatus"] == "PAID").await;
    carts.until(|data| data["cartUpdated"]["status"] == "COMPLETED").await;
}

/// A subscription over server-sent events.
struct Stream {
    response: reqwest::Response,
    unread: String,
}

impl Stream {
    async fn open(client: &GraphqlClient, query: &str, variables: Value) -> Self {
        let body = json!({ "query": query, "variables": variables });
        let request = reqwest::Client::new().post(client.url()).header("accept", "text/event-stream").json(&body);
        Self { response: request.send().await.unwrap(), unread: String::new() }
    }

    /// Reads until an event's data are as wanted.
    async fn until(&mut self, is_wanted: impl Fn(&Value) -> bool) {
        let read = async {
            loop {
                while let Some(end) = self.unread.find("\n\n") {
                    let event: String = self.unread.drain(..end + 2).collect();
                    let data = event.strip_prefix("event: next\ndata: ").map(serde_json::from_str::<Value>);
                    if data.is_some_and(|data| is_wanted(&data.unwrap()["data"])) {
                        return;
                    }
                }
                let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
                self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        };
        tokio::time::timeout(SOON, read).await.expect("the event that was waited for");
    }
}
