use std::future::pending;

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    events::DomainEvent,
    ids::{ProductId, PromotionId},
};
use persistence::{
    Conn, StoreError,
    db::{TransactionError, Transactions as _},
    outbox, promotions,
};
use testkit::TestDatabase;
use tokio::sync::Notify;

#[tokio::test]
async fn a_connection_with_an_open_transaction_is_closed_on_drop() {
    let database = TestDatabase::new().await;
    let mut conn = database.db.write().await.unwrap();
    let begun = Notify::new();
    tokio::select! {
        _ = conn.transaction(async |_| {
            begun.notify_one();
            pending::<Result<(), TransactionError>>().await
        }) => panic!("it never ends"),
        () = begun.notified() => {}
    }
    drop(conn);
    assert_eq!(database.db.pool_use().size, 0);
    drop(database.db.write().await.unwrap());
    assert_eq!(database.db.pool_use().size, 1, "others are kept");
}

#[derive(QueryableByName)]
struct Prepared {
    #[diesel(sql_type = BigInt)]
    texts: i64,
    #[diesel(sql_type = BigInt)]
    runs: i64,
}

/// The number of prepared statements that contain a text, and the number of their executions.
async fn prepared(conn: &mut Conn, text: &str) -> (i64, i64) {
    let found: Prepared = diesel::sql_query(format!(
        "SELECT count(*) AS texts, coalesce(sum(generic_plans + custom_plans), 0)::bigint AS runs
         FROM pg_prepared_statements WHERE statement LIKE '%{text}%' AND statement NOT LIKE '%pg_prepared%'"
    ))
    .get_result(conn)
    .await
    .unwrap();
    (found.texts, found.runs)
}

#[tokio::test]
async fn statements_are_prepared_once_per_connection() {
    let database = TestDatabase::new().await;
    let mut conn = database.db.write().await.unwrap();
    let event = DomainEvent::ProductChanged { id: ProductId::new() };
    for _ in 0..3 {
        outbox::push(&conn, std::slice::from_ref(&event)).await.unwrap();
        outbox::publish(&mut conn, 10).await.unwrap();
        promotions::archive(&mut conn, PromotionId::new(), Timestamp::UNIX_EPOCH).await.unwrap();
        outbox::head(&mut conn).await.unwrap();
    }
    assert_eq!(prepared(&mut conn, "INSERT INTO \"outbox\"").await, (1, 3), "an insert");
    assert_eq!(prepared(&mut conn, "UPDATE \"promotions\"").await, (1, 3), "an update");
    assert_eq!(prepared(&mut conn, "UPDATE outbox_head").await, (1, 3), "a statement from a file");
    assert_eq!(prepared(&mut conn, "FROM \"outbox_head\"").await, (1, 3), "a query");
}

#[tokio::test]
async fn long_inserts_are_not_kept_as_prepared_statements() {
    let database = TestDatabase::new().await;
    let mut conn = database.db.write().await.unwrap();
    let event = DomainEvent::ProductChanged { id: ProductId::new() };
    outbox::push(&conn, &vec![event; 500]).await.unwrap();
    assert_eq!(prepared(&mut conn, "INSERT INTO \"outbox\"").await, (0, 0));
}

#[tokio::test]
async fn a_deadlock_can_be_retried() {
    let database = TestDatabase::new().await;
    let (mut one, mut other) = (database.db.write().await.unwrap(), database.db.write().await.unwrap());
    let lock = async |conn: &mut Conn, key: i64| {
        let locked = diesel::sql_query(format!("SELECT pg_advisory_lock({key})")).execute(conn).await;
        locked.map_err(StoreError::from)
    };
    lock(&mut one, 1).await.unwrap();
    lock(&mut other, 2).await.unwrap();
    let victim = tokio::select! {
        first = lock(&mut one, 2) => first.unwrap_err(),
        first = lock(&mut other, 1) => first.unwrap_err(),
    };
    assert!(matches!(victim, StoreError::Retry), "{victim}");
}

#[tokio::test]
async fn timeouts_are_unavailable_and_wrong_statements_internal_errors() {
    let database = TestDatabase::new().await;
    let mut conn = database.db.write().await.unwrap();
    let mut run = async |sql: &str| diesel::sql_query(sql).execute(&mut *conn).await.map_err(StoreError::from);
    run("SET statement_timeout = 10").await.unwrap();
    assert!(matches!(run("SELECT pg_sleep(1)").await, Err(StoreError::Unavailable(_))));
    assert!(matches!(run("SELECT nothing").await, Err(StoreError::Internal(_))));
}
