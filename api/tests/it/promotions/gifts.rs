//! Free gifts: in the cart, in the order, and in stock.

use diesel::sql_query;
use diesel_async::RunQueryDsl as _;
use serde_json::json;

use super::refusals;
use crate::guest_shop::GuestShop;

const BAG: &str = "BAG-0";

/// A shop that gives a bag with goods for EUR 30.00.
async fn shop(bags: i64) -> (GuestShop, model::catalog::Product) {
    let shop = GuestShop::open().await;
    let tee = shop.product("tee", "19.90", 100).await;
    shop.product("bag", "5.00", bags).await;
    let input = json!({ "name": "Free bag", "translations": [{ "locale": "de", "name": "Gratis-Tasche" }],
        "channels": ["eu"], "conditions": { "minimumSubtotal": "30.00" }, "action": { "gift": { "sku": BAG } } });
    shop.promotion(input).await;
    (shop, tee)
}

async fn allocated(shop: &GuestShop) -> i64 {
    let levels = "query($s: String!) { inventoryLevels(sku: $s) { allocated } }";
    let answer = shop.owner.gql(levels, json!({ "s": BAG })).await.ok();
    answer.at("/inventoryLevels").as_array().unwrap().iter().map(|level| level["allocated"].as_i64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gift_is_a_line_of_the_cart_while_its_conditions_hold() {
    let (shop, tee) = shop(10).await;
    let cart = shop.cart("de", &[(&tee, 1)]).await;
    assert_eq!(shop.look("de", &cart).await.at("/cart/lines/nodes").as_array().unwrap().len(), 1);
    let update =
        "mutation($c: ID!, $l: ID!) { cartLinesUpdate(input: { cartId: $c, lines: [{ lineId: $l, quantity: 2 }] }) {
        cart { lines { nodes { isGift } } } userErrors { code } } }";
    let line = shop.look("de", &cart).await.text("/cart/lines/nodes/0/id");
    let changed = shop.guest("de").gql(update, json!({ "c": cart, "l": line })).await.ok();
    assert_eq!(changed.at("/cartLinesUpdate/cart/lines/nodes"), &json!([{ "isGift": false }, { "isGift": true }]));
    let seen = shop.look("de", &cart).await;
    let gift = json!({ "isGift": true, "quantity": 1, "variant": { "sku": BAG },
        "unitPrice": { "gross": { "amount": "5.00" } }, "total": { "gross": { "amount": "0.00" } },
        "discountAllocations": [{ "title": "Gratis-Tasche", "amount": { "amount": "5.00" } }] });
    let mut given = seen.at("/cart/lines/nodes/1").clone();
    let id = given.as_object_mut().unwrap().remove("id").unwrap();
    assert_eq!(given, gift);
    let cost = json!({ "subtotal": { "gross": { "amount": "44.80" } }, "discountTotal": { "amount": "5.00" },
        "total": { "gross": { "amount": "44.70" } } });
    assert_eq!((seen.at("/cart/cost"), seen.at("/cart/totalQuantity")), (&cost, &json!(2)));
    // Shoppers cannot change the line.
    let answer = shop.guest("de").gql(update, json!({ "c": cart, "l": id })).await;
    assert_eq!(answer.user_error_code(), "LINE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_contains_the_gift_and_its_stock_is_allocated() {
    let (shop, tee) = shop(10).await;
    let cart = shop.cart("de", &[(&tee, 2)]).await;
    let order = shop.complete(&cart, 4_470).await;
    assert_eq!(allocated(&shop).await, 1);
    let query = "query($o: ID!) { order(id: $o) { total { gross { amount } } discounts { title amount { amount } }
        lines { sku isGift quantity total { gross { amount } } discountAllocations { title } } } }";
    let seen = shop.owner.gql(query, json!({ "o": order.id.to_string() })).await.ok();
    assert_eq!(seen.at("/order/total/gross/amount"), "44.70");
    assert_eq!(seen.at("/order/discounts"), &json!([{ "title": "Gratis-Tasche", "amount": { "amount": "5.00" } }]));
    let gift = json!({ "sku": BAG, "isGift": true, "quantity": 1, "total": { "gross": { "amount": "0.00" } },
        "discountAllocations": [{ "title": "Gratis-Tasche" }] });
    assert_eq!(seen.at("/order/lines/1"), &gift);
    // The completed cart shows what was bought.
    assert_eq!(shop.look("de", &cart).await.at("/cart/lines/nodes/1/isGift"), true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gift_that_is_sold_out_is_left_out_of_cart_and_order() {
    let (shop, tee) = shop(1).await;
    let (first, second) = (shop.cart("en", &[(&tee, 2)]).await, shop.cart("en", &[(&tee, 2)]).await);
    assert_eq!(shop.look("en", &second).await.at("/cart/lines/nodes/1/isGift"), true);
    // Another system takes the last unit, which this process does not know yet.
    let take = "UPDATE inventory_levels SET on_hand = 0 WHERE variant_id IN (SELECT variant_id FROM inventory_items WHERE sku = 'BAG-0')";
    sql_query(take).execute(&mut *shop.app.app.db().write().await.unwrap()).await.unwrap();
    let order = shop.complete(&first, 4_470).await;
    let query = "query($o: ID!) { order(id: $o) { discounts { title } lines { sku } subtotal { gross { amount } } } }";
    let seen = shop.owner.gql(query, json!({ "o": order.id.to_string() })).await.ok();
    let expected =
        json!({ "discounts": [], "lines": [{ "sku": "TEE-0" }], "subtotal": { "gross": { "amount": "39.80" } } });
    assert_eq!(seen.at("/order"), &expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gift_names_exactly_one_variant() {
    let shop = GuestShop::open().await;
    let tee = shop.product("tee", "19.90", 1).await;
    let refused = async |gift: serde_json::Value| {
        refusals(&shop.promote(json!({ "name": "Gift", "action": { "gift": gift } })).await)
    };
    let at = |field: &str| json!(["action", "gift", field]);
    assert_eq!(refused(json!({ "sku": "NOPE" })).await, [("UNKNOWN_VARIANT".to_owned(), at("sku"))]);
    assert_eq!(refused(json!({})).await, [("AMBIGUOUS_GIFT".to_owned(), json!(["action", "gift"]))]);
    let both = json!({ "sku": "TEE-0", "productId": tee.id.to_string() });
    assert_eq!(refused(both).await, [("AMBIGUOUS_GIFT".to_owned(), json!(["action", "gift"]))]);
    let many = json!({ "sku": "TEE-0", "quantity": 101 });
    assert_eq!(refused(many).await, [("INVALID_QUANTITY".to_owned(), at("quantity"))]);
    for gift in [json!({ "productId": tee.id.to_string() }), json!({ "variantId": tee.variants[0].id.to_string() })] {
        assert!(refused(gift.clone()).await.is_empty(), "{gift}");
    }
}
