//! `productsBulkUpdate` changes many products as a job with progress.

use std::time::Duration;

use serde_json::{Value, json};
use services::worker::{self, WorkerConfig};
use testkit::eventually;
use tokio_util::sync::CancellationToken;

use super::Shop;

const START: &str = "mutation($i: ProductsBulkUpdateInput!) { productsBulkUpdate(input: $i) {
    job { id state done total errors { id code } } userErrors { code field message } } }";

const JOB: &str = "query($id: ID!) { job(id: $id) { state done total failed errors { id code message } finishedAt } }";

const READ: &str = "query($s: String!) { product(slug: $s) { status archivedAt tags version
    publications { channel { slug } } categories { slug } } }";

const PATIENCE: Duration = Duration::from_mins(1);

impl Shop {
    /// Starts a job and returns its id.
    async fn start(&self, input: Value) -> String {
        self.owner.gql(START, json!({ "i": input })).await.ok().text("/productsBulkUpdate/job/id")
    }

    async fn job(&self, id: &str) -> Value {
        self.owner.gql(JOB, json!({ "id": id })).await.ok().at("/job").clone()
    }

    /// Waits until a worker has done the job.
    async fn finished(&self, id: &str) -> Value {
        eventually("the job is done", PATIENCE, async || {
            let job = self.job(id).await;
            (job["state"] == "DONE").then_some(job)
        })
        .await
    }

    fn work(&self) -> Worker {
        let stop = CancellationToken::new();
        tokio::spawn(worker::run(self.app.app.clone(), WorkerConfig::default(), stop.clone()));
        Worker(stop)
    }

    async fn seen(&self, slug: &str) -> Value {
        self.owner.gql(READ, json!({ "s": slug })).await.ok().at("/product").clone()
    }
}

