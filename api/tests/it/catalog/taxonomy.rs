//! Product types, categories and collections.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{GraphqlClient, eventually};

use super::{CATEGORY, Shop};

const SOON: Duration = Duration::from_secs(30);

const MOVE: &str = "mutation($i: CategoryMoveInput!) { categoryMove(input: $i) {
    category { slug parent { slug } } userErrors { code field } } }";

const TREE: &str =
    "query Navigation { categoryTree(depth: 3) { slug name children { slug name children { slug name } } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moving_a_category_updates_the_tree() {
    let shop = Shop::new().await;
    let clothing = shop.category("clothing", None).await;
    let tops = shop.category("tops", Some("clothing")).await;
    shop.category("clothing/tops/tees", Some("clothing/tops")).await;
    shop.category("sale", None).await;
    let tree = shop.app.storefront().gql(TREE, json!({})).await.ok();
    let slugs = |at: &str| tree.at(at).clone();
    assert_eq!(slugs("/categoryTree/1/children/0/children/0/slug"), "clothing/tops/tees");

    let moved = shop.owner.gql(MOVE, json!({ "i": { "id": tops, "parent": "sale" } })).await.ok();
    assert_eq!(moved.text("/categoryMove/category/slug"), "sale/tops");
    let category = "query($s: String!) { category(slug: $s) { slug ancestors { slug } } }";
    let tees = shop.app.storefront().gql(category, json!({ "s": "sale/tops/tees" })).await.ok();
    assert_eq!(tees.at("/category/ancestors"), &json!([{ "slug": "sale" }, { "slug": "sale/tops" }]));
    let former = shop.app.storefront().gql(category, json!({ "s": "clothing/tops" })).await.ok();
    assert_eq!(former.text("/category/slug"), "sale/tops");
    let shallow = shop.app.storefront().gql("{ categoryTree(depth: 1) { children { slug } } }", json!({})).await.ok();
    assert!(shallow.at("/categoryTree").as_array().unwrap().iter().all(|root| root["children"] == json!([])));
    assert!(clothing.starts_with("gid://mercator/Category/"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_category_cannot_move_below_itself() {
    let shop = Shop::new().await;
    let a = shop.category("a", None).await;
    let b = shop.category("b", Some("a")).await;
    let below = shop.owner.gql(MOVE, json!({ "i": { "id": a, "parent": "a/b" } })).await;
    assert_eq!(below.user_error_code(), "CIRCLE");
    let itself = shop.owner.gql(MOVE, json!({ "i": { "id": a, "parent": "a" } })).await;
    assert_eq!(itself.user_error_code(), "CIRCLE");

    // Each of these two moves would be valid alone.
    let _ = shop.owner.gql(MOVE, json!({ "i": { "id": b } })).await.ok();
    let (into_b, into_a) = (json!({ "i": { "id": a, "parent": "b" } }), json!({ "i": { "id": b, "parent": "a" } }));
    let _ = tokio::join!(shop.owner.gql(MOVE, into_b), shop.owner.gql(MOVE, into_a));
    let tree = shop.app.storefront().gql("{ categoryTree(depth: 5) { slug children { slug } } }", json!({})).await.ok();
    let roots = tree.at("/categoryTree").as_array().unwrap();
    let all = roots.iter().flat_map(|root| {
        std::iter::once(&root["slug"]).chain(root["children"].as_array().unwrap().iter().map(|child| &child["slug"]))
    });
    assert_eq!(all.count(), 3, "{roots:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sibling_slugs_are_unique_and_parents_cannot_be_deleted() {
    let shop = Shop::new().await;
    let clothing = shop.category("clothing", None).await;
    shop.category("tops", Some("clothing")).await;
    let twice =
        shop.owner.gql(CATEGORY, json!({ "i": { "slug": "tops", "name": "Tops", "parent": "clothing" } })).await;
    assert_eq!(twice.user_error_code(), "SLUG_TAKEN");
    shop.category("tops", Some("books")).await;
    let delete = "mutation($id: ID!) { categoryDelete(input: { id: $id }) { deletedId userErrors { code } } }";
    assert_eq!(shop.owner.gql(delete, json!({ "id": clothing })).await.user_error_code(), "IN_USE");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_lists_published_products_in_manual_order() {
    let shop = Shop::new().await;
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        ids.push(shop.product(name, name).await.ok().text("/productCreate/product/id"));
    }
    let create =
        "mutation { collectionCreate(input: { slug: \"staff-picks\", name: \"Staff picks\", channels: [\"eu\"] }) {
        collection { id } userErrors { code field } } }";
    let id = shop.owner.gql(create, json!({})).await.ok().text("/collectionCreate/collection/id");
    let add = "mutation($i: CollectionProductsAddInput!) { collectionProductsAdd(input: $i) {
        collection { products(first: 9) { totalCount nodes { slug } } } userErrors { code field } } }";
    let _ = shop.owner.gql(add, json!({ "i": { "id": id, "products": [ids[2], ids[0]] } })).await.ok();
    let added = shop.owner.gql(add, json!({ "i": { "id": id, "products": [ids[1]], "position": 0 } })).await.ok();
    assert_eq!(added.at("/collectionProductsAdd/collection/products/totalCount"), 3);
    let unknown = "gid://mercator/Product/00000000-0000-7000-8000-000000000000";
    let unknown = shop.owner.gql(add, json!({ "i": { "id": id, "products": [unknown] } })).await;
    assert_eq!(unknown.user_error_code(), "UNKNOWN_REFERENCE");

    let query = "query CollectionPage($slug: String!, $first: Int!, $after: String) { collection(slug: $slug) {
        id name description products(first: $first, after: $after) {
            totalCount nodes { slug } pageInfo { hasNextPage endCursor } } } }";
    let page = |first: i32, after: Value| {
        let client = shop.app.storefront();
        async move { client.gql(query, json!({ "slug": "staff-picks", "first": first, "after": after })).await.ok() }
    };
    let unpublish =
        "mutation($id: ID!) { productUnpublish(input: { id: $id, channels: [\"eu\"] }) { userErrors { code } } }";
    let _ = shop.owner.gql(unpublish, json!({ "id": ids[2] })).await.ok();
    let first = eventually("the index knows what is published", SOON, async || {
        let page = page(1, Value::Null).await;
        let is_current = page.at("/collection/products/nodes") == &json!([{ "slug": "two" }]);
        (is_current && page.at("/collection/products/totalCount") == 2).then_some(page)
    })
    .await;
    let second = page(5, first.at("/collection/products/pageInfo/endCursor").clone()).await;
    assert_eq!(second.at("/collection/products/nodes"), &json!([{ "slug": "one" }]));
    assert_eq!(second.at("/collection/products/pageInfo/hasNextPage"), false);

    let product = shop.page("one", "channel=eu").await;
    assert_eq!(product.text("/product/collections/nodes/0/slug"), "staff-picks");
    let remove = "mutation($i: CollectionProductsRemoveInput!) { collectionProductsRemove(input: $i) {
        collection { products { nodes { slug } } } userErrors { code } } }";
    let _ = shop.owner.gql(remove, json!({ "i": { "id": id, "products": [ids[0]] } })).await.ok();
    eventually("the index knows the collection", SOON, async || {
        (page(5, Value::Null).await.at("/collection/products/nodes") == &json!([{ "slug": "two" }])).then_some(())
    })
    .await;
    let us = GraphqlClient::new(shop.app.url("/graphql?channel=us"));
    let us = us.gql("{ collection(slug: \"staff-picks\") { id } }", json!({})).await.ok();
    assert_eq!(us.at("/collection"), &Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn null_clears_texts_of_categories_and_collections() {
    let shop = Shop::new().await;
    let category = shop.category("maps", None).await;
    let collection = "mutation { collectionCreate(input: { slug: \"maps\", name: \"Maps\" }) {
        collection { id } userErrors { code field } } }";
    let collection = shop.owner.gql(collection, json!({})).await.ok().text("/collectionCreate/collection/id");
    for (object, kind, id) in [("category", "Category", category), ("collection", "Collection", collection)] {
        let update = format!(
            "mutation($i: {kind}UpdateInput!) {{ done: {object}Update(input: $i) {{
                object: {object} {{ name description seo {{ title }} }} userErrors {{ code field }} }} }}"
        );
        let after =
            async |change: Value| shop.owner.gql(&update, json!({ "i": change })).await.ok().at("/done/object").clone();
        let named = json!({ "id": id, "name": "Maps", "description": "Of rivers", "seo": { "title": "Buy" } });
        let full = json!({ "name": "Maps", "description": "Of rivers", "seo": { "title": "Buy" } });
        assert_eq!(after(named).await, full);
        assert_eq!(after(json!({ "id": id })).await, full);
        let empty = json!({ "name": "Maps", "description": "", "seo": { "title": null } });
        assert_eq!(after(json!({ "id": id, "name": null, "description": null, "seo": null })).await, empty);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_type_in_use_is_not_deleted() {
    let shop = Shop::new().await;
    let types = shop.owner.gql("{ productTypes { nodes { id version } } }", json!({})).await.ok();
    let id = types.text("/productTypes/nodes/0/id");
    let product = shop.book().await;
    let delete = "mutation($id: ID!) { productTypeDelete(input: { id: $id }) { deletedId userErrors { code } } }";
    assert_eq!(shop.owner.gql(delete, json!({ "id": id })).await.user_error_code(), "IN_USE");
    let gone = "mutation($id: ID!) { productDelete(input: { id: $id }) { userErrors { code } } }";
    let _ = shop.owner.gql(gone, json!({ "id": product })).await.ok();
    let _ = shop.owner.gql(delete, json!({ "id": id })).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deletion_succeeds_during_concurrent_changes() {
    let shop = Shop::new().await;
    for round in 0..12 {
        for (object, kind) in [("category", "Category"), ("collection", "Collection"), ("productType", "ProductType")] {
            let create = format!(
                "mutation($i: {kind}CreateInput!) {{ done: {object}Create(input: $i) {{
                    object: {object} {{ id }} userErrors {{ code field }} }} }}"
            );
            let input = json!({ "i": { "slug": format!("{object}-{round}").to_lowercase(), "name": kind } });
            let id = shop.owner.gql(&create, input).await.ok().text("/done/object/id");
            let update = format!(
                "mutation($i: {kind}UpdateInput!) {{ done: {object}Update(input: $i) {{ userErrors {{ code }} }} }}"
            );
            let delete = format!(
                "mutation($id: ID!) {{ done: {object}Delete(input: {{ id: $id }}) {{ userErrors {{ code }} }} }}"
            );
            let (_, deleted) = tokio::join!(
                shop.owner.gql(&update, json!({ "i": { "id": id, "name": "Renamed" } })),
                shop.owner.gql(&delete, json!({ "id": id }))
            );
            assert_eq!(deleted.at("/done/userErrors"), &json!([]), "{object}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_category_created_below_a_deleted_one_is_refused() {
    let shop = Shop::new().await;
    let delete = "mutation($id: ID!) { categoryDelete(input: { id: $id }) { userErrors { code } } }";
    for round in 0..12 {
        let (old, new) = (format!("old-{round}"), format!("new-{round}"));
        let parent = shop.category(&new, None).await;
        shop.category(&old, None).await;
        let moved = shop.category("moved", Some(&old)).await;
        let create = json!({ "i": { "slug": "created", "name": "Created", "parent": new } });
        let (_, _, deleted) = tokio::join!(
            shop.owner.gql(CATEGORY, create),
            shop.owner.gql(MOVE, json!({ "i": { "id": moved, "parent": new } })),
            shop.owner.gql(delete, json!({ "id": parent }))
        );
        let read = "{ categories(first: 100) { nodes { slug parent { slug } } } }";
        let all = shop.owner.gql(read, json!({})).await.ok();
        let all = all.at("/categories/nodes").as_array().unwrap();
        let is_there = |slug: &str| all.iter().any(|category| category["slug"] == slug);
        assert!(!is_there("created") && !is_there("moved"), "an orphan is a root: {all:?}");
        let is_deleted = deleted.user_errors().is_empty();
        assert_eq!(is_there(&new), !is_deleted);
        assert!(!is_deleted || is_there(&format!("{old}/moved")), "a refused move goes back: {all:?}");
    }
}
