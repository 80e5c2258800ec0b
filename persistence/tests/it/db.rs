use std::future::pending;

use persistence::db::{TransactionError, Transactions as _};
use testkit::TestDatabase;
use tokio::sync::Notify;

#[tokio::test]
async fn a_connection_that_is_given_back_inside_a_transaction_is_closed() {
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
