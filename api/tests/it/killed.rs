//! Kills servers and workers while shoppers buy: each shopper gets one order and pays once.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient, eventually};
use tokio::time::sleep;

use crate::{
    processes::{Plan, Processes},
    purchase::{COMPLETE, PAY, cart_ready_to_pay, until_payment_is, variant},
};

const SHOPPERS: usize = 24;
/// Number of times that the server and the worker are killed.
const KILLS: usize = 4;
/// One T-shirt and its delivery, in cents.
const TOTAL: i64 = 1_990 + 490;
const PATIENCE: Duration = Duration::from_mins(3);

/// Repeats a request until the server responds; every request has an idempotency key.
async fn stubbornly(shop: &GraphqlClient, query: &str, input: Value, is_done: impl Fn(&Answer) -> bool) -> Answer {
    eventually("an answer", PATIENCE, async || {
        let answer = shop.try_gql(query, json!({ "input": input })).await;
        if let Some(answer) = answer.ok().filter(&is_done) {
            return Some(answer);
        }
        sleep(Duration::from_millis(100)).await;
        None
    })
    .await
}

/// Pays and completes a cart; returns the order.
async fn buy(shop: &GraphqlClient, cart: &str, token: &str) -> String {
    let payment = json!({ "cartId": cart, "method": "CARD", "token": token, "idempotencyKey": format!("pay-{cart}") });
    stubbornly(shop, PAY, payment, |answer| answer.at("/cartPaymentCreate/payment/id").is_string()).await;
    let completion = json!({ "cartId": cart, "idempotencyKey": format!("complete-{cart}") });
    let placed = stubbornly(shop, COMPLETE, completion, |answer| answer.at("/cartComplete/order/id").is_string()).await;
    placed.text("/cartComplete/order/id")
}

/// Kills the server and the worker repeatedly during traffic.
async fn kill_often(shop: &mut Processes) {
    for round in 0..KILLS {
        // Slow cards take three seconds, so that the kills hit different steps of different buyers.
        sleep(Duration::from_millis(700 + 400 * round as u64)).await;
        shop.workers.remove(0).kill();
        shop.servers.remove(0).kill();
        shop.start_worker();
        shop.start_server().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_processes_leave_every_order_paid_once() {
    let settings = vec![("MERCATOR_JOB_LEASE_SECONDS", "1".to_owned())];
    let mut shop = Processes::start_with(Plan::default(), settings).await;
    let storefront = shop.storefront(0);
    let tee = variant(&storefront, "classic-tee", "TEE-M-NAVY").await;
    let carts = join_all((0..SHOPPERS).map(|_| cart_ready_to_pay(&storefront, &tee))).await;

    let tokens = ["tok_success", "tok_slow", "tok_timeout"];
    let shoppers = join_all(carts.iter().zip(tokens.iter().cycle()).map(|((cart, _), token)| {
        let storefront = storefront.clone();
        async move { buy(&storefront, cart, token).await }
    }));
    let (orders, ()) = tokio::join!(shoppers, kill_often(&mut shop));

    assert_eq!(orders.iter().collect::<HashSet<_>>().len(), SHOPPERS, "each has an order of their own");
    let charges = eventually("all money is taken or let go", PATIENCE, async || {
        let charges = shop.charges().await;
        let is_settled = |charge: &Value| charge["captured"] == TOTAL || charge["status"] == "VOIDED";
        charges.iter().all(is_settled).then_some(charges)
    })
    .await;
    let taken = charges.iter().filter(|charge| charge["captured"] == TOTAL).count();
    assert_eq!(taken, SHOPPERS, "each has paid once: {charges:?}");
    for ((_, token), order) in carts.iter().zip(&orders) {
        until_payment_is(&storefront, order, token, "PAID").await;
    }
    let staff = shop.staff("admin@demo.test").await;
    let books = "{ orders { totalCount } ledgerBalances { account currencyCode balance } }";
    let books = staff.gql(books, Value::Null).await;
    assert_eq!(books.data()["orders"]["totalCount"], SHOPPERS);
    assert_eq!(in_gateways(books.data()), TOTAL * i64::try_from(SHOPPERS).unwrap(), "{}", books.body);
}

/// The ledger's balance of the gateway accounts, in cents.
fn in_gateways(books: &Value) -> i64 {
    let rows = books["ledgerBalances"].as_array().unwrap().iter();
    let gateways = rows.filter(|row| row["account"].as_str().unwrap().starts_with("gateway:"));
    gateways.map(|row| row["balance"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap()).sum()
}
