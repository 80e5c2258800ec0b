//! Lists and suggestions in different channels, languages and currencies.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient, eventually};

use super::{CREATE, Shop};

const SOON: Duration = Duration::from_secs(30);

impl Shop {
    /// Changes the European channel.
    async fn channel(&self, change: Value) {
        let query = "mutation($i: ChannelUpdateInput!) { channelUpdate(input: $i) { userErrors { code field } } }";
        let mut input = json!({ "slug": "eu" });
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let _ = self.owner.gql(query, json!({ "i": input })).await.ok();
    }

    async fn ask(&self, context: &str, query: &str, variables: Value) -> Answer {
        let client = GraphqlClient::new(self.app.url(&format!("/graphql?{context}")));
        client.gql(query, variables).await.ok()
    }

    /// The contents of a list once the index is up to date.
    async fn slugs(&self, context: &str, query: &str, expected: &[&str]) {
        let expected: Vec<Value> = expected.iter().map(|slug| json!({ "slug": slug })).collect();
        let what = format!("{context} {query}: {expected:?}");
        eventually(&what, SOON, async || {
            (self.ask(context, query, json!({})).await.at("/products/nodes") == &json!(expected)).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suggestions_do_not_repeat_overlong_input() {
    let shop = Shop::new().await;
    shop.book().await;
    let prefix = "book ".repeat(20_000) + "boo";
    let query = "query($p: String!) { suggest(prefix: $p) { queries products { slug } } }";
    let found = eventually("the index knows the book", SOON, async || {
        let found = shop.ask("channel=eu", query, json!({ "p": prefix })).await;
        (found.at("/suggest/products") == &json!([{ "slug": "a-book" }])).then_some(found)
    })
    .await;
    let twelve_words = ["book"; 12].join(" ");
    assert_eq!(found.at("/suggest/queries"), &json!([twelve_words]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_sort_by_the_displayed_names_in_the_default_language() {
    let shop = Shop::new().await;
    shop.channel(json!({ "locales": ["en-GB", "en"] })).await;
    for (slug, sku, english) in [("first", "1", "A"), ("second", "2", "C"), ("third", "3", "B")] {
        let query = CREATE.replace("a-book", slug).replace("B-H", sku).replace(r#"name: "A book""#, r#"name: "Same""#);
        let query = query.replace(r#"locale: "de", name: "Ein Buch""#, &format!(r#"locale: "en", name: "{english}""#));
        let _ = shop.owner.gql(&query, json!({})).await.ok();
    }
    let query = "{ products(sort: { key: NAME }) { nodes { slug } } }";
    for context in ["channel=eu&locale=en", "channel=eu&locale=en-GB", "channel=eu", "channel=eu&locale=fr"] {
        shop.slugs(context, query, &["first", "third", "second"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn products_without_a_price_are_unavailable_in_that_currency() {
    let shop = Shop::new().await;
    shop.channel(json!({ "currencyCodes": ["EUR", "CHF"] })).await;
    shop.book().await;
    let available = "{ products(filter: { isAvailable: true }) { nodes { slug } } }";
    shop.slugs("channel=eu&currency=EUR", available, &["a-book"]).await;
    shop.slugs("channel=eu&currency=CHF", available, &[]).await;
    shop.slugs(
        "channel=eu&currency=CHF",
        "{ products(filter: { isAvailable: false }) { nodes { slug } } }",
        &["a-book"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn collection_paging_continues_after_a_product_that_moved() {
    let shop = Shop::new().await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d", "e", "f"] {
        ids.push(shop.product(name, name).await.ok().text("/productCreate/product/id"));
    }
    let create = "mutation { collectionCreate(input: { slug: \"all\", name: \"All\", channels: [\"eu\"] }) {
        collection { id } userErrors { code field } } }";
    let collection = shop.owner.gql(create, json!({})).await.ok().text("/collectionCreate/collection/id");
    let change = async |kind: &str, products: &[&str], position: Option<i32>| {
        let query = format!(
            "mutation($i: CollectionProducts{kind}Input!) {{ collectionProducts{kind}(input: $i) {{ userErrors {{ code }} }} }}"
        );
        let mut input = json!({ "id": collection, "products": products });
        if let Some(position) = position {
            input["position"] = json!(position);
        }
        let _ = shop.owner.gql(&query, json!({ "i": input })).await.ok();
    };
    let query = "query($first: Int, $after: String, $last: Int, $before: String) { collection(slug: \"all\") {
        products(first: $first, after: $after, last: $last, before: $before) {
            nodes { slug } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";
    let page = |variables: Value| shop.ask("channel=eu", query, variables);
    let slugs = |page: &Answer| -> String {
        let nodes = page.at("/collection/products/nodes").as_array().unwrap();
        nodes.iter().filter_map(|node| node["slug"].as_str()).collect()
    };
    let settled = async |expected: &str| {
        eventually(expected, SOON, async || (slugs(&page(json!({ "first": 9 })).await) == expected).then_some(()))
            .await;
    };
    change("Add", &[&ids[0], &ids[1], &ids[2], &ids[3]], None).await;
    settled("abcd").await;
    let first = page(json!({ "first": 2 })).await;
    let last = page(json!({ "last": 2 })).await;
    assert_eq!((slugs(&first), slugs(&last)), ("ab".to_owned(), "cd".to_owned()));
    let after = json!({ "first": 9, "after": first.at("/collection/products/pageInfo/endCursor") });
    let before = json!({ "last": 9, "before": last.at("/collection/products/pageInfo/startCursor") });

    change("Add", &[&ids[4], &ids[5]], Some(0)).await;
    settled("efabcd").await;
    assert_eq!(slugs(&page(after.clone()).await), "cd");
    assert_eq!(slugs(&page(before.clone()).await), "efab");

    change("Remove", &[&ids[0], &ids[4], &ids[5]], None).await;
    settled("bcd").await;
    assert_eq!(slugs(&page(after).await), "cd");
    assert_eq!(slugs(&page(before).await), "b");
}
