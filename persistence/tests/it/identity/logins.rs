use chrono::TimeDelta;
use model::{
    Timestamp,
    customers::{Digest, OneTimeToken, Purpose, Throttle, ThrottlePolicy},
};
use persistence::{Db, StoreError, db::Transactions as _, login_throttle, one_time_tokens};
use testkit::TestDatabase;

use super::{customer, email, now};

async fn armed(db: &Db, digest: Digest, now: Timestamp) -> OneTimeToken {
    let token = OneTimeToken::new(Purpose::PasswordReset, email("ada@example.org"), now);
    let conn = &mut db.write().await.unwrap();
    one_time_tokens::insert(conn, &token).await.unwrap();
    assert_eq!(one_time_tokens::find_unused(conn, token.id, now).await.unwrap(), Some(token.clone()));
    one_time_tokens::set_digest(conn, &token, &digest).await.unwrap();
    token
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_one_time_token_is_consumed_once_under_concurrency() {
    let test = TestDatabase::new().await;
    let digest = Digest::restore([1; 32]);
    armed(&test.db, digest, now()).await;
    let take = async || {
        let conn = &mut test.db.write().await.unwrap();
        one_time_tokens::consume(conn, &digest, &[Purpose::PasswordReset], now()).await.unwrap()
    };
    let outcomes = tokio::join!(take(), take(), take(), take());
    let won = [outcomes.0, outcomes.1, outcomes.2, outcomes.3].into_iter().flatten().count();
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_one_time_token_works_for_its_purpose_until_it_expires() {
    let test = TestDatabase::new().await;
    let digest = Digest::restore([2; 32]);
    let token = armed(&test.db, digest, now()).await;
    let conn = &mut test.db.write().await.unwrap();
    let other = [Purpose::Register, Purpose::StaffPasswordReset];
    assert_eq!(one_time_tokens::consume(conn, &digest, &other, now()).await.unwrap(), None);
    let late = token.expires_at;
    assert_eq!(one_time_tokens::consume(conn, &digest, &[Purpose::PasswordReset], late).await.unwrap(), None);
    one_time_tokens::delete_unused(conn, &token.email, &other).await.unwrap();
    one_time_tokens::delete_unused(conn, &token.email, &[Purpose::PasswordReset]).await.unwrap();
    assert_eq!(one_time_tokens::consume(conn, &digest, &[Purpose::PasswordReset], now()).await.unwrap(), None);
}

#[tokio::test]
async fn erasing_a_customer_deletes_their_tokens() {
    let test = TestDatabase::new().await;
    let now = now();
    let conn = &mut test.db.write().await.unwrap();
    let ada = customer(conn, "ada@example.org").await;
    let by_email = OneTimeToken::new(Purpose::Register, email("ada@example.org"), now);
    let by_id = OneTimeToken::new(Purpose::EmailChange, email("ada@example.com"), now);
    let by_id = OneTimeToken { customer: Some(ada.id), ..by_id };
    one_time_tokens::insert(conn, &by_email).await.unwrap();
    one_time_tokens::insert(conn, &by_id).await.unwrap();
    one_time_tokens::delete_of_customer(conn, ada.id, ada.email.as_ref()).await.unwrap();
    assert_eq!(one_time_tokens::find_unused(conn, by_email.id, now).await.unwrap(), None);
    assert_eq!(one_time_tokens::find_unused(conn, by_id.id, now).await.unwrap(), None);
}

/// Counts one failure as a login does.
async fn fail(db: &Db, keys: &[String]) {
    let mut conn = db.write().await.unwrap();
    conn.transaction(async |conn| {
        let now = now();
        let mut counted = Vec::new();
        for (key, mut throttle) in login_throttle::lock(conn, keys, now).await? {
            throttle.count(&ThrottlePolicy::ACCOUNT, now);
            counted.push((key, throttle, now + TimeDelta::hours(1)));
        }
        login_throttle::save(conn, &counted).await
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_login_failures_are_all_counted() {
    let test = TestDatabase::new().await;
    let (a, b) = ("account:a".to_owned(), "address:b".to_owned());
    let (forth, back) = (vec![a.clone(), b.clone()], vec![b.clone(), a.clone()]);
    let both = async || tokio::join!(fail(&test.db, &forth), fail(&test.db, &back));
    tokio::join!(both(), both(), both());
    let counted: Result<_, StoreError> = async {
        let mut conn = test.db.write().await?;
        conn.transaction(async |conn| login_throttle::lock(conn, &forth, now()).await).await
    }
    .await;
    let counted = counted.unwrap();
    assert_eq!((counted[&a].failures, counted[&b].failures), (6, 6));
    let conn = &mut test.db.write().await.unwrap();
    assert_eq!(login_throttle::delete_expired(conn, now()).await.unwrap(), 0);
    assert_eq!(login_throttle::delete_expired(conn, now() + TimeDelta::hours(2)).await.unwrap(), 2);
    assert_eq!(login_throttle::lock(conn, std::slice::from_ref(&a), now()).await.unwrap()[&a], Throttle::default());
}
