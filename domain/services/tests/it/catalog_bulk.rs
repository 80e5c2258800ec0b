//! Changes of many products and variants: statements, crashes and concurrent workers.

use std::time::Duration;

use model::{
    Currency, Money,
    access::Actor,
    catalog::{BulkJobState, Price, Product, ProductOption, Publication, SelectedOption, Variant},
    fixtures,
    ids::{JobId, ProductId},
};
use persistence::{jobs as queue, statements::counted};
use serde_json::json;
use services::{
    App,
    catalog::{self, BulkPriceInput, CatalogError, ProductsBulkInput, Ref, VariantBulkInput, update_variants},
    import::{self, StockedProduct},
    worker::{self, WorkerConfig},
};
use testkit::{TestShop, eventually};
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(30);
const PRODUCTS: usize = 100;
const VARIANTS: usize = 5;

/// A shop with a hundred products of five variants in the channel `eu`.
async fn stocked() -> (TestShop, Vec<Product>) {
    let shop = super::catalog::shop().await;
    let kind = shop.app.catalog().taxonomy().await.unwrap();
    let kind = kind.product_types.keys().next().copied().unwrap();
    let values: Vec<String> = (0..VARIANTS).map(|value| value.to_string()).collect();
    let product = |number: usize| {
        let variant = |value: &String| Variant {
            selected_options: vec![SelectedOption { name: "Size".to_owned(), value: value.clone() }],
            prices: vec![Price {
                channel: shop.channels.eu.id,
                amount: Money::new(2_000, Currency::EUR),
                compare_at: None,
            }],
            ..fixtures::variant(&format!("P{number}-{value}"))
        };
        let translations = std::collections::BTreeMap::new();
        let size = ProductOption { name: "Size".to_owned(), values: values.clone(), translations };
        Product {
            product_type: kind,
            options: vec![size],
            variants: values.iter().map(variant).collect(),
            publications: vec![Publication { channel: shop.channels.eu.id, publish_at: shop.app.now() }],
            ..fixtures::product(format!("product-{number}").parse().unwrap())
        }
    };
    let products: Vec<Product> = (0..PRODUCTS).map(product).collect();
    let batch = products.iter().map(|product| StockedProduct { product: product.clone(), stock: Vec::new() });
    let imported = import::import_products(&shop.app, batch.collect()).await.unwrap();
    import::finish(&shop.app, imported).await.unwrap();
    (shop, products)
}

fn priced(sku: &str, amount: &str) -> VariantBulkInput {
    let price = BulkPriceInput {
        channel: Ref::from("eu"),
        currency: Currency::EUR,
        amount: amount.to_owned(),
        compare_at: None,
    };
    VariantBulkInput {
        sku: Some(sku.to_owned()),
        prices: vec![price],
        weight_grams: Some(Some(120)),
        is_tracked: Some(false),
        ..VariantBulkInput::default()
    }
}

