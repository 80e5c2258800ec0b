//! Lists of staff follow the events: late and concurrent changes, deletions, stock, and lost events.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::TimeDelta;
use model::{
    Direction, PageRequest, Timestamp,
    access::Actor,
    ids::ProductId,
    search::{Cursor, CursorKey, Sort, SortKey, VariantFilter},
};
use persistence::{consumers, outbox, statements::counted};
use services::{
    App,
    catalog::{ProductInput, Ref, StockInput, VariantInput, delete_product, update_product},
    events::consumer::{Progress, handle_batch},
    search::{
        ListStaffProducts, ListVariants, ProductListConsumer, StaffProductFilter, StaffProductList,
        list_deleted_products, list_staff_products, list_variants,
    },
};
use testkit::{TestClock, eventually};

use super::catalog::{create, shop};

/// Publishes the events and brings the lists up to date.
async fn follow(app: &App) {
    outbox::publish(&mut app.db().write().await.unwrap(), 1_000).await.unwrap();
    while handle_batch(app, &ProductListConsumer).await.unwrap() == Progress::Advanced {}
}

fn sync(updated_after: Option<Timestamp>, cursor: Option<Cursor>, size: usize) -> ListStaffProducts {
    ListStaffProducts {
        filter: StaffProductFilter { updated_after, ..StaffProductFilter::default() },
        sort: Some(Sort { key: SortKey::UpdatedAt, direction: Direction::Ascending }),
        page: PageRequest { size, cursor, direction: Direction::Ascending },
        wants_total: true,
    }
}

async fn changed(app: &App, updated_after: Option<Timestamp>) -> StaffProductList {
    list_staff_products(app, &Actor::System, sync(updated_after, None, 100)).await.unwrap()
}

fn ids(list: &StaffProductList) -> Vec<ProductId> {
    list.rows.iter().map(|(_, product)| product.id).collect()
}

async fn rename(app: &App, id: ProductId, name: &str) {
    let input = ProductInput { name: Some(name.to_owned()), ..ProductInput::default() };
    update_product(app, &Actor::System, id, None, input).await.unwrap();
}

