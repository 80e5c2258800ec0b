//! A real shop: from `mercator init` to a shipped order in Germany and California, without seed and SQL. The operations are
//! those of `docs/opening-a-shop.md`.

mod opening;
mod process;

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient, eventually};

use process::RealShop;

const GUIDE: &str = include_str!("../../../docs/opening-a-shop.md");

/// Time limit for work of the worker on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The differences between the shops.
struct Place {
    country: &'static str,
    channel: &'static str,
    currency: &'static str,
    account: Value,
    address: Value,
    total: Value,
}

fn germany() -> Place {
    Place {
        country: "DE",
        channel: "de",
        currency: "EUR",
        account: json!({ "iban": "DE02120300000000202051" }),
        address: json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Unter den Linden 1",
            "postalCode": "10117", "city": "Berlin", "countryCode": "DE" }),
        total: json!({ "net": { "amount": "37.81" }, "gross": { "amount": "45.00" }, "tax": { "amount": "7.19" } }),
    }
}

fn california() -> Place {
    Place {
        country: "US",
        channel: "us",
        currency: "USD",
        account: json!({ "accountNumber": "000123456789", "routingNumber": "121000358" }),
        address: json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "1 Broadway", "postalCode": "94607",
            "city": "Oakland", "region": "CA", "countryCode": "US" }),
        total: json!({ "net": { "amount": "45.00" }, "gross": { "amount": "48.26" }, "tax": { "amount": "3.26" } }),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_german_shop_sells_ships_cancels_and_finds_everything() {
    sell_from(&germany()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_californian_shop_sells_ships_cancels_and_finds_everything() {
    sell_from(&california()).await;
}

/// The operation of the guide with a name.
fn operation(name: &str) -> &'static str {
    let blocks = GUIDE.split("```graphql\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let named = |block: &&str| {
        let head = block.split(['(', '{']).next().unwrap();
        head.split_whitespace().nth(1) == Some(name)
    };
    blocks.clone().find(named).unwrap_or_else(|| panic!("the guide has no operation {name}"))
}

async fn run(client: &GraphqlClient, name: &str, variables: Value) -> Answer {
    client.gql(operation(name), variables).await.ok()
}

async fn sell_from(place: &Place) {
    let shop = RealShop::open(place.country).await;
    let staff = configure(&shop, place).await;
    let variant = product(&staff, place).await;
    let shipped = buy(&shop, place, &variant, "first").await;
    let canceled = buy(&shop, place, &variant, "second").await;
    assert_eq!(shipped["number"], "T-01001");
    assert_eq!(shipped["status"], "PENDING_PAYMENT");
    receive_and_ship(&staff, &shipped).await;
    receive_and_cancel(&staff, &canceled).await;
    find_orders(&staff, place, &shipped, &canceled).await;
    find_the_rest(&staff).await;
}

/// Logs in and adds what is missing.
async fn configure(shop: &RealShop, place: &Place) -> GraphqlClient {
    let login = json!({ "email": process::EMAIL, "password": process::PASSWORD });
    let session = run(&shop.admin(), "LogIn", login).await;
    let staff = shop.admin().bearer(&session.text("/staffLogin/session/accessToken"));
    let channel = json!(place.channel);
    let before = missing(&staff).await;
    for code in ["DELIVERY_MISSING", "PAYMENT_METHOD_MISSING"] {
        assert!(before.contains(&(json!(code), channel.clone())), "{before:?}");
    }
    assert!(!before.iter().any(|(code, _)| *code == "TAX_RATE_MISSING"), "{before:?}");
    let settings = run(&staff, "Settings", json!({ "sender": "shop@teahouse.example" })).await;
    assert_eq!(settings.at("/settingsUpdate/settings/orderNumbers/nextText"), "T-01001");
    let zone = run(&staff, "Zone", json!({ "country": place.country })).await;
    let zone = zone.text("/deliveryZoneCreate/deliveryZone/id");
    let method = json!({ "zone": zone, "channel": channel, "currency": place.currency });
    run(&staff, "Method", method).await;
    let mut account = place.account.clone();
    account["channel"] = channel;
    run(&staff, "Account", account).await;
    // Tests have no mail server.
    assert_eq!(missing(&staff).await, [(json!("MAIL_MISSING"), Value::Null)]);
    staff
}

async fn missing(staff: &GraphqlClient) -> Vec<(Value, Value)> {
    let readiness = run(staff, "Readiness", json!({})).await;
    let missing = readiness.at("/shopReadiness/missing").as_array().unwrap().clone();
    assert_eq!(readiness.at("/shopReadiness/isReady"), &json!(missing.is_empty()));
    missing.iter().map(|one| (one["code"].clone(), one["channel"].clone())).collect()
}

/// Creates the product and returns its variant.
async fn product(staff: &GraphqlClient, place: &Place) -> String {
    run(staff, "ProductType", json!({})).await;
    let product = json!({ "channel": place.channel, "currency": place.currency });
    let created = run(staff, "Product", product).await;
    created.text("/productCreate/product/variants/nodes/0/id")
}

/// Places an order that waits for its bank transfer.
async fn buy(shop: &RealShop, place: &Place, variant: &str, key: &str) -> Value {
    let store = shop.storefront();
    let created = eventually("the product is on sale", PATIENCE, async || {
        let cart = store.gql(operation("Cart"), json!({ "variant": variant, "country": place.country })).await;
        cart.user_errors().is_empty().then_some(cart)
    })
    .await;
    let cart = created.text("/cartCreate/cart/id");
    let addressed = run(&store, "Address", json!({ "cart": cart, "address": place.address })).await;
    let group = addressed.at("/cartAddressesUpdate/cart/deliveryGroups/0").clone();
    assert_eq!(group["options"][0]["handle"], "parcel", "{group}");
    let chosen = run(&store, "Delivery", json!({ "cart": cart, "group": group["id"] })).await;
    let chosen = chosen.at("/cartDeliveryOptionSelect/cart");
    assert_eq!((&chosen["cost"]["total"], &chosen["problems"]), (&place.total, &json!([])));
    run(&store, "Pay", json!({ "cart": cart, "key": key })).await;
    run(&store, "Complete", json!({ "cart": cart })).await.at("/cartComplete/order").clone()
}

async fn order(staff: &GraphqlClient, id: &Value) -> Value {
    run(staff, "Order", json!({ "order": id })).await.at("/order").clone()
}

async fn receive(staff: &GraphqlClient, id: &Value) {
    let key = format!("received-{id}");
    let received = run(staff, "Received", json!({ "order": id, "key": key })).await;
    let received = received.at("/orderMarkPaid/order");
    assert_eq!((&received["status"], &received["paymentStatus"]), (&json!("OPEN"), &json!("PAID")));
}

async fn receive_and_ship(staff: &GraphqlClient, placed: &Value) {
    let id = &placed["id"];
    receive(staff, id).await;
    let shipped = run(staff, "Ship", json!({ "order": id, "key": "ship" })).await;
    let shipped = shipped.at("/orderFulfill/order");
    assert_eq!((&shipped["status"], &shipped["fulfillmentStatus"]), (&json!("COMPLETED"), &json!("FULFILLED")));
}

async fn receive_and_cancel(staff: &GraphqlClient, placed: &Value) {
    let id = &placed["id"];
    receive(staff, id).await;
    let canceled = run(staff, "Cancel", json!({ "order": id, "key": "cancel" })).await;
    assert_eq!(canceled.at("/orderCancel/order/status"), "CANCELED");
    let refunded = eventually("the order is refunded", PATIENCE, async || {
        Some(order(staff, id).await).filter(|order| order["paymentStatus"] == "REFUNDED")
    })
    .await;
    assert_eq!(refunded["payments"][0]["refundedAmount"], placed["total"]["gross"]);
}

async fn find_orders(staff: &GraphqlClient, place: &Place, shipped: &Value, canceled: &Value) {
    for (filter, found) in [
        (json!({ "status": ["COMPLETED"] }), vec![shipped]),
        (json!({ "status": ["CANCELED"] }), vec![canceled]),
        (json!({ "paymentStatus": ["PAID"] }), vec![shipped]),
        (json!({ "paymentStatus": ["REFUNDED"] }), vec![canceled]),
        (json!({ "fulfillmentStatus": ["FULFILLED"] }), vec![shipped]),
        (json!({ "query": "t-01001" }), vec![shipped]),
        (json!({ "sku": "DARJEELING", "channel": place.channel }), vec![canceled, shipped]),
        (json!({ "query": "ada@", "updatedAfter": "2000-01-01T00:00:00Z" }), vec![canceled, shipped]),
        (json!({ "placedBefore": "2000-01-01T00:00:00Z" }), Vec::new()),
    ] {
        let answer = run(staff, "Orders", json!({ "filter": filter })).await;
        let nodes = answer.at("/orders/nodes").as_array().unwrap().clone();
        let ids: Vec<&Value> = nodes.iter().map(|node| &node["id"]).collect();
        assert_eq!(ids, found.iter().map(|order| &order["id"]).collect::<Vec<_>>(), "{filter}");
        assert_eq!(answer.at("/orders/totalCount"), &json!(found.len()), "{filter}");
        assert!(nodes.iter().all(|node| node["channel"]["slug"] == place.channel), "{filter}");
    }
}

async fn find_the_rest(staff: &GraphqlClient) {
    let goods = eventually("the product is found", PATIENCE, async || {
        let goods = run(staff, "Goods", json!({})).await;
        (goods.at("/products/nodes") == &json!([{ "slug": "darjeeling" }])).then_some(goods)
    })
    .await;
    assert_eq!(goods.at("/productVariant/product/slug"), "darjeeling");
    // Two units have left, and two have returned to the shelf.
    let levels = json!([{ "location": "main", "onHand": 8, "allocated": 0, "available": 8 }]);
    assert_eq!(goods.at("/inventoryLevels"), &levels);
    let log = run(staff, "Log", json!({})).await;
    let changes = log.at("/auditLog/nodes/0/changes").as_array().unwrap().clone();
    let prefix = json!({ "path": "orderNumbers.prefix", "from": "", "to": "T-" });
    assert!(changes.contains(&prefix), "{changes:?}");
}
