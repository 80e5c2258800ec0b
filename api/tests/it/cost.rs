//! The cost of requests: what is asked for twice is read once, and a request that asks for too much is rejected.
#![expect(clippy::format_collect, reason = "the texts of tests are short")]

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient, eventually, product_fixtures};

use crate::support::TestApp;

const INTROSPECTION: &str = "query Introspection { __schema { queryType { name } mutationType { name }
    types { kind name description fields(includeDeprecated: true) { name description args { ...V } type { ...T } isDeprecated deprecationReason }
        inputFields { ...V } interfaces { ...T } enumValues(includeDeprecated: true) { name description } possibleTypes { ...T } }
    directives { name description locations args { ...V } } } }
    fragment V on __InputValue { name description type { ...T } defaultValue }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";

/// The number of statements that the operations of a name have sent so far.
async fn statements(app: &TestApp, operation: &str) -> u64 {
    let text = reqwest::get(app.url("/metrics")).await.unwrap().text().await.unwrap();
    let label = format!("operation=\"{operation}\"");
    let sums = text.lines().filter(|line| line.starts_with("mercator_graphql_statements_sum{"));
    let sum = sums.filter(|line| line.contains(&label)).filter_map(|line| line.rsplit_once(' '));
    sum.map(|(_, value)| value.parse::<u64>().unwrap()).sum()
}

fn cost(answer: &Answer) -> u64 {
    answer.body["extensions"]["cost"]["requested"].as_u64().unwrap()
}

