use model::{
    PageRequest,
    access::Actor,
    inventory::{AdjustmentReason, BundlePart, InventoryLevel, MovementKind, StockTarget},
};
use persistence::{inventory, statements::counted};
use services::inventory::{AdjustError, AdjustRule, AdjustStock, AdjustStockChange, adjust, levels, movements};
use testkit::{
    TestShop, eventually,
    stock::{item, stock},
};

fn change(sku: &str, location: &str, target: StockTarget) -> AdjustStockChange {
    AdjustStockChange { sku: sku.to_owned(), location: location.to_owned(), target }
}

fn received(changes: Vec<AdjustStockChange>) -> AdjustStock {
    AdjustStock { reason: AdjustmentReason::Received, idempotency_key: None, reference: None, changes }
}

fn on_hand(levels: &[InventoryLevel]) -> Vec<i64> {
    levels.iter().map(|level| level.on_hand).collect()
}

#[tokio::test]
async fn adjustments_change_levels_and_record_movements() {
    let shop = TestShop::new().await;
    let tee = item("TEE");
    stock(shop.app.db(), &tee, &[(shop.channels.locations[0].id, 7)]).await;
    let input =
        received(vec![change("TEE", "berlin", StockTarget::Delta(-2)), change("TEE", "lyon", StockTarget::OnHand(4))]);
    let after = adjust(&shop.app, &Actor::System, input).await.unwrap();
    assert_eq!(on_hand(&after), [5, 4]);
    assert_eq!(on_hand(&levels(&shop.app, &Actor::System, "TEE").await.unwrap()), [5, 4]);

    let page = PageRequest::parse(Some(2), None, None, None).unwrap();
    let newest = movements(&shop.app, &Actor::System, "TEE", &page).await.unwrap();
    assert!(newest.has_more);
    let last = newest.rows.last().map(|movement| movement.id);
    let next = PageRequest::parse(Some(2), last, None, None).unwrap();
    let oldest = movements(&shop.app, &Actor::System, "TEE", &next).await.unwrap();
    let all: Vec<_> = newest.rows.iter().chain(&oldest.rows).collect();
    assert_eq!(all.iter().map(|movement| movement.on_hand).sum::<i64>(), 9);
    assert_eq!(all.last().map(|movement| movement.kind), Some(MovementKind::Counted));
}

#[tokio::test]
async fn adjustments_are_atomic() {
    let shop = TestShop::new().await;
    stock(shop.app.db(), &item("TEE"), &[(shop.channels.locations[0].id, 7)]).await;
    let too_low =
        received(vec![change("TEE", "lyon", StockTarget::Delta(1)), change("TEE", "berlin", StockTarget::Delta(-8))]);
    let refused = adjust(&shop.app, &Actor::System, too_low).await;
    assert!(matches!(refused, Err(AdjustError::Rule(AdjustRule::Refused { at: 1, .. }))), "{refused:?}");
    for (sku, location) in [("NONE", "berlin"), ("TEE", "nowhere")] {
        let change = change(sku, location, StockTarget::Delta(1));
        assert!(adjust(&shop.app, &Actor::System, received(vec![change])).await.is_err());
    }
    let twice = vec![change("TEE", "lyon", StockTarget::Delta(1)); 2];
    assert!(matches!(
        adjust(&shop.app, &Actor::System, received(twice)).await,
        Err(AdjustError::Rule(AdjustRule::Duplicate { at: 1 }))
    ));
    assert_eq!(on_hand(&levels(&shop.app, &Actor::System, "TEE").await.unwrap()), [7]);
}

#[tokio::test]
async fn the_same_key_adjusts_once_with_one_answer() {
    let shop = TestShop::new().await;
    stock(shop.app.db(), &item("TEE"), &[]).await;
    let input = AdjustStock {
        idempotency_key: Some("delivery 1".parse().unwrap()),
        ..received(vec![change("TEE", "berlin", StockTarget::Delta(5))])
    };
    let first = adjust(&shop.app, &Actor::System, input.clone()).await.unwrap();
    assert_eq!(adjust(&shop.app, &Actor::System, input.clone()).await.unwrap(), first);
    assert_eq!(on_hand(&levels(&shop.app, &Actor::System, "TEE").await.unwrap()), [5]);
    let other = AdjustStock { reason: AdjustmentReason::Counted, ..input };
    assert!(matches!(adjust(&shop.app, &Actor::System, other).await, Err(AdjustError::KeyReused)));
}

