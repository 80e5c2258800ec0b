//! Statements that have to reach their rows by an index, although no plan knows what will be bound.

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl as _;
use model::{Direction, PageRequest, customers::CustomerFilter, orders::OrderFilter};
use persistence::{Conn, carts, customers, idempotency, jobs, orders};
use testkit::TestDatabase;

#[derive(QueryableByName)]
struct Scans {
    #[diesel(sql_type = BigInt)]
    scans: i64,
}

/// Begins a transaction in which a table is only read as a whole where no index will do.
async fn begin(conn: &mut Conn) {
    for statement in ["BEGIN", "SET LOCAL enable_seqscan = off"] {
        diesel::sql_query(statement).execute(conn).await.unwrap();
    }
}

/// Fails unless the transaction looked into the indexes.
async fn assert_used(conn: &mut Conn, indexes: &[&str]) {
    for index in indexes {
        let query = format!("SELECT pg_stat_get_xact_numscans('{index}'::regclass) AS scans");
        let found: Scans = diesel::sql_query(query).get_result(conn).await.unwrap();
        assert!(found.scans > 0, "nothing looked into {index}");
    }
}

#[tokio::test]
async fn sweeps_and_watches_of_the_queue_read_by_the_index_of_their_state() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let now = chrono::Utc::now();
    begin(conn).await;
    carts::delete_expired(conn, now, 10).await.unwrap();
    assert_used(conn, &["carts_expires_at_idx"]).await;
    idempotency::sweep(conn, now, 10).await.unwrap();
    assert_used(conn, &["idempotency_keys_created_at_idx"]).await;
    jobs::depths(conn).await.unwrap();
    assert_used(conn, &["jobs_due_idx", "jobs_leased_idx", "jobs_dead_idx"]).await;
    jobs::sweep(conn, now, 10).await.unwrap();
    assert_used(conn, &["jobs_done_idx"]).await;
}

#[tokio::test]
async fn the_dead_jobs_are_read_by_their_index() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    begin(conn).await;
    jobs::dead(conn, 10).await.unwrap();
    assert_used(conn, &["jobs_dead_idx"]).await;
}

#[tokio::test]
async fn beginnings_of_addresses_and_names_are_looked_up_by_an_index() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    begin(conn).await;
    let page = PageRequest { size: 20, cursor: None, direction: Direction::Ascending };
    let of_query = OrderFilter { query: Some("ada@".to_owned()), ..OrderFilter::default() };
    orders::list(conn, &of_query, &page).await.unwrap();
    assert_used(conn, &["orders_email_idx"]).await;
    let page = PageRequest { size: 20, cursor: None, direction: Direction::Ascending };
    let of_query = CustomerFilter { query: Some("ada@".to_owned()), ..CustomerFilter::default() };
    customers::list(conn, &of_query, &page).await.unwrap();
    assert_used(conn, &["customers_email_prefix_idx", "customers_last_name_prefix_idx"]).await;
}