/// Creates a cart of many lines and a discount code, for which each computation of prices sends a statement.
async fn large_cart(app: &TestApp) -> String {
    product_fixtures::insert_rates(app).await;
    let tee = product_fixtures::product_with_variants(&app.app, "tee", "10.00", 900, 50).await;
    let line = |at: usize| {
        let id = tee.variants[at % 50].id;
        json!({ "variantId": id.to_string(), "quantity": 1,
            "attributes": [{ "key": "at", "value": at.to_string() }] })
    };
    let lines: Vec<Value> = (0..500).map(line).collect();
    let create = "mutation($l: [CartLineInput!]!) { cartCreate(input: { lines: $l, discountCodes: [\"NONE\"] }) {
        cart { id cost { amountDue { amount } } } userErrors { code message } } }";
    app.storefront().gql(create, json!({ "l": lines })).await.ok().text("/cartCreate/cart/id")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cart_that_is_requested_3300_times_is_read_and_priced_once() {
    let app = TestApp::new().await;
    let cart = large_cart(&app).await;
    let fields: String = (0..33)
        .map(|at| format!("a{at}: nodes(ids: $i) {{ ... on Cart {{ cost {{ amountDue {{ amount }} }} }} }} "))
        .collect();
    let query = format!("query Repeated($i: [ID!]!) {{ {fields} }}");
    // One statement reads the cart, one its discount code. Events of the new product may still invalidate cached data.
    eventually("two statements", Duration::from_secs(20), async || {
        let before = statements(&app, "Repeated").await;
        let answer = app.storefront().gql(&query, json!({ "i": vec![&cart; 100] })).await.ok();
        assert_eq!(answer.at("/a32"), &json!([{ "cost": { "amountDue": { "amount": "5000.00" } } }]));
        (statements(&app, "Repeated").await - before == 2).then_some(())
    })
    .await;
    let aliases: String = (0..50).map(|at| format!("a{at}: cart(id: $c) {{ problems {{ code }} }} ")).collect();
    let aliases = format!("query Aliases($c: ID!) {{ {aliases} }}");
    assert_eq!(app.storefront().gql(&aliases, json!({ "c": cart })).await.error_code(), "QUERY_TOO_COMPLEX");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_reads_a_limited_number_of_carts() {
    let app = TestApp::new().await;
    let create: String = (0..26).map(|at| format!("a{at}: cartCreate(input: {{}}) {{ cart {{ id }} }} ")).collect();
    let created = app.storefront().gql(&format!("mutation {{ {create} }}"), json!({})).await.ok();
    let ids: Vec<String> = (0..26).map(|at| created.text(&format!("/a{at}/cart/id"))).collect();
    let nodes = "query($i: [ID!]!) { nodes(ids: $i) { id } }";
    let answer = app.storefront().gql(nodes, json!({ "i": ids })).await;
    let found = answer.at("/nodes").as_array().unwrap().iter().filter(|node| !node.is_null()).count();
    assert_eq!((found, answer.error_code()), (25, "QUERY_TOO_COMPLEX"));
    let _ = app.storefront().gql(nodes, json!({ "i": &ids[..25] })).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn elements_of_lists_and_mutations_count() {
    let app = TestApp::new().await;
    let lines = vec![json!({ "variantId": "gid://mercator/ProductVariant/x", "quantity": 1 }); 500];
    let repeated = |count: usize, field: &str| -> String {
        (0..count).map(|at| format!("a{at}: {field} {{ cart {{ id }} }} ")).collect()
    };
    let rejected = async |query: String, variables: Value| {
        let answer = app.storefront().gql(&query, variables).await;
        assert_eq!(answer.error_code(), "QUERY_TOO_COMPLEX", "{query:.200}");
    };
    let create = repeated(100, "cartCreate(input: { lines: $l })");
    rejected(format!("mutation($l: [CartLineInput!]!) {{ {create} }}"), json!({ "l": lines })).await;
    let codes = repeated(100, "cartDiscountCodesUpdate(input: { cartId: $c, codes: [\"A\"] })");
    rejected(format!("mutation($c: ID!) {{ {codes} }}"), json!({ "c": "x" })).await;
    let logins: String = (0..10)
        .map(|at| {
            format!("a{at}: customerLogin(input: {{ email: \"a@b.c\", password: \"x\" }}) {{ userErrors {{ code }} }} ")
        })
        .collect();
    rejected(format!("mutation {{ {logins} }}"), json!({})).await;
    let search: String =
        (0..50).map(|at| format!("a{at}: search(query: \"a\") {{ facets {{ slug }} totalCount }} ")).collect();
    rejected(format!("{{ {search} }}"), json!({})).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_cannot_repeat_introspection() {
    let app = TestApp::new().await;
    for path in ["/graphql", "/admin/graphql"] {
        let alone = GraphqlClient::new(app.url(path)).gql(INTROSPECTION, json!({})).await;
        assert!(alone.body.get("errors").is_none(), "{path}: {}", alone.body["errors"]);
        let batch = vec![json!({ "query": INTROSPECTION }); 10];
        let response = reqwest::Client::new().post(app.url(path)).json(&batch).send().await.unwrap();
        let answers: Vec<Value> = response.json().await.unwrap();
        let rejected = answers.iter().filter(|one| one["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX");
        assert!(rejected.count() >= 8, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_has_at_most_twenty_errors() {
    let app = TestApp::new().await;
    let carts: String = (0..90).map(|at| format!("a{at}: cart(id: \"nonsense\") {{ id }} ")).collect();
    let answer = app.storefront().gql(&format!("{{ {carts} }}"), json!({})).await;
    assert_eq!(answer.body["errors"].as_array().map(Vec::len), Some(20));
    assert_eq!(answer.body["extensions"]["omittedErrors"], 70);
    assert_eq!(answer.error_code(), "BAD_USER_INPUT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_largest_pages_of_a_shop_cost_less_than_half_of_the_limit() {
    let app = TestApp::new().await;
    let operation = |name: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/checks/operations/storefront");
        std::fs::read_to_string(folder.join(format!("{name}.graphql"))).unwrap()
    };
    let absent = "gid://mercator/Cart/00000000-0000-7000-8000-000000000000";
    let products: Vec<String> =
        (0..100).map(|at| format!("gid://mercator/Product/00000000-0000-7000-8000-0000000000{at:02}")).collect();
    let nodes = "query($i: [ID!]!) { nodes(ids: $i) { id ... on Product { slug name isAvailable
        priceRange { min { amount currencyCode } } featuredImage { url } } ... on ProductVariant { sku } } }";
    let pages = [
        (operation("Listing"), json!({ "first": 100 })),
        (operation("Search"), json!({ "query": "a", "first": 100 })),
        (operation("ProductPage"), json!({ "slug": "a" })),
        (operation("CartPage"), json!({ "id": absent })),
        (operation("OrderPage"), json!({ "id": "gid://mercator/Order/00000000-0000-7000-8000-000000000000" })),
        (nodes.to_owned(), json!({ "i": products })),
    ];
    for (query, variables) in pages {
        let answer = app.storefront().gql(&query, variables).await.ok();
        assert!(cost(&answer) <= 5_000, "{} for {query}", cost(&answer));
    }
}