#[tokio::test]
async fn overlong_references_are_refused() {
    let shop = TestShop::new().await;
    stock(shop.app.db(), &item("TEE"), &[]).await;
    let adjusted = async |characters: usize| {
        let reference = Some("é".repeat(characters));
        let change = change("TEE", "berlin", StockTarget::Delta(1));
        adjust(&shop.app, &Actor::System, AdjustStock { reference, ..received(vec![change]) }).await
    };
    assert!(adjusted(255).await.is_ok());
    assert!(matches!(adjusted(256).await, Err(AdjustError::Rule(AdjustRule::Reference))));
}

#[tokio::test]
async fn stock_requires_the_permission() {
    let shop = TestShop::new().await;
    let input = received(vec![change("TEE", "berlin", StockTarget::Delta(5))]);
    let refused = adjust(&shop.app, &Actor::Anonymous, input).await;
    assert!(matches!(refused, Err(AdjustError::Failure(_))));
    assert!(levels(&shop.app, &Actor::Anonymous, "TEE").await.is_err());
}

#[tokio::test]
async fn availability_takes_one_statement_then_none() {
    let shop = TestShop::new().await;
    let berlin = shop.channels.locations[0].id;
    let items = [item("A"), item("B"), item("C")];
    for known in &items {
        stock(shop.app.db(), known, &[(berlin, 5)]).await;
    }
    let products: Vec<_> = items.iter().map(|item| item.product_id).collect();
    let availability = shop.app.availability();
    let (found, cold) = counted(availability.of(&products)).await;
    let (again, warm) = counted(availability.of(&products)).await;
    assert_eq!((cold, warm, found.unwrap().len()), (1, 0, 3));
    let stock_of_a = &again.unwrap()[&items[0].variant_id];
    assert_eq!((stock_of_a.available_in(&shop.channels.eu), stock_of_a.available_in(&shop.channels.us)), (5, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn component_stock_changes_update_the_bundle_everywhere() {
    let shop = TestShop::new().await;
    let berlin = shop.channels.locations[0].id;
    let [stove, kit] = [item("STOVE"), item("KIT")];
    stock(shop.app.db(), &stove, &[(berlin, 5)]).await;
    let parts = [BundlePart { bundle_id: kit.variant_id, component_id: stove.variant_id, quantity: 2 }];
    let mut conn = shop.app.db().write().await.unwrap();
    inventory::claim_skus(&mut conn, std::slice::from_ref(&kit), &parts).await.unwrap();
    let kits = async |app: &services::App| {
        let found = app.availability().of(&[kit.product_id]).await.unwrap();
        found[&kit.variant_id].available_in(&shop.channels.eu)
    };
    let (other, _background) = shop.another_process().await;
    assert_eq!((kits(&shop.app).await, kits(&other).await), (2, 2));
    let one_left = received(vec![change("STOVE", "berlin", StockTarget::OnHand(1))]);
    adjust(&shop.app, &Actor::System, one_left).await.unwrap();
    assert_eq!(kits(&shop.app).await, 0);
    let sold_out = async || (kits(&other).await == 0).then_some(());
    eventually("the other process knows", std::time::Duration::from_secs(5), sold_out).await;
}

#[tokio::test]
async fn adjusting_takes_as_many_statements_for_many_levels() {
    let shop = TestShop::new().await;
    let skus: Vec<String> = (0..40).map(|n| format!("SKU-{n}")).collect();
    for sku in &skus {
        stock(shop.app.db(), &item(sku), &[]).await;
    }
    let all = skus.iter().map(|sku| change(sku, "berlin", StockTarget::Delta(1))).collect();
    let one =
        counted(adjust(&shop.app, &Actor::System, received(vec![change("SKU-0", "lyon", StockTarget::Delta(1))])));
    let (one, few) = one.await;
    let (many, same) = counted(adjust(&shop.app, &Actor::System, received(all))).await;
    assert_eq!((one.unwrap().len(), many.unwrap().len()), (1, 40));
    // Only the first one read the settings.
    assert!(same <= few, "{same} statements for 40 levels, {few} for one");
}
