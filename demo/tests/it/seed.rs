use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use demo::{MIN_PRODUCTS, Progress, SeedError, SeedOptions, seed};
use model::{
    Direction, PageRequest,
    access::Actor,
    channels::RequestContext,
    inventory::{AdjustmentReason, StockTarget},
};
use services::{
    App, Storefront, catalog,
    search::{ListProducts, ProductFilter, ProductList, Sort, SortKey, rebuild, reindex},
};
use services::{AppConfig, Background, import::ImportedProducts, inventory};
use testkit::{TestDatabase, TestShop, eventually};

/// A process of a shop.
async fn process(database: &TestDatabase) -> (App, Background) {
    let mut config = AppConfig::new(&database.url);
    config.db.max_connections = 4;
    let app = App::builder(config).build().await.unwrap();
    let background = Background::start(&app).await.unwrap();
    (app, background)
}

async fn seeded(app: &App, products: usize) -> ImportedProducts {
    seed(app, SeedOptions { products, progress: Arc::new(|_| ()) }).await.unwrap()
}

async fn context(app: &App, channel: &str, locale: &str) -> RequestContext {
    let settings = app.settings().await.unwrap();
    let channel = settings.channel(channel).unwrap().clone();
    RequestContext {
        locales: channel.locale_chain(Some(&locale.parse().unwrap())),
        currency: channel.default_currency().unwrap(),
        country: channel.default_country().unwrap(),
        channel,
    }
}

fn everything() -> ListProducts {
    ListProducts {
        text: None,
        category: None,
        collection: None,
        filter: ProductFilter::default(),
        sort: None,
        page: PageRequest { size: 100, cursor: None, direction: Direction::Ascending },
        wants_facets: true,
    }
}

