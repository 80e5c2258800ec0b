//! Delivery methods: prices, names, profiles, and archiving.

use serde_json::{Value, json};

use super::{Shop, all};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_method_is_created_changed_and_listed() {
    let shop = Shop::new().await;
    let zone = shop.zone("Germany", json!({})).await;
    let created =
        shop.create_method(&zone, "post", json!({ "name": "Post", "price": "3.50", "freeFrom": "50.00" })).await;
    let method = created.ok().at("/deliveryMethodCreate/deliveryMethod").clone();
    assert_eq!(
        (&method["price"], &method["freeFrom"], &method["rates"]),
        (&json!("3.50"), &json!("50.00"), &json!(null))
    );
    assert_eq!((&method["channel"], &method["profiles"]), (&json!("eu"), &json!(["standard"])));
    let input = json!({ "id": method["id"], "expectedVersion": 1, "price": "4.50", "freeFrom": null, "maxDays": 6 });
    let changed = shop.change_method("deliveryMethodUpdate", input.clone()).await.ok();
    let changed = changed.at("/deliveryMethodUpdate/deliveryMethod");
    assert_eq!((&changed["price"], &changed["freeFrom"]), (&json!("4.50"), &json!(null)));
    assert_eq!((&changed["minDays"], &changed["maxDays"], &changed["version"]), (&json!(2), &json!(6), &json!(2)));
    let again = shop.change_method("deliveryMethodUpdate", input).await;
    assert_eq!(again.user_error_code(), "VERSION_CONFLICT");
    let logged = shop.audited("deliveryMethodUpdate").await;
    assert!(logged.contains(&("price.fixed.minor".to_owned(), json!("350"), json!("450"))), "{logged:?}");

    shop.method(&zone, "express", json!({ "position": 1 })).await;
    let list =
        "query($c: String) { deliveryMethods(channel: $c, first: 10) { totalCount nodes { handle zone { name } } } }";
    let listed = shop.owner.gql(list, json!({ "c": "eu" })).await.ok();
    let expected = json!([{ "handle": "post", "zone": { "name": "Germany" } }, { "handle": "express", "zone": { "name": "Germany" } }]);
    assert_eq!(listed.at("/deliveryMethods/nodes"), &expected);
    assert_eq!(shop.owner.gql(list, json!({ "c": "jp" })).await.ok().at("/deliveryMethods/totalCount"), &json!(0));
    assert_eq!(shop.owner.gql(list, json!({})).await.ok().at("/deliveryMethods/totalCount"), &json!(2));
    let unknown = shop.owner.gql(list, json!({ "c": "mars" })).await;
    assert_eq!(unknown.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_methods_are_refused() {
    let shop = Shop::new().await;
    let zone = shop.zone("Germany", json!({})).await;
    shop.method(&zone, "post", json!({})).await;
    let table = |rows: Value, below: Value| json!({ "rates": { "basis": "WEIGHT", "rows": rows, "below": below } });
    let row = |from: &str, price: &str| json!({ "from": from, "price": price });
    for (handle, input, code) in [
        ("post", json!({}), "HANDLE_TAKEN"),
        ("By Post", json!({}), "INVALID_HANDLE"),
        (
            "a",
            json!({ "zoneId": "gid://mercator/DeliveryZone/0192c7a0-0000-7000-8000-000000000000" }),
            "ZONE_NOT_FOUND",
        ),
        ("a", json!({ "channel": "mars" }), "CHANNEL_NOT_FOUND"),
        ("a", json!({ "currencyCode": "USD" }), "INVALID_CURRENCY"),
        ("a", json!({ "name": "" }), "INVALID_NAME"),
        ("a", json!({ "price": "1.234" }), "INVALID_PRICE"),
        ("a", json!({ "price": "-1.00" }), "INVALID_PRICE"),
        ("a", json!({ "price": null }), "PRICE_REQUIRED"),
        ("a", json!({ "price": "1.00", "rates": { "basis": "WEIGHT", "rows": [row("0", "1.00")] } }), "PRICE_REQUIRED"),
        ("a", table(json!([]), json!(null)), "INVALID_PRICE"),
        ("a", table(json!([row("1", "1.00")]), json!(null)), "INVALID_PRICE"),
        ("a", table(json!([row("0", "1.00"), row("0", "2.00")]), json!(null)), "INVALID_PRICE"),
        ("a", table(json!([row("0", "1.00"), row("2.5", "2.00")]), json!(null)), "INVALID_PRICE"),
        ("a", table(json!([row("0", "1.00")]), json!("0")), "INVALID_PRICE"),
        ("a", json!({ "freeFrom": "-1.00" }), "INVALID_FREE_FROM"),
        ("a", json!({ "minDays": 5 }), "INVALID_DAYS"),
        ("a", json!({ "maxDays": 366 }), "INVALID_DAYS"),
        ("a", json!({ "position": -1 }), "INVALID_POSITION"),
        ("a", json!({ "profiles": ["Bulky!"] }), "INVALID_PROFILES"),
        ("a", json!({ "profiles": ["bulky", "bulky"] }), "INVALID_PROFILES"),
        ("a", json!({ "pickupLocation": "mars" }), "LOCATION_NOT_FOUND"),
        ("a", json!({ "pickupLocation": "osaka" }), "LOCATION_NOT_IN_CHANNEL"),
        ("a", json!({ "translations": [{ "locale": "de", "name": " " }] }), "INVALID_TRANSLATIONS"),
        ("a", json!({ "translations": [{ "locale": "!", "name": "A" }] }), "INVALID_TRANSLATIONS"),
        (
            "a",
            json!({ "translations": [{ "locale": "de", "name": "A" }, { "locale": "de", "name": "B" }] }),
            "INVALID_TRANSLATIONS",
        ),
    ] {
        let refused = shop.create_method(&zone, handle, input.clone()).await;
        assert_eq!(refused.user_error_code(), code, "{input}");
    }
    let listed = shop.owner.gql("{ deliveryMethods { totalCount } }", json!({})).await.ok();
    assert_eq!(listed.at("/deliveryMethods/totalCount"), &json!(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_price_by_subtotal_weight_and_quantity() {
    let shop = Shop::new().await;
    let zone = shop.zone("Germany", json!({})).await;
    let row = |from: &str, price: &str| json!({ "from": from, "price": price });
    let parcel =
        json!({ "rates": { "basis": "WEIGHT", "below": "5000", "rows": [row("0", "3.90"), row("2000", "5.90")] } });
    let created = shop.create_method(&zone, "parcel", parcel).await.ok();
    let rates = created.at("/deliveryMethodCreate/deliveryMethod/rates");
    assert_eq!(rates["below"], "5000");
    assert_eq!(rates["rows"][1], row("2000", "5.90"));
    let by_value =
        json!({ "position": 1, "rates": { "basis": "SUBTOTAL", "rows": [row("0.00", "7.00"), row("30.00", "3.00")] } });
    shop.method(&zone, "by-value", by_value).await;
    let by_units =
        json!({ "position": 2, "rates": { "basis": "QUANTITY", "rows": [row("0", "1.00"), row("3", "2.00")] } });
    shop.method(&zone, "by-units", by_units).await;
    let tee = shop.product("tee", "10.00", 50, json!({})).await;
    let query = "mutation($i: ProductUpdateInput!) { productUpdate(input: $i) { userErrors { code field message } } }";
    let variant = json!([{ "id": tee.variants[0].id.to_string(), "sku": tee.variants[0].sku, "weightGrams": 700 }]);
    let _ = shop.send(query, json!({ "id": tee.id.to_string(), "variants": variant })).await.ok();
    for (units, expected) in [
        (1, &[("parcel", "3.90"), ("by-value", "7.00"), ("by-units", "1.00")][..]),
        (3, &[("parcel", "5.90"), ("by-value", "3.00"), ("by-units", "2.00")]),
        (8, &[("by-value", "3.00"), ("by-units", "2.00")]),
    ] {
        let cart = shop.cart(&[(&tee, units)]).await;
        assert_eq!(shop.options(&cart).await, all(expected), "{units} units");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulky_product_is_never_offered_by_letter() {
    let shop = Shop::new().await;
    let zone = shop.zone("Germany", json!({})).await;
    shop.method(&zone, "letter", json!({})).await;
    let tee = shop.product("tee", "19.90", 5, json!({})).await;
    let sofa = shop.product("sofa", "500.00", 5, json!({ "deliveryProfile": "bulky" })).await;
    let query = "query($s: String!) { product(slug: $s) { deliveryProfile } }";
    let read = shop.owner.gql(query, json!({ "s": "sofa" })).await.ok();
    assert_eq!(read.at("/product/deliveryProfile"), &json!("bulky"));
    let alone = shop.cart(&[(&sofa, 1)]).await;
    shop.send_to(&alone, "10115").await;
    assert_eq!(
        (shop.options(&alone).await, shop.problems(&alone).await),
        (Vec::new(), vec!["NOT_DELIVERABLE".to_owned()])
    );
    assert_eq!(shop.select(&alone, "letter").await.user_error_code(), "DELIVERY_OPTION_NOT_FOUND");
    shop.method(&zone, "freight", json!({ "profiles": ["standard", "bulky"], "price": "49.00", "position": 1 })).await;
    assert_eq!(shop.options(&alone).await, all(&[("freight", "49.00")]));
    let both = shop.cart(&[(&tee, 1), (&sofa, 1)]).await;
    assert_eq!(shop.options(&both).await, all(&[("freight", "49.00")]));
    let shirt = shop.cart(&[(&tee, 1)]).await;
    assert_eq!(shop.options(&shirt).await, all(&[("letter", "5.00"), ("freight", "49.00")]));
    let bad = "mutation($i: ProductUpdateInput!) { productUpdate(input: $i) { userErrors { code field } } }";
    let refused = shop.send(bad, json!({ "id": sofa.id.to_string(), "deliveryProfile": "Very bulky" })).await;
    assert_eq!(refused.user_error_code(), "INVALID");
    assert_eq!(refused.at("/productUpdate/userErrors/0/field"), &json!(["deliveryProfile"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn titles_are_in_the_language_of_the_shopper() {
    let shop = Shop::new().await;
    let zone = shop.zone("Germany", json!({})).await;
    let names = json!([{ "locale": "de", "name": "Versand" }, { "locale": "fr", "name": "Livraison" }]);
    shop.method(&zone, "post", json!({ "name": "Post", "translations": names })).await;
    let tee = shop.product("tee", "19.90", 5, json!({})).await;
    let cart = shop.cart(&[(&tee, 1)]).await;
    for (locale, title) in [("en", "Post"), ("de", "Versand"), ("fr", "Livraison"), ("ja", "Post")] {
        let answer = shop.group_in(&cart, locale).await;
        assert_eq!(answer.at("/cart/deliveryGroups/0/options/0/title"), &json!(title), "{locale}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archived_method_disappears_from_carts() {
    let shop = Shop::new().await;
    let zone = shop.zone("Germany", json!({})).await;
    let post = shop.method(&zone, "post", json!({})).await;
    shop.method(&zone, "express", json!({ "position": 1 })).await;
    let tee = shop.product("tee", "19.90", 5, json!({})).await;
    let cart = shop.cart(&[(&tee, 1)]).await;
    shop.send_to(&cart, "10115").await;
    let _ = shop.select(&cart, "post").await.ok();
    assert_eq!(shop.problems(&cart).await, Vec::<String>::new());
    let archived = shop.change_method("deliveryMethodArchive", json!({ "id": post })).await.ok();
    assert!(archived.at("/deliveryMethodArchive/deliveryMethod/archivedAt").is_string());
    assert_eq!(shop.options(&cart).await, all(&[("express", "5.00")]));
    assert_eq!(shop.problems(&cart).await, ["MISSING_DELIVERY_OPTION"]);
    let again = shop.change_method("deliveryMethodArchive", json!({ "id": post })).await.ok();
    assert_eq!(again.at("/deliveryMethodArchive/deliveryMethod/version"), &json!(2), "safe to repeat");
    let late = shop.change_method("deliveryMethodUpdate", json!({ "id": post, "name": "Late" })).await;
    assert_eq!(late.user_error_code(), "METHOD_ARCHIVED");
    shop.method(&zone, "post", json!({ "price": "6.00" })).await;
    assert_eq!(shop.problems(&cart).await, Vec::<String>::new(), "a new method of the same handle");
}
