//! Promotions are read back completely.

use serde_json::{Value, json};

use super::refusals;
use crate::guest_shop::GuestShop;

const PROMOTION: &str = "query($p: ID!) { promotion(id: $p) { name translations { locale name } actionKind
    conditions { minimumSubtotal { amount currencyCode } minimumQuantity customerGroups
        products { categories { slug } collections { slug } products { slug } } }
    action { __typename
        ... on PercentageOff { percent target { products { slug } } }
        ... on AmountOff { off: amount { amount currencyCode } target { products { slug } } }
        ... on FixedPrice { fixed: amount { amount currencyCode } products: target { products { slug } } }
        ... on BuyXGetY { buy get percent products: target { products { slug } } }
        ... on FreeShipping { methods }
        ... on Gift { quantity variantId productId variant { sku } } } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_action_is_read_back_as_it_was_put_in() {
    let shop = GuestShop::open().await;
    let tee = shop.product("tee", "20.00", 10).await;
    let target = json!({ "products": [tee.id.to_string()] });
    let products = json!({ "products": [{ "slug": "tee" }] });
    let ten = json!({ "amount": "10.00", "currencyCode": "EUR" });
    for (input, read) in [
        (
            json!({ "percentageOff": { "percent": "12.5", "target": target } }),
            json!({ "__typename": "PercentageOff", "percent": "12.5", "target": products }),
        ),
        (
            json!({ "amountOff": { "amount": "10.00" } }),
            json!({ "__typename": "AmountOff", "off": ten, "target": null }),
        ),
        (
            json!({ "fixedPrice": { "amount": "10.00", "target": target } }),
            json!({ "__typename": "FixedPrice", "fixed": ten, "products": products }),
        ),
        (
            json!({ "buyXGetY": { "buy": 2, "get": 1, "target": target } }),
            json!({ "__typename": "BuyXGetY", "buy": 2, "get": 1, "percent": "100", "products": products }),
        ),
        (
            json!({ "freeShipping": { "methods": ["standard"] } }),
            json!({ "__typename": "FreeShipping", "methods": ["standard"] }),
        ),
        (
            json!({ "gift": { "sku": "TEE-0", "quantity": 2 } }),
            json!({ "__typename": "Gift", "quantity": 2, "variantId": tee.variants[0].id.to_string(), "productId": tee.id.to_string(),
                "variant": { "sku": "TEE-0" } }),
        ),
    ] {
        let promotion = shop.promotion(json!({ "name": "Spring", "channels": ["eu"], "action": input })).await;
        let seen = shop.owner.gql(PROMOTION, json!({ "p": promotion })).await.ok();
        assert_eq!(seen.at("/promotion/action"), &read, "{input}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conditions_and_translations_are_read_back_and_changes_are_recorded() {
    let shop = GuestShop::open().await;
    let tee = shop.product("tee", "20.00", 10).await;
    let group = "mutation { customerGroupPut(input: { slug: \"vip\", name: \"VIP\" }) { userErrors { code } } }";
    let _ = shop.owner.gql(group, Value::Null).await.ok();
    let input = json!({ "name": "Spring", "translations": [{ "locale": "de", "name": "Frühling" }], "channels": ["eu"],
        "conditions": { "minimumSubtotal": "50.00", "minimumQuantity": 2, "customerGroups": ["vip"],
            "products": { "products": [tee.id.to_string()] } },
        "action": { "percentageOff": { "percent": "10" } } });
    let promotion = shop.promotion(input).await;
    let seen = shop.owner.gql(PROMOTION, json!({ "p": promotion })).await.ok();
    let conditions = json!({ "minimumSubtotal": { "amount": "50.00", "currencyCode": "EUR" }, "minimumQuantity": 2,
        "customerGroups": ["vip"],
        "products": { "categories": [], "collections": [], "products": [{ "slug": "tee" }] } });
    assert_eq!(seen.at("/promotion/conditions"), &conditions);
    assert_eq!(seen.at("/promotion/translations"), &json!([{ "locale": "de", "name": "Frühling" }]));
    let update = "mutation($p: ID!) { promotionUpdate(input: { id: $p, name: \"Summer\",
        translations: [{ locale: \"fr\", name: \"Été\" }] }) { promotion { name translations { locale } } userErrors { code } } }";
    let changed = shop.owner.gql(update, json!({ "p": promotion })).await.ok();
    let expected = json!({ "name": "Summer", "translations": [{ "locale": "fr" }] });
    assert_eq!(changed.at("/promotionUpdate/promotion"), &expected);
    let log =
        "query { auditLog(first: 1, filter: { action: \"promotionUpdate\" }) { nodes { changes { path from to } } } }";
    let log = shop.owner.gql(log, Value::Null).await.ok();
    let change = json!({ "path": "name", "from": "Spring", "to": "Summer" });
    assert!(log.at("/auditLog/nodes/0/changes").as_array().unwrap().contains(&change), "{}", log.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_and_repeated_translations_are_refused() {
    let shop = GuestShop::open().await;
    let refused = async |translations: Value| {
        let action = json!({ "percentageOff": { "percent": "10" } });
        refusals(&shop.promote(json!({ "name": "Spring", "translations": translations, "action": action })).await)
    };
    let invalid = |path: Value| vec![("INVALID_TRANSLATION".to_owned(), path)];
    let twice = json!([{ "locale": "de", "name": "A" }, { "locale": "de", "name": "B" }]);
    assert_eq!(refused(twice).await, invalid(json!(["translations", "1", "locale"])));
    let nonsense = json!([{ "locale": "!", "name": "A" }]);
    assert_eq!(refused(nonsense).await, invalid(json!(["translations", "0", "locale"])));
    let empty = json!([{ "locale": "de", "name": " " }]);
    assert_eq!(refused(empty).await, invalid(json!(["translations"])));
}
