//! Tax classes.

use serde_json::{Value, json};

use super::{Shop, refusals};

const CREATE: &str = "mutation($s: String!, $n: String!) { taxClassCreate(input: { slug: $s, name: $n }) {
    taxClass { id slug name } userErrors { code field } } }";
const DELETE: &str =
    "mutation($s: String!) { taxClassDelete(input: { slug: $s }) { deletedId userErrors { code field } } }";

async fn slugs(shop: &Shop) -> Vec<String> {
    let classes = shop.owner.gql("{ taxClasses { id slug name } }", json!({})).await.ok();
    let classes = classes.at("/taxClasses").as_array().unwrap().clone();
    classes.iter().map(|class| class["slug"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn classes_are_created_renamed_and_deleted() {
    let shop = Shop::new().await;
    assert_eq!(slugs(&shop).await, ["books", "standard"]);
    let toys = shop.owner.gql(CREATE, json!({ "s": "toys", "n": "Toys" })).await.ok();
    let id = toys.text("/taxClassCreate/taxClass/id");
    let rename = "mutation($id: ID!) { taxClassUpdate(input: { id: $id, name: \"Games\" }) {
        taxClass { slug name } userErrors { code field } } }";
    let renamed = shop.owner.gql(rename, json!({ "id": id })).await.ok();
    assert_eq!(renamed.at("/taxClassUpdate/taxClass"), &json!({ "slug": "toys", "name": "Games" }));
    let taken = shop.owner.gql(CREATE, json!({ "s": "toys", "n": "Toys" })).await;
    assert_eq!(refusals(&taken), [("SLUG_TAKEN".to_owned(), json!(["slug"]))]);
    let malformed = shop.owner.gql(CREATE, json!({ "s": "Toys!", "n": "Toys" })).await;
    assert_eq!(refusals(&malformed), [("INVALID_SLUG".to_owned(), json!(["slug"]))]);
    let nameless = shop.owner.gql(CREATE, json!({ "s": "games", "n": " " })).await;
    assert_eq!(refusals(&nameless), [("INVALID_NAME".to_owned(), json!(["name"]))]);
    assert_eq!(shop.owner.gql(DELETE, json!({ "s": "toys" })).await.ok().at("/taxClassDelete/deletedId"), &json!(id));
    let again = shop.owner.gql(DELETE, json!({ "s": "toys" })).await;
    assert_eq!(refusals(&again), [("TAX_CLASS_NOT_FOUND".to_owned(), Value::Null)]);
    let log = "{ auditLog(first: 3) { nodes { action object } } }";
    let log = shop.owner.gql(log, json!({})).await.ok();
    let actions = ["taxClassDelete", "taxClassUpdate", "taxClassCreate"];
    assert_eq!(log.at("/auditLog/nodes"), &json!(actions.map(|action| json!({ "action": action, "object": id }))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn classes_in_use_stay() {
    let shop = Shop::new().await;
    let standard = shop.owner.gql(DELETE, json!({ "s": "standard" })).await;
    assert_eq!(refusals(&standard), [("STANDARD_TAX_CLASS".to_owned(), Value::Null)]);
    let with_rate = shop.owner.gql(DELETE, json!({ "s": "books" })).await;
    assert_eq!(refusals(&with_rate), [("TAX_CLASS_IN_USE".to_owned(), Value::Null)]);
    let _ = shop.owner.gql(CREATE, json!({ "s": "toys", "n": "Toys" })).await.ok();
    let tee = shop.product("tee", "19.90").await;
    let move_it =
        "mutation($id: ID!, $c: String!) { productUpdate(input: { id: $id, taxClass: $c }) { userErrors { code } } }";
    let _ = shop.owner.gql(move_it, json!({ "id": tee.id.to_string(), "c": "toys" })).await.ok();
    let with_product = shop.owner.gql(DELETE, json!({ "s": "toys" })).await;
    assert_eq!(refusals(&with_product), [("TAX_CLASS_IN_USE".to_owned(), Value::Null)]);
    let _ = shop.owner.gql(move_it, json!({ "id": tee.id.to_string(), "c": "standard" })).await.ok();
    let _ = shop.owner.gql(DELETE, json!({ "s": "toys" })).await.ok();
    assert_eq!(slugs(&shop).await, ["books", "standard"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_class_without_rates_is_taxed_like_the_standard_class() {
    let shop = Shop::new().await;
    let _ = shop.owner.gql(CREATE, json!({ "s": "toys", "n": "Toys" })).await.ok();
    let toy = shop.product("toy", "11.90").await;
    let move_it =
        "mutation($id: ID!) { productUpdate(input: { id: $id, taxClass: \"toys\" }) { userErrors { code } } }";
    let _ = shop.owner.gql(move_it, json!({ "id": toy.id.to_string() })).await.ok();
    let percent = async || {
        let cart = shop.cart(&[&toy]).await;
        shop.taxes(&cart).await.text("/cart/lines/nodes/0/taxPercent")
    };
    assert_eq!(percent().await, "19");
    let _ = shop.set(json!({ "countryCode": "DE", "taxClass": "toys", "name": "VAT", "percent": "7" })).await.ok();
    assert_eq!(percent().await, "7");
}
