//! Goods without a configured rate are not sold.

use serde_json::{Value, json};

use super::Shop;
use crate::purchase::COMPLETE;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_without_a_rate_blocks_completion_until_somebody_sets_one() {
    let shop = Shop::new().await;
    let tee = shop.product("tee", "19.90").await;
    let cart = shop.cart(&[&tee]).await;
    shop.send(&cart, "FR", "75001").await;
    let list = "{ taxRates(first: 10, filter: { countryCode: FR }) { nodes { id } } }";
    let rate = shop.owner.gql(list, json!({})).await.ok().text("/taxRates/nodes/0/id");
    let delete = "mutation($id: ID!) { taxRateDelete(input: { id: $id }) { userErrors { code } } }";
    let _ = shop.owner.gql(delete, json!({ "id": rate })).await.ok();

    let seen = shop.taxes(&cart).await;
    let target = |code: &str, at: &str| (json!(code), seen.at(at).clone());
    let problems: Vec<(Value, Value)> = seen
        .at("/cart/problems")
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["code"].clone(), problem["target"].clone()))
        .collect();
    let code = "TAX_NOT_CONFIGURED";
    let expected = [target(code, "/cart/lines/nodes/0/id"), target(code, "/cart/deliveryGroups/0/id")];
    assert_eq!(problems, expected, "{}", seen.body);
    let input = json!({ "input": { "cartId": cart, "idempotencyKey": "one" } });
    let complete = async || shop.app.storefront().gql(COMPLETE, input.clone()).await;
    assert_eq!(complete().await.user_error_code(), code);

    let _ = shop.set(json!({ "countryCode": "FR", "name": "No tax", "percent": "0" })).await.ok();
    assert_eq!(shop.taxes(&cart).await.at("/cart/problems"), &json!([]));
    assert_eq!(complete().await.user_error_code(), "PAYMENT_REQUIRED");
}
