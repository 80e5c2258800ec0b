//! Statements of lists of customers, carts and audit entries use an index at 200,000 rows.

use diesel_async::RunQueryDsl as _;
use model::{
    Currency, Direction, Money, PageRequest, Timestamp,
    audit::AuditFilter,
    cart::{CartCursor, CartFilter},
    customers::{CustomerCursor, CustomerFilter, CustomerSort, CustomerSortKey},
    ids::{AuditEntryId, CartRecordId, ChannelId, CustomerId},
};
use persistence::{audit, carts, customers};
use testkit::{TestDatabase, assert_no_sequential_scan};
use uuid::Uuid;

/// Ids are the numbers from 1. Carts belong to four channels with the ids 1 to 4.
const FILL: &str = "
    CREATE TEMPORARY TABLE numbers AS SELECT n, lpad(to_hex(n), 32, '0')::uuid AS id,
        timestamptz '2026-01-01' + n * interval '10 seconds' AS at FROM generate_series(1, 200000) AS n;
    INSERT INTO customers (id, email, first_name, last_name, tags, created_at, updated_at)
        SELECT id, 'c' || n || '@example.org', 'Ada' || n % 1000, 'Lovelace' || n % 5000,
            CASE WHEN n % 50 = 0 THEN ARRAY['press', 't' || n % 500] ELSE '{}' END, at, at + interval '1 day'
        FROM numbers;
    INSERT INTO customer_groups (id, slug, name) SELECT gen_random_uuid(), 'g' || n, 'G' FROM generate_series(1, 1000) AS n;
    INSERT INTO customer_group_members (customer_id, group_id)
        SELECT numbers.id, customer_groups.id FROM numbers
        INNER JOIN customer_groups ON customer_groups.slug = 'g' || (1 + n % 1000);
    INSERT INTO carts (id, version, status, channel_id, currency, customer_id, order_id, body, created_at, updated_at,
            expires_at, subtotal)
        SELECT id, 1, CASE WHEN n % 10 = 0 THEN 'COMPLETED' ELSE 'ACTIVE' END,
            lpad(to_hex(1 + n % 4), 32, '0')::uuid, 'EUR', CASE WHEN n % 3 = 0 THEN id END,
            CASE WHEN n % 10 = 0 THEN id END,
            jsonb_build_object('token', 'token', 'locale', 'en', 'delivery_group', id, 'buyer',
                CASE WHEN n % 2 = 0 THEN jsonb_build_object('email', 'c' || n || '@example.org') ELSE '{}' END),
            at, at, at + interval '30 days', n
        FROM numbers;
    INSERT INTO audit_log (id, at, actor, action, object, details)
        SELECT id, at, 'actor' || n % 100, 'action' || n % 50, 'object' || n, '{}' FROM numbers;
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

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn at(seconds: i64) -> Timestamp {
    "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + chrono::TimeDelta::seconds(seconds)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_people_use_indexes_at_200_000_rows() {
    let test = filled().await;
    let conn = &mut test.db.write().await.unwrap();
    list_customers(conn).await;
    list_carts(conn).await;
    list_entries(conn).await;
}

