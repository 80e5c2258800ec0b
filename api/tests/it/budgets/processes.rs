//! Several processes do not multiply a budget; the default budget serves a flash sale.

use std::time::Duration;

use model::Network;
use serde_json::{Value, json};
use services::budgets::{BudgetsConfig, Payer};
use testkit::{GraphqlClient, eventually};

use super::{assert_refused, burst, exhaust, from, long_query, settings};
use crate::{
    purchase::{COMPLETE, PAY},
    support::{TestApp, serve},
};

const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn what_one_process_charged_is_deducted_in_the_others() {
    let budgets = BudgetsConfig { network: burst(4_000), ..BudgetsConfig::default() };
    let app = TestApp::with_settings(settings(budgets)).await;
    let (there, _background) = app.another_process().await;
    let (there, url) = serve(&there, settings(budgets)).await;
    let query = long_query();
    // The other process may listen only after the first charges. A query costs more than a sixteenth of the burst, so each
    // one is shared.
    let payer = |address: &str| Payer::Network(Network::of(address.parse().unwrap()));
    let mut exhausted = Vec::new();
    let known = eventually("the other process knows a network", SOON, async || {
        let address = format!("203.0.113.{}", exhausted.len());
        exhaust(&from(&app.storefront(), &address), &query).await;
        exhausted.push(address);
        exhausted.iter().find(|address| there.budgets.check(payer(address), 1_000).is_err()).cloned()
    })
    .await;
    let other = GraphqlClient::new(format!("{url}/graphql"));
    assert_refused(&from(&other, &known).gql(&query, Value::Null).await);
    let _ = from(&other, "198.51.100.1").gql(&query, Value::Null).await.data();
    there.stop.cancel();
}

const NAVIGATION: &str = include_str!("../../../../scripts/checks/operations/storefront/Navigation.graphql");
const LISTING: &str = include_str!("../../../../scripts/checks/operations/storefront/Listing.graphql");
const SEARCH: &str = include_str!("../../../../scripts/checks/operations/storefront/Search.graphql");
const PRODUCT_PAGE: &str = include_str!("../../../../scripts/checks/operations/storefront/ProductPage.graphql");

#[tokio::test]
async fn the_default_budget_of_a_network_serves_300_checkouts_at_once() {
    let app = TestApp::new().await;
    let shop = app.storefront();
    let mut total = 0;
    let mut ask = async |query: &str, variables: Value| {
        let answer = shop.gql(query, variables).await;
        let cost = answer.body["extensions"]["cost"]["requested"].as_u64();
        total += 20 + query.len() as u64 / 100 + cost.unwrap_or_else(|| panic!("no cost: {}", answer.body));
        answer
    };
    for (times, query, variables) in [
        (2, NAVIGATION, json!({})),
        (5, LISTING, json!({ "first": 24 })),
        (2, SEARCH, json!({ "query": "tee", "first": 24 })),
        (5, PRODUCT_PAGE, json!({ "slug": "tee" })),
    ] {
        for _ in 0..times {
            let _ = ask(query, variables.clone()).await;
        }
    }
    let create = "mutation { cartCreate(input: { buyer: { email: \"a@b.example\" } }) { cart { id cost { total { gross { amount } } } lines(first: 50) { nodes { id quantity } } } userErrors { code } } }";
    let cart = ask(create, Value::Null).await.ok().text("/cartCreate/cart/id");
    // As many steps as adding and changing lines, buyer, address and delivery of a checkout.
    let step = "mutation($c: ID!) { cartNoteUpdate(input: { cartId: $c, note: \"x\" }) { cart { id cost { total { gross { amount } } } lines(first: 50) { nodes { id quantity } } deliveryGroups { id options { handle } } } userErrors { code } } }";
    for _ in 0..8 {
        let _ = ask(step, json!({ "c": cart })).await;
    }
    let login = "mutation { customerLogin(input: { email: \"a@b.example\", password: \"x\" }) { session { accessToken } userErrors { code } } }";
    let _ = ask(login, Value::Null).await;
    // The cart is empty, which does not change the costs.
    let pay =
        json!({ "cartId": cart, "method": "CARD", "token": "tok_success", "idempotencyKey": "pay-once-for-the-cart" });
    let _ = ask(PAY, json!({ "input": pay })).await;
    let _ = ask(COMPLETE, json!({ "input": { "cartId": cart } })).await;
    let burst = u64::from(BudgetsConfig::NETWORK.burst);
    assert!(total * 300 <= burst, "300 shoppers cost {} of {burst}", total * 300);
}
