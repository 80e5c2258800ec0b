//! Lists and look-ups of products and variants.

mod rows;

use std::time::Duration;

use persistence::search::text;
use serde_json::{Value, json};
use testkit::eventually;

use self::rows::{any_filter, expected, has_words, time};
use super::Shop;
use crate::{
    lists::{Choices, ListField},
    support::TestApp,
};

const SOON: Duration = Duration::from_secs(30);
const PRODUCT_LIST: ListField =
    ListField { field: "products", filter: "ProductFilter", sort: "ProductSort", node: "id" };
const VARIANT_LIST: ListField =
    ListField { field: "productVariants", filter: "ProductVariantFilter", sort: "ProductVariantSort", node: "id" };

async fn lists_are_naive_lists(app: TestApp) {
    let shop = Shop::over(app).await;
    let choices = &mut Choices::new(41);
    shop.fill(choices).await;
    let rows = shop.rows().await;
    assert_eq!(rows.len(), rows::PRODUCTS);
    PRODUCT_LIST.check(&shop.owner, &Value::Null, &Value::Null, &expected(&rows, &json!({}), &json!({}))).await;
    let keys = ["NAME", "CREATED_AT", "UPDATED_AT"];
    for number in 0..60 {
        let filter = match number {
            0..6 => json!({}),
            6..12 => json!({ "updatedAfter": choices.pick(&rows)["updatedAt"] }),
            _ => any_filter(choices, &rows, 2),
        };
        let sort = json!({ "key": keys[number % 3], "direction": choices.pick(&["ASC", "DESC"]) });
        PRODUCT_LIST.check(&shop.owner, &filter, &sort, &expected(&rows, &filter, &sort)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn product_lists_are_what_naive_lists_would_be() {
    lists_are_naive_lists(TestApp::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn product_lists_on_mongodb_are_what_naive_lists_would_be() {
    let url = std::env::var("MONGODB_TEST_URL").expect("MONGODB_TEST_URL is set; `make test` sets it");
    let database = Some(format!("test_{}", uuid::Uuid::now_v7().simple()));
    let mongo = persistence::documents::MongoConfig {
        database,
        operation: Duration::from_mins(1),
        ..persistence::documents::MongoConfig::new(url)
    };
    let documents = services::DocumentsConfig::Mongo(mongo.clone());
    lists_are_naive_lists(TestApp::configured(|config| config.documents = documents).await).await;
    persistence::documents::MongoDocuments::connect(&mongo).await.unwrap().drop_database().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn variant_lists_are_what_naive_lists_would_be() {
    let shop = Shop::new().await;
    let choices = &mut Choices::new(42);
    shop.fill(choices).await;
    let rows = shop.rows().await;
    let variants: Vec<(&Value, &Value)> = rows
        .iter()
        .flat_map(|row| row["variants"]["nodes"].as_array().unwrap().iter().map(move |variant| (row, variant)))
        .collect();
    for number in 0..40 {
        let skus: Vec<String> = (0..3).map(|_| format!("F-{}-0", choices.below(rows::PRODUCTS + 5))).collect();
        let after = choices.pick(&rows)["updatedAt"].clone();
        let query = *choices.pick(&["alpha", "bet", "f-7", "south", "gamma on"]);
        let filter = match number % 5 {
            0 => json!({}),
            1 => json!({ "skus": skus }),
            2 => json!({ "updatedAfter": after }),
            3 => json!({ "query": query }),
            _ => json!({ "query": query, "updatedAfter": after }),
        };
        let mut found: Vec<_> = variants
            .iter()
            .filter(|(row, variant)| {
                let own = [&row["name"], &row["vendor"], &variant["sku"], &variant["name"], &row["externalReference"]];
                let words: Vec<String> = own.into_iter().filter_map(Value::as_str).flat_map(text::words).collect();
                filter.get("skus").is_none_or(|skus| skus.as_array().unwrap().contains(&variant["sku"]))
                    && filter.get("updatedAfter").is_none_or(|after| time(&row["updatedAt"]) > time(after))
                    && filter.get("query").is_none_or(|query| has_words(&words, query.as_str().unwrap()))
            })
            .collect();
        let is_by_sku = choices.rarely(2);
        found.sort_by_key(|(row, variant)| {
            let at = (!is_by_sku).then(|| time(&row["updatedAt"]));
            (at, is_by_sku.then(|| variant["sku"].to_string()), variant["id"].to_string())
        });
        let is_descending = choices.rarely(2);
        if is_descending {
            found.reverse();
        }
        let sort = json!({ "key": if is_by_sku { "SKU" } else { "UPDATED_AT" },
            "direction": if is_descending { "DESC" } else { "ASC" } });
        let found: Vec<Value> = found.into_iter().map(|(_, variant)| json!({ "id": variant["id"] })).collect();
        VARIANT_LIST.check(&shop.owner, &filter, &sort, &found).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn products_and_variants_are_looked_up_by_one_key() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let _ = shop.update(json!({ "id": id, "externalReference": "erp-1" })).await.ok();
    let product = async |arguments: &str| {
        let query = format!("{{ product({arguments}) {{ id status }} }}");
        shop.owner.gql(&query, json!({})).await
    };
    for arguments in [&format!("id: \"{id}\""), "slug: \"a-book\"", "externalReference: \"erp-1\""] {
        let found = product(arguments).await.ok();
        assert_eq!(found.at("/product"), &json!({ "id": id, "status": "PUBLISHED" }), "{arguments}");
    }
    for arguments in ["slug: \"none\"", "externalReference: \"a-book\"", "externalReference: \"\""] {
        assert_eq!(product(arguments).await.ok().at("/product"), &Value::Null, "{arguments}");
    }
    let both = product("slug: \"a-book\", externalReference: \"erp-1\"").await;
    assert_eq!(both.error_code(), "BAD_USER_INPUT");

    let variant = async |arguments: &str| {
        let query = format!("{{ productVariant({arguments}) {{ id sku product {{ id slug }} }} }}");
        shop.owner.gql(&query, json!({})).await
    };
    let by_sku = variant("sku: \"B-H\"").await.ok().at("/productVariant").clone();
    assert_eq!((&by_sku["sku"], &by_sku["product"]), (&json!("B-H"), &json!({ "id": id, "slug": "a-book" })));
    let by_id = variant(&format!("id: {}", by_sku["id"])).await.ok();
    assert_eq!(by_id.at("/productVariant"), &by_sku);
    let named = json!([{ "id": by_sku["id"], "sku": "B-H", "externalReference": "erp-7" }]);
    let _ = shop.update(json!({ "id": id, "variants": named })).await.ok();
    let by_reference = variant("externalReference: \"erp-7\"").await.ok();
    assert_eq!(by_reference.at("/productVariant"), &by_sku);
    assert_eq!(variant("externalReference: \"erp-1\"").await.ok().at("/productVariant"), &Value::Null);
    let listed = "{ productVariants(filter: { externalReferences: [\"erp-7\", \"erp-1\"] }) { nodes { sku } } }";
    eventually("the variant is listed by its reference", SOON, async || {
        let answer = shop.owner.gql(listed, json!({})).await.ok();
        (answer.at("/productVariants/nodes") == &json!([{ "sku": "B-H" }])).then_some(())
    })
    .await;
    assert_eq!(variant("sku: \"b-h\"").await.ok().at("/productVariant"), &Value::Null);
    assert_eq!(variant(&format!("id: {}, sku: \"B-H\"", by_sku["id"])).await.error_code(), "BAD_USER_INPUT");
    assert_eq!(variant(&format!("id: \"{id}\"")).await.error_code(), "BAD_USER_INPUT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_refuse_what_does_not_belong_to_them() {
    let shop = Shop::new().await;
    shop.book().await;
    let refused = async |query: &str| shop.owner.gql(query, json!({})).await.error_code().to_owned();
    let cursor = |answer: &testkit::Answer, field: &str| answer.text(&format!("/{field}/pageInfo/endCursor"));
    let created = shop.owner.gql("{ products { pageInfo { endCursor } } }", json!({})).await.ok();
    let foreign =
        format!("{{ products(sort: {{ key: NAME }}, after: \"{}\") {{ totalCount }} }}", cursor(&created, "products"));
    assert_eq!(refused(&foreign).await, "BAD_USER_INPUT");
    let by_sku = eventually("the variant is listed", SOON, async || {
        let answer = shop.owner.gql("{ productVariants { pageInfo { endCursor } } }", json!({})).await.ok();
        answer.at("/productVariants/pageInfo/endCursor").is_string().then_some(answer)
    })
    .await;
    let foreign = format!(
        "{{ productVariants(sort: {{ key: UPDATED_AT }}, after: \"{}\") {{ totalCount }} }}",
        cursor(&by_sku, "productVariants")
    );
    assert_eq!(refused(&foreign).await, "BAD_USER_INPUT");
    let tags: Vec<String> = (0..600).map(|number| format!("\"t{number}\"")).collect();
    let long = format!("{{ products(filter: {{ tags: [{}] }}) {{ totalCount }} }}", tags.join(","));
    assert_eq!(refused(&long).await, "BAD_USER_INPUT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conditions_on_stock_also_need_the_permission_to_read_stock() {
    let shop = Shop::new().await;
    shop.book().await;
    let create = "mutation($p: [Permission!]!) { apiTokenCreate(input: { name: \"erp\", permissions: $p }) {
        token userErrors { code } } }";
    let low = "{ productVariants(filter: { belowQuantity: 8 }) { totalCount nodes { sku } } }";
    let ask = async |permissions: Value| {
        let token = shop.owner.gql(create, json!({ "p": permissions })).await.ok().text("/apiTokenCreate/token");
        shop.app.admin().bearer(&token).gql(low, json!({})).await
    };
    assert_eq!(ask(json!(["CATALOG_READ"])).await.error_code(), "FORBIDDEN");
    eventually("the variant is listed", SOON, async || {
        let answer = ask(json!(["CATALOG_READ", "INVENTORY_READ"])).await.ok();
        (answer.at("/productVariants") == &json!({ "totalCount": 1, "nodes": [{ "sku": "B-H" }] })).then_some(())
    })
    .await;
    let none = low.replace('8', "7");
    assert_eq!(shop.owner.gql(&none, json!({})).await.ok().at("/productVariants/totalCount"), &json!(0));
}
