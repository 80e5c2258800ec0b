use std::collections::BTreeSet;

use diesel_async::RunQueryDsl as _;
use model::{
    Timestamp, fixtures,
    ids::{OrderLineId, StockMovementId, VariantId},
    inventory::{BundlePart, InventoryItem, MovementKind, StockMovement, StockNeed, allocate, totals},
};
use persistence::{Db, StoreError, db::Transactions as _, inventory};
use testkit::{
    TestDatabase, channels,
    stock::{item, stock},
};

fn promise(item: &InventoryItem, location: model::ids::StockLocationId, units: i64) -> StockMovement {
    StockMovement {
        id: StockMovementId::new(),
        variant_id: item.variant_id,
        location_id: location,
        kind: MovementKind::Allocation,
        on_hand: 0,
        allocated: units,
        reference: None,
        actor: "test".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn variants_swap_skus_but_cannot_take_one_that_is_used() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let [red, blue] = [item("RED"), item("BLUE")];
    inventory::claim_skus(conn, &[red.clone(), blue.clone()], &[]).await.unwrap();
    let swapped = [
        InventoryItem { sku: "BLUE".to_owned(), ..red.clone() },
        InventoryItem { sku: "RED".to_owned(), ..blue.clone() },
    ];
    inventory::claim_skus(conn, &swapped, &[]).await.unwrap();
    let found = inventory::items_by_sku(conn, &["RED", "BLUE", "GREEN"]).await.unwrap();
    assert_eq!((found.len(), found["RED"].variant_id), (2, blue.variant_id));
    let thief = inventory::claim_skus(conn, &[item("RED")], &[]).await.unwrap_err();
    assert!(thief.is_constraint("inventory_items_sku_key"), "{thief:?}");

    inventory::delete_items(conn, red.product_id, &[red.variant_id]).await.unwrap();
    inventory::claim_skus(conn, &[item("BLUE")], &[]).await.unwrap();
}

#[tokio::test]
async fn bundles_and_levels_may_exceed_the_parameters_of_a_statement() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let items: Vec<_> = (0..350).map(|number| item(&format!("KIT-{number}"))).collect();
    let part = |bundle: &InventoryItem| BundlePart {
        bundle_id: bundle.variant_id,
        component_id: VariantId::new(),
        quantity: 1,
    };
    let parts: Vec<_> = items.iter().flat_map(|bundle| std::iter::repeat_with(|| part(bundle)).take(100)).collect();
    inventory::claim_skus(conn, &items, &parts).await.unwrap();
    let component = parts[34_999].component_id;
    let bundle = BTreeSet::from([items[349].product_id]);
    assert_eq!(inventory::affected_products(conn, &[component]).await.unwrap(), bundle);
    let mut locations = Vec::new();
    for number in 0..100 {
        let slug = format!("place-{number}").parse().unwrap();
        let location = fixtures::stock_location(slug, "DE".parse().unwrap());
        persistence::channels::insert_location(conn, &location).await.unwrap();
        locations.push(location.id);
    }
    let variants: Vec<_> = items.iter().map(|item| item.variant_id).collect();
    let pairs = variants.iter().flat_map(|variant| locations.iter().map(|location| (*variant, *location))).collect();
    for _ in 0..2 {
        inventory::insert_missing_levels(conn, &pairs).await.unwrap();
    }
    assert_eq!(inventory::levels_by_variant(conn, &variants).await.unwrap().len(), 35_000);
}

#[tokio::test]
async fn no_more_than_available_is_allocated_even_without_a_lock() {
    let test = TestDatabase::new().await;
    let channels = channels::insert_channels(&test.db).await;
    let [berlin, lyon] = [channels.locations[0].id, channels.locations[1].id];
    let print = item("PRINT");
    stock(&test.db, &print, &[(berlin, 3), (lyon, 1)]).await;
    let conn = &mut test.db.write().await.unwrap();
    inventory::move_stock(conn, &[promise(&print, berlin, 2)]).await.unwrap();
    let refused = conn
        .transaction(async |conn| {
            inventory::move_stock(conn, &[promise(&print, berlin, 2), promise(&print, lyon, 1)]).await
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Retry)));
    let levels = inventory::levels_by_variant(conn, &[print.variant_id]).await.unwrap();
    assert_eq!(levels.iter().map(|level| level.allocated).sum::<i64>(), 2);
}

