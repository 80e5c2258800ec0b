//! Former paths of categories and collections, redirects, and texts for search engines.

use serde_json::{Value, json};

use super::Shop;

const REDIRECT: &str = "query($p: String!) { redirect(path: $p) { path target { __typename
    ... on Product { slug } ... on Category { slug } ... on Collection { slug } } } }";

const MOVE: &str = "mutation($i: CategoryMoveInput!) { categoryMove(input: $i) {
    category { slug formerSlugs } userErrors { code field } } }";

impl Shop {
    /// The redirect of a path in the channel `eu`.
    async fn redirect(&self, path: &str) -> Value {
        self.app.storefront().gql(REDIRECT, json!({ "p": path })).await.ok().at("/redirect").clone()
    }

    async fn collection(&self, slug: &str) -> String {
        let create = "mutation($s: String!) { collectionCreate(input: { slug: $s, name: \"Picks\", channels: [\"eu\"],
            seo: { title: \"Our picks\" } }) { collection { id } userErrors { code field } } }";
        self.owner.gql(create, json!({ "s": slug })).await.ok().text("/collectionCreate/collection/id")
    }
}

fn to(path: &str, kind: &str, slug: &str) -> Value {
    json!({ "path": path, "target": { "__typename": kind, "slug": slug } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn former_paths_of_moved_categories_redirect_with_their_descendants() {
    let shop = Shop::new().await;
    shop.category("clothing", None).await;
    let tops = shop.category("tops", Some("clothing")).await;
    shop.category("tees", Some("clothing/tops")).await;
    shop.category("sale", None).await;
    let moved = shop.owner.gql(MOVE, json!({ "i": { "id": tops, "parent": "sale" } })).await.ok();
    assert_eq!(moved.at("/categoryMove/category/formerSlugs"), &json!(["clothing/tops"]));
    let rename = "mutation($id: ID!, $s: String!) { categoryUpdate(input: { id: $id, slug: $s }) { category { slug } userErrors { code } } }";
    let renamed = shop.owner.gql(rename, json!({ "id": tops, "s": "shirts" })).await.ok();
    assert_eq!(renamed.text("/categoryUpdate/category/slug"), "sale/shirts");

    for (path, expected) in [
        ("categories/clothing/tops", to("categories/sale/shirts", "Category", "sale/shirts")),
        ("/categories/sale/tops", to("/categories/sale/shirts", "Category", "sale/shirts")),
        ("clothing/tops/tees", to("sale/shirts/tees", "Category", "sale/shirts/tees")),
        ("categories/sale/shirts", Value::Null),
        ("collections/clothing/tops", Value::Null),
        ("nowhere", Value::Null),
    ] {
        assert_eq!(shop.redirect(path).await, expected, "{path}");
    }
    let category = "query($s: String!) { category(slug: $s) { slug } }";
    let found = shop.app.storefront().gql(category, json!({ "s": "clothing/tops/tees" })).await.ok();
    assert_eq!(found.text("/category/slug"), "sale/shirts/tees");

    // A new category at the former path has it from now on.
    shop.category("tops", Some("clothing")).await;
    assert_eq!(shop.redirect("categories/clothing/tops").await, Value::Null);
    let found = shop.app.storefront().gql(category, json!({ "s": "clothing/tops" })).await.ok();
    assert_eq!(found.text("/category/slug"), "clothing/tops");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn former_slugs_of_collections_and_products_redirect() {
    let shop = Shop::new().await;
    let picks = shop.collection("picks").await;
    let rename = "mutation($id: ID!, $s: String!) { collectionUpdate(input: { id: $id, slug: $s }) {
        collection { formerSlugs } userErrors { code } } }";
    let renamed = shop.owner.gql(rename, json!({ "id": picks, "s": "favorites" })).await.ok();
    assert_eq!(renamed.at("/collectionUpdate/collection/formerSlugs"), &json!(["picks"]));
    let book = shop.book().await;
    let _ = shop.update(json!({ "id": book, "slug": "the-book" })).await.ok();

    for (path, expected) in [
        ("collections/picks", to("collections/favorites", "Collection", "favorites")),
        ("/products/a-book", to("/products/the-book", "Product", "the-book")),
        ("a-book", to("the-book", "Product", "the-book")),
        ("products/the-book", Value::Null),
    ] {
        assert_eq!(shop.redirect(path).await, expected, "{path}");
    }
    let found = shop.app.storefront().gql("{ collection(slug: \"picks\") { slug } }", json!({})).await.ok();
    assert_eq!(found.text("/collection/slug"), "favorites");
    // Another channel does not show the collection.
    let us = testkit::GraphqlClient::new(shop.app.url("/graphql?channel=us"));
    let hidden = us.gql(REDIRECT, json!({ "p": "collections/picks" })).await.ok();
    assert_eq!(hidden.at("/redirect"), &Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn categories_and_collections_have_texts_for_search_engines() {
    let shop = Shop::new().await;
    shop.collection("picks").await;
    let create = "mutation { categoryCreate(input: { slug: \"maps\", name: \"Maps\", description: \"Of rivers\",
        seo: { title: \"Buy maps\" }, translations: [{ locale: \"de\", name: \"Karten\", seo: { title: \"Karten kaufen\" } }] }) {
        category { id } userErrors { code } } }";
    let _ = shop.owner.gql(create, json!({})).await.ok();
    let read = "{ category(slug: \"maps\") { seo { title description } } collection(slug: \"picks\") { seo { title description } } }";
    let english = shop.app.storefront().gql(read, json!({})).await.ok();
    assert_eq!(english.at("/category/seo"), &json!({ "title": "Buy maps", "description": "Of rivers" }));
    assert_eq!(english.at("/collection/seo"), &json!({ "title": "Our picks", "description": "" }));
    let german = testkit::GraphqlClient::new(shop.app.url("/graphql?channel=eu&locale=de"));
    let german = german.gql(read, json!({})).await.ok();
    assert_eq!(german.at("/category/seo"), &json!({ "title": "Karten kaufen", "description": "Of rivers" }));
}
