//! Delivery zones.

use serde_json::json;

use super::{Shop, ZONE_CREATE, ZONE_DELETE, ZONE_UPDATE, all};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zone_is_created_changed_and_deleted() {
    let shop = Shop::new().await;
    let input = json!({ "name": "California", "countries": ["US"], "regions": ["us-ca"],
        "postalCodes": [{ "from": "90000", "to": "96199" }] });
    let created = shop.send(ZONE_CREATE, input).await.ok();
    let zone = created.at("/deliveryZoneCreate/deliveryZone");
    assert_eq!((&zone["version"], &zone["regions"]), (&json!(1), &json!(["CA"])));
    assert_eq!(zone["postalCodes"], json!([{ "from": "90000", "to": "96199" }]));
    let id = created.text("/deliveryZoneCreate/deliveryZone/id");
    assert!(shop.audited("deliveryZoneCreate").await.contains(&("name".to_owned(), json!(null), json!("California"))));

    let change = json!({ "id": id, "expectedVersion": 1, "name": "West", "regions": ["CA", "OR"], "postalCodes": [] });
    let changed = shop.send(ZONE_UPDATE, change.clone()).await.ok();
    let zone = changed.at("/deliveryZoneUpdate/deliveryZone");
    assert_eq!((&zone["version"], &zone["name"], &zone["countries"]), (&json!(2), &json!("West"), &json!(["US"])));
    assert_eq!((&zone["regions"], &zone["postalCodes"]), (&json!(["CA", "OR"]), &json!([])));
    let logged = shop.audited("deliveryZoneUpdate").await;
    assert!(logged.contains(&("name".to_owned(), json!("California"), json!("West"))), "{logged:?}");
    assert_eq!(shop.send(ZONE_UPDATE, change).await.user_error_code(), "VERSION_CONFLICT");

    let list = "{ deliveryZones(first: 10) { totalCount nodes { id name } } }";
    let listed = shop.owner.gql(list, json!({})).await.ok();
    assert_eq!(listed.at("/deliveryZones/nodes"), &json!([{ "id": id, "name": "West" }]));
    let deleted = shop.send(ZONE_DELETE, json!({ "id": id })).await.ok();
    assert_eq!(deleted.at("/deliveryZoneDelete/deletedId"), &json!(id));
    assert_eq!(shop.owner.gql(list, json!({})).await.ok().at("/deliveryZones/totalCount"), &json!(0));
    assert_eq!(shop.send(ZONE_DELETE, json!({ "id": id })).await.user_error_code(), "ZONE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_zones_are_refused_and_change_nothing() {
    let shop = Shop::new().await;
    shop.zone("Germany", json!({})).await;
    let range = |from: &str, to: &str| json!([{ "from": from, "to": to }]);
    for (input, code, field) in [
        (json!({ "name": "Germany", "countries": ["DE"] }), "NAME_TAKEN", json!(["name"])),
        (json!({ "name": " ", "countries": ["DE"] }), "INVALID_NAME", json!(["name"])),
        (json!({ "name": "x".repeat(201), "countries": ["DE"] }), "INVALID_NAME", json!(["name"])),
        (json!({ "name": "A", "countries": [] }), "INVALID_COUNTRIES", json!(["countries"])),
        (json!({ "name": "A", "countries": ["DE", "DE"] }), "INVALID_COUNTRIES", json!(["countries"])),
        (
            json!({ "name": "A", "countries": ["US", "CA"], "regions": ["CA"] }),
            "INVALID_COUNTRIES",
            json!(["countries"]),
        ),
        (json!({ "name": "A", "countries": ["US"], "regions": ["XX"] }), "INVALID_REGIONS", json!(["regions", "0"])),
        (
            json!({ "name": "A", "countries": ["DE"], "postalCodes": range("2", "1") }),
            "INVALID_POSTAL_CODES",
            json!(["postalCodes", "0"]),
        ),
    ] {
        let refused = shop.send(ZONE_CREATE, input.clone()).await;
        assert_eq!(refused.user_error_code(), code, "{input}");
        assert_eq!(refused.at("/deliveryZoneCreate/userErrors/0/field"), &field, "{input}");
        assert_eq!(refused.at("/deliveryZoneCreate/deliveryZone"), &json!(null), "{input}");
    }
    let listed = shop.owner.gql("{ deliveryZones { totalCount } }", json!({})).await.ok();
    assert_eq!(listed.at("/deliveryZones/totalCount"), &json!(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_most_precise_zone_of_each_handle_decides() {
    let shop = Shop::new().await;
    let germany = shop.zone("Germany", json!({})).await;
    let islands = json!({ "postalCodes": [{ "from": "18565", "to": "18565" }, { "from": "25849", "to": "25999" }] });
    let islands = shop.zone("Islands", islands).await;
    let berlin = shop.zone("Berlin", json!({ "postalCodes": [{ "from": "10115", "to": "14199" }] })).await;
    shop.method(&germany, "standard", json!({ "price": "4.90" })).await;
    shop.method(&islands, "standard", json!({ "price": "14.90" })).await;
    shop.method(&berlin, "courier", json!({ "price": "9.00", "position": 5 })).await;
    let tee = shop.product("tee", "19.90", 5, json!({})).await;
    let cart = shop.cart(&[(&tee, 1)]).await;
    assert_eq!(shop.options(&cart).await, all(&[("standard", "4.90")]), "without an address");
    for (code, expected) in [
        ("80331", &[("standard", "4.90")][..]),
        ("25980", &[("standard", "14.90")]),
        ("10115", &[("standard", "4.90"), ("courier", "9.00")]),
    ] {
        shop.send_to(&cart, code).await;
        assert_eq!(shop.options(&cart).await, all(expected), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zone_in_use_is_not_deleted() {
    let shop = Shop::new().await;
    let zone = shop.zone("Germany", json!({})).await;
    let method = shop.method(&zone, "post", json!({})).await;
    assert_eq!(shop.send(ZONE_DELETE, json!({ "id": zone })).await.user_error_code(), "ZONE_IN_USE");
    let _ = shop.change_method("deliveryMethodArchive", json!({ "id": method })).await.ok();
    let _ = shop.send(ZONE_DELETE, json!({ "id": zone })).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_without_delivery_and_one_that_is_not_known_yet_have_different_problems() {
    let shop = Shop::new().await;
    let berlin = shop.zone("Berlin", json!({ "postalCodes": [{ "from": "10115", "to": "14199" }] })).await;
    shop.method(&berlin, "courier", json!({})).await;
    let tee = shop.product("tee", "19.90", 5, json!({})).await;
    let cart = shop.cart(&[(&tee, 1)]).await;
    assert_eq!(shop.problems(&cart).await, ["MISSING_SHIPPING_ADDRESS"]);
    shop.send_to(&cart, "80331").await;
    assert_eq!(shop.problems(&cart).await, ["COUNTRY_NOT_SERVED"]);
    shop.send_to(&cart, "10115").await;
    assert_eq!(shop.problems(&cart).await, ["MISSING_DELIVERY_OPTION"]);
}
