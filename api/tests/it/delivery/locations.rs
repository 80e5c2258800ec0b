//! Stock locations.

use serde_json::json;

use super::{LOCATION_UPDATE, Shop};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_location_has_an_address_that_can_change() {
    let shop = Shop::new().await;
    let create = "mutation($i: StockLocationCreateInput!) { stockLocationCreate(input: $i) {
        stockLocation { id version isActive address { street1 city } } userErrors { code field message } } }";
    let address =
        json!({ "street1": "Kaiserstraße 1", "postalCode": "60311", "city": "Frankfurt", "countryCode": "DE" });
    let input = json!({ "slug": "frankfurt", "name": "Frankfurt", "countryCode": "DE", "address": address });
    let created = shop.send(create, input).await.ok();
    let location = created.at("/stockLocationCreate/stockLocation");
    assert_eq!((&location["address"]["city"], &location["isActive"]), (&json!("Frankfurt"), &json!(true)));

    let moved = json!({ "street1": "Bahnhofstrasse 1", "postalCode": "8001", "city": "Zürich", "countryCode": "CH" });
    let input = json!({ "id": location["id"], "expectedVersion": 1, "name": "Zürich", "address": moved });
    let changed = shop.send(LOCATION_UPDATE, input.clone()).await.ok();
    let changed = changed.at("/stockLocationUpdate/stockLocation");
    assert_eq!((&changed["countryCode"], &changed["version"]), (&json!("CH"), &json!(2)));
    assert_eq!(shop.send(LOCATION_UPDATE, input).await.user_error_code(), "VERSION_CONFLICT");
    let logged = shop.audited("stockLocationUpdate").await;
    assert!(logged.contains(&("address.city".to_owned(), json!("Frankfurt"), json!("Zürich"))), "{logged:?}");
    let cleared = shop.send(LOCATION_UPDATE, json!({ "slug": "frankfurt", "address": null })).await.ok();
    assert_eq!(cleared.at("/stockLocationUpdate/stockLocation/address"), &json!(null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_changes_of_locations_are_refused() {
    let shop = Shop::new().await;
    let address = |city: &str, country: &str| json!({ "street1": "Street 1", "postalCode": "1", "city": city, "countryCode": country });
    for (input, code, field) in [
        (json!({ "slug": "mars", "name": "Mars" }), "LOCATION_NOT_FOUND", json!(null)),
        (json!({ "slug": "berlin", "name": " " }), "INVALID_NAME", json!(["name"])),
        (json!({ "slug": "berlin", "address": address("", "DE") }), "INVALID_ADDRESS", json!(["address", "city"])),
        (
            json!({ "slug": "berlin", "countryCode": "FR", "address": address("A", "DE") }),
            "INVALID_ADDRESS",
            json!(["address", "countryCode"]),
        ),
        (json!({ "slug": "oakland", "address": address("A", "US") }), "INVALID_ADDRESS", json!(["address", "region"])),
    ] {
        let refused = shop.send(LOCATION_UPDATE, input.clone()).await;
        assert_eq!(refused.user_error_code(), code, "{input}");
        assert_eq!(refused.at("/stockLocationUpdate/userErrors/0/field"), &field, "{input}");
    }
    let both = shop.send(LOCATION_UPDATE, json!({ "slug": "berlin", "id": "x" })).await;
    assert_eq!(both.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stock_of_a_deactivated_location_is_not_sold() {
    let shop = Shop::new().await;
    let zone = shop.zone("Germany", json!({})).await;
    shop.method(&zone, "pickup", json!({ "price": "0.00", "pickupLocation": "berlin" })).await;
    let tee = shop.product("tee", "0.00", 5, json!({})).await;
    let available = async || {
        let query = "{ product(slug: \"tee\") { isAvailable variants(first: 1) { nodes { quantityAvailable } } } }";
        let answer = shop.app.storefront().gql(query, json!({})).await.ok();
        answer.at("/product/variants/nodes/0/quantityAvailable").clone()
    };
    let locations = async || {
        let answer = shop.owner.gql("{ channel { locations } }", json!({})).await.ok();
        answer.at("/channel/locations").clone()
    };
    assert_eq!((available().await, locations().await), (json!(5), json!(["berlin", "lyon"])));

    let cart = shop.cart(&[(&tee, 1)]).await;
    let _ = shop.select(&cart, "pickup").await.ok();
    let complete =
        "mutation($c: ID!) { cartComplete(input: { cartId: $c }) { order { id } userErrors { code message } } }";
    let order = shop.app.storefront().gql(complete, json!({ "c": cart })).await.ok();
    let deactivate = json!({ "slug": "berlin", "isActive": false });
    let in_use = shop.send(LOCATION_UPDATE, deactivate.clone()).await;
    assert_eq!(in_use.user_error_code(), "LOCATION_IN_USE");
    let cancel =
        "mutation($o: ID!) { orderCancel(input: { orderId: $o, reason: OTHER, restock: true, refund: false }) {
        userErrors { code message } } }";
    let _ = shop.owner.gql(cancel, json!({ "o": order.text("/cartComplete/order/id") })).await.ok();
    let _ = shop.send(LOCATION_UPDATE, deactivate).await.ok();

    assert_eq!((available().await, locations().await), (json!(0), json!(["lyon"])));
    let cart = shop.cart(&[(&tee, 1)]).await;
    let problems = shop.problems(&cart).await;
    assert!(problems.contains(&"OUT_OF_STOCK".to_owned()), "{problems:?}");
    assert!(shop.options(&cart).await.is_empty());
    let _ = shop.send(LOCATION_UPDATE, json!({ "slug": "berlin", "isActive": true })).await.ok();
    assert_eq!((available().await, locations().await), (json!(5), json!(["berlin", "lyon"])), "in its place again");
}
