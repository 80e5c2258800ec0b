//! Keys of stock adjustments.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::Answer;

use super::{REUSED, Shop, is_invalid, no_keys};

const STOCK: &str = "{ inventoryLevels(sku: \"TEE-M-NAVY\") { location onHand } }";

async fn adjust(shop: &Shop, delta: i64, key: &str) -> Answer {
    let query = "mutation($i: InventoryAdjustInput!) { inventoryAdjust(input: $i) { levels { onHand } userErrors { code field message } } }";
    let changes = json!([{ "sku": "TEE-M-NAVY", "location": "berlin", "delta": delta }]);
    let input = json!({ "reason": "RECEIVED", "idempotencyKey": key, "changes": changes });
    shop.staff.gql(query, json!({ "i": input })).await
}

async fn on_hand(shop: &Shop) -> i64 {
    let seen = shop.staff.gql(STOCK, Value::Null).await;
    let levels = seen.at("/inventoryLevels").as_array().unwrap().clone();
    levels.iter().map(|level| level["onHand"].as_i64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_adjustments_with_one_key_apply_once() {
    let shop = Shop::open().await;
    let before = on_hand(&shop).await;
    let answers = join_all((0..8).map(|_| adjust(&shop, 5, "delivery"))).await;
    assert!(answers.iter().all(|answer| answer.data() == answers[0].data() && answer.user_errors().is_empty()));
    assert_eq!(on_hand(&shop).await, before + 5);
    assert_eq!(adjust(&shop, 6, "delivery").await.user_error_code(), REUSED);
    for key in no_keys() {
        assert!(is_invalid(&adjust(&shop, 5, &key).await));
    }
    assert_eq!(on_hand(&shop).await, before + 5);
}
