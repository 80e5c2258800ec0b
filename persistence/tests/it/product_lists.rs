//! Lists of products and variants for staff, compared with lists in memory.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use model::{
    Direction, Page, PageRequest, Timestamp,
    ids::{ProductId, VariantId},
    inventory::{BundlePart, InventoryItem},
    search::{VariantCursor, VariantFilter, VariantSort, VariantSortKey},
};
use persistence::{
    Conn, inventory,
    product_lists::{
        ListedProduct, ListedVariant, changed_products, count_changed, count_deleted, count_variants, delete_absent,
        delete_products, deleted_products, latest_change, list_variants, record_products, record_variants,
        refresh_available,
    },
    search::text,
};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use testkit::{TestDatabase, channels, stock};

type Place = (Timestamp, ProductId);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn listed(id: ProductId, version: i64, seconds: i64) -> ListedProduct {
    ListedProduct { id, version, updated_at: at(seconds) }
}

/// Lists products after those that are listed, as one batch of events does.
async fn record(conn: &mut Conn, products: &[ListedProduct]) {
    let latest = latest_change(conn).await.unwrap();
    record_products(conn, products, latest).await.unwrap();
}

/// All changes after a time, read page by page.
async fn changes(conn: &mut Conn, after: Option<Timestamp>, order: Direction, reading: Direction) -> Vec<Place> {
    let (mut cursor, mut pages) = (None, Vec::new());
    loop {
        let page = PageRequest { size: 2, cursor, direction: reading };
        let Page { rows, has_more } = changed_products(conn, after, order, &page).await.unwrap();
        cursor = if reading == Direction::Ascending { rows.last() } else { rows.first() }.copied();
        pages.push(rows);
        if !has_more {
            break;
        }
    }
    if reading == Direction::Descending {
        pages.reverse();
    }
    pages.concat()
}

#[tokio::test]
async fn a_change_that_becomes_visible_late_is_listed_after_those_before_it() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let [a, b, c, d] = [(); 4].map(|()| ProductId::new());
    // Nothing is listed, so that the times are kept, and one batch is sorted by time.
    record(conn, &[listed(a, 1, 20), listed(b, 1, 10)]).await;
    let first = changes(conn, None, Direction::Ascending, Direction::Ascending).await;
    assert_eq!(first, [(at(10), b), (at(20), a)]);
    // C was changed before A and is visible now; D's clock is an hour behind.
    record(conn, &[listed(c, 1, 15), listed(d, 1, -3_600), listed(a, 1, 20)]).await;
    let after = changes(conn, Some(at(20)), Direction::Ascending, Direction::Ascending).await;
    let place = |micros| at(20) + TimeDelta::microseconds(micros);
    assert_eq!(after, [(place(1), d), (place(2), c)], "the listed version of A keeps its place");
    record(conn, &[listed(a, 2, 30)]).await;
    let all = [(at(10), b), (place(1), d), (place(2), c), (at(30), a)];
    for reading in [Direction::Ascending, Direction::Descending] {
        assert_eq!(changes(conn, None, Direction::Ascending, reading).await, all);
        let mut reversed = all;
        reversed.reverse();
        assert_eq!(changes(conn, None, Direction::Descending, reading).await, reversed);
    }
    assert_eq!(count_changed(conn, Some(at(20))).await.unwrap(), 3);
}

#[tokio::test]
async fn deleted_products_are_listed_until_they_return() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let [a, b, c] = [(); 3].map(|()| ProductId::new());
    record(conn, &[listed(a, 1, 0), listed(b, 1, 0), listed(c, 1, 0)]).await;
    delete_products(conn, &[b], at(10)).await.unwrap();
    delete_products(conn, &[b], at(99)).await.unwrap();
    // The clock of this process is behind.
    delete_products(conn, &[a], at(5)).await.unwrap();
    let page = PageRequest { size: 9, cursor: None, direction: Direction::Ascending };
    let deleted = deleted_products(conn, None, &page).await.unwrap().rows;
    assert_eq!(deleted, [(at(10), b), (at(10) + TimeDelta::microseconds(1), a)]);
    assert_eq!(deleted_products(conn, Some(at(10)), &page).await.unwrap().rows, deleted[1..]);
    assert_eq!(count_deleted(conn, Some(at(10))).await.unwrap(), 1);
    record(conn, &[listed(b, 1, 20)]).await;
    assert_eq!(deleted_products(conn, None, &page).await.unwrap().rows, deleted[1..]);

    // Rebuilding finds the ones that disappeared without an event.
    delete_absent(conn, (None, Some(b)), &[b], at(30)).await.unwrap();
    assert_eq!(count_changed(conn, None).await.unwrap(), 2);
    delete_absent(conn, (Some(b), None), &[], at(30)).await.unwrap();
    let left = changes(conn, None, Direction::Ascending, Direction::Ascending).await;
    assert_eq!(left.into_iter().map(|(_, id)| id).collect::<Vec<_>>(), [b]);
}

