//! Counts SQL statements: each operation of the contract sends as many for a hundred objects as for one.

mod contract;
mod contract_run;
mod shop;

use serde_json::json;

use self::{contract_run::ContractRun, shop::StatementShop};
use crate::processes::Plan;

/// As many products as a cart has lines, plus some that cannot be bought.
const SHOP: Plan = Plan { servers: 1, workers: 0, has_mongodb: false, products: 150 };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statement_counts_do_not_depend_on_the_number_of_objects() {
    let stage = StatementShop::open(SHOP).await;
    ContractRun::grow(&stage, 1).await;
    let little = ContractRun::run(&stage, 1).await;
    ContractRun::grow(&stage, 30).await;

    let much = ContractRun::run(&stage, 100).await;
    let names: Vec<&str> = stage.contract.names().collect();
    let table = names.iter().map(|name| (*name, little.counts.get(*name), much.counts.get(*name)));
    let wrong: Vec<_> = table.clone().filter(|(_, little, much)| little != much || little.is_none()).collect();
    let table: Vec<String> = table.map(|(name, little, much)| format!("{name:26} {little:?} {much:?}")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{}", table.join("\n"));

    let checkout = ["CartCreate", "CartLinesAdd", "CartBuyerUpdate", "CartAddressesUpdate", "CartDeliveryOptionSelect"];
    let whole: u64 = checkout.iter().chain(&["Pay", "Complete"]).map(|name| much.counts[*name]).sum();
    assert!(whole <= 50, "a whole checkout costs {whole}: {:?}", much.counts);
    let pages =
        ["ProductPage", "CollectionPage", "Listing", "Search", "Suggest", "Navigation", "ResolvedChannel", "Channels"];
    for page in pages {
        assert_eq!(much.counts[page], 0, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_page_takes_three_statements_then_none() {
    let stage = StatementShop::open(Plan { workers: 0, ..Plan::default() }).await;
    stage.contract.settle().await;
    let page = json!({ "slug": "classic-tee" });
    let _ = stage.contract.send(&stage.guest, "ProductPage", page.clone(), &[]).await;
    let cold = stage.contract.statements("ProductPage").await;
    assert!(cold <= 3, "{cold}");
    let _ = stage.contract.send(&stage.guest, "ProductPage", page, &[]).await;
    assert_eq!(stage.contract.statements("ProductPage").await, cold);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn adding_to_a_cart_takes_at_most_six_statements() {
    let stage = StatementShop::open(Plan { workers: 0, ..Plan::default() }).await;
    let variants = stage.variants(1).await;
    stage.contract.settle().await;
    let cost_with = async |lines| {
        let cart = stage.cart(&stage.guest, &variants, lines).await;
        let before = stage.contract.statements("CartLinesAdd").await;
        let add = json!({ "cartId": cart, "variantId": variants[0] });
        let _ = stage.contract.send(&stage.guest, "CartLinesAdd", add, &[]).await.ok();
        stage.contract.statements("CartLinesAdd").await - before
    };
    let cold = cost_with(1).await;
    assert!(cold <= 6, "{cold}");
    let warm = cost_with(1).await;
    assert!(warm <= cold, "{warm}");
    assert_eq!(cost_with(200).await, warm);
}
