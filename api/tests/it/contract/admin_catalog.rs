//! Staff's access, catalog, stock and promotions.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use testkit::GraphqlClient;

use super::{operations::PRODUCT_PAGE, shown, storefront};
use crate::processes::{Plan, Processes};

const PRODUCT: &str = "{ product { id slug version name vendor tags } userErrors { code field message } }";
const LEVELS: &str = "{ levels { sku location onHand allocated available } userErrors { code field } }";
const TYPE: &str = r#"mutation { productTypeCreate(input: { slug: "book", name: "Book", attributes: [{ slug: "pages", name: "Pages", kind: INTEGER, isFilterable: true }] }) { productType { id slug } userErrors { code field } } }"#;
const CREATE: &str = r#"mutation { productCreate(input: {
  productType: "book", slug: "a-book", name: "A book", description: "…", vendor: "…", tags: ["new"], attributes: [{ slug: "pages", values: ["320"] }], taxClass: "books"
  options: [{ name: "Cover", values: ["Hard", "Soft"] }], categories: ["books"], channels: ["eu"]
  variants: [{ sku: "B-H", selectedOptions: [{ name: "Cover", value: "Hard" }], weightGrams: 400, prices: [{ channel: "eu", currencyCode: EUR, amount: "20.00", compareAt: "25.00" }], stock: [{ location: "berlin", onHand: 7 }] }]
  metafields: [{ namespace: "shop", key: "care", type: "text", value: "dry" }], translations: [{ locale: "de", name: "Ein Buch" }]
}) { product { id slug version variants(first: 10) { nodes { id sku } } } userErrors { code field message } } }"#;
const PROMOTION: &str = r#"mutation { promotionCreate(input: { name: "Spring", channels: ["eu"], startsAt: "2026-01-01T00:00:00Z", endsAt: "2126-01-01T00:00:00Z", priority: 10, combinesWith: [SHIPPING]
  codes: [{ code: "SPRING", usageLimit: 100, usageLimitPerCustomer: 1 }]            # none: automatic
  conditions: { minimumSubtotal: "50.00", minimumQuantity: 2, customerGroups: ["vip"], products: { categories: ["books"] } }
  action: { percentageOff: { percent: "15", target: { categories: ["books"] } } }  # @oneOf: percentageOff, amountOff, fixedPrice, buyXGetY, freeShipping, gift
}) { promotion { id } userErrors { code field } } }"#;

/// A client of the admin API with an API token created by the contract's operation.
async fn integration(processes: &Processes) -> GraphqlClient {
    let login = r#"mutation { staffLogin(input: { email: "admin@demo.test", password: "mercator-demo" }) { session { accessToken refreshToken expiresAt } userErrors { code } } }"#;
    let session = processes.admin().gql(login, Value::Null).await;
    assert_json_snapshot!("staff_login", shown(&session));
    let staff = processes.admin().bearer(&session.text("/staffLogin/session/accessToken"));
    let create = r#"mutation { apiTokenCreate(input: { name: "erp", permissions: [CATALOG_WRITE, INVENTORY_WRITE] }) { token apiToken { id } userErrors { code } } }"#;
    let token = staff.gql(create, Value::Null).await;
    assert_json_snapshot!("api_token_create", shown(&token));
    processes.admin().bearer(&token.text("/apiTokenCreate/token"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_catalog_mutations_run() {
    let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let erp = integration(&processes).await;
    let ask = async |operation: &str| erp.gql(operation, Value::Null).await;
    assert_json_snapshot!("product_type_create", shown(&ask(TYPE).await));
    assert_json_snapshot!("product_type_create_again", shown(&ask(TYPE).await));
    let created = ask(CREATE).await;
    assert_json_snapshot!("product_create", shown(&created));
    assert_json_snapshot!("product_create_again", shown(&ask(CREATE).await));
    let page = async || storefront(&processes, "locale=de").gql(PRODUCT_PAGE, json!({ "slug": "a-book" })).await;
    assert_json_snapshot!("product_page_of_a_new_product", shown(&page().await));

    let id = created.text("/productCreate/product/id");
    let change =
        async |mutation: &str| ask(&format!("mutation {{ {} {PRODUCT} }}", mutation.replace("$ID", &id))).await;
    let update = r#"productUpdate(input: { id: "$ID", expectedVersion: 1, name: "A better book", vendor: "Press", tags: ["new", "better"] })"#;
    assert_json_snapshot!("product_update", shown(&change(update).await));
    assert_json_snapshot!("product_update_too_late", shown(&change(update).await));
    let publish = r#"productPublish(input: { id: "$ID", channels: ["us"], publishAt: "2026-01-01T00:00:00Z" })"#;
    assert_json_snapshot!("product_publish", shown(&change(publish).await));
    assert_json_snapshot!("inventory", inventory(&erp).await);
    let delete =
        format!(r#"mutation {{ productDelete(input: {{ id: "{id}" }}) {{ userErrors {{ code field message }} }} }}"#);
    assert_json_snapshot!("product_delete", shown(&ask(&delete).await));
    assert_eq!(page().await.at("/product"), &Value::Null);
    let orders = ask("{ orders(first: 1) { totalCount } }").await;
    assert_json_snapshot!("integration_without_permission", shown(&orders));
}

/// The results of the stock operations, in order.
async fn inventory(erp: &GraphqlClient) -> Vec<Value> {
    let mut answers = Vec::new();
    for (key, change) in
        [("one", "delta: 5"), ("one", "delta: 5"), ("one", "delta: 6"), ("two", "onHand: 7"), ("three", "delta: -8")]
    {
        let change = format!(
            r#"mutation {{ inventoryAdjust(input: {{ reason: RECEIVED, idempotencyKey: "{key}", changes: [{{ sku: "B-H", location: "berlin", {change} }}] }}) {LEVELS} }}"#
        );
        answers.push(shown(&erp.gql(&change, Value::Null).await));
    }
    let levels = r#"query { inventoryLevels(sku: "B-H") { location onHand allocated available } stockMovements(sku: "B-H", first: 20) { nodes { kind quantity at reference } } }"#;
    answers.push(shown(&erp.gql(levels, Value::Null).await));
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_promotion_operations_run() {
    let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let staff = processes.staff("admin@demo.test").await;
    assert_json_snapshot!("promotion_create", shown(&staff.gql(PROMOTION, Value::Null).await));
    assert_json_snapshot!("promotion_create_again", shown(&staff.gql(PROMOTION, Value::Null).await));
}
