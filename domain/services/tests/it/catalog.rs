//! The catalog's caches, and crashes between its two stores.

use std::time::Duration;

use model::{
    Currency, Slug,
    access::Actor,
    catalog::Product,
    ids::{ProductId, VariantId},
    inventory::InventoryItem,
};
use persistence::{
    documents::{Collection, Owner},
    inventory,
    statements::counted,
};
use services::{
    App,
    catalog::{
        self, CatalogError, PriceInput, ProductInput, ProductTypeInput, Ref, VariantInput, create_product,
        drain_changes, update_product,
    },
};
use testkit::{TestShop, eventually};

fn mug(slug: &str, sku: &str) -> ProductInput {
    let price =
        PriceInput { channel: Ref::from("eu"), currency: Currency::EUR, amount: "9.00".to_owned(), compare_at: None };
    let variant = VariantInput { sku: Some(sku.to_owned()), prices: Some(vec![price]), ..VariantInput::default() };
    ProductInput {
        product_type: Some(Ref::from("mug")),
        slug: Some(slug.to_owned()),
        name: Some("Mug".to_owned()),
        channels: Some(vec![Ref::from("eu")]),
        variants: Some(vec![variant]),
        ..ProductInput::default()
    }
}

pub(super) async fn shop() -> TestShop {
    let shop = TestShop::new().await;
    let kind = ProductTypeInput { slug: Some("mug".into()), name: Some("Mug".into()), ..ProductTypeInput::default() };
    catalog::create_product_type(&shop.app, &Actor::System, kind).await.unwrap();
    shop
}

