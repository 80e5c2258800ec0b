//! Statements that must use an index although a generic plan does not know the bound values.

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl as _;
use model::{
    Direction, PageRequest,
    cart::CartFilter,
    customers::{CustomerFilter, CustomerSort, CustomerSortKey},
    orders::{OrderFilter, OrderSort},
};
use persistence::{Conn, carts, customers, idempotency, jobs, orders};
use testkit::TestDatabase;

use crate::order_lists::seed;

#[derive(QueryableByName)]
struct Scans {
    #[diesel(sql_type = BigInt)]
    scans: i64,
}

/// Begins a transaction in which sequential scans are used only if no index is possible.
async fn begin(conn: &mut Conn) {
    for statement in ["BEGIN", "SET LOCAL enable_seqscan = off"] {
        diesel::sql_query(statement).execute(conn).await.unwrap();
    }
}

/// Fails unless the transaction used the indexes.
async fn assert_used(conn: &mut Conn, indexes: &[&str]) {
    for index in indexes {
        let query = format!("SELECT pg_stat_get_xact_numscans('{index}'::regclass) AS scans");
        let found: Scans = diesel::sql_query(query).get_result(conn).await.unwrap();
        assert!(found.scans > 0, "nothing looked into {index}");
    }
}

#[tokio::test]
async fn deletions_and_depths_of_the_queue_use_the_index_of_their_state() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let now = chrono::Utc::now();
    begin(conn).await;
    carts::delete_expired(conn, now, 10).await.unwrap();
    assert_used(conn, &["carts_expires_at_idx"]).await;
    idempotency::delete_old(conn, now, 10).await.unwrap();
    assert_used(conn, &["idempotency_keys_created_at_idx"]).await;
    jobs::depths(conn).await.unwrap();
    assert_used(conn, &["jobs_due_idx", "jobs_leased_idx", "jobs_dead_idx"]).await;
    jobs::delete_done(conn, now, 10).await.unwrap();
    assert_used(conn, &["jobs_done_idx"]).await;
}

#[tokio::test]
async fn dead_jobs_are_listed_with_their_index() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    begin(conn).await;
    jobs::list_dead(conn, 10).await.unwrap();
    assert_used(conn, &["jobs_dead_idx"]).await;
}

#[tokio::test]
async fn prefix_searches_use_an_index() {
    let test = TestDatabase::new().await;
    // Postgres looks for the meant orders when it reaches the first order.
    seed(&test, 1).await;
    let conn = &mut test.db.write().await.unwrap();
    begin(conn).await;
    let page = PageRequest { size: 20, cursor: None, direction: Direction::Ascending };
    let of_query = OrderFilter { query: Some("ada@".to_owned()), ..OrderFilter::default() };
    orders::list(conn, &of_query, OrderSort::default(), &page).await.unwrap();
    assert_used(conn, &["orders_email_idx"]).await;
    let page = PageRequest { size: 20, cursor: None, direction: Direction::Ascending };
    let of_query = CustomerFilter { query: Some("ada@".to_owned()), ..CustomerFilter::default() };
    customers::list(conn, &of_query, CustomerSort::default(), &page).await.unwrap();
    let names = ["customers_last_name_prefix_idx", "customers_first_name_prefix_idx"];
    assert_used(conn, &["customers_email_prefix_idx", names[0], names[1]]).await;
}

#[tokio::test]
async fn lists_of_customers_use_the_index_of_their_order() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let page = PageRequest { size: 20, cursor: None, direction: Direction::Ascending };
    let sort = |key| CustomerSort { key, direction: Direction::Ascending };
    // At few rows an index of a filter is no cheaper than the index of the order: `people_plans` looks at 200,000 rows.
    for (key, index) in [
        (CustomerSortKey::CreatedAt, "customers_created_at_idx"),
        (CustomerSortKey::UpdatedAt, "customers_updated_at_idx"),
    ] {
        begin(conn).await;
        customers::list(conn, &CustomerFilter::default(), sort(key), &page).await.unwrap();
        assert_used(conn, &[index]).await;
        diesel::sql_query("ROLLBACK").execute(conn).await.unwrap();
    }
}

#[tokio::test]
async fn lists_of_carts_use_the_index_of_their_order() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let page = PageRequest { size: 20, cursor: None, direction: Direction::Ascending };
    begin(conn).await;
    carts::list(conn, &CartFilter::default(), Direction::Descending, &page, chrono::Utc::now()).await.unwrap();
    assert_used(conn, &["carts_updated_on_idx"]).await;
}
