//! Objects by global id, and paging in both directions.

use serde_json::{Value, json};
use services::identity;
use testkit::GraphqlClient;

use super::{PASSWORD, Shop};

const NODES: &str =
    "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Product { slug } ... on Category { slug }
    ... on ProductVariant { sku } ... on StaffUser { email } } }";

const ABSENT: &str = "gid://mercator/Product/00000000-0000-7000-8000-000000000000";

async fn clerk(shop: &Shop) -> GraphqlClient {
    identity::ensure_staff(&shop.app.app, "carl@example.org", "Carl", PASSWORD, &[]).await.unwrap();
    let login = "mutation($p: String!) { staffLogin(input: { email: \"carl@example.org\", password: $p }) {
        session { accessToken } userErrors { code } } }";
    let session = shop.app.admin().gql(login, json!({ "p": PASSWORD })).await.ok();
    shop.app.admin().bearer(&session.text("/staffLogin/session/accessToken"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_returns_readable_objects_in_request_order() {
    let shop = Shop::new().await;
    let created = shop.product("a-book", "B-H").await.ok();
    let product = created.text("/productCreate/product/id");
    let variant = created.text("/productCreate/product/variants/nodes/0/id");
    let category = shop.category("maps", None).await;
    let me = shop.owner.gql("{ me { id } }", json!({})).await.ok().text("/me/id");
    let ids = json!([variant, ABSENT, category, product, "nonsense", me]);
    let found = shop.owner.gql(NODES, json!({ "ids": ids })).await.ok();
    let expected = json!([
        { "__typename": "ProductVariant", "id": variant, "sku": "B-H" },
        null,
        { "__typename": "Category", "id": category, "slug": "maps" },
        { "__typename": "Product", "id": product, "slug": "a-book" },
        null,
        { "__typename": "StaffUser", "id": me, "email": "olga@example.org" },
    ]);
    assert_eq!(found.at("/nodes"), &expected);

    let clerk = clerk(&shop).await;
    for id in [&product, &variant, &category] {
        assert_eq!(clerk.gql(NODES, json!({ "ids": [id] })).await.error_code(), "FORBIDDEN", "{id}");
    }
    assert_eq!(shop.app.admin().gql(NODES, json!({ "ids": [product] })).await.error_code(), "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admin_products_page_forward_and_backward() {
    let shop = Shop::new().await;
    for name in ["one", "two", "three"] {
        let _ = shop.product(name, name).await.ok();
    }
    let query = "query($first: Int, $after: String, $last: Int, $before: String) {
        products(first: $first, after: $after, last: $last, before: $before) {
            nodes { slug } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let page = async |variables: Value| shop.owner.gql(query, variables).await.ok();
    let slugs = |page: &testkit::Answer, expected: &[&str]| {
        let expected: Vec<Value> = expected.iter().map(|slug| json!({ "slug": slug })).collect();
        assert_eq!(page.at("/products/nodes"), &json!(expected));
    };
    let last = page(json!({ "last": 2 })).await;
    slugs(&last, &["two", "three"]);
    assert_eq!(last.at("/products/pageInfo/hasPreviousPage"), true);
    let before = page(json!({ "last": 2, "before": last.at("/products/pageInfo/startCursor") })).await;
    slugs(&before, &["one"]);
    assert_eq!(before.at("/products/pageInfo/hasPreviousPage"), false);
    let after = page(json!({ "first": 1, "after": before.at("/products/pageInfo/endCursor") })).await;
    slugs(&after, &["two"]);
    assert_eq!(after.at("/products/pageInfo/hasNextPage"), true);
}
