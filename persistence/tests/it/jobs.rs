use std::time::Duration;

use diesel_async::RunQueryDsl as _;
use persistence::jobs::{NewJob, claim, enqueue};
use serde_json::json;
use testkit::TestDatabase;

#[tokio::test]
async fn a_claim_respects_its_limit_with_every_plan() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let now = chrono::Utc::now();
    let job = || NewJob {
        queue: "default",
        kind: "ping",
        payload: json!({}),
        unique_key: None,
        run_at: now,
        max_attempts: 3,
    };
    enqueue(conn, &(0..10).map(|_| job()).collect::<Vec<_>>()).await.unwrap();
    diesel::sql_query("ANALYZE jobs").execute(conn).await.unwrap();
    // Only a nested loop is left, which executes its inner side again for each outer row.
    for way in ["hashjoin", "mergejoin", "hashagg", "sort", "material"] {
        diesel::sql_query(format!("SET enable_{way} = off")).execute(conn).await.unwrap();
    }
    assert_eq!(claim(conn, &[], now, Duration::from_mins(1), 2).await.unwrap().len(), 2);
}
