//! Channels: changes, archiving, and the channels that shoppers can switch to.

use serde_json::json;

use super::Shop;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shoppers_see_the_channels_in_their_language() {
    let shop = Shop::new().await;
    let names = json!([{ "locale": "de", "name": "Europa" }]);
    let _ = shop
        .change_channel("channelUpdate", json!({ "slug": "eu", "name": "Europe", "translations": names }))
        .await
        .ok();
    let query = "query Channels { channels { slug name countries currencies locales } }";
    let seen = shop.storefront("locale=de").gql(query, json!({})).await.ok();
    let eu = json!({ "slug": "eu", "name": "Europa", "countries": ["DE", "FR", "NL", "AT", "ES", "IT"],
        "currencies": ["EUR"], "locales": ["en", "de", "fr"] });
    let slugs: Vec<_> =
        seen.at("/channels").as_array().unwrap().iter().map(|channel| channel["slug"].clone()).collect();
    assert_eq!((seen.at("/channels/0"), slugs), (&eu, vec![json!("eu"), json!("jp"), json!("us")]));
    assert_eq!(shop.storefront("locale=fr").gql(query, json!({})).await.ok().at("/channels/0/name"), &json!("Europe"));
    let own = shop.storefront("locale=de").gql("{ channel { name } }", json!({})).await.ok();
    assert_eq!(own.at("/channel/name"), &json!("Europa"));
    let twice = json!([{ "locale": "de", "name": "A" }, { "locale": "de", "name": "B" }]);
    let refused = shop.change_channel("channelUpdate", json!({ "slug": "eu", "translations": twice })).await;
    assert_eq!(refused.user_error_code(), "INVALID_TRANSLATIONS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_price_mode_changes_until_the_channel_has_an_order() {
    let shop = Shop::new().await;
    let switch = async |includes: bool| {
        shop.change_channel("channelUpdate", json!({ "slug": "eu", "pricesIncludeTax": includes })).await
    };
    let changed = switch(false).await.ok();
    assert_eq!(changed.at("/channelUpdate/channel/pricesIncludeTax"), &json!(false));
    assert!(shop.audited("channelUpdate").await.contains(&(
        "prices_include_tax".to_owned(),
        json!("true"),
        json!("false")
    )));
    let _ = switch(true).await.ok();

    let zone = shop.zone("Germany", json!({})).await;
    shop.method(&zone, "pickup", json!({ "price": "0.00", "pickupLocation": "berlin" })).await;
    let tee = shop.product("tee", "0.00", 5, json!({})).await;
    let cart = shop.cart(&[(&tee, 1)]).await;
    let _ = shop.select(&cart, "pickup").await.ok();
    let complete =
        "mutation($c: ID!) { cartComplete(input: { cartId: $c }) { order { id } userErrors { code message } } }";
    let _ = shop.app.storefront().gql(complete, json!({ "c": cart })).await.ok();
    assert_eq!(switch(false).await.user_error_code(), "PRICE_MODE_FIXED");
    let _ = switch(true).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_changes_its_slug_under_its_version() {
    let shop = Shop::new().await;
    let renamed =
        shop.change_channel("channelUpdate", json!({ "slug": "jp", "newSlug": "japan", "expectedVersion": 1 })).await;
    assert_eq!(renamed.ok().at("/channelUpdate/channel/version"), &json!(2));
    let stale =
        shop.change_channel("channelUpdate", json!({ "slug": "japan", "name": "Nippon", "expectedVersion": 1 })).await;
    assert_eq!(stale.user_error_code(), "VERSION_CONFLICT");
    let taken = shop.change_channel("channelUpdate", json!({ "slug": "japan", "newSlug": "us" })).await;
    assert_eq!(taken.user_error_code(), "SLUG_TAKEN");
    let seen = shop.storefront("channel=japan").gql("{ channel { slug } }", json!({})).await.ok();
    assert_eq!(seen.at("/channel/slug"), &json!("japan"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archived_channel_sells_nothing_but_keeps_its_orders() {
    let shop = Shop::new().await;
    let zone = shop.zone("Germany", json!({})).await;
    shop.method(&zone, "pickup", json!({ "price": "0.00", "pickupLocation": "berlin" })).await;
    let tee = shop.product("tee", "0.00", 5, json!({})).await;
    let carts = [shop.cart(&[(&tee, 1)]).await, shop.cart(&[(&tee, 1)]).await];
    for cart in &carts {
        let _ = shop.select(cart, "pickup").await.ok();
    }
    let complete =
        "mutation($c: ID!) { cartComplete(input: { cartId: $c }) { order { id } userErrors { code message } } }";
    let placed = shop.app.storefront().gql(complete, json!({ "c": carts[0] })).await.ok();
    let order = placed.text("/cartComplete/order/id");

    let default = shop.change_channel("channelArchive", json!({ "slug": "eu" })).await;
    assert_eq!(default.user_error_code(), "DEFAULT_NEEDED");
    let _ = shop.change_channel("channelUpdate", json!({ "slug": "us", "isDefault": true })).await.ok();
    let archived = shop.change_channel("channelArchive", json!({ "slug": "eu" })).await.ok();
    assert!(archived.at("/channelArchive/channel/archivedAt").is_string());
    let again = shop.change_channel("channelArchive", json!({ "slug": "eu" })).await.ok();
    let version = "/channelArchive/channel/version";
    assert_eq!(again.at(version), archived.at(version), "safe to repeat");

    let refused = shop.storefront("channel=eu").gql("{ channel { slug } }", json!({})).await;
    assert_eq!(refused.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    let late = shop.app.storefront().gql(complete, json!({ "c": carts[1] })).await;
    assert_eq!(late.user_error_code(), "VARIANT_UNAVAILABLE");
    let seen = shop.app.storefront().gql("{ channels { slug } }", json!({})).await.ok();
    assert_eq!(seen.at("/channels"), &json!([{ "slug": "jp" }, { "slug": "us" }]));
    let query = "query($o: ID!) { order(id: $o) { number status } channels { slug archivedAt } }";
    let read = shop.owner.gql(query, json!({ "o": order })).await.ok();
    assert_eq!(read.at("/order/status"), &json!("OPEN"));
    assert_eq!(read.at("/channels").as_array().unwrap().len(), 3, "staff see the archived channel");
    let change = shop.change_channel("channelUpdate", json!({ "slug": "eu", "name": "Old" })).await;
    assert_eq!(change.user_error_code(), "CHANNEL_ARCHIVED");
    let method = shop.create_method(&zone, "post", json!({})).await;
    assert_eq!(method.user_error_code(), "CHANNEL_NOT_FOUND");
}
