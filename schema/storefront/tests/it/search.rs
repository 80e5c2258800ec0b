//! The contract's lists and searches on the demo shop.

use std::sync::Arc;

use async_graphql::{Request, Response, Variables};
use demo::{SeedOptions, seed};
use model::{access::Actor, channels::RequestContext};
use schema_shared::RequestData;
use schema_storefront::StorefrontSchema;
use serde_json::{Value, json};
use services::{App, AppConfig, search};
use testkit::TestDatabase;

const LISTING: &str =
    "query Listing($category: String, $filter: ProductFilter, $sort: ProductSort, $first: Int!, $after: String) {
  products(category: $category, filter: $filter, sort: $sort, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    facets { slug name values { value label count } }
    nodes { id slug name priceRange { min { amount currencyCode } } featuredImage { url alt } }
  }
}";
const SEARCH: &str = "query Search($query: String!, $filter: ProductFilter, $first: Int!) {
  search(query: $query, filter: $filter, first: $first) {
    totalCount didYouMean facets { slug values { value count } } nodes { slug name }
  }
}";
const SUGGEST: &str = "query Suggest($prefix: String!) { suggest(prefix: $prefix, first: 8) { queries products { slug name } categories { slug name } } }";
const COLLECTION: &str = "query CollectionPage($slug: String!) { collection(slug: $slug) { id name description products(first: 24) { nodes { slug } } } }";
const PRODUCTS: usize = 120;

/// The demo shop, seeded and indexed.
struct Demo {
    app: App,
    schema: StorefrontSchema,
    _database: TestDatabase,
}

impl Demo {
    async fn open() -> Self {
        let database = TestDatabase::new().await;
        let app = App::builder(AppConfig::new(&database.url)).build().await.unwrap();
        seed(&app, SeedOptions { products: PRODUCTS, progress: Arc::new(|_| ()) }).await.unwrap();
        search::rebuild(&app).await.unwrap();
        Self { app, schema: schema_storefront::builder().finish(), _database: database }
    }

    async fn ask(&self, locale: &str, query: &str, variables: Value) -> Response {
        let settings = self.app.settings().await.unwrap();
        let channel = settings.channel("eu").unwrap().clone();
        let context = RequestContext {
            locales: channel.locale_chain(locale.parse().ok().as_ref()),
            currency: channel.default_currency().unwrap(),
            country: channel.default_country().unwrap(),
            channel,
        };
        let data = RequestData::new(self.app.clone(), Actor::Anonymous, Some(context), "test".to_owned());
        self.schema.execute(Request::new(query).variables(Variables::from_json(variables)).data(data)).await
    }

    async fn data(&self, locale: &str, query: &str, variables: Value) -> Value {
        let answer = self.ask(locale, query, variables).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        answer.data.into_json().unwrap()
    }
}

fn slugs(nodes: &Value) -> Vec<String> {
    nodes.as_array().unwrap().iter().map(|node| node["slug"].as_str().unwrap().to_owned()).collect()
}

