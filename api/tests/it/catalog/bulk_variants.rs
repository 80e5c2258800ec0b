//! `productVariantsBulkUpdate` changes many variants of many products, or none.

use serde_json::{Value, json};
use testkit::{Answer, eventually};

use super::Shop;

const BULK: &str = "mutation($v: [ProductVariantBulkInput!]!) { productVariantsBulkUpdate(input: { variants: $v }) {
    productVariants { id sku } userErrors { code field message } } }";

const READ: &str = "query($s: String!) { product(slug: $s) { version updatedAt variants(first: 9) { nodes {
    sku weightGrams barcode isTracked allowsBackorder
    prices { channel { slug } amount { amount currencyCode } compareAt { amount } } } } } }";

impl Shop {
    async fn bulk(&self, variants: Value) -> Answer {
        self.owner.gql(BULK, json!({ "v": variants })).await
    }

    /// A product as staff see it.
    async fn read(&self, slug: &str) -> Value {
        self.owner.gql(READ, json!({ "s": slug })).await.ok().at("/product").clone()
    }
}

fn refusals(answer: &Answer) -> Vec<(String, String)> {
    let path = |error: &Value| {
        let parts = error["field"].as_array().unwrap().iter().map(|part| part.as_str().unwrap().to_owned());
        parts.collect::<Vec<_>>().join(".")
    };
    answer.user_errors().into_iter().map(|error| (error["code"].as_str().unwrap().to_owned(), path(error))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn variants_of_several_products_are_changed_at_once() {
    let shop = Shop::new().await;
    shop.book().await;
    let other = shop.product("b-book", "OTHER").await.ok();
    let id = other.text("/productCreate/product/variants/nodes/0/id");
    let price = |amount: &str| json!([{ "channel": "eu", "currencyCode": "EUR", "amount": amount }]);
    let change = json!([
        { "sku": "B-H", "prices": price("17.00"), "barcode": "4006381333931" },
        { "id": id, "prices": price("30.00"), "weightGrams": 450, "isTracked": false },
    ]);
    let done = shop.bulk(change.clone()).await.ok();
    let expected = json!([{ "id": shop.variant("a-book").await, "sku": "B-H" }, { "id": id, "sku": "OTHER" }]);
    assert_eq!(done.at("/productVariantsBulkUpdate/productVariants"), &expected);

    let book = shop.read("a-book").await;
    let hard = &book["variants"]["nodes"][0];
    // The compare-at price is still higher.
    let amounts = |amount: &str, was: Option<&str>| {
        json!([{ "channel": { "slug": "eu" }, "amount": { "amount": amount, "currencyCode": "EUR" },
            "compareAt": was.map(|was| json!({ "amount": was })) }])
    };
    assert_eq!((&hard["prices"], &hard["weightGrams"]), (&amounts("17.00", Some("25.00")), &json!(400)));
    assert_eq!((&hard["barcode"], &hard["isTracked"]), (&json!("4006381333931"), &json!(true)));
    let other = shop.read("b-book").await["variants"]["nodes"][0].clone();
    // It is not higher any more.
    assert_eq!((&other["prices"], &other["weightGrams"]), (&amounts("30.00", None), &json!(450)));
    assert_eq!((&other["isTracked"], &other["allowsBackorder"]), (&json!(false), &json!(false)));

    let _ = shop.bulk(change).await.ok();
    assert_eq!(shop.read("a-book").await, book, "a repetition changes nothing");
    let page = shop.page("a-book", "channel=eu").await;
    assert_eq!(page.text("/product/variants/nodes/0/price/amount"), "17.00");
    let query = "{ products(filter: { priceRange: { max: \"18.00\" } }) { nodes { slug } } }";
    eventually("the index knows the price", std::time::Duration::from_secs(20), async || {
        let found = shop.app.storefront().gql(query, json!({})).await.ok();
        (found.at("/products/nodes") == &json!([{ "slug": "a-book" }])).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_wrong_variant_refuses_the_whole_change() {
    let shop = Shop::new().await;
    shop.book().await;
    let _ = shop.product("b-book", "OTHER").await.ok();
    let before = (shop.read("a-book").await, shop.read("b-book").await);
    let good = json!({ "sku": "B-H", "weightGrams": 1 });
    let price = |channel: &str, currency: &str, amount: &str| json!({ "sku": "OTHER", "prices": [{ "channel": channel, "currencyCode": currency, "amount": amount }] });
    for (wrong, code, field) in [
        (json!({ "sku": "UNKNOWN" }), "NOT_FOUND", "variants.1.sku"),
        (json!({ "externalReference": "unknown" }), "NOT_FOUND", "variants.1.externalReference"),
        (json!({ "id": "nonsense" }), "NOT_FOUND", "variants.1.id"),
        (json!({ "sku": "OTHER", "externalReference": "x" }), "INVALID", "variants.1"),
        (json!({ "sku": "B-H" }), "DUPLICATE", "variants.1.sku"),
        (json!({ "sku": "OTHER", "barcode": "1234" }), "INVALID", "variants.1.barcode"),
        (price("mars", "EUR", "1.00"), "UNKNOWN_REFERENCE", "variants.1.prices.0.channel"),
        (price("eu", "JPY", "1"), "INVALID", "variants.1.prices.0.currencyCode"),
        (price("eu", "EUR", "1.001"), "INVALID", "variants.1.prices.0.amount"),
        (price("eu", "EUR", "-1.00"), "INVALID", "variants.1.prices.0.amount"),
        (json!({ "sku": "OTHER", "compareAt": "1.00" }), "INVALID", "variants.1.compareAt"),
    ] {
        let refused = shop.bulk(json!([good, wrong])).await;
        assert_eq!(refusals(&refused), [(code.to_owned(), field.to_owned())], "{wrong}");
        assert_eq!(refused.at("/productVariantsBulkUpdate/productVariants"), &Value::Null);
    }
    let many: Vec<Value> = (0..501).map(|number| json!({ "sku": format!("S{number}") })).collect();
    assert_eq!(refusals(&shop.bulk(json!(many)).await), [("TOO_MANY".to_owned(), "variants".to_owned())]);
    assert_eq!(refusals(&shop.bulk(json!([])).await), [("REQUIRED".to_owned(), "variants".to_owned())]);
    assert_eq!((shop.read("a-book").await, shop.read("b-book").await), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn variants_are_found_by_their_external_reference() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let named = json!([{ "sku": "B-H", "externalReference": "erp-1" }]);
    let _ = shop.update(json!({ "id": id, "variants": named })).await.ok();
    let change = json!([{ "externalReference": "erp-1", "compareAt": "40.00", "allowsBackorder": true }]);
    let _ = shop.bulk(change.clone()).await.ok();
    let book = shop.read("a-book").await;
    let hard = &book["variants"]["nodes"][0];
    assert_eq!(hard["prices"][0]["compareAt"]["amount"], "40.00");
    assert_eq!(hard["allowsBackorder"], true);
    let _ = shop.bulk(change).await.ok();
    assert_eq!(shop.read("a-book").await, book);
    let _ = shop.bulk(json!([{ "externalReference": "erp-1", "compareAt": null }])).await.ok();
    assert_eq!(shop.read("a-book").await["variants"]["nodes"][0]["prices"][0]["compareAt"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_log_names_each_changed_value() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let price = json!([{ "channel": "eu", "currencyCode": "EUR", "amount": "17.00" }]);
    let _ = shop.bulk(json!([{ "sku": "B-H", "prices": price, "isTracked": false }])).await.ok();
    let log = "{ auditLog(first: 9, filter: { action: \"productVariantsBulkUpdate\" }) { nodes { object changes { path from to } } } }";
    let log = shop.owner.gql(log, json!({})).await.ok();
    assert_eq!(log.at("/auditLog/nodes/0/object"), &json!(id));
    let changes = log.at("/auditLog/nodes/0/changes").as_array().unwrap();
    assert_eq!(changes.len(), 2, "{changes:?}");
    for expected in [
        json!({ "path": "variants[B-H].prices[eu EUR].amount", "from": "20.00", "to": "17.00" }),
        json!({ "path": "variants[B-H].is_tracked", "from": "true", "to": "false" }),
    ] {
        assert!(changes.contains(&expected), "{changes:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_changes_of_one_product_are_all_kept() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let weigh = |weight: u32| shop.bulk(json!([{ "sku": "B-H", "weightGrams": weight }]));
    let rename = |name: &str| shop.update(json!({ "id": id, "name": name }));
    let (weighed, first, second) = tokio::join!(weigh(777), rename("One"), rename("Two"));
    for answer in [weighed, first, second] {
        let _ = answer.ok();
    }
    assert_eq!(shop.read("a-book").await["variants"]["nodes"][0]["weightGrams"], 777);
}

impl Shop {
    /// The id of the first variant of a product in the channel `eu`.
    pub(super) async fn variant(&self, slug: &str) -> String {
        self.page(slug, "channel=eu").await.text("/product/variants/nodes/0/id")
    }
}