#[tokio::test]
async fn stock_movements_are_append_only() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    for statement in
        ["UPDATE stock_movements SET on_hand = 1", "DELETE FROM stock_movements", "TRUNCATE stock_movements"]
    {
        let refused = StoreError::from(diesel::sql_query(statement).execute(conn).await.unwrap_err());
        assert!(refused.is_constraint("stock_movements_append_only"), "{statement}: {refused:?}");
    }
}

/// Allocates one unit as the completion of a cart does: lock, decide, write.
async fn take_one(db: &Db, variant: VariantId, preference: &[model::ids::StockLocationId]) -> bool {
    let locations: BTreeSet<_> = preference.iter().copied().collect();
    let mut conn = db.write().await.unwrap();
    let taken = conn.transaction::<_, StoreError, _>(async |conn| {
        let items = inventory::lock_items(conn, &BTreeSet::from([variant]), &locations).await?;
        let needs = [StockNeed { line_id: OrderLineId::new(), variant_id: variant, quantity: 1, location: None }];
        let Ok(allocations) = allocate(&needs, &items, preference) else { return Ok(false) };
        let movements: Vec<_> = totals(&allocations)
            .into_iter()
            .map(|((_, location), (units, _))| {
                promise(&InventoryItem { variant_id: variant, ..item("") }, location, units)
            })
            .collect();
        inventory::move_stock(conn, &movements).await?;
        Ok(true)
    });
    taken.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_300_concurrent_buyers_100_get_the_last_100_units() {
    let test = TestDatabase::new().await;
    let channels = channels::insert_channels(&test.db).await;
    let print = item("PRINT");
    stock(&test.db, &print, &[(channels.locations[0].id, 60), (channels.locations[1].id, 40)]).await;
    let wide = persistence::DbConfig {
        max_connections: 30,
        wait: std::time::Duration::from_mins(1),
        ..persistence::DbConfig::new(&test.url)
    };
    let db = Db::new(&wide).unwrap();
    let buyers = (0..300).map(|_| take_one(&db, print.variant_id, &channels.eu.locations));
    let taken = futures_util::future::join_all(buyers).await.into_iter().filter(|taken| *taken).count();
    let conn = &mut test.db.write().await.unwrap();
    let levels = inventory::levels_by_variant(conn, &[print.variant_id]).await.unwrap();
    let promised: Vec<_> = levels.iter().map(|level| (level.allocated, level.available())).collect();
    assert_eq!((taken, promised.contains(&(60, 0)), promised.contains(&(40, 0))), (100, true, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn buyers_of_the_same_items_in_another_order_do_not_deadlock() {
    let test = TestDatabase::new().await;
    let channels = channels::insert_channels(&test.db).await;
    let berlin = channels.locations[0].id;
    let [a, b] = [item("A"), item("B")];
    stock(&test.db, &a, &[(berlin, 1000)]).await;
    stock(&test.db, &b, &[(berlin, 1000)]).await;
    let take_both = async |first: &InventoryItem, second: &InventoryItem| {
        let mut conn = test.db.write().await.unwrap();
        conn.transaction::<_, StoreError, _>(async |conn| {
            let variants = BTreeSet::from([first.variant_id, second.variant_id]);
            inventory::lock_items(conn, &variants, &BTreeSet::from([berlin])).await?;
            inventory::move_stock(conn, &[promise(first, berlin, 1), promise(second, berlin, 1)]).await
        })
        .await
    };
    let races = (0..100).map(|n| if n % 2 == 0 { take_both(&a, &b) } else { take_both(&b, &a) });
    assert!(futures_util::future::join_all(races).await.into_iter().all(|taken| taken.is_ok()));
}
