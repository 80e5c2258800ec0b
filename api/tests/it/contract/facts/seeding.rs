//! Seeding an already seeded shop.

use serde_json::{Value, json};

use super::{
    super::{cart_flow::Cart, storefront},
    demo,
};

const EVERYTHING: &str = r#"{
    products(first: 100) { nodes { id slug version updatedAt } } productTypes(first: 100) { nodes { id slug } }
    categories(first: 100) { nodes { id slug } } collections(first: 100) { nodes { id slug } }
    channels { id slug name } stockLocations { id slug } customerGroups { slug } roles { slug }
    customers(first: 100) { nodes { id updatedAt addresses { id } groups { slug } } } staff(first: 100) { nodes { id } }
    promotions(first: 100) { nodes { id version name } }
    tees: inventoryLevels(sku: "TEE-M-NAVY") { location onHand allocated } prints: inventoryLevels(sku: "LIMITED-PRINT") { location onHand }
    stockMovements(sku: "TEE-M-NAVY", first: 100) { nodes { id } } orders(first: 100) { nodes { id version } } ledgerBalances { account balance }
}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeding_again_after_sales_changes_nothing() {
    let processes = demo().await;
    let _ = Cart::with_tee(&storefront(&processes, "")).await.buy().await;
    let staff = processes.staff("admin@demo.test").await;
    let before = staff.gql(EVERYTHING, Value::Null).await.data().clone();
    processes.run(&["seed", "--products", "20"]);
    let after = staff.gql(EVERYTHING, Value::Null).await.data().clone();
    assert_eq!(before["products"]["nodes"].as_array().unwrap().len(), 20);
    assert_eq!(before["stockMovements"]["nodes"].as_array().unwrap().len(), 4, "three deliveries and a sale: {before}");
    assert_eq!(before, after);
    let sold = json!({ "location": "berlin", "onHand": 10_000, "allocated": 1 });
    assert!(after["tees"].as_array().unwrap().contains(&sold), "{after}");
}
