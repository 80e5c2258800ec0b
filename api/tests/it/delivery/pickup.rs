//! Pickup at a stock location.

use model::catalog::Product;
use serde_json::json;

use super::{LOCATION_UPDATE, Shop, all};

async fn store(shop: &Shop) {
    let address =
        json!({ "street1": "Rosenthaler Straße 40", "postalCode": "10178", "city": "Berlin", "countryCode": "DE" });
    let input = json!({ "slug": "berlin", "name": "Berlin store", "address": address });
    let _ = shop.send(LOCATION_UPDATE, input).await.ok();
    let zone = shop.zone("Germany", json!({})).await;
    shop.method(&zone, "post", json!({})).await;
    shop.method(&zone, "pickup", json!({ "price": "0.00", "pickupLocation": "berlin", "position": 1 })).await;
}

/// Sets the stock of a product at a location.
async fn stock(shop: &Shop, product: &Product, location: &str, units: i64) {
    let query = "mutation($c: [InventoryChangeInput!]!) { inventoryAdjust(input: { reason: COUNTED, changes: $c }) {
        userErrors { code field message } } }";
    let change = json!([{ "sku": product.variants[0].sku, "location": location, "onHand": units }]);
    let _ = shop.owner.gql(query, json!({ "c": change })).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pickup_is_offered_only_where_all_goods_are_in_stock() {
    let shop = Shop::new().await;
    store(&shop).await;
    let tee = shop.product("tee", "10.00", 2, json!({})).await;
    let mug = shop.product("mug", "10.00", 0, json!({})).await;
    stock(&shop, &tee, "lyon", 5).await;
    stock(&shop, &mug, "lyon", 5).await;
    let offered = async |lines: &[(&Product, i64)]| {
        let cart = shop.cart(lines).await;
        shop.options(&cart).await
    };
    let both = all(&[("post", "5.00"), ("pickup", "0.00")]);
    assert_eq!(offered(&[(&tee, 2)]).await, both);
    assert_eq!(offered(&[(&tee, 3)]).await, all(&[("post", "5.00")]), "one of three units is in another city");
    assert_eq!(offered(&[(&tee, 1), (&mug, 1)]).await, all(&[("post", "5.00")]));
    stock(&shop, &mug, "berlin", 1).await;
    assert_eq!(offered(&[(&tee, 1), (&mug, 1)]).await, both);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picked_up_order_takes_its_stock_from_the_store_and_shows_its_address() {
    let shop = Shop::new().await;
    store(&shop).await;
    // Preferred by the channel, so that a delivery would come from there.
    let _ = shop.change_channel("channelUpdate", json!({ "slug": "eu", "locations": ["lyon", "berlin"] })).await.ok();
    let tee = shop.product("tee", "0.00", 2, json!({})).await;
    stock(&shop, &tee, "lyon", 5).await;
    let cart = shop.cart(&[(&tee, 2)]).await;
    let seen = shop.group_in(&cart, "en").await;
    let pickup = seen.at("/cart/deliveryGroups/0/options/1/pickup");
    assert_eq!(
        pickup,
        &json!({ "name": "Berlin store", "address": { "street1": "Rosenthaler Straße 40", "city": "Berlin" } })
    );
    let _ = shop.select(&cart, "pickup").await.ok();
    let complete = "mutation($c: ID!) { cartComplete(input: { cartId: $c }) {
        order { id deliveries { title isPickup pickup { name address { city } } } } userErrors { code message } } }";
    let placed = shop.app.storefront().gql(complete, json!({ "c": cart })).await.ok();
    let delivery = placed.at("/cartComplete/order/deliveries/0");
    assert_eq!(delivery["pickup"], json!({ "name": "Berlin store", "address": { "city": "Berlin" } }));
    let levels = "query($s: String!) { inventoryLevels(sku: $s) { location allocated } }";
    let levels = shop.owner.gql(levels, json!({ "s": tee.variants[0].sku })).await.ok();
    let mut levels = levels.at("/inventoryLevels").as_array().unwrap().clone();
    levels.sort_by_key(|level| level["location"].to_string());
    assert_eq!(
        levels,
        [json!({ "location": "berlin", "allocated": 2 }), json!({ "location": "lyon", "allocated": 0 })]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_sold_meanwhile_are_not_picked_up() {
    let shop = Shop::new().await;
    store(&shop).await;
    let tee = shop.product("tee", "0.00", 1, json!({})).await;
    stock(&shop, &tee, "lyon", 5).await;
    let carts = [shop.cart(&[(&tee, 1)]).await, shop.cart(&[(&tee, 1)]).await];
    for cart in &carts {
        let _ = shop.select(cart, "pickup").await.ok();
    }
    let complete =
        "mutation($c: ID!) { cartComplete(input: { cartId: $c }) { order { id } userErrors { code message } } }";
    let _ = shop.app.storefront().gql(complete, json!({ "c": carts[0] })).await.ok();
    let late = shop.app.storefront().gql(complete, json!({ "c": carts[1] })).await;
    assert!(["OUT_OF_STOCK", "MISSING_DELIVERY_OPTION"].contains(&late.user_error_code()), "{}", late.body);
    assert_eq!(shop.problems(&carts[1]).await, ["MISSING_SHIPPING_ADDRESS", "MISSING_DELIVERY_OPTION"]);
}