/// A variant with what filters look at.
#[derive(Debug, Clone)]
struct Row {
    listed: ListedVariant,
    changed_at: Timestamp,
    available: Option<i64>,
}

impl Row {
    fn matches(&self, filter: &VariantFilter) -> bool {
        let words: Vec<String> = self.listed.texts.iter().flat_map(|text| text::words(text)).collect();
        let has_words = |query: &str| match text::searched_words(query).split_last() {
            None => query.trim().is_empty(),
            Some((last, whole)) => {
                whole.iter().all(|word| words.contains(word))
                    && words.iter().any(|word| word.starts_with(last.as_str()))
            }
        };
        let reference = self.listed.external_reference.as_ref();
        (filter.skus.is_empty() || filter.skus.contains(&self.listed.sku))
            && (filter.external_references.is_empty()
                || reference.is_some_and(|known| filter.external_references.contains(known)))
            && filter.query.as_deref().is_none_or(has_words)
            && filter.updated_after.is_none_or(|after| self.changed_at > after)
            && filter.below_quantity.is_none_or(|below| self.available.is_some_and(|available| available < below))
    }
}

/// Lists some products with variants, tracked and untracked ones and bundles, with stock at two locations.
async fn fill(test: &TestDatabase) -> Vec<Row> {
    let locations = channels::insert_channels(&test.db).await.locations;
    let mut rows: Vec<Row> = Vec::new();
    for number in 0_i64..12 {
        let product = ProductId::new();
        let conn = &mut test.db.write().await.unwrap();
        record(conn, &[listed(product, 1, number * 10)]).await;
        let names = ["Trail Mug", "Zoë's Tee", "Oak & Co", "定番Tシャツ"];
        for part in 0..=number % 4 {
            let sku =
                format!("{}-{number}-{part}", ["MUG", "TEE", "mug", "X'Y\\"][usize::try_from(number % 4).unwrap()]);
            let mut item = InventoryItem { product_id: product, ..stock::item(&sku) };
            item.is_tracked = part != 3;
            let units = [(locations[0].id, number + part), (locations[1].id, part)];
            stock::stock(&test.db, &item, &units).await;
            let is_bundle = part == 2 && number % 2 == 0;
            if is_bundle {
                let part = BundlePart { bundle_id: item.variant_id, component_id: VariantId::new(), quantity: 1 };
                inventory::claim_skus(conn, std::slice::from_ref(&item), &[part]).await.unwrap();
            }
            let listed = ListedVariant {
                id: item.variant_id,
                product,
                external_reference: (part == 1).then(|| format!("erp-{number}")),
                texts: vec![sku.clone(), names[usize::try_from(number % 4).unwrap()].to_owned()],
                sku,
            };
            let available = (item.is_tracked && !is_bundle).then_some(number + part + part);
            rows.push(Row { listed, changed_at: at(number * 10), available });
        }
        let own: Vec<ListedVariant> =
            rows.iter().map(|row| row.listed.clone()).filter(|listed| listed.product == product).collect();
        record_variants(conn, &[product], &own).await.unwrap();
        refresh_available(conn, &[product]).await.unwrap();
    }
    rows
}