async fn slugs(app: &App, list: &ProductList) -> Vec<String> {
    let ids: Vec<_> = list.hits.iter().map(|hit| hit.id).collect();
    let products = app.catalog().products(&ids).await.unwrap();
    ids.iter().map(|id| products[id].slug.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_shop_is_seeded_once_and_can_grow() {
    let database = TestDatabase::new().await;
    let (app, _background) = process(&database).await;
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = seen.clone();
    let progress = Arc::new(move |progress: Progress| counter.store(progress.done, Ordering::Relaxed));
    let first = seed(&app, SeedOptions { products: 60, progress }).await.unwrap();
    assert_eq!((first.products, seen.load(Ordering::Relaxed)), (60, 60));
    assert_eq!(seeded(&app, 60).await, ImportedProducts::default());
    assert_eq!(seeded(&app, 80).await.products, 20);
    assert_eq!(catalog::drain_changes(&app, 10).await.unwrap(), 0);
    rebuild(&app).await.unwrap();

    let eu = context(&app, "eu", "en").await;
    let all = Storefront::new(&app, &Actor::Anonymous, &eu).products(everything()).await.unwrap();
    // All but `secret-sample`.
    assert_eq!((app.search().len(), all.total), (80, 79));
    assert_eq!(
        all.facets.iter().take(3).map(|facet| facet.slug()).collect::<Vec<_>>(),
        ["category", "product_type", "vendor"]
    );
    let us = context(&app, "us", "en").await;
    let in_us = Storefront::new(&app, &Actor::Anonymous, &us).products(everything()).await.unwrap();
    assert_eq!(in_us.total, 72);

    let tops = ListProducts { category: Some("clothing/tops".to_owned()), ..everything() };
    let tops = Storefront::new(&app, &Actor::Anonymous, &eu).products(tops).await.unwrap();
    assert!(slugs(&app, &tops).await.contains(&"classic-tee".to_owned()));
    let unknown = ListProducts { category: Some("nowhere".to_owned()), ..everything() };
    assert_eq!(Storefront::new(&app, &Actor::Anonymous, &eu).products(unknown).await.unwrap().total, 0);

    let german = context(&app, "eu", "de").await;
    let text = ListProducts { text: Some("klassisches t-sh".to_owned()), ..everything() };
    let found = Storefront::new(&app, &Actor::Anonymous, &german).products(text).await.unwrap();
    assert_eq!(slugs(&app, &found).await, ["classic-tee"]);
    let suggestions = Storefront::new(&app, &Actor::Anonymous, &german).suggest("klass", 8).await.unwrap();
    assert_eq!((suggestions.queries, suggestions.products.len()), (vec!["klassisches".to_owned()], 1));
    let suggestions = Storefront::new(&app, &Actor::Anonymous, &german).suggest("kleid", 8).await.unwrap();
    assert_eq!(suggestions.categories.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_decides_what_is_available() {
    let database = TestDatabase::new().await;
    let (app, _background) = process(&database).await;
    seeded(&app, MIN_PRODUCTS).await;
    rebuild(&app).await.unwrap();
    let eu = context(&app, "eu", "en").await;
    let sort = Some(Sort { key: SortKey::Name, direction: Direction::Ascending });
    let filter = ProductFilter { is_available: Some(true), ..ProductFilter::default() };
    let input = ListProducts { filter, sort, ..everything() };
    let list = Storefront::new(&app, &Actor::Anonymous, &eu).products(input).await.unwrap();
    let expected =
        ["atlas-of-rivers", "camping-kit", "classic-tee", "field-recordings", "limited-print", "mat", "stove", "tent"];
    assert_eq!(slugs(&app, &list).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeding_refuses_a_shop_that_is_not_a_demo() {
    let shop = TestShop::new().await;
    let refused = seed(&shop.app, SeedOptions { products: 10, progress: Arc::new(|_| ()) }).await;
    assert!(matches!(refused, Err(SeedError::NotADemo)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_finds_new_products() {
    let database = TestDatabase::new().await;
    let (here, _here) = process(&database).await;
    seeded(&here, MIN_PRODUCTS).await;
    let (there, background) = process(&database).await;
    background.keep_search_fresh(&there);
    let eu = context(&there, "eu", "en").await;
    let total = async |filter: ProductFilter| {
        let input = ListProducts { filter, ..everything() };
        // No results while the index is being built.
        Storefront::new(&there, &Actor::Anonymous, &eu).products(input).await.ok().map(|list| list.total)
    };
    let reaches = async |filter: ProductFilter, expected: u64| {
        let ask = async || (total(filter.clone()).await == Some(expected)).then_some(());
        eventually("the index is fresh", Duration::from_secs(10), ask).await;
    };
    reaches(ProductFilter::default(), 9).await;
    seeded(&here, 30).await;
    reaches(ProductFilter::default(), 29).await;
    let lamp =
        ProductFilter { query: Some("sold lamp".to_owned()), is_available: Some(true), ..ProductFilter::default() };
    assert_eq!(total(lamp.clone()).await, Some(0));
    let change = inventory::AdjustStockChange {
        sku: "LAMP".to_owned(),
        location: "berlin".to_owned(),
        target: StockTarget::OnHand(1),
    };
    let delivery = inventory::AdjustStock {
        reason: AdjustmentReason::Received,
        idempotency_key: None,
        reference: None,
        changes: vec![change],
    };
    inventory::adjust(&here, &Actor::System, delivery).await.unwrap();
    reaches(lamp, 1).await;
    let before = there.search().generation();
    reindex(&here, &Actor::System).await.unwrap();
    eventually("the index is built anew", Duration::from_secs(10), async || {
        (there.search().generation() > before).then_some(())
    })
    .await;
    reaches(ProductFilter::default(), 29).await;
    background.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeding_keeps_deletions_and_renames() {
    let database = TestDatabase::new().await;
    let (app, _background) = process(&database).await;
    seeded(&app, MIN_PRODUCTS).await;
    let find = async |slug: &str| {
        let reference = catalog::Ref::from(slug);
        catalog::find_product(&app, &Actor::System, &reference).await.unwrap().map(|product| product.id)
    };
    let (lamp, tent) = (find("sold-out-lamp").await.unwrap(), find("tent").await.unwrap());
    catalog::delete_product(&app, &Actor::System, lamp).await.unwrap();
    let renamed = catalog::ProductInput { slug: Some("big-tent".to_owned()), ..catalog::ProductInput::default() };
    catalog::update_product(&app, &Actor::System, tent, None, renamed).await.unwrap();
    assert_eq!(seeded(&app, MIN_PRODUCTS).await, ImportedProducts::default());
    assert_eq!(seeded(&app, MIN_PRODUCTS + 3).await.products, 3);
    assert_eq!((find("sold-out-lamp").await, find("big-tent").await), (None, Some(tent)));
}