/// A worker that stops with the test.
struct Worker(CancellationToken);

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_products_are_changed_and_failures_are_listed() {
    let shop = Shop::new().await;
    shop.category("sale", None).await;
    let mut ids = Vec::new();
    for number in 0..5 {
        let created = shop.product(&format!("book-{number}"), &format!("B-{number}")).await.ok();
        ids.push(created.text("/productCreate/product/id"));
    }
    let gone = "gid://mercator/Product/0192c7a0-0000-7000-8000-000000000000";
    let change = json!({ "ids": [ids[0], ids[1], ids[2], gone, ids[1]], "publish": ["us"], "unpublish": ["eu"],
        "addTags": ["sale"], "removeTags": ["new"], "addCategories": ["sale"], "removeCategories": ["books"] });
    let id = shop.start(change.clone()).await;
    let waiting = shop.job(&id).await;
    assert_eq!((&waiting["state"], &waiting["done"], &waiting["total"]), (&json!("QUEUED"), &json!(0), &json!(4)));

    let _worker = shop.work();
    let done = shop.finished(&id).await;
    assert_eq!((&done["done"], &done["total"], &done["failed"]), (&json!(4), &json!(4), &json!(1)));
    assert_eq!((&done["errors"][0]["id"], &done["errors"][0]["code"]), (&json!(gone), &json!("NOT_FOUND")));
    assert!(done["finishedAt"].is_string());
    let changed = shop.seen("book-1").await;
    assert_eq!(changed["publications"], json!([{ "channel": { "slug": "us" } }]));
    assert_eq!((&changed["tags"], &changed["categories"]), (&json!(["sale"]), &json!([{ "slug": "sale" }])));
    assert_eq!(shop.seen("book-4").await["tags"], json!(["new"]));
    assert_eq!(shop.page("book-0", "channel=eu").await.at("/product"), &Value::Null);
    assert_eq!(shop.page("book-0", "channel=us").await.text("/product/slug"), "book-0");

    // The same change again writes nothing.
    let again = shop.start(change).await;
    assert_eq!(shop.finished(&again).await["failed"], 1);
    assert_eq!(shop.seen("book-1").await, changed);
    let log = "query($o: String!) { auditLog(filter: { action: \"productsBulkUpdate\", object: $o }) { totalCount nodes { changes { path to } } } }";
    let log = shop.owner.gql(log, json!({ "o": ids[1] })).await.ok();
    assert_eq!(log.at("/auditLog/totalCount"), 1);
    assert!(log.at("/auditLog/nodes/0/changes").as_array().unwrap().iter().any(|one| one["path"] == "tags"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archived_product_is_not_sold_and_stays_readable() {
    let shop = Shop::new().await;
    let _worker = shop.work();
    let id = shop.book().await;
    let variant = shop.page("a-book", "channel=eu").await.text("/product/variants/nodes/0/id");
    let list = "{ products(first: 9) { nodes { slug } } }";
    let listed = async |expected: Value| {
        eventually("the index knows the product", PATIENCE, async || {
            let found = shop.app.storefront().gql(list, json!({})).await.ok();
            (found.at("/products/nodes") == &expected).then_some(())
        })
        .await;
    };
    listed(json!([{ "slug": "a-book" }])).await;
    let job = shop.start(json!({ "ids": [id], "archive": true })).await;
    shop.finished(&job).await;
    let archived = shop.seen("a-book").await;
    assert_eq!(archived["status"], "ARCHIVED");
    assert!(archived["archivedAt"].is_string());
    assert_eq!(archived["publications"], json!([{ "channel": { "slug": "eu" } }]));
    assert_eq!(shop.page("a-book", "channel=eu").await.at("/product"), &Value::Null);
    listed(json!([])).await;
    let cart = "mutation($v: ID!) { cartCreate(input: { lines: [{ variantId: $v, quantity: 1 }] }) { cart { id } userErrors { code } } }";
    assert!(!shop.app.storefront().gql(cart, json!({ "v": variant })).await.user_errors().is_empty());

    let job = shop.start(json!({ "ids": [id], "archive": false })).await;
    shop.finished(&job).await;
    assert_eq!(shop.page("a-book", "channel=eu").await.text("/product/slug"), "a-book");
    listed(json!([{ "slug": "a-book" }])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slug_that_is_taken_in_a_channel_is_an_error_of_the_job() {
    let shop = Shop::new().await;
    let _worker = shop.work();
    let here = shop.book().await;
    let other = super::CREATE.replace(r#"channels: ["eu"]"#, r#"channels: ["us"]"#).replace("B-H", "OTHER");
    let _ = shop.owner.gql(&other, json!({})).await.ok();
    let job = shop.start(json!({ "ids": [here], "publish": ["us"], "addTags": ["x"] })).await;
    let done = shop.finished(&job).await;
    assert_eq!((&done["failed"], &done["errors"][0]["code"]), (&json!(1), &json!("SLUG_TAKEN")));
    let read = "query($id: ID!) { product(id: $id) { tags } }";
    assert_eq!(shop.owner.gql(read, json!({ "id": here })).await.ok().at("/product/tags"), &json!(["new"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_changes_start_no_job() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    for (input, code, field) in [
        (json!({ "ids": [id] }), "REQUIRED", Value::Null),
        (json!({ "ids": [], "addTags": ["a"] }), "REQUIRED", json!(["ids"])),
        (json!({ "ids": ["nonsense"], "addTags": ["a"] }), "UNKNOWN_REFERENCE", json!(["ids", "0"])),
        (json!({ "ids": [id], "publish": ["mars"] }), "UNKNOWN_REFERENCE", json!(["publish", "0"])),
        (json!({ "ids": [id], "addCategories": ["none"] }), "UNKNOWN_REFERENCE", json!(["addCategories", "0"])),
        (json!({ "ids": [id], "publish": ["eu"], "unpublish": ["eu"] }), "DUPLICATE", json!(["unpublish"])),
        (json!({ "ids": [id], "addTags": [" "] }), "REQUIRED", json!(["addTags", "0"])),
    ] {
        let refused = shop.owner.gql(START, json!({ "i": input })).await;
        let errors = refused.user_errors();
        assert_eq!((&errors[0]["code"], &errors[0]["field"]), (&json!(code), &field), "{input}");
        assert_eq!(refused.at("/productsBulkUpdate/job"), &Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_idempotency_key_starts_one_job() {
    let shop = Shop::new().await;
    let id = shop.book().await;
    let input = json!({ "ids": [id], "addTags": ["a"], "idempotencyKey": "once" });
    let first = shop.start(input.clone()).await;
    assert_eq!(shop.start(input).await, first);
    let other = json!({ "ids": [id], "addTags": ["b"], "idempotencyKey": "once" });
    let reused = shop.owner.gql(START, json!({ "i": other })).await;
    assert_eq!(reused.user_error_code(), "IDEMPOTENCY_KEY_REUSED");
    let unknown = shop.job("gid://mercator/Job/0192c7a0-0000-7000-8000-000000000000").await;
    assert_eq!(unknown, Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_selects_the_products_at_the_time_of_the_request() {
    let shop = Shop::new().await;
    for number in 0..4 {
        let _ = shop.product(&format!("book-{number}"), &format!("B-{number}")).await.ok();
    }
    let tagged = "{ products(filter: { tags: [\"new\"] }) { totalCount } }";
    eventually("the index knows the products", PATIENCE, async || {
        (shop.owner.gql(tagged, json!({})).await.ok().at("/products/totalCount") == 4).then_some(())
    })
    .await;
    // The change itself makes the products leave the filter.
    let filter = json!({ "tags": ["new"], "not": { "slug": "book-3" } });
    let id = shop.start(json!({ "filter": filter, "removeTags": ["new"], "addTags": ["old"] })).await;
    let _worker = shop.work();
    let done = shop.finished(&id).await;
    assert_eq!((&done["done"], &done["total"], &done["failed"]), (&json!(3), &json!(3), &json!(0)));
    for number in 0..3 {
        assert_eq!(shop.seen(&format!("book-{number}")).await["tags"], json!(["old"]));
    }
    assert_eq!(shop.seen("book-3").await["tags"], json!(["new"]));
    let none = shop.start(json!({ "filter": { "tags": ["unknown"] }, "addTags": ["x"] })).await;
    assert_eq!(shop.finished(&none).await["total"], 0);
    let both = json!({ "ids": [], "filter": filter, "addTags": ["x"] });
    assert_eq!(shop.owner.gql(START, json!({ "i": both })).await.user_error_code(), "INVALID");
}
