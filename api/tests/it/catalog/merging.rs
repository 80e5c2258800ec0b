//! `productUpdate` changes the variants that it mentions, and only the fields given.

use serde_json::{Value, json};

use super::Shop;

const READ: &str = "query($id: ID!) { product(id: $id) { variants(first: 9) { nodes {
    id sku name weightGrams barcode externalReference isTracked allowsBackorder
    prices { channel { slug } amount { amount currencyCode } compareAt { amount } } selectedOptions { value } } } } }";

const EURO: &str = "EUR";

impl Shop {
    /// The variants of a product.
    async fn variants(&self, id: &str) -> Vec<Value> {
        let read = self.owner.gql(READ, json!({ "id": id })).await.ok();
        read.at("/product/variants/nodes").as_array().unwrap().clone()
    }

    /// The contract's product with a second variant; returns its id.
    async fn two_variants(&self) -> String {
        let id = self.book().await;
        let soft = json!([{ "sku": "B-S", "selectedOptions": [{ "name": "Cover", "value": "Soft" }], "weightGrams": 300,
            "prices": [{ "channel": "eu", "currencyCode": EURO, "amount": "12.00" }] }]);
        let _ = self.update(json!({ "id": id, "variants": soft })).await.ok();
        id
    }
}

fn skus(variants: &[Value]) -> Vec<&str> {
    variants.iter().map(|variant| variant["sku"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_keeps_the_variants_that_it_does_not_mention() {
    let shop = Shop::new().await;
    let id = shop.two_variants().await;
    let before = shop.variants(&id).await;
    assert_eq!(skus(&before), ["B-H", "B-S"]);

    // By SKU: only the weight changes.
    let _ = shop.update(json!({ "id": id, "variants": [{ "sku": "B-S", "weightGrams": 310 }] })).await.ok();
    let after = shop.variants(&id).await;
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1]["weightGrams"], 310);
    assert_eq!((&after[1]["prices"], &after[1]["id"]), (&before[1]["prices"], &before[1]["id"]));

    // By id, and by the selected options with a new SKU.
    let changes = json!([
        { "id": before[1]["id"], "externalReference": "erp-soft" },
        { "sku": "B-HARD", "selectedOptions": [{ "name": "Cover", "value": "Hard" }] },
    ]);
    let _ = shop.update(json!({ "id": id, "variants": changes })).await.ok();
    let after = shop.variants(&id).await;
    assert_eq!(skus(&after), ["B-HARD", "B-S"]);
    assert_eq!((&after[0]["id"], &after[0]["prices"]), (&before[0]["id"], &before[0]["prices"]));
    assert_eq!(after[1]["externalReference"], "erp-soft");
    let stock = "{ inventoryLevels(sku: \"B-HARD\") { onHand } }";
    assert_eq!(shop.owner.gql(stock, json!({})).await.ok().at("/inventoryLevels/0/onHand"), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_replacing_update_deletes_variants() {
    let shop = Shop::new().await;
    let id = shop.two_variants().await;
    let before = shop.variants(&id).await;
    let only = json!([{ "sku": "B-S" }]);
    let _ = shop.update(json!({ "id": id, "variants": only, "replaceVariants": true })).await.ok();
    let after = shop.variants(&id).await;
    assert_eq!(after, [before[1].clone()]);
    // The SKU of the deleted variant is free.
    let _ = shop.product("b-book", "B-H").await.ok();
    let none = shop.update(json!({ "id": id, "variants": [], "replaceVariants": true })).await;
    assert_eq!(none.user_error_code(), "REQUIRED");
    assert_eq!(shop.variants(&id).await, after);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_name_the_variant_in_the_input() {
    let shop = Shop::new().await;
    let id = shop.two_variants().await;
    let before = shop.variants(&id).await;
    let other = "gid://mercator/ProductVariant/0192c7a0-0000-7000-8000-000000000000";
    for (variants, code, field) in [
        (
            json!([{ "sku": "B-S", "prices": [{ "channel": "eu", "currencyCode": "EUR", "amount": "-1.00" }] }]),
            "INVALID",
            "variants.0.prices.0.amount",
        ),
        (json!([{ "sku": "B-S" }, { "id": before[1]["id"], "weightGrams": 1 }]), "DUPLICATE", "variants.1"),
        (json!([{ "id": other, "weightGrams": 1 }]), "UNKNOWN_REFERENCE", "variants.0.id"),
        (json!([{ "selectedOptions": [{ "name": "Cover", "value": "Gold" }] }]), "REQUIRED", "variants.0.sku"),
        (json!([{ "sku": "B-S", "barcode": "4006381333932" }]), "INVALID", "variants.0.barcode"),
        (
            json!([{ "sku": "B-H", "externalReference": "one" }, { "sku": "B-S", "externalReference": "one" }]),
            "DUPLICATE",
            "variants.1.externalReference",
        ),
    ] {
        let refused = shop.update(json!({ "id": id, "variants": variants })).await;
        let errors = refused.user_errors();
        let found = errors
            .iter()
            .any(|error| error["code"] == code && error["field"] == json!(field.split('.').collect::<Vec<_>>()));
        assert!(found, "{field}: {errors:?}");
    }
    assert_eq!(shop.variants(&id).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn barcodes_references_and_flags_are_readable() {
    let shop = Shop::new().await;
    let id = shop.two_variants().await;
    let flags = |variant: &Value| (variant["isTracked"].clone(), variant["allowsBackorder"].clone());
    assert_eq!(flags(&shop.variants(&id).await[0]), (json!(true), json!(false)));
    let change = json!([{ "sku": "B-H", "barcode": " 4006381333931 ", "externalReference": "erp-hard",
        "isTracked": false, "allowsBackorder": true }]);
    let _ = shop.update(json!({ "id": id, "variants": change })).await.ok();
    let hard = shop.variants(&id).await[0].clone();
    assert_eq!(flags(&hard), (json!(false), json!(true)));
    assert_eq!((&hard["barcode"], &hard["externalReference"]), (&json!("4006381333931"), &json!("erp-hard")));

    // The reference of another product's variant is taken, until that variant loses it.
    let other = shop.product("b-book", "OTHER").await.ok().text("/productCreate/product/id");
    let take = json!({ "id": other, "variants": [{ "sku": "OTHER", "externalReference": "erp-hard" }] });
    assert_eq!(shop.update(take.clone()).await.user_error_code(), "REFERENCE_TAKEN");
    let clear = json!([{ "sku": "B-H", "barcode": null, "externalReference": null }]);
    let _ = shop.update(json!({ "id": id, "variants": clear })).await.ok();
    let hard = shop.variants(&id).await[0].clone();
    assert_eq!((&hard["barcode"], &hard["externalReference"]), (&Value::Null, &Value::Null));
    let _ = shop.update(take).await.ok();
}
