use chrono::{Days, Utc};
use persistence::{
    db::Transactions as _,
    idempotency::{Begin, begin, begin_with, delete_old, finish, look},
};
use serde_json::json;
use testkit::TestDatabase;

#[tokio::test]
async fn a_key_replays_the_same_request_and_rejects_another() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    assert_eq!(begin(conn, "cart", "k", b"one").await.unwrap(), Begin::New);
    assert_eq!(begin(conn, "cart", "k", b"one").await.unwrap(), Begin::InProgress);
    finish(conn, "cart", "k", &json!({ "order": 7 })).await.unwrap();
    assert_eq!(begin(conn, "cart", "k", b"one").await.unwrap(), Begin::Replay(json!({ "order": 7 })));
    assert_eq!(begin(conn, "cart", "k", b"two").await.unwrap(), Begin::Reused);
    assert_eq!(begin(conn, "order", "k", b"two").await.unwrap(), Begin::New);
}

#[tokio::test]
async fn a_key_can_be_claimed_with_its_answer_and_lookups_claim_nothing() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    assert_eq!(look(conn, "cart", "k", b"one").await.unwrap(), Begin::New);
    assert_eq!(begin_with(conn, "cart", "k", b"one", &json!(7)).await.unwrap(), Begin::New);
    assert_eq!(begin_with(conn, "cart", "k", b"one", &json!(8)).await.unwrap(), Begin::Replay(json!(7)));
    assert_eq!(look(conn, "cart", "k", b"one").await.unwrap(), Begin::Replay(json!(7)));
    assert_eq!(look(conn, "cart", "k", b"two").await.unwrap(), Begin::Reused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_requests_with_one_key_run_once_and_share_the_answer() {
    let test = TestDatabase::new().await;
    let work = || async {
        let mut conn = test.db.write().await.unwrap();
        conn.transaction::<_, persistence::StoreError, _>(async |conn| {
            let begun = begin(conn, "pay", "k", b"one").await?;
            if begun == Begin::New {
                finish(conn, "pay", "k", &json!("done")).await?;
            }
            Ok(begun)
        })
        .await
        .unwrap()
    };
    let all = futures_util::future::join_all((0..8).map(|_| work())).await;
    assert_eq!(all.iter().filter(|begun| **begun == Begin::New).count(), 1);
    assert_eq!(all.iter().filter(|begun| **begun == Begin::Replay(json!("done"))).count(), 7);
}

#[tokio::test]
async fn old_keys_are_deleted_in_batches_and_new_ones_kept() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    for key in ["a", "b", "c"] {
        begin_with(conn, "cart", key, b"one", &json!(7)).await.unwrap();
    }
    let now = Utc::now();
    assert_eq!(delete_old(conn, now.checked_sub_days(Days::new(1)).unwrap(), 2).await.unwrap(), 0);
    let tomorrow = now.checked_add_days(Days::new(1)).unwrap();
    assert_eq!(delete_old(conn, tomorrow, 2).await.unwrap(), 2);
    assert_eq!(delete_old(conn, tomorrow, 2).await.unwrap(), 1);
}
