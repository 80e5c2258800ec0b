//! Discount codes: repeated requests, deactivation, and their uses.

use serde_json::{Value, json};

use super::refusals;
use crate::guest_shop::GuestShop;

const CODE: &str =
    "query($c: String!) { discountCode(code: $c) { code usageLimit usageLimitPerCustomer usageCount isActive
    deactivatedAt promotion { name } uses(first: 5) { totalCount nodes { order { id } customer { id } at } } } }";
const DEACTIVATE: &str = "mutation($p: ID!, $c: [String!]!) {
    promotionCodesDeactivate(input: { promotionId: $p, codes: $c }) { promotion { id } userErrors { code field } } }";

fn ten_percent(codes: &[&str]) -> Value {
    let codes: Vec<Value> = codes.iter().map(|code| json!({ "code": code, "usageLimit": 2 })).collect();
    json!({ "name": "Ten percent", "codes": codes, "action": { "percentageOff": { "percent": "10" } } })
}

async fn enter(shop: &GuestShop, cart: &str, code: &str) {
    let query = "mutation($c: ID!, $d: [String!]!) { cartDiscountCodesUpdate(input: { cartId: $c, codes: $d }) {
        userErrors { code } } }";
    let _ = shop.guest("en").gql(query, json!({ "c": cart, "d": [code] })).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_shows_its_uses() {
    let shop = GuestShop::open().await;
    let tee = shop.product("tee", "20.00", 10).await;
    shop.promotion(ten_percent(&["SPRING"])).await;
    let cart = shop.cart("en", &[(&tee, 1)]).await;
    enter(&shop, &cart, "spring").await;
    let order = shop.complete(&cart, 1_800 + 490).await;
    let seen = shop.owner.gql(CODE, json!({ "c": " spring" })).await.ok();
    assert_eq!(seen.at("/discountCode/code"), "SPRING");
    assert_eq!(seen.at("/discountCode/promotion/name"), "Ten percent");
    assert_eq!((seen.at("/discountCode/usageLimit"), seen.at("/discountCode/usageCount")), (&json!(2), &json!(1)));
    assert_eq!(
        (seen.at("/discountCode/isActive"), seen.at("/discountCode/uses/totalCount")),
        (&json!(true), &json!(1))
    );
    assert_eq!(seen.text("/discountCode/uses/nodes/0/order/id"), order.id.to_string());
    assert_eq!(seen.at("/discountCode/uses/nodes/0/customer"), &Value::Null);
    let unknown = shop.owner.gql(CODE, json!({ "c": "NOPE" })).await.ok();
    assert_eq!(unknown.at("/discountCode"), &Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deactivated_code_applies_to_no_cart() {
    let shop = GuestShop::open().await;
    let tee = shop.product("tee", "20.00", 10).await;
    let promotion = shop.promotion(ten_percent(&["ONE", "TWO"])).await;
    let cart = shop.cart("en", &[(&tee, 1)]).await;
    enter(&shop, &cart, "ONE").await;
    assert_eq!(shop.look("en", &cart).await.at("/cart/discountCodes/0/isApplicable"), true);
    // One unknown code changes nothing.
    let some = json!({ "p": promotion, "c": ["ONE", "NOPE"] });
    let refused = shop.owner.gql(DEACTIVATE, some).await;
    assert_eq!(refusals(&refused), [("UNKNOWN_CODE".to_owned(), json!(["codes", "1"]))]);
    assert_eq!(shop.look("en", &cart).await.at("/cart/discountCodes/0/isApplicable"), true);
    for _ in 0..2 {
        let _ = shop.owner.gql(DEACTIVATE, json!({ "p": promotion, "c": ["one"] })).await.ok();
    }
    let seen = shop.look("en", &cart).await;
    assert_eq!(seen.at("/cart/discountCodes/0/isApplicable"), false);
    assert_eq!(seen.at("/cart/problems/0/code"), "DISCOUNT_CODE_NOT_APPLICABLE");
    let code = shop.owner.gql(CODE, json!({ "c": "ONE" })).await.ok();
    assert_eq!(code.at("/discountCode/isActive"), false);
    assert!(code.at("/discountCode/deactivatedAt").is_string());
    let other = shop.owner.gql(CODE, json!({ "c": "TWO" })).await.ok();
    assert_eq!(other.at("/discountCode/isActive"), true);
    let log = "query { auditLog(first: 10, filter: { action: \"promotionCodesDeactivate\" }) { nodes { changes { path from to } } } }";
    let log = shop.owner.gql(log, Value::Null).await.ok();
    let change = json!([{ "changes": [{ "path": "codes[ONE].isActive", "from": "true", "to": "false" }] }]);
    assert_eq!(log.at("/auditLog/nodes"), &change);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_creates_a_promotion_and_adds_codes_once() {
    let shop = GuestShop::open().await;
    let mut input = ten_percent(&["ONE"]);
    input["idempotencyKey"] = json!("spring");
    let first = shop.promotion(input.clone()).await;
    assert_eq!(shop.promotion(input.clone()).await, first);
    input["name"] = json!("Another");
    let reused = [("IDEMPOTENCY_KEY_REUSED".to_owned(), json!(["idempotencyKey"]))];
    assert_eq!(refusals(&shop.promote(input).await), reused);
    let count = "query { promotions { totalCount nodes { codes { totalCount } } } }";
    let seen = shop.owner.gql(count, Value::Null).await.ok();
    assert_eq!(seen.at("/promotions"), &json!({ "totalCount": 1, "nodes": [{ "codes": { "totalCount": 1 } }] }));
    let add = "mutation($p: ID!, $c: [DiscountCodeInput!]!) { promotionCodesAdd(input: { id: $p, codes: $c, idempotencyKey: \"more\" }) {
        promotion { codes { totalCount } } userErrors { code field } } }";
    let more = json!({ "p": first, "c": [{ "code": "TWO" }] });
    for _ in 0..2 {
        let added = shop.owner.gql(add, more.clone()).await.ok();
        assert_eq!(added.at("/promotionCodesAdd/promotion/codes/totalCount"), 2);
    }
    let other = json!({ "p": first, "c": [{ "code": "THREE" }] });
    assert_eq!(refusals(&shop.owner.gql(add, other).await), reused);
}