pub(super) async fn create(app: &App, slug: &str, sku: &str) -> Result<Product, CatalogError> {
    create_product(app, &Actor::System, mug(slug, sku)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skus_claimed_before_a_crash_can_be_used_again() {
    let shop = shop().await;
    let orphan = InventoryItem {
        variant_id: VariantId::new(),
        product_id: ProductId::new(),
        sku: "MUG".to_owned(),
        is_tracked: true,
        allows_backorder: false,
    };
    let mut conn = shop.app.db().write().await.unwrap();
    inventory::claim_skus(&mut conn, &[orphan], &[]).await.unwrap();
    drop(conn);
    let product = create(&shop.app, "mug", "MUG").await.unwrap();
    let held = catalog::products_of_variants(&shop.app, &[product.variants[0].id]).await.unwrap();
    assert_eq!(held.into_values().collect::<Vec<_>>(), [product.id]);
    assert!(matches!(create(&shop.app, "other", "MUG").await, Err(CatalogError::Rule(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slug_claimed_before_a_crash_can_be_used_again() {
    let shop = shop().await;
    let crashed = Owner { collection: Collection::Products, id: ProductId::new().uuid().to_string() };
    let key = format!("product:slug:{}:mug", shop.channels.eu.id.uuid().simple());
    let _ = shop.app.documents().claim(&crashed, &[key]).await.unwrap();
    create(&shop.app, "mug", "MUG").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_product_does_not_keep_its_skus() {
    let shop = shop().await;
    create(&shop.app, "mug", "MUG").await.unwrap();
    assert!(matches!(create(&shop.app, "mug", "CUP").await, Err(CatalogError::Rule(_))));
    create(&shop.app, "cup", "CUP").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_variants_can_swap_skus() {
    let shop = shop().await;
    let mut input = mug("mug", "A");
    input.options = Some(vec![catalog::OptionInput {
        name: "Size".into(),
        values: vec!["S".into(), "L".into()],
        translations: None,
    }]);
    let sized = |sku: &str, size: &str| VariantInput {
        sku: Some(sku.to_owned()),
        selected_options: Some(vec![model::catalog::SelectedOption { name: "Size".into(), value: size.into() }]),
        ..VariantInput::default()
    };
    input.variants = Some(vec![sized("A", "S"), sized("B", "L")]);
    let product = create_product(&shop.app, &Actor::System, input).await.unwrap();
    let [small, large] = [product.variants[0].id, product.variants[1].id];
    let swapped =
        vec![VariantInput { id: Some(small), ..sized("B", "S") }, VariantInput { id: Some(large), ..sized("A", "L") }];
    let change = ProductInput { variants: Some(swapped), ..ProductInput::default() };
    let after = update_product(&shop.app, &Actor::System, product.id, Some(1), change).await.unwrap();
    assert_eq!((after.variants[0].id, after.variants[0].sku.as_str()), (small, "B"));
    let items = inventory::items_by_sku(&mut shop.app.db().read().await.unwrap(), &["A", "B"]).await.unwrap();
    assert_eq!((items["A"].variant_id, items["B"].variant_id), (large, small));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_readers_load_a_product_with_one_statement() {
    let shop = shop().await;
    let product = create(&shop.app, "mug", "MUG").await.unwrap();
    let fresh = shop.uncached().await;
    let (channel, slug) = (shop.channels.eu.id, "mug");
    let cache = &fresh.catalog();
    let three = async {
        tokio::join!(
            cache.product_by_slug(channel, slug),
            cache.product_by_slug(channel, slug),
            cache.product_by_slug(channel, slug)
        )
    };
    let (found, statements) = counted(three).await;
    assert_eq!(found.0.unwrap().unwrap().id, product.id);
    assert_eq!(statements, 1);
    let (found, statements) = counted(cache.products(&[product.id])).await;
    assert_eq!((found.unwrap().len(), statements), (1, 0));
    assert_eq!(counted(cache.product_by_slug(channel, slug)).await.1, 0);
    let _ = cache.product_by_slug(channel, "nowhere").await.unwrap();
    assert_eq!(counted(cache.product_by_slug(channel, "nowhere")).await.1, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_products_are_loaded_with_one_statement() {
    let shop = shop().await;
    let mut ids = Vec::new();
    for number in 0..12 {
        ids.push(create(&shop.app, &format!("mug-{number}"), &format!("MUG-{number}")).await.unwrap().id);
    }
    let fresh = shop.uncached().await;
    let (found, statements) = counted(fresh.catalog().products(&ids)).await;
    assert_eq!((found.unwrap().len(), statements), (12, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_sees_a_change_within_a_second() {
    let shop = shop().await;
    let (there, _background) = shop.another_process().await;
    let product = create(&shop.app, "mug", "MUG").await.unwrap();
    let channel = shop.channels.eu.id;
    assert_eq!(there.catalog().product_by_slug(channel, "mug").await.unwrap().unwrap().name, "Mug");
    assert!(there.catalog().product_by_slug(channel, "cup").await.unwrap().is_none());
    let change = ProductInput { name: Some("Cup".into()), slug: Some("cup".into()), ..ProductInput::default() };
    update_product(&shop.app, &Actor::System, product.id, None, change).await.unwrap();
    let renamed: Slug = "cup".parse().unwrap();
    eventually("the other process drops what it held", Duration::from_secs(10), async || {
        let found = there.catalog().product_by_slug(channel, "mug").await.unwrap().unwrap();
        (found.name == "Cup" && found.slug == renamed).then_some(())
    })
    .await;
    assert!(there.catalog().product_by_slug(channel, "cup").await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_left_in_documents_are_drained_once() {
    let shop = shop().await;
    let product = create(&shop.app, "mug", "MUG").await.unwrap();
    assert_eq!(drain_changes(&shop.app, 100).await.unwrap(), 0);
    let id = product.id.uuid().to_string();
    let document = shop.app.documents().get_many(Collection::Products, &[id]).await.unwrap().pop().unwrap();
    let next = persistence::documents::Document { version: 2, ..document };
    let event = model::events::DomainEvent::ProductChanged { id: product.id };
    let events = [persistence::documents::PendingEvent::new(event)];
    shop.app.documents().replace(Collection::Products, &next, 1, &events).await.unwrap();
    assert_eq!(drain_changes(&shop.app, 100).await.unwrap(), 1);
    assert_eq!(drain_changes(&shop.app, 100).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_update_changes_no_stock_and_no_flags() {
    let shop = shop().await;
    create(&shop.app, "cup", "CUP").await.unwrap();
    let stocked = |on_hand| vec![catalog::StockInput { location: Ref::from("berlin"), on_hand }];
    let mut input = mug("mug", "MUG");
    input.variants.as_mut().unwrap()[0].stock = stocked(5);
    let product = create_product(&shop.app, &Actor::System, input).await.unwrap();
    let variant = product.variants[0].id;
    let change = |slug: &str| {
        let flagged = VariantInput {
            sku: Some("MUG".to_owned()),
            allows_backorder: Some(true),
            stock: stocked(9),
            ..VariantInput::default()
        };
        ProductInput { slug: Some(slug.to_owned()), variants: Some(vec![flagged]), ..ProductInput::default() }
    };
    let refused = update_product(&shop.app, &Actor::System, product.id, None, change("cup")).await;
    assert!(matches!(refused, Err(CatalogError::Rule(_))));
    let mut conn = shop.app.db().write().await.unwrap();
    let items = inventory::items_by_sku(&mut conn, &["MUG"]).await.unwrap();
    assert!(!items["MUG"].allows_backorder);
    let levels = inventory::levels_by_variant(&mut conn, &[variant]).await.unwrap();
    assert_eq!(levels.iter().map(|level| level.on_hand).sum::<i64>(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_after_the_document_write_loses_no_initial_stock() {
    let shop = shop().await;
    // The step after the document write updates the items that were claimed before it.
    let crash = "CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''crash''; END'";
    shop.database.execute(crash).await;
    let at_update = "CREATE TRIGGER crash BEFORE UPDATE ON inventory_items FOR EACH ROW EXECUTE FUNCTION crash()";
    shop.database.execute(at_update).await;
    let mut input = mug("mug", "MUG");
    let variant = &mut input.variants.as_mut().unwrap()[0];
    variant.allows_backorder = Some(true);
    variant.stock = vec![catalog::StockInput { location: Ref::from("berlin"), on_hand: 5 }];
    assert!(matches!(create_product(&shop.app, &Actor::System, input).await, Err(CatalogError::Failure(_))));
    let product = shop.app.catalog().product_by_slug(shop.channels.eu.id, "mug").await.unwrap().unwrap();
    let mut conn = shop.app.db().write().await.unwrap();
    let items = inventory::items_by_sku(&mut conn, &["MUG"]).await.unwrap();
    assert!(items["MUG"].allows_backorder);
    let levels = inventory::levels_by_variant(&mut conn, &[product.variants[0].id]).await.unwrap();
    assert_eq!(levels.iter().map(|level| level.on_hand).collect::<Vec<_>>(), [5]);
}
