//! Statements of product lists use an index at 200,000 products.

use diesel_async::RunQueryDsl as _;
use model::{
    Direction, PageRequest, Timestamp,
    ids::{ProductId, VariantId},
    search::{VariantCursor, VariantFilter, VariantSort, VariantSortKey},
};
use persistence::{
    Db, DbConfig, documents,
    documents::{Collection, DocumentStore as _, PostgresDocuments},
    inventory, product_lists,
};
use testkit::{TestDatabase, assert_no_sequential_scan, plans::assert_db_uses_indexes};
use uuid::Uuid;

/// 200,000 products with one variant each. Ids are the numbers from 1, so that the test knows them.
const FILL: &str = "
    CREATE TEMPORARY TABLE numbers AS SELECT n, lpad(to_hex(n), 32, '0')::uuid AS id,
        timestamptz '2026-01-01' + n * interval '1 second' AS at FROM generate_series(1, 200000) AS n;
    INSERT INTO product_changes SELECT id, 1, at FROM numbers;
    INSERT INTO product_deletions SELECT gen_random_uuid(), at FROM numbers;
    INSERT INTO inventory_items SELECT id, id, 'SKU-' || n, true, false FROM numbers;
    INSERT INTO stock_locations (id, slug, name, country) VALUES (gen_random_uuid(), 'berlin', 'Berlin', 'DE');
    INSERT INTO inventory_levels (variant_id, location_id, on_hand)
        SELECT numbers.id, stock_locations.id, n % 1000 FROM numbers, stock_locations;
    INSERT INTO listed_variants
        SELECT id, id, 'SKU-' || n, 'erp-' || n, ARRAY['sku', 'word' || n % 5000, n::text], n % 1000, at FROM numbers;
    INSERT INTO documents (collection, id, version, keys, body)
        SELECT 'products', id, 1, ARRAY['product:reference:' || n], '{}' FROM numbers;
    INSERT INTO document_claims SELECT 'product:reference:' || n, 'products', id FROM numbers;
    DROP TABLE numbers;";

async fn filled() -> TestDatabase {
    let test = TestDatabase::new().await;
    // One session, because of the temporary table.
    let mut conn = test.db.write().await.unwrap();
    diesel::sql_query("SET statement_timeout = 0").execute(&mut conn).await.unwrap();
    for statement in FILL.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        diesel::sql_query(statement).execute(&mut conn).await.unwrap();
    }
    drop(conn);
    TestDatabase::execute(&test, "ANALYZE").await;
    test
}

fn product(number: u128) -> ProductId {
    ProductId::restore(Uuid::from_u128(number))
}

fn at(seconds: i64) -> Timestamp {
    "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + chrono::TimeDelta::seconds(seconds)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one list after the other on the same rows")]
async fn product_lists_use_indexes_at_200_000_products() {
    let test = filled().await;
    let conn = &mut test.db.write().await.unwrap();
    let place = Some((at(100_000), product(100_000)));
    for direction in [Direction::Ascending, Direction::Descending] {
        for after in [None, Some(at(150_000))] {
            for cursor in [None, place] {
                let what = format!("changes {direction:?} {after:?} {cursor:?}");
                let page = PageRequest { size: 100, cursor, direction };
                assert_no_sequential_scan(conn, &what, async |conn| {
                    product_lists::changed_products(conn, after, Direction::Ascending, &page).await.unwrap();
                    product_lists::deleted_products(conn, after, &page).await.unwrap();
                })
                .await;
            }
        }
    }
    assert_no_sequential_scan(conn, "the latest change", async |conn| {
        product_lists::latest_change(conn).await.unwrap();
    })
    .await;
    let some = [product(7), product(8), product(300_000)];
    assert_no_sequential_scan(conn, "writes of the lists", async |conn| {
        let listed = product_lists::ListedProduct { id: product(7), version: 2, updated_at: at(0) };
        product_lists::record_products(conn, &[listed], Some(at(300_000))).await.unwrap();
        product_lists::record_variants(conn, &some, &[]).await.unwrap();
        product_lists::refresh_available(conn, &some).await.unwrap();
        product_lists::delete_products(conn, &some, at(0)).await.unwrap();
        product_lists::delete_absent(conn, (Some(product(1)), Some(product(500))), &some, at(0)).await.unwrap();
    })
    .await;
    assert_no_sequential_scan(conn, "look-ups of items", async |conn| {
        inventory::items_by_sku(conn, &["SKU-7"]).await.unwrap();
        inventory::items_by_variant(conn, &[VariantId::restore(Uuid::from_u128(7))]).await.unwrap();
    })
    .await;

    let filters = [
        VariantFilter::default(),
        VariantFilter { skus: (1..500).map(|n| format!("SKU-{n}")).collect(), ..VariantFilter::default() },
        VariantFilter { external_references: vec!["erp-9".to_owned()], ..VariantFilter::default() },
        VariantFilter { query: Some("sku word7 9".to_owned()), ..VariantFilter::default() },
        VariantFilter { updated_after: Some(at(199_900)), ..VariantFilter::default() },
        VariantFilter { below_quantity: Some(3), ..VariantFilter::default() },
        VariantFilter { below_quantity: Some(3), query: Some("word".to_owned()), ..VariantFilter::default() },
    ];
    for filter in filters {
        for key in [VariantSortKey::Sku, VariantSortKey::UpdatedAt] {
            for direction in [Direction::Ascending, Direction::Descending] {
                let id = VariantId::restore(Uuid::from_u128(150_000));
                let cursor = match key {
                    VariantSortKey::Sku => VariantCursor::Sku("SKU-150000".to_owned(), id),
                    VariantSortKey::UpdatedAt => VariantCursor::UpdatedAt(at(150_000), id),
                };
                for cursor in [None, Some(cursor)] {
                    let page = PageRequest { size: 100, cursor, direction: Direction::Ascending };
                    assert_no_sequential_scan(conn, &format!("{filter:?} {key:?} {direction:?}"), async |conn| {
                        let sort = VariantSort { key, direction };
                        product_lists::list_variants(conn, &filter, sort, &page).await.unwrap();
                    })
                    .await;
                }
            }
        }
    }
    documents_use_indexes(&test).await;
}

/// The document store on Postgres; it takes its connections from a pool.
async fn documents_use_indexes(test: &TestDatabase) {
    let db = Db::new(&DbConfig { max_connections: 1, ..DbConfig::new(&test.url) }).unwrap();
    let store = PostgresDocuments::new(db.clone());
    let id = |number: u128| Uuid::from_u128(number).to_string();
    assert_db_uses_indexes(&db, "the documents", async || {
        let ids: Vec<String> = (1..=100).map(id).collect();
        assert_eq!(store.get_many(Collection::Products, &ids).await.unwrap().len(), 100);
        let found = store.find_by_key("product:reference:9").await.unwrap().unwrap();
        assert_eq!(found.id, id(9));
        for after in [None, Some(id(100_000))] {
            assert_eq!(store.scan(Collection::Products, after.as_deref(), 100).await.unwrap().len(), 100);
            assert_eq!(store.scan_back(Collection::Products, after.as_deref(), 100).await.unwrap().len(), 100);
        }
        assert!(store.changes(Collection::Products, None, 100).await.unwrap().is_empty());
        let owner = documents::Owner { collection: Collection::Products, id: id(9) };
        assert!(store.owns(&owner, &["product:reference:9".to_owned()]).await.unwrap());
    })
    .await;
}