fn inputs(products: &[Product], amount: &str) -> Vec<VariantBulkInput> {
    let variants = products.iter().flat_map(|product| &product.variants);
    variants.map(|variant| priced(&variant.sku, amount)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_variants_take_as_many_statements_as_one() {
    let (shop, products) = stocked().await;
    shop.app.settings().await.unwrap();
    let (one, few) = counted(update_variants(&shop.app, &Actor::System, vec![priced("P0-0", "10.00")])).await;
    assert_eq!(one.unwrap().len(), 1);
    let (all, many) = counted(update_variants(&shop.app, &Actor::System, inputs(&products, "11.00"))).await;
    assert_eq!(all.unwrap().len(), PRODUCTS * VARIANTS);
    assert_eq!(few, many);
    assert!(many <= 12, "{many}");

    let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
    let changed = shop.app.catalog().products(&ids).await.unwrap();
    for variant in changed.values().flat_map(|product| &product.variants) {
        assert_eq!((variant.prices[0].amount.minor, variant.weight_grams), (1_100, Some(120)));
    }
    // A repetition only reads.
    let (again, reads) = counted(update_variants(&shop.app, &Actor::System, inputs(&products, "11.00"))).await;
    assert_eq!(again.unwrap().len(), PRODUCTS * VARIANTS);
    assert!(reads <= 2, "{reads}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_fails_after_its_documents_can_be_repeated() {
    let (shop, products) = stocked().await;
    let crash = "CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''crash''; END'";
    shop.database.execute(crash).await;
    let at_update = "CREATE TRIGGER crash BEFORE UPDATE ON inventory_items FOR EACH ROW EXECUTE FUNCTION crash()";
    shop.database.execute(at_update).await;
    let change = || inputs(&products[..3], "12.00");
    let failed = update_variants(&shop.app, &Actor::System, change()).await;
    assert!(matches!(failed, Err(CatalogError::Failure(_))));
    shop.database.execute("DROP TRIGGER crash ON inventory_items").await;
    update_variants(&shop.app, &Actor::System, change()).await.unwrap();
    let mut conn = shop.app.db().write().await.unwrap();
    let items = persistence::inventory::items_by_sku(&mut conn, &["P0-0", "P2-4"]).await.unwrap();
    assert!(items.values().all(|item| !item.is_tracked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overlapping_changes_are_applied_completely_one_after_the_other() {
    let (shop, products) = stocked().await;
    let change = |amount: &str, reverse: bool| {
        let (app, mut wanted) = (shop.app.clone(), inputs(&products, amount));
        if reverse {
            wanted.reverse();
        }
        tokio::spawn(async move { update_variants(&app, &Actor::System, wanted).await })
    };
    let done = [change("13.00", false), change("14.00", true)];
    for one in done {
        one.await.unwrap().unwrap();
    }
    let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
    let documents = catalog::products_by_ids(&shop.app, &Actor::System, &ids).await.unwrap();
    for product in documents.values() {
        let amounts: Vec<i64> = product.variants.iter().map(|variant| variant.prices[0].amount.minor).collect();
        assert!(amounts == [1_300; VARIANTS] || amounts == [1_400; VARIANTS], "{amounts:?}");
    }
}

/// Starts a job that tags all products.
async fn tagging(app: &App, products: &[Product]) -> JobId {
    let ids = products.iter().map(|product| product.id.to_string()).collect();
    let input = ProductsBulkInput { ids, add_tags: vec!["tagged".to_owned()], ..ProductsBulkInput::default() };
    let job = catalog::update_products(app, &Actor::System, input).await.unwrap();
    assert_eq!((job.state, job.total), (BulkJobState::Queued, i32::try_from(products.len()).unwrap()));
    job.id
}

async fn assert_all_tagged(app: &App, products: &[Product]) {
    let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
    let found = catalog::products_by_ids(app, &Actor::System, &ids).await.unwrap();
    assert!(found.values().all(|product| product.tags == ["tagged"] && product.version == 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_of_a_lost_worker_is_continued() {
    let (shop, products) = stocked().await;
    let id = tagging(&shop.app, &products).await;
    // The lost worker has changed some products and has not stored its progress.
    let mut conn = shop.app.db().write().await.unwrap();
    let lost = queue::claim(&mut conn, &[], shop.app.now(), Duration::from_millis(300), 10).await.unwrap();
    assert_eq!(lost.len(), 1);
    queue::bulk::start(&mut conn, id, shop.app.now()).await.unwrap();
    drop(conn);
    let running = catalog::find_bulk_job(&shop.app, &Actor::System, id).await.unwrap().unwrap();
    assert_eq!(running.state, BulkJobState::Running);

    let end = CancellationToken::new();
    let config = WorkerConfig { lease: Duration::from_secs(1), ..WorkerConfig::default() };
    let worker = tokio::spawn(worker::run(shop.app.clone(), config, end.clone()));
    let done = eventually("another worker has done the job", PATIENCE, async || {
        let job = catalog::find_bulk_job(&shop.app, &Actor::System, id).await.unwrap().unwrap();
        (job.state == BulkJobState::Done).then_some(job)
    })
    .await;
    end.cancel();
    worker.await.unwrap();
    assert_eq!((done.done, done.failed, done.errors.len()), (100, 0, 0));
    assert_all_tagged(&shop.app, &products).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_of_one_job_count_each_product_once() {
    let (shop, products) = stocked().await;
    let id = tagging(&shop.app, &products).await;
    let run = || worker::run_job(&shop.app, "catalog.update_products", json!({ "jobId": id }));
    let (first, second) = tokio::join!(run(), run());
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    let done = catalog::find_bulk_job(&shop.app, &Actor::System, id).await.unwrap().unwrap();
    assert_eq!((done.state, done.done, done.failed), (BulkJobState::Done, 100, 0));
    assert_all_tagged(&shop.app, &products).await;
    // The row of the queue is done with nothing left to do.
    run().await.unwrap();
    assert_all_tagged(&shop.app, &products).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_was_given_up_is_failed_until_it_is_retried() {
    let (shop, products) = stocked().await;
    let id = tagging(&shop.app, &products).await;
    let now = shop.app.now();
    let mut conn = shop.app.db().write().await.unwrap();
    let claimed = queue::claim(&mut conn, &[], now, Duration::from_mins(1), 1).await.unwrap();
    queue::mark_dead(&mut conn, &claimed[0], now, "the store is away").await.unwrap();
    let state = async || catalog::find_bulk_job(&shop.app, &Actor::System, id).await.unwrap().unwrap().state;
    assert_eq!(state().await, BulkJobState::Failed);
    queue::retry_dead(&mut conn, None, now).await.unwrap();
    assert_eq!(state().await, BulkJobState::Queued);
}
