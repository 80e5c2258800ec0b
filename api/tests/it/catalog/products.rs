//! Products.

use serde_json::{Value, json};
use testkit::eventually;

use super::{CREATE, Shop};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_created_product_is_shown_on_the_product_page() {
    let shop = Shop::new().await;
    shop.book().await;
    let page = shop.page("a-book", "channel=eu&locale=de").await;
    let product = page.at("/product");
    assert_eq!(product["name"], "Ein Buch");
    assert_eq!(product["seo"]["title"], "Ein Buch");
    assert_eq!(product["productType"], json!({ "slug": "book", "name": "Book" }));
    assert_eq!(product["attributes"], json!([{ "slug": "pages", "name": "Pages", "values": ["320"] }]));
    assert_eq!(product["options"], json!([{ "name": "Cover", "values": ["Hard", "Soft"] }]));
    assert_eq!(product["categories"], json!([{ "slug": "books", "name": "books" }]));
    assert_eq!(product["metafield"], json!({ "value": "dry", "type": "text" }));
    assert_eq!(product["isAvailable"], true);
    let euros = |amount| json!({ "amount": amount, "currencyCode": "EUR" });
    assert_eq!(product["priceRange"], json!({ "min": euros("20.00"), "max": euros("20.00") }));
    let variant = &product["variants"]["nodes"][0];
    assert_eq!((&variant["sku"], &variant["name"]), (&json!("B-H"), &json!("Hard")));
    assert_eq!((&variant["isAvailable"], &variant["quantityAvailable"]), (&json!(true), &json!(7)));
    assert_eq!((&variant["price"], &variant["compareAtPrice"]), (&euros("20.00"), &euros("25.00")));

    assert_eq!(shop.page("a-book", "channel=us").await.at("/product"), &Value::Null);
    assert_eq!(shop.page("no-book", "channel=eu").await.at("/product"), &Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_catalog_works_on_mongodb() {
    let url = std::env::var("MONGODB_TEST_URL").expect("MONGODB_TEST_URL is set; `make test` sets it");
    let database = Some(format!("test_{}", uuid::Uuid::now_v7().simple()));
    let mongo = persistence::documents::MongoConfig {
        database,
        operation: std::time::Duration::from_mins(1),
        ..persistence::documents::MongoConfig::new(url)
    };
    let documents = services::DocumentsConfig::Mongo(mongo.clone());
    let app = crate::support::TestApp::configured(|config| config.documents = documents).await;
    let shop = Shop::over(app).await;
    shop.book().await;
    assert_eq!(shop.page("a-book", "channel=eu").await.text("/product/name"), "A book");
    persistence::documents::MongoDocuments::connect(&mongo).await.unwrap().drop_database().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_former_slug_returns_the_product_with_its_new_slug() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let _ = shop.page("a-book", "channel=eu").await;
    let renamed = shop.update(json!({ "id": id, "slug": "the-book" })).await.ok();
    assert_eq!(renamed.at("/productUpdate/product/formerSlugs"), &json!(["a-book"]));
    assert_eq!(shop.page("a-book", "channel=eu").await.text("/product/slug"), "the-book");
    assert_eq!(shop.page("the-book", "channel=eu").await.text("/product/slug"), "the-book");
    assert_eq!(shop.product("a-book", "OTHER").await.user_error_code(), "SLUG_TAKEN");
    // Rename it back.
    let back = shop.update(json!({ "id": id, "slug": "a-book" })).await.ok();
    assert_eq!(back.at("/productUpdate/product/formerSlugs"), &json!(["the-book"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_is_visible_within_a_second_and_changes_nothing_else() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let before = shop.page("a-book", "channel=eu").await;
    let variant = before.text("/product/variants/nodes/0/id");
    let _ = shop.update(json!({ "id": id, "expectedVersion": 1, "description": "Longer" })).await.ok();
    let prices = json!([{ "channel": "eu", "currencyCode": "EUR", "amount": "18.00" }]);
    let variants = json!([
        { "id": variant, "sku": "B-HARD", "prices": prices },
        { "sku": "B-S", "selectedOptions": [{ "name": "Cover", "value": "Soft" }], "prices": prices },
    ]);
    let _ = shop.update(json!({ "id": id, "variants": variants })).await.ok();
    let after = shop.page("a-book", "channel=eu").await;
    assert_eq!(after.text("/product/description"), "Longer");
    assert_eq!(after.text("/product/vendor"), before.text("/product/vendor"));
    let nodes = after.at("/product/variants/nodes");
    assert_eq!((&nodes[0]["id"], &nodes[0]["sku"]), (&json!(variant), &json!("B-HARD")));
    assert_eq!((&nodes[0]["quantityAvailable"], &nodes[0]["compareAtPrice"]), (&json!(7), &Value::Null));
    assert_eq!((&nodes[1]["sku"], &nodes[1]["isAvailable"]), (&json!("B-S"), &json!(false)));
    // The old SKU is free.
    let _ = shop.product("b-book", "B-H").await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn null_clears_and_an_absent_field_keeps() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let read =
        "query($id: ID!) { product(id: $id) { description vendor externalReference seo { title description } tags
        variants(first: 9) { nodes { name weightGrams } } } }";
    let after = async |change: Value| {
        let _ = shop.update(change).await.ok();
        shop.owner.gql(read, json!({ "id": id })).await.ok().at("/product").clone()
    };
    let bound = json!([{ "sku": "B-H", "name": "Bound" }]);
    let named = json!({ "id": id, "externalReference": "erp-1", "seo": { "title": "Buy" }, "variants": bound });
    let full = json!({ "description": "…", "vendor": "…", "externalReference": "erp-1",
        "seo": { "title": "Buy", "description": null }, "tags": ["new"],
        "variants": { "nodes": [{ "name": "Bound", "weightGrams": 400 }] } });
    assert_eq!(after(named).await, full);
    assert_eq!(after(json!({ "id": id, "variants": [{ "sku": "B-H" }] })).await, full);
    let nulls = json!([{ "sku": "B-H", "name": null, "weightGrams": null }]);
    let nulls = json!({ "id": id, "description": null, "vendor": null, "externalReference": null, "seo": null,
        "tags": null, "variants": nulls });
    let empty = json!({ "description": "", "vendor": null, "externalReference": null,
        "seo": { "title": null, "description": null }, "tags": ["new"],
        "variants": { "nodes": [{ "name": "Hard", "weightGrams": null }] } });
    assert_eq!(after(nulls).await, empty);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_is_visible_only_while_it_is_published() {
    let shop = Shop::new().await;
    let query = CREATE.replace(r#"channels: ["eu"]"#, "channels: []");
    let id = shop.owner.gql(&query, json!({})).await.ok().text("/productCreate/product/id");
    assert_eq!(shop.page("a-book", "channel=eu").await.at("/product"), &Value::Null);
    let publish = "mutation($i: ProductPublishInput!) { productPublish(input: $i) {
        product { publications { channel { slug } publishAt } } userErrors { code field } } }";
    let later = json!({ "i": { "id": id, "channels": ["eu", "us"], "publishAt": "2999-01-01T00:00:00Z" } });
    let later = shop.owner.gql(publish, later).await.ok();
    assert_eq!(later.text("/productPublish/product/publications/1/channel/slug"), "us");
    assert_eq!(shop.page("a-book", "channel=eu").await.at("/product"), &Value::Null);
    let _ = shop.owner.gql(publish, json!({ "i": { "id": id, "channels": ["eu"] } })).await.ok();
    assert_eq!(shop.page("a-book", "channel=eu").await.text("/product/id"), id);
    assert_eq!(shop.page("a-book", "channel=us").await.at("/product"), &Value::Null);
    let unpublish = "mutation($i: ProductUnpublishInput!) { productUnpublish(input: $i) {
        product { id } userErrors { code } } }";
    let _ = shop.owner.gql(unpublish, json!({ "i": { "id": id, "channels": ["eu"] } })).await.ok();
    assert_eq!(shop.page("a-book", "channel=eu").await.at("/product"), &Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_a_product_releases_its_slug_and_sku() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let _ = shop.page("a-book", "channel=eu").await;
    let delete = "mutation($id: ID!) { productDelete(input: { id: $id }) { deletedId userErrors { code } } }";
    let deleted = shop.owner.gql(delete, json!({ "id": id })).await.ok();
    assert_eq!(deleted.text("/productDelete/deletedId"), id);
    assert_eq!(shop.page("a-book", "channel=eu").await.at("/product"), &Value::Null);
    assert_eq!(shop.owner.gql(delete, json!({ "id": id })).await.user_error_code(), "NOT_FOUND");
    assert_ne!(shop.book().await, id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_metafields_are_visible_only_to_staff() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let fields = json!([
        { "namespace": "private.erp", "key": "cost", "type": "text", "value": "4.20" },
        { "namespace": "shop", "key": "care", "type": "text", "value": "wet" },
    ]);
    let _ = shop.update(json!({ "id": id, "metafields": fields })).await.ok();
    let query = "query($id: ID!) { product(id: $id) {
        metafields(identifiers: [{ namespace: \"private.erp\", key: \"cost\" }, { namespace: \"shop\", key: \"care\" }]) { value } } }";
    let storefront = shop.app.storefront().gql(query, json!({ "id": id })).await.ok();
    assert_eq!(storefront.at("/product/metafields"), &json!([null, { "value": "wet" }]));
    let query =
        "query($id: ID!) { product(id: $id) { metafield(namespace: \"private.erp\", key: \"cost\") { value } } }";
    let admin = shop.owner.gql(query, json!({ "id": id })).await.ok();
    assert_eq!(admin.text("/product/metafield/value"), "4.20");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_are_found_by_their_global_ids() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let page = shop.page("a-book", "channel=eu").await;
    let variant = page.text("/product/variants/nodes/0/id");
    let query =
        "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on ProductVariant { sku product { slug } } } }";
    let ids = json!({ "ids": [variant, "gid://mercator/Product/nonsense", id] });
    let nodes = shop.app.storefront().gql(query, ids).await.ok();
    assert_eq!(nodes.at("/nodes/0/product/slug"), "a-book");
    assert_eq!(nodes.at("/nodes/1"), &Value::Null);
    assert_eq!((nodes.at("/nodes/2/__typename"), nodes.at("/nodes/2/id")), (&json!("Product"), &json!(id)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admin_products_are_found_by_slug_and_paged() {
    let shop = Shop::new().await;
    for number in 0..3 {
        let _ = shop.product(&format!("book-{number}"), &format!("B-{number}")).await.ok();
    }
    let found = shop.owner.gql("{ product(slug: \"book-1\") { slug } }", json!({})).await.ok();
    assert_eq!(found.text("/product/slug"), "book-1");
    let query = "query($after: String) { products(first: 2, after: $after) {
        totalCount nodes { slug } pageInfo { hasNextPage endCursor } } }";
    let first = shop.owner.gql(query, json!({})).await.ok();
    assert_eq!(first.at("/products/nodes"), &json!([{ "slug": "book-0" }, { "slug": "book-1" }]));
    assert_eq!(
        (first.at("/products/totalCount"), first.at("/products/pageInfo/hasNextPage")),
        (&json!(3), &json!(true))
    );
    let second = shop.owner.gql(query, json!({ "after": first.at("/products/pageInfo/endCursor") })).await.ok();
    assert_eq!(second.at("/products/nodes"), &json!([{ "slug": "book-2" }]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_writes_an_event_to_the_outbox() {
    let shop = Shop::new().await;
    shop.book().await;
    let documents = shop.app.app.documents().clone();
    eventually("every event is drained", std::time::Duration::from_secs(5), async || {
        let waiting = documents.changes(persistence::documents::Collection::Products, None, 10).await.unwrap();
        waiting.is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn former_slugs_resolve_only_in_channels_that_published_them() {
    let shop = Shop::new().await;
    let leads_to = async |slug: &str, channel: &str| {
        let page = shop.page(slug, &format!("channel={channel}")).await;
        page.at("/product/slug").as_str().map(str::to_owned)
    };
    let create = |channels: &str, slug: &str, sku: &str| {
        let query = CREATE.replace(r#"["eu"]"#, channels).replace("a-book", slug).replace("B-H", sku);
        let owner = shop.owner.clone();
        async move { owner.gql(&query, json!({})).await.ok().text("/productCreate/product/id") }
    };
    let draft = create("[]", "x", "DRAFT").await;
    let american = create(r#"["us"]"#, "x", "US").await;
    for (id, slug) in [(&draft, "y"), (&american, "z")] {
        let _ = shop.update(json!({ "id": id, "slug": slug })).await.ok();
    }
    // Neither product was published in Europe under the slug x.
    let european = create(r#"["eu"]"#, "x", "EU").await;
    for id in [&draft, &american] {
        let _ = shop.place("productPublish", id, "eu").await.ok();
    }
    assert_eq!(leads_to("x", "eu").await.as_deref(), Some("x"));
    assert_eq!(leads_to("x", "us").await.as_deref(), Some("z"));

    // Restoring a product restores its redirect, unless another product now uses the slug.
    let _ = shop.update(json!({ "id": european, "slug": "w" })).await.ok();
    for _ in 0..2 {
        assert_eq!(leads_to("x", "eu").await.as_deref(), Some("w"));
        let _ = shop.place("productUnpublish", &european, "eu").await.ok();
        assert_eq!(leads_to("x", "eu").await, None);
        let _ = shop.place("productPublish", &european, "eu").await.ok();
    }
    let _ = shop.place("productUnpublish", &european, "eu").await.ok();
    create(r#"["eu"]"#, "x", "NEW").await;
    let _ = shop.place("productPublish", &european, "eu").await.ok();
    assert_eq!(leads_to("x", "eu").await.as_deref(), Some("x"));
    assert_eq!(leads_to("w", "eu").await.as_deref(), Some("w"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn media_with_the_same_url_have_distinct_ids() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let picture = |name: &str| json!({ "url": format!("https://example.org/{name}.jpg"), "width": 10, "height": 10 });
    let read = "query($id: ID!) { product(id: $id) { media { id } } }";
    let ids_of = async |names: &[&str]| -> Vec<String> {
        let media: Vec<Value> = names.iter().map(|name| picture(name)).collect();
        let _ = shop.update(json!({ "id": id, "media": media })).await.ok();
        let media = shop.owner.gql(read, json!({ "id": id })).await.ok().at("/product/media").clone();
        media.as_array().unwrap().iter().map(|image| image["id"].as_str().unwrap().to_owned()).collect()
    };
    let one = ids_of(&["front"]).await;
    let three = ids_of(&["front", "front", "back"]).await;
    assert_eq!(three[0], one[0]);
    assert_eq!(three.iter().collect::<std::collections::HashSet<_>>().len(), 3);
    assert_eq!(ids_of(&["back", "front", "front"]).await, [2, 0, 1].map(|at: usize| three[at].clone()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn media_urls_are_parsed_and_normalized() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let update = async |url: &str| {
        let media = json!([{ "url": url, "width": 10, "height": 10 }]);
        shop.update(json!({ "id": id, "media": media })).await
    };
    let read = "query($id: ID!) { product(id: $id) { media { url } } }";
    for (url, stored) in
        [("/media/a/../b.svg", "/media/b.svg"), ("https://cdn.example/a/../b.png?v=1", "https://cdn.example/b.png?v=1")]
    {
        let _ = update(url).await.ok();
        assert_eq!(shop.owner.gql(read, json!({ "id": id })).await.ok().at("/product/media/0/url"), stored);
    }
    for url in [
        "/media/../admin/graphql",
        "/media/%2e%2e/admin/graphql",
        "//evil.example/a.svg",
        "https://shop@evil.example/a.svg",
        "https://a/x\r\nSet-Cookie: a=1",
        "javascript:alert(1)",
        "data:image/svg+xml,a",
    ] {
        assert_eq!(update(url).await.user_error_code(), "INVALID", "{url:?}");
    }
}