async fn available(app: &App, below: i64) -> usize {
    let filter = VariantFilter { below_quantity: Some(below), ..VariantFilter::default() };
    let page = PageRequest { size: 100, cursor: None, direction: Direction::Ascending };
    let input = ListVariants { filter, sort: None, page, wants_total: false };
    list_variants(app, &Actor::System, &input).await.unwrap().rows.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_whose_clocks_differ_do_not_hide_changes() {
    let shop = shop().await;
    let app = &shop.app;
    let clock = TestClock::new();
    clock.advance(TimeDelta::hours(1));
    let ahead = shop.another_app(|builder| builder.clock(Arc::new(clock.clone()))).await;
    let mug = create(app, "mug", "MUG").await.unwrap();
    let cup = create(app, "cup", "CUP").await.unwrap();
    follow(app).await;
    let start = changed(app, None).await;
    assert_eq!((ids(&start), start.total), (vec![mug.id, cup.id], Some(2)));
    // In the order of their times, without a difference to the field.
    assert_eq!(ids(&changed(app, Some(mug.updated_at)).await), [cup.id]);

    rename(&ahead, mug.id, "Mug of the future").await;
    follow(app).await;
    let seen = changed(app, Some(cup.updated_at)).await;
    assert_eq!(ids(&seen), [mug.id]);
    let newest = seen.rows[0].1.updated_at;
    rename(app, cup.id, "Cup of today").await;
    follow(app).await;
    let page = list_staff_products(app, &Actor::System, sync(None, seen.end, 100)).await.unwrap();
    assert_eq!(ids(&page), [cup.id], "the position continues");
    assert_eq!(ids(&changed(app, Some(newest)).await), [cup.id], "the time of the last product continues");
    assert!(page.rows[0].1.updated_at < newest, "the clock of the other process is ahead");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_that_changed_again_waits_for_its_new_place() {
    let shop = shop().await;
    let app = &shop.app;
    let mug = create(app, "mug", "MUG").await.unwrap();
    let cup = create(app, "cup", "CUP").await.unwrap();
    follow(app).await;
    rename(app, cup.id, "Cup").await;
    rename(app, mug.id, "Mug").await;
    // A reader who sees the new time of the mug now would never ask for the change of the cup.
    let list = changed(app, None).await;
    assert_eq!((ids(&list), list.total, list.end.is_some()), (Vec::new(), Some(2), true));
    follow(app).await;
    let list = changed(app, None).await;
    assert_eq!(ids(&list), [cup.id, mug.id]);
    let places: Vec<String> = list.rows.iter().map(|(cursor, _)| cursor.to_string()).collect();
    let at = |product: &model::catalog::Product| CursorKey::Number(product.updated_at.timestamp_micros());
    assert!(list.rows.iter().all(|(cursor, product)| cursor.key == at(product)), "{places:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exports_miss_nothing_that_several_processes_change_meanwhile() {
    let shop = shop().await;
    let mut products = Vec::new();
    for number in 0..12 {
        products.push(create(&shop.app, &format!("mug-{number}"), &format!("MUG-{number}")).await.unwrap().id);
    }
    let (first, background) = shop.another_process().await;
    background.run_consumers(&first);
    let (second, _background) = shop.another_process().await;
    let writers: Vec<_> = [first, second]
        .into_iter()
        .enumerate()
        .map(|(writer, app)| {
            let products = products.clone();
            tokio::spawn(async move {
                for round in 0..10 {
                    for id in &products {
                        rename(&app, *id, &format!("{writer} {round}")).await;
                    }
                }
            })
        })
        .collect();
    // The version of each product in the other system.
    let mut copy: HashMap<ProductId, i64> = HashMap::new();
    let (mut after, mut pages) = (None, 0);
    eventually("the copy is complete", Duration::from_mins(1), async || {
        let is_over = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let mut cursor = None;
        loop {
            let page = list_staff_products(&shop.app, &Actor::System, sync(after, cursor, 5)).await.unwrap();
            for (_, product) in &page.rows {
                copy.insert(product.id, product.version);
                after = after.max(Some(product.updated_at));
            }
            pages += 1;
            cursor = page.end;
            if !page.has_next {
                break;
            }
        }
        if !is_over || pages < 3 {
            return None;
        }
        let mut conn = shop.app.db().read().await.unwrap();
        let head = outbox::head(&mut conn).await.unwrap();
        let is_followed = consumers::position(&mut conn, "product_lists").await.unwrap() == Some(head);
        (is_followed && outbox::backlog(&mut conn).await.unwrap().count == 0).then_some(())
    })
    .await;
    // One more export continues where the last one stopped.
    for (_, product) in changed(&shop.app, after).await.rows {
        copy.insert(product.id, product.version);
    }
    let all = changed(&shop.app, None).await;
    let expected: HashMap<ProductId, i64> = all.rows.iter().map(|(_, product)| (product.id, product.version)).collect();
    assert_eq!(copy, expected);
    assert!(expected.values().all(|version| *version == 21), "{expected:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deletions_stock_and_lost_events_reach_the_lists() {
    let shop = shop().await;
    let app = &shop.app;
    let mug = create(app, "mug", "MUG").await.unwrap();
    let cup = create(app, "cup", "CUP").await.unwrap();
    follow(app).await;
    assert_eq!(available(app, 1).await, 2);
    let stock = vec![StockInput { location: Ref::from("berlin"), on_hand: 5 }];
    let variants = vec![VariantInput { sku: Some("MUG".to_owned()), stock, ..VariantInput::default() }];
    let input = ProductInput { variants: Some(variants), ..ProductInput::default() };
    update_product(app, &Actor::System, mug.id, None, input).await.unwrap();
    follow(app).await;
    assert_eq!((available(app, 5).await, available(app, 6).await), (1, 2));

    delete_product(app, &Actor::System, cup.id).await.unwrap();
    let page = PageRequest { size: 9, cursor: None, direction: Direction::Ascending };
    assert_eq!(ids(&changed(app, None).await), [mug.id], "a deleted product is left out at once");
    follow(app).await;
    let deleted = list_deleted_products(app, &Actor::System, None, &page).await.unwrap();
    assert_eq!(deleted.rows.iter().map(|(_, id)| *id).collect::<Vec<_>>(), [cup.id]);

    // Events are lost, and the consumer starts again from the current state.
    let jug = create(app, "jug", "JUG").await.unwrap();
    delete_product(app, &Actor::System, mug.id).await.unwrap();
    outbox::publish(&mut app.db().write().await.unwrap(), 1_000).await.unwrap();
    shop.database.execute("DELETE FROM outbox").await;
    follow(app).await;
    assert_eq!(ids(&changed(app, None).await), [jug.id]);
    assert_eq!(available(app, 1).await, 1);
    let deleted = list_deleted_products(app, &Actor::System, None, &page).await.unwrap();
    assert_eq!(deleted.rows.iter().map(|(_, id)| *id).collect::<Vec<_>>(), [cup.id, mug.id]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statement_counts_do_not_depend_on_the_number_of_products() {
    let shop = shop().await;
    let app = &shop.app;
    let lists = async |app: &App| {
        let input = sync(None, None, 100);
        let plain = ListStaffProducts { sort: None, ..input.clone() };
        let page = PageRequest { size: 100, cursor: None, direction: Direction::Ascending };
        let filter = VariantFilter { query: Some("mug".to_owned()), ..VariantFilter::default() };
        let variants = ListVariants { filter, sort: None, page, wants_total: true };
        let (_, changes) = counted(list_staff_products(app, &Actor::System, input)).await;
        let (_, products) = counted(list_staff_products(app, &Actor::System, plain)).await;
        let (_, variants) = counted(list_variants(app, &Actor::System, &variants)).await;
        [changes, products, variants]
    };
    create(app, "mug", "MUG").await.unwrap();
    follow(app).await;
    let one = lists(app).await;
    for number in 0..40 {
        create(app, &format!("mug-{number}"), &format!("MUG-{number}")).await.unwrap();
    }
    follow(app).await;
    assert_eq!(lists(app).await, one);
    assert!(one.iter().all(|count| *count <= 3), "{one:?}");
}
