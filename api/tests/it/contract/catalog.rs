//! Pages of the catalog.

use insta::assert_json_snapshot;
use serde_json::json;

use super::{operations, shown, storefront};
use crate::processes::{Plan, Processes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_catalog_queries_run() {
    let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let shop = storefront(&processes, "");
    let ask = async |operation, variables| shown(&shop.gql(operation, variables).await);

    assert_json_snapshot!("product_page", ask(operations::PRODUCT_PAGE, json!({ "slug": "classic-tee" })).await);
    assert_json_snapshot!("product_page_of_nothing", ask(operations::PRODUCT_PAGE, json!({ "slug": "nothing" })).await);
    let german = storefront(&processes, "locale=de");
    let answer = german.gql(operations::PRODUCT_PAGE, json!({ "slug": "atlas-of-rivers" })).await;
    assert_json_snapshot!("product_page_in_german", shown(&answer));
    assert_json_snapshot!("navigation", ask(operations::NAVIGATION, json!({})).await);
    assert_json_snapshot!("collection_page", ask(operations::COLLECTION_PAGE, json!({ "slug": "favourites" })).await);
    let search = json!({ "query": "trail", "first": 5, "filter": { "priceRange": { "max": "100.00" } } });
    assert_json_snapshot!("search", ask(operations::SEARCH, search).await);
    assert_json_snapshot!(
        "search_misspelt",
        ask(operations::SEARCH, json!({ "query": "clasic tee", "first": 5 })).await
    );
    assert_json_snapshot!("suggest", ask(operations::SUGGEST, json!({ "prefix": "cla" })).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_lists_filter_sort_and_page() {
    let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let shop = storefront(&processes, "");
    let list = async |variables| shop.gql(operations::LISTING, variables).await;

    let tops = list(json!({ "category": "clothing/tops", "first": 3 })).await;
    assert_json_snapshot!("listing_of_a_category", shown(&tops));
    let filter = json!({
        "query": "trail", "productTypes": ["camping-gear"], "vendors": ["Basecamp Works"], "isAvailable": true,
        "priceRange": { "min": "30.00", "max": "200.00" }, "attributes": [{ "slug": "season", "values": ["all year"] }],
        "or": [{ "tags": ["bestseller"] }, { "not": { "collections": ["gifts"] } }], "and": [{ "isAvailable": true }],
    });
    let camping = json!({ "category": "camping", "filter": filter, "sort": { "key": "PRICE", "direction": "DESC" }, "first": 10 });
    assert_json_snapshot!("listing_with_filter", shown(&list(camping).await));
    let refused = json!({ "filter": { "priceRange": { "min": "20.00", "max": "10.00" } }, "first": 10 });
    assert_json_snapshot!("listing_of_no_price", shown(&list(refused).await));
    assert_json_snapshot!("listing_too_long", shown(&list(json!({ "first": 101 })).await));

    for (key, direction) in [("PRICE", "ASC"), ("NAME", "DESC"), ("CREATED_AT", "DESC"), ("BEST_SELLING", "DESC")] {
        let sort = json!({ "key": key, "direction": direction });
        let whole = list(json!({ "sort": sort, "first": 100 })).await;
        let mut slugs = Vec::new();
        let mut after = json!(null);
        loop {
            let page = list(json!({ "sort": sort, "first": 7, "after": after })).await;
            slugs.extend(page.data()["products"]["nodes"].as_array().unwrap().iter().map(|node| node["slug"].clone()));
            after = page.at("/products/pageInfo/endCursor").clone();
            if page.at("/products/pageInfo/hasNextPage") == false {
                break;
            }
        }
        let expected: Vec<_> =
            whole.data()["products"]["nodes"].as_array().unwrap().iter().map(|node| node["slug"].clone()).collect();
        assert_eq!((slugs, whole.at("/products/totalCount")), (expected, &json!(19)), "{key}");
    }
}
