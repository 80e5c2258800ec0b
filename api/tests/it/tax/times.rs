//! Rates that begin later.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde_json::json;
use testkit::{TestClock, eventually};

use super::Shop;
use crate::{
    contract::cart_flow::Cart,
    processes::{Plan, Processes},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rate_applies_from_its_moment_on() {
    let clock = TestClock::new();
    let shop = Shop::with_clock(&clock).await;
    let tee = shop.product("tee", "11.90").await;
    let cart = shop.cart(&[&tee]).await;
    let percent = async || shop.taxes(&cart).await.text("/cart/lines/nodes/0/taxPercent");
    let from = shop.app.app.now() + TimeDelta::hours(2);
    let _ = shop.set(json!({ "countryCode": "DE", "name": "VAT", "percent": "16", "validFrom": from })).await.ok();
    // The owner's session ends before the rate begins.
    let list =
        "{ taxRates(first: 10, filter: { countryCode: DE, taxClass: \"standard\" }) { nodes { percent validFrom } } }";
    let rates = shop.owner.gql(list, json!({})).await.ok();
    assert_eq!(rates.at("/taxRates/nodes").as_array().unwrap().len(), 2, "both rates are kept");
    assert_eq!(percent().await, "19");
    clock.advance(TimeDelta::hours(2) - TimeDelta::milliseconds(1));
    assert_eq!(percent().await, "19");
    clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(percent().await, "16");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rate_begins_in_every_process_at_the_same_moment() {
    let processes = Processes::start(Plan { servers: 2, workers: 0, ..Plan::default() }).await;
    let staff = processes.staff("admin@demo.test").await;
    let cart = Cart::with_tee(&processes.storefront(0)).await;
    assert_eq!(cart.sums().await, ["4.90", "3.96", "24.80"]);
    let query = "query($c: ID!) { cart(id: $c) { cost { tax { amount } } } }";
    let tax = async |server: usize| {
        processes.storefront(server).gql(query, json!({ "c": cart.id })).await.ok().text("/cart/cost/tax/amount")
    };
    let from = Utc::now() + TimeDelta::seconds(5);
    let set = "mutation($f: DateTime!) { taxRateSet(input: { countryCode: DE, name: \"VAT\", percent: \"16\", validFrom: $f }) {
        taxRate { id } userErrors { code field } } }";
    let _ = staff.gql(set, json!({ "f": from })).await.ok();
    for server in [0, 1] {
        // 16 % of 19.90 and of 4.90, each rounded.
        eventually("the new rate", Duration::from_secs(30), async || {
            let is_new = tax(server).await == "3.42";
            assert!(!is_new || Utc::now() >= from, "the rate applies too early");
            is_new.then_some(())
        })
        .await;
    }
}