fn facet<'a>(facets: &'a Value, slug: &str) -> Vec<(&'a str, i64)> {
    let facet = facets.as_array().unwrap().iter().find(|facet| facet["slug"] == slug).unwrap();
    let values = facet["values"].as_array().unwrap().iter();
    values.map(|value| (value["value"].as_str().unwrap(), value["count"].as_i64().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_lists_and_searches_run() {
    let demo = Demo::open().await;
    lists_page_by_page(&demo).await;
    filters_and_counts(&demo).await;
    searches_and_suggests(&demo).await;
    refuses_what_cannot_be(&demo).await;
}

async fn lists_page_by_page(demo: &Demo) {
    let sort = json!({ "key": "PRICE", "direction": "DESC" });
    let mut after = Value::Null;
    let mut seen: Vec<String> = Vec::new();
    let mut prices: Vec<f64> = Vec::new();
    loop {
        let page = demo.data("en", LISTING, json!({ "sort": sort, "first": 50, "after": after })).await;
        let list = &page["products"];
        assert_eq!(list["totalCount"], PRODUCTS - 1);
        seen.extend(slugs(&list["nodes"]));
        let amounts = list["nodes"].as_array().unwrap().iter();
        prices
            .extend(amounts.map(|node| node["priceRange"]["min"]["amount"].as_str().unwrap().parse::<f64>().unwrap()));
        after = list["pageInfo"]["endCursor"].clone();
        if list["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen.len(), PRODUCTS - 1);
    assert!(prices.is_sorted_by(|a, b| a >= b));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), PRODUCTS - 1);
    let collection = demo.data("en", COLLECTION, json!({ "slug": "favourites" })).await;
    assert_eq!(slugs(&collection["collection"]["products"]["nodes"])[0], "classic-tee");
}

async fn filters_and_counts(demo: &Demo) {
    let all = demo.data("de", LISTING, json!({ "category": "clothing", "first": 100 })).await;
    let list = &all["products"];
    let names = |list: &Value| -> Vec<Value> {
        list["facets"].as_array().unwrap().iter().map(|facet| facet["name"].clone()).collect()
    };
    // Names of facets are in the language of the request.
    assert_eq!(names(list)[..3], ["Kategorie", "Produktart", "Hersteller"]);
    let english = demo.data("en", LISTING, json!({ "category": "clothing", "first": 1 })).await;
    assert_eq!(names(&english["products"])[..3], ["Category", "Product type", "Vendor"]);
    let below = facet(&list["facets"], "category");
    let paths: Vec<&str> = below.iter().map(|(path, _)| *path).collect();
    assert_eq!(paths, ["clothing/tops", "clothing/bottoms", "clothing/outerwear"]);
    assert_eq!(below.iter().map(|(_, count)| count).sum::<i64>(), list["totalCount"].as_i64().unwrap());
    assert_eq!(list["facets"][0]["values"][0]["label"], "Oberteile");
    // Filtering by a value returns as many products as its facet count says.
    for (color, count) in facet(&list["facets"], "color") {
        let filter = json!({ "attributes": [{ "slug": "color", "values": [color] }] });
        let narrowed = demo.data("de", LISTING, json!({ "category": "clothing", "first": 1, "filter": filter })).await;
        assert_eq!(narrowed["products"]["totalCount"], count, "{color}");
    }
    let filter = json!({
        "priceRange": { "min": "19.00", "max": "20.00" }, "isAvailable": true, "vendors": ["Nordlicht"],
        "or": [{ "tags": ["bestseller"] }, { "productTypes": ["lamp"] }], "not": { "query": "parka" },
    });
    let tee = demo.data("de", LISTING, json!({ "first": 10, "filter": filter })).await;
    assert_eq!(slugs(&tee["products"]["nodes"]), ["classic-tee"]);
    assert_eq!(tee["products"]["nodes"][0]["name"], "Klassisches T-Shirt");
    assert!(facet(&tee["products"]["facets"], "vendor").contains(&("Nordlicht", 1)));
    for nothing in [json!({ "productTypes": ["nonsense"] }), json!({ "collections": ["nonsense"] })] {
        let none = demo.data("en", LISTING, json!({ "first": 10, "filter": nothing })).await;
        assert_eq!(none["products"]["totalCount"], 0);
    }
}

async fn searches_and_suggests(demo: &Demo) {
    let found = demo.data("en", SEARCH, json!({ "query": "atlas riv", "first": 5 })).await;
    assert_eq!(slugs(&found["search"]["nodes"]), ["atlas-of-rivers"]);
    assert_eq!((&found["search"]["didYouMean"], &found["search"]["totalCount"]), (&Value::Null, &json!(1)));
    let suggested = demo.data("en", SUGGEST, json!({ "prefix": "lam" })).await;
    let suggest = &suggested["suggest"];
    assert_eq!(suggest["queries"][0], "lamp");
    assert!(slugs(&suggest["products"]).contains(&"sold-out-lamp".to_owned()));
    assert_eq!(suggest["categories"][0], json!({ "slug": "home/lamps", "name": "Lamps" }));
    assert_eq!(demo.data("en", SUGGEST, json!({ "prefix": " " })).await["suggest"]["products"], json!([]));
}

async fn refuses_what_cannot_be(demo: &Demo) {
    let many: Vec<String> = (0..600).map(|number| number.to_string()).collect();
    let price = demo.data("en", LISTING, json!({ "sort": { "key": "PRICE" }, "first": 1 })).await;
    for variables in [
        json!({ "first": 0 }),
        json!({ "first": 101 }),
        json!({ "first": 1, "after": "nonsense" }),
        json!({ "first": 1, "after": price["products"]["pageInfo"]["endCursor"], "sort": { "key": "NAME" } }),
        json!({ "first": 1, "filter": { "tags": many } }),
        json!({ "first": 1, "filter": { "priceRange": { "min": "1.999" } } }),
    ] {
        let answer = demo.ask("en", LISTING, variables.clone()).await;
        let codes: Vec<_> = answer.errors.iter().map(schema_shared::code_of).collect();
        assert_eq!(codes, [Some(schema_shared::ErrorCode::BadUserInput)], "{variables}");
    }
}