fn any_filter() -> impl Strategy<Value = VariantFilter> {
    let sku = (prop::sample::select(vec!["MUG", "TEE", "mug"]), 0..12, 0..4);
    let query =
        prop::sample::select(vec!["mug", "TEE-1", "zoe tee", "tra mug", "oa", "定", "x'y\\", "'", "  ", "mug-0-0 t"]);
    (
        prop::collection::vec(sku.prop_map(|(kind, number, part)| format!("{kind}-{number}-{part}")), 0..6),
        prop::collection::vec((0..12).prop_map(|number| format!("erp-{number}")), 0..3),
        prop::option::of(query.prop_map(str::to_owned)),
        prop::option::of((-1_i64..12).prop_map(|number| at(number * 10))),
        prop::option::of(-1_i64..20),
        // Most filters have one or two conditions.
        prop::array::uniform5(prop::bool::weighted(0.35)),
    )
        .prop_map(|(skus, external_references, query, updated_after, below_quantity, kept)| VariantFilter {
            skus: if kept[0] { skus } else { Vec::new() },
            external_references: if kept[1] { external_references } else { Vec::new() },
            query: query.filter(|_| kept[2]),
            updated_after: updated_after.filter(|_| kept[3]),
            below_quantity: below_quantity.filter(|_| kept[4]),
        })
}

async fn walk(conn: &mut Conn, filter: &VariantFilter, sort: VariantSort, reading: Direction) -> Vec<VariantId> {
    let (mut cursor, mut pages): (Option<VariantCursor>, Vec<Vec<VariantCursor>>) = (None, Vec::new());
    loop {
        let page = PageRequest { size: 4, cursor, direction: reading };
        let Page { rows, has_more } = list_variants(conn, filter, sort, &page).await.unwrap();
        let rows: Vec<VariantCursor> = rows.into_iter().map(|(cursor, _)| cursor).collect();
        cursor = if reading == Direction::Ascending { rows.last() } else { rows.first() }.cloned();
        pages.push(rows);
        if !has_more {
            break;
        }
    }
    if reading == Direction::Descending {
        pages.reverse();
    }
    pages.concat().iter().map(VariantCursor::id).collect()
}

#[tokio::test]
async fn lists_of_variants_are_what_naive_lists_would_be() {
    let test = TestDatabase::new().await;
    let rows = fill(&test).await;
    let conn = &mut test.db.write().await.unwrap();
    let mut runner = TestRunner::deterministic();
    let mut sizes = BTreeSet::new();
    for _ in 0..150 {
        let filter = any_filter().new_tree(&mut runner).unwrap().current();
        for (key, direction) in [
            (VariantSortKey::Sku, Direction::Ascending),
            (VariantSortKey::Sku, Direction::Descending),
            (VariantSortKey::UpdatedAt, Direction::Ascending),
            (VariantSortKey::UpdatedAt, Direction::Descending),
        ] {
            let mut expected: Vec<&Row> = rows.iter().filter(|row| row.matches(&filter)).collect();
            expected.sort_by(|a, b| match key {
                VariantSortKey::Sku => (&a.listed.sku, a.listed.id).cmp(&(&b.listed.sku, b.listed.id)),
                VariantSortKey::UpdatedAt => (a.changed_at, a.listed.id).cmp(&(b.changed_at, b.listed.id)),
            });
            if direction == Direction::Descending {
                expected.reverse();
            }
            let expected: Vec<VariantId> = expected.into_iter().map(|row| row.listed.id).collect();
            sizes.insert(expected.len());
            let sort = VariantSort { key, direction };
            for reading in [Direction::Ascending, Direction::Descending] {
                assert_eq!(walk(conn, &filter, sort, reading).await, expected, "{filter:?} {sort:?} {reading:?}");
            }
            assert_eq!(count_variants(conn, &filter).await.unwrap(), i64::try_from(expected.len()).unwrap());
        }
    }
    assert!(sizes.len() > 5, "the filters are too similar: {sizes:?}");
}

#[tokio::test]
async fn removed_variants_leave_the_list() {
    let test = TestDatabase::new().await;
    let rows = fill(&test).await;
    let conn = &mut test.db.write().await.unwrap();
    let kept = &rows.last().unwrap().listed;
    record_variants(conn, &[kept.product], std::slice::from_ref(kept)).await.unwrap();
    let others = rows.iter().filter(|row| row.listed.product == kept.product).count() - 1;
    assert!(others > 0);
    let all = VariantFilter::default();
    assert_eq!(count_variants(conn, &all).await.unwrap(), i64::try_from(rows.len() - others).unwrap());
    delete_products(conn, &[kept.product], at(0)).await.unwrap();
    assert_eq!(count_variants(conn, &all).await.unwrap(), i64::try_from(rows.len() - others - 1).unwrap());
}
