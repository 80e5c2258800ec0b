//! Refused changes and their errors.

use model::access::{Permission, Permissions};
use serde_json::{Value, json};
use services::identity;

use super::{CREATE, PASSWORD, Shop, UPDATE};

/// The codes and fields of the user errors.
fn refusals(answer: &testkit::Answer) -> Vec<(String, String)> {
    let path = |field: &Value| {
        let parts = field.as_array().into_iter().flatten().filter_map(Value::as_str);
        parts.collect::<Vec<_>>().join(".")
    };
    let one = |error: &&Value| (error["code"].as_str().unwrap().to_owned(), path(&error["field"]));
    answer.user_errors().iter().map(one).collect()
}

fn refused(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_input_error_names_its_field() {
    let shop = Shop::new().await;
    for (good, bad, code, path) in [
        (r#"productType: "book""#, r#"productType: "car""#, "UNKNOWN_REFERENCE", "productType"),
        ("a-book", "A Book", "INVALID", "slug"),
        (r#"name: "A book""#, r#"name: " ""#, "REQUIRED", "name"),
        (r#"["320"]"#, r#"["many"]"#, "INVALID", "attributes.0.values.0"),
        (r#"slug: "pages""#, r#"slug: "weight""#, "UNKNOWN_REFERENCE", "attributes.0.slug"),
        (r#"taxClass: "books""#, r#"taxClass: "luxury""#, "UNKNOWN_REFERENCE", "taxClass"),
        (r#"["books"]"#, r#"["films"]"#, "UNKNOWN_REFERENCE", "categories.0"),
        (r#"["eu"]"#, r#"["mars"]"#, "UNKNOWN_REFERENCE", "channels.0"),
        ("B-H", "B H", "INVALID", "variants.0.sku"),
        (r#"value: "Hard""#, r#"value: "Gold""#, "UNKNOWN_REFERENCE", "variants.0.selectedOptions.0.value"),
        (r#"amount: "20.00""#, r#"amount: "20.001""#, "INVALID", "variants.0.prices.0.amount"),
        (r#"compareAt: "25.00""#, r#"compareAt: "20.00""#, "INVALID", "variants.0.prices.0.compareAt"),
        ("currencyCode: EUR", "currencyCode: JPY", "INVALID", "variants.0.prices.0.amount"),
        (r#"location: "berlin""#, r#"location: "mars""#, "UNKNOWN_REFERENCE", "variants.0.stock.0.location"),
        ("onHand: 7", "onHand: -7", "INVALID", "variants.0.stock.0"),
        (r#"locale: "de""#, r#"locale: "german""#, "INVALID", "translations.0.locale"),
        (r#"namespace: "shop""#, r#"namespace: "my shop""#, "INVALID", "metafields.0.namespace"),
    ] {
        assert!(CREATE.contains(good), "{good}");
        let answer = shop.owner.gql(&CREATE.replacen(good, bad, 1), json!({})).await;
        let found = refusals(&answer);
        assert!(found.contains(&(code.to_owned(), path.to_owned())), "{bad}: {}", answer.body);
    }
    // Nothing was stored.
    shop.book().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slugs_and_skus_are_unique() {
    let shop = Shop::new().await;
    shop.book().await;
    assert_eq!(refusals(&shop.product("a-book", "B-2").await), refused("SLUG_TAKEN", "slug"));
    assert_eq!(refusals(&shop.product("b-book", "B-H").await), refused("SKU_TAKEN", "variants.0.sku"));
    let other = shop.product("b-book", "B-2").await.ok().text("/productCreate/product/id");
    assert_eq!(refusals(&shop.update(json!({ "id": other, "slug": "a-book" })).await), refused("SLUG_TAKEN", "slug"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_tax_class_is_refused() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let unknown = shop.update(json!({ "id": id, "taxClass": "luxury", "name": "Mine" })).await;
    assert_eq!(refusals(&unknown), refused("UNKNOWN_REFERENCE", "taxClass"));
    let read = "query($id: ID!) { product(id: $id) { name taxClass version } }";
    let product = async || shop.owner.gql(read, json!({ "id": id })).await.ok().at("/product").clone();
    assert_eq!(product().await, json!({ "name": "A book", "taxClass": "books", "version": 1 }));
    let _ = shop.update(json!({ "id": id, "taxClass": "standard" })).await.ok();
    assert_eq!(product().await, json!({ "name": "A book", "taxClass": "standard", "version": 2 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bundles_of_bundles_are_refused() {
    let shop = Shop::new().await;
    let mut ids = Vec::new();
    for name in ["tent", "kit", "set"] {
        ids.push(shop.product(name, name).await.ok().text("/productCreate/product/id"));
    }
    let [tent, kit, set] = [&ids[0], &ids[1], &ids[2]];
    let _ = shop.bundle(kit, "kit", &["tent"]).await.ok();
    let of_a_bundle = shop.bundle(set, "set", &["tent", "kit"]).await;
    assert_eq!(refusals(&of_a_bundle), refused("INVALID", "variants.0.components.1.sku"));
    assert_eq!(refusals(&shop.bundle(tent, "tent", &["set"]).await), refused("INVALID", "variants.0.components"));
    let of_itself = shop.bundle(kit, "kit", &["kit"]).await;
    assert_eq!(refusals(&of_itself), refused("INVALID", "variants.0.components.0.sku"));
    let new = CREATE.replace("weightGrams: 400", r#"components: [{ sku: "kit", quantity: 1 }]"#);
    let new = shop.owner.gql(&new, json!({})).await;
    assert_eq!(refusals(&new), refused("INVALID", "variants.0.components.0.sku"));

    let read = "{ products(first: 9) { nodes { slug version variants(first: 9) { nodes { components { sku } } } } } }";
    let products = shop.owner.gql(read, json!({})).await.ok();
    let kept = json!([
        { "slug": "tent", "version": 1, "variants": { "nodes": [{ "components": [] }] } },
        { "slug": "kit", "version": 2, "variants": { "nodes": [{ "components": [{ "sku": "tent" }] }] } },
        { "slug": "set", "version": 1, "variants": { "nodes": [{ "components": [] }] } },
    ]);
    assert_eq!(products.at("/products/nodes"), &kept);

    // After its components are removed, a kit can be a component, and its former components can be bundles.
    let _ = shop.bundle(kit, "kit", &[]).await.ok();
    let _ = shop.bundle(set, "set", &["kit"]).await.ok();
    let _ = shop.bundle(tent, "tent", &["kit"]).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_creations_with_one_slug_or_sku_succeed_once() {
    let shop = Shop::new().await;
    let same_slug = (0..8).map(|number| shop.product_with("same", format!("SKU-{number}")));
    let won = futures_util::future::join_all(same_slug).await;
    assert_eq!(won.iter().filter(|answer| answer.user_errors().is_empty()).count(), 1);
    let same_sku = (0..8).map(|number| shop.product_with_slug(format!("book-{number}"), "SAME"));
    let won = futures_util::future::join_all(same_sku).await;
    assert_eq!(won.iter().filter(|answer| answer.user_errors().is_empty()).count(), 1);
}

impl Shop {
    async fn product_with(&self, slug: &str, sku: String) -> testkit::Answer {
        self.product(slug, &sku).await
    }

    async fn product_with_slug(&self, slug: String, sku: &str) -> testkit::Answer {
        self.product(&slug, sku).await
    }

    /// Turns the only variant of a product into a bundle of one unit of each component.
    async fn bundle(&self, id: &str, sku: &str, parts: &[&str]) -> testkit::Answer {
        let part = |sku: &&str| json!({ "sku": sku, "quantity": 1 });
        let components: Vec<Value> = parts.iter().map(part).collect();
        self.update(json!({ "id": id, "variants": [{ "sku": sku, "components": components }] })).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_expected_version_is_refused() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let first = shop.update(json!({ "id": id, "expectedVersion": 1, "name": "One" })).await.ok();
    assert_eq!(first.at("/productUpdate/product/version"), 2);
    let lost = shop.update(json!({ "id": id, "expectedVersion": 1, "name": "Two" })).await;
    assert_eq!(refusals(&lost), refused("VERSION_CONFLICT", "expectedVersion"));
    // Without an expected version, concurrent changes all succeed, one after another.
    let changes = (0..4).map(|number| shop.update(json!({ "id": id, "vendor": format!("V{number}") })));
    let done = futures_util::future::join_all(changes).await;
    assert!(done.iter().all(|answer| answer.user_errors().is_empty()));
    assert_eq!(shop.page("a-book", "channel=eu").await.text("/product/name"), "One");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_updates_of_one_version_apply_once() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let variant = shop.page("a-book", "channel=eu").await.text("/product/variants/nodes/0/id");
    let change = |number: usize| {
        let variants = json!([{ "id": variant, "sku": format!("B-{number}") }]);
        shop.update(json!({ "id": id, "expectedVersion": 1, "variants": variants }))
    };
    let done = futures_util::future::join_all((0..30).map(change)).await;
    let (won, lost): (Vec<_>, Vec<_>) = done.iter().partition(|answer| answer.at("/productUpdate/product").is_object());
    assert_eq!(won.len(), 1);
    for answer in lost {
        assert_eq!(refusals(answer), refused("VERSION_CONFLICT", "expectedVersion"));
    }
    // The SKUs of the refused creations are free; that of the successful one is not.
    let kept = shop.page("a-book", "channel=eu").await.text("/product/variants/nodes/0/sku");
    assert_eq!(won[0].text("/productUpdate/product/variants/nodes/0/sku"), kept);
    for number in [3, 29] {
        let sku = format!("B-{number}");
        let taken = shop.product(&format!("book-{number}"), &sku).await;
        assert_eq!(taken.user_errors().is_empty(), sku != kept);
    }
    assert_eq!(shop.product("other", &kept).await.user_error_code(), "SKU_TAKEN");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn catalog_changes_require_the_permission() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let update = json!({ "i": { "id": id, "name": "Mine" } });
    assert_eq!(shop.app.admin().gql(UPDATE, update.clone()).await.error_code(), "UNAUTHENTICATED");
    let permissions: Permissions = [Permission::OrdersWrite, Permission::CatalogRead].into_iter().collect();
    identity::ensure_role(&shop.app.app, "clerk", "Clerk", permissions).await.unwrap();
    identity::ensure_staff(&shop.app.app, "carl@example.org", "Carl", PASSWORD, &["clerk"]).await.unwrap();
    let login = "mutation($e: String!, $p: String!) { staffLogin(input: { email: $e, password: $p }) {
        session { accessToken } userErrors { code } } }";
    let session = shop.app.admin().gql(login, json!({ "e": "carl@example.org", "p": PASSWORD })).await.ok();
    let clerk = shop.app.admin().bearer(&session.text("/staffLogin/session/accessToken"));
    assert_eq!(clerk.gql(UPDATE, update).await.error_code(), "FORBIDDEN");
    assert_eq!(clerk.gql(CREATE, json!({})).await.error_code(), "FORBIDDEN");
    let _ = clerk.gql("{ products { nodes { slug } } productTypes { nodes { slug } } }", json!({})).await.ok();
    let nobody = shop.app.admin().gql("{ products { nodes { slug } } }", json!({})).await;
    assert_eq!(nobody.error_code(), "UNAUTHENTICATED");
}
