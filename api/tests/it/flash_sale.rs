//! Three hundred buyers with authorized payments, the last hundred prints, two servers: a hundred orders, two hundred
//! refusals, and no charge without an order.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient, eventually};

use crate::{
    processes::{Plan, Processes},
    purchase::{cart_ready_to_pay, complete, pay, variant},
};

const BUYERS: usize = 300;
const PRINTS: usize = 100;
/// One print and its delivery, in cents.
const TOTAL: i64 = 4_900 + 490;
const PATIENCE: Duration = Duration::from_mins(4);

/// Repeats a request while the server is busy, as a browser does; every request is safe to repeat.
async fn patiently(mut ask: impl AsyncFnMut() -> Answer) -> Answer {
    eventually("an answer of a busy server", PATIENCE, async || {
        let answer = ask().await;
        let is_busy = answer.body["errors"][0]["extensions"]["code"] == "UNAVAILABLE";
        (!is_busy).then_some(answer)
    })
    .await
}

/// A cart with one print and an authorized payment.
async fn paid_cart(shop: &GraphqlClient, variant: &str) -> String {
    let (cart, _) = cart_ready_to_pay(shop, variant).await;
    let paid = patiently(async || pay(shop, &cart, "tok_success").await).await.ok();
    assert_eq!(paid.at("/cartPaymentCreate/payment/status"), "AUTHORIZED", "{}", paid.body);
    cart
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_buyers_of_the_last_100_get_100_orders() {
    let processes = Processes::start(Plan { servers: 2, ..Plan::default() }).await;
    let shops = [processes.storefront(0), processes.storefront(1)];
    let print = variant(&shops[0], "limited-print", "LIMITED-PRINT").await;

    let mut carts = Vec::new();
    for crowd in (0..BUYERS).collect::<Vec<_>>().chunks(30) {
        carts.extend(join_all(crowd.iter().map(|buyer| paid_cart(&shops[buyer % 2], &print))).await);
    }
    // All at once, each on the other server than before.
    let buy =
        async |(buyer, cart): (usize, &String)| patiently(async || complete(&shops[(buyer + 1) % 2], cart).await).await;
    let answers = join_all(carts.iter().enumerate().map(buy)).await;

    let (sold, refused): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.at("/cartComplete/order/id").is_string());
    let orders: HashSet<String> = sold.iter().map(|answer| answer.text("/cartComplete/order/id")).collect();
    assert_eq!((orders.len(), refused.len()), (PRINTS, BUYERS - PRINTS));
    for answer in refused {
        assert_eq!(answer.user_error_code(), "OUT_OF_STOCK", "{}", answer.body);
    }

    let staff = processes.staff("admin@demo.test").await;
    let left =
        "{ inventoryLevels(sku: \"LIMITED-PRINT\") { location onHand allocated available } orders { totalCount } }";
    let left = staff.gql(left, Value::Null).await;
    assert_eq!(left.data()["orders"]["totalCount"], PRINTS);
    let mut levels = left.data()["inventoryLevels"].as_array().unwrap().clone();
    levels.sort_by_key(|level| level["location"].to_string());
    let level = |location: &str, units: i64| json!({ "location": location, "onHand": units, "allocated": units, "available": 0 });
    assert_eq!(levels, [level("berlin", 60), level("lyon", 40)]);

    let settled = eventually("every charge is taken or let go", PATIENCE, async || {
        let charges = processes.charges().await;
        let is_settled = |charge: &Value| charge["captured"] == TOTAL || charge["status"] == "VOIDED";
        charges.iter().all(is_settled).then_some(charges)
    })
    .await;
    let taken = settled.iter().filter(|charge| charge["captured"] == TOTAL).count();
    let given_back = settled.iter().filter(|charge| charge["captured"] == 0).count();
    assert_eq!((taken, given_back), (PRINTS, BUYERS - PRINTS), "nobody is paid and refused");
}