async fn list_customers(conn: &mut persistence::Conn) {
    let filters = [
        CustomerFilter::default(),
        CustomerFilter { query: Some("c19".to_owned()), ..CustomerFilter::default() },
        CustomerFilter { tags: vec!["press".to_owned()], ..CustomerFilter::default() },
        CustomerFilter { tags: vec!["press".to_owned(), "t50".to_owned()], ..CustomerFilter::default() },
        CustomerFilter { group: Some("g7".to_owned()), ..CustomerFilter::default() },
        CustomerFilter { created_after: Some(at(1_990_000)), ..CustomerFilter::default() },
        CustomerFilter { updated_after: Some(at(1_990_000)), ..CustomerFilter::default() },
        CustomerFilter {
            updated_before: Some(at(100_000)),
            created_after: Some(at(5_000)),
            ..CustomerFilter::default()
        },
    ];
    for filter in filters {
        for key in [CustomerSortKey::CreatedAt, CustomerSortKey::UpdatedAt] {
            for direction in [Direction::Ascending, Direction::Descending] {
                let place = CustomerCursor { key, at: at(1_000_000), id: CustomerId::restore(uuid(100_000)) };
                for cursor in [None, Some(place)] {
                    let page = PageRequest { size: 100, cursor, direction: Direction::Ascending };
                    let sort = CustomerSort { key, direction };
                    assert_no_sequential_scan(conn, &format!("{filter:?} {sort:?}"), async |conn| {
                        customers::list(conn, &filter, sort, &page).await.unwrap();
                    })
                    .await;
                }
            }
        }
    }
}

async fn list_carts(conn: &mut persistence::Conn) {
    let minimum = Some(vec![Money { minor: 199_000, currency: Currency::EUR }]);
    let channel = |number| ChannelId::restore(uuid(number));
    let filters = [
        CartFilter::default(),
        CartFilter { customer: Some(CustomerId::restore(uuid(9))), ..CartFilter::default() },
        CartFilter { email: Some("c8@example.org".to_owned()), ..CartFilter::default() },
        CartFilter { channels: Some(vec![channel(2)]), ..CartFilter::default() },
        CartFilter { channels: Some(vec![channel(2), channel(3)]), ..CartFilter::default() },
        CartFilter { updated_before: Some(at(100_000)), has_email: Some(true), ..CartFilter::default() },
        CartFilter { updated_after: Some(at(1_900_000)), ..CartFilter::default() },
        CartFilter { minimum_subtotals: minimum, updated_before: Some(at(1_999_000)), ..CartFilter::default() },
    ];
    for filter in filters {
        for direction in [Direction::Ascending, Direction::Descending] {
            let place = CartCursor { at: at(1_000_000), id: CartRecordId::restore(uuid(100_000)) };
            for cursor in [None, Some(place)] {
                let page = PageRequest { size: 100, cursor, direction: Direction::Ascending };
                assert_no_sequential_scan(conn, &format!("{filter:?} {direction:?}"), async |conn| {
                    carts::list(conn, &filter, direction, &page, at(0)).await.unwrap();
                })
                .await;
            }
        }
    }
    assert_no_sequential_scan(conn, "carts of a guest", async |conn| {
        carts::of_guest(conn, &"c8@example.org".parse().unwrap()).await.unwrap();
        carts::records_by_ids(conn, &[CartRecordId::restore(uuid(7))], at(0)).await.unwrap();
    })
    .await;
}

async fn list_entries(conn: &mut persistence::Conn) {
    let some = |text: &str| Some(text.to_owned());
    let filters = [
        AuditFilter::default(),
        AuditFilter { actor: some("actor7"), ..AuditFilter::default() },
        AuditFilter { action: some("action7"), ..AuditFilter::default() },
        AuditFilter { object: some("object7"), ..AuditFilter::default() },
        AuditFilter { action: some("action7"), after: Some(at(1_900_000)), ..AuditFilter::default() },
        AuditFilter { before: Some(at(100_000)), ..AuditFilter::default() },
    ];
    for filter in filters {
        for direction in [Direction::Ascending, Direction::Descending] {
            for cursor in [None, Some(AuditEntryId::restore(uuid(100_000)))] {
                let page = PageRequest { size: 100, cursor, direction };
                assert_no_sequential_scan(conn, &format!("{filter:?} {direction:?}"), async |conn| {
                    audit::list(conn, &filter, &page).await.unwrap();
                })
                .await;
            }
        }
    }
    assert_no_sequential_scan(conn, "erasure from the log", async |conn| {
        audit::forget(conn, &["object7", "object8"]).await.unwrap();
    })
    .await;
}
