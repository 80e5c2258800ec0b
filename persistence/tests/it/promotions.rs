use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use model::{
    Currency, Direction, Money, PageRequest,
    ids::{ChannelId, OrderId, PromotionId},
    promotions::{Conditions, DiscountClass, NewCode, Promotion, PromotionAction},
};
use persistence::{
    Conn, StoreError, StoreResult,
    db::Transactions as _,
    promotions::{self, CodeUse},
};
use testkit::TestDatabase;

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn promotion(priority: i32) -> Promotion {
    Promotion {
        id: PromotionId::new(),
        version: 1,
        name: "Spring".to_owned(),
        translations: BTreeMap::from([("de".parse().unwrap(), "Frühling".to_owned())]),
        channels: vec![ChannelId::new()],
        starts_at: Some(now()),
        ends_at: None,
        priority,
        combines_with: BTreeSet::from([DiscountClass::Shipping]),
        needs_code: true,
        conditions: Conditions {
            minimum_subtotal: Some(Money::new(5_000, Currency::EUR)),
            customer_groups: vec!["vip".parse().unwrap()],
            ..Conditions::default()
        },
        action: PromotionAction::AmountOff { amount: Money::new(1_000, Currency::EUR), target: None },
    }
}

async fn with_code(conn: &mut Conn, usage_limit: Option<i32>, usage_limit_per_customer: Option<i32>) -> Promotion {
    let promotion = promotion(0);
    promotions::insert(conn, &promotion, now()).await.unwrap();
    let code = NewCode { code: "SPRING".to_owned(), usage_limit, usage_limit_per_customer };
    promotions::insert_codes(conn, promotion.id, &[code], now()).await.unwrap();
    promotion
}

fn by(email: &str) -> CodeUse<'_> {
    CodeUse { order: OrderId::new(), customer: None, email, at: now() }
}

/// Uses the code in a transaction that is rolled back if the code is rejected.
async fn try_use(conn: &mut Conn, by: &CodeUse<'_>) -> bool {
    let outcome = conn
        .transaction(async |conn| match promotions::use_codes(conn, &["SPRING".to_owned()], by).await?.as_slice() {
            [] => Ok(()),
            _ => Err(StoreError::NotFound),
        })
        .await;
    match outcome {
        Ok(()) => true,
        Err(StoreError::NotFound) => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn active_promotions_are_listed_by_priority_until_archived() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let (low, mut high) = (promotion(1), promotion(2));
    promotions::insert(conn, &low, now()).await.unwrap();
    promotions::insert(conn, &high, now()).await.unwrap();
    assert_eq!(promotions::list_active(conn).await.unwrap(), [high.clone(), low.clone()]);
    high.starts_at = None;
    high.version = 2;
    promotions::save(conn, &high, now()).await.unwrap();
    assert_eq!(promotions::lock(conn, high.id).await.unwrap(), Some(high.clone()));
    assert!(promotions::archive(conn, low.id, now()).await.unwrap());
    assert!(!promotions::archive(conn, low.id, now()).await.unwrap());
    assert_eq!(promotions::list_active(conn).await.unwrap(), [high]);
    assert_eq!(promotions::count(conn, None).await.unwrap(), 1);
}

#[tokio::test]
async fn codes_are_found_by_text_until_their_promotion_is_archived() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let promotion = with_code(conn, Some(3), Some(1)).await;
    let find = async |conn: &mut Conn| -> StoreResult<_> {
        promotions::codes_by_text(conn, &["SPRING".to_owned(), "NOPE".to_owned()], None, Some("A@b.c")).await
    };
    let found = find(conn).await.unwrap();
    assert_eq!((found.len(), found[0].uses, found[0].uses_by_buyer), (1, 0, 0));
    assert!(try_use(conn, &by("a@B.c")).await);
    let found = find(conn).await.unwrap();
    assert_eq!((found[0].uses, found[0].uses_by_buyer), (1, 1));
    let page = PageRequest { size: 1, cursor: None, direction: Direction::Ascending };
    assert_eq!(promotions::codes_of(conn, promotion.id, &page).await.unwrap().rows[0].code, "SPRING");
    let taken = NewCode { code: "SPRING".to_owned(), usage_limit: None, usage_limit_per_customer: None };
    let twice = promotions::insert_codes(conn, promotion.id, &[taken], now()).await.unwrap_err();
    assert!(twice.is_constraint("discount_codes_code_key"));
    promotions::archive(conn, promotion.id, now()).await.unwrap();
    assert_eq!(find(conn).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_uses_of_a_limited_code_stop_at_the_limit() {
    let test = TestDatabase::new().await;
    with_code(&mut test.db.write().await.unwrap(), Some(3), None).await;
    let tries = (0..30).map(|at| {
        let db = test.db.clone();
        async move { try_use(&mut db.write().await.unwrap(), &by(&format!("{at}@b.c"))).await }
    });
    let used = futures_util::future::join_all(tries).await;
    assert_eq!(used.into_iter().filter(|used| *used).count(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_uses_by_one_customer_stop_at_their_limit() {
    let test = TestDatabase::new().await;
    with_code(&mut test.db.write().await.unwrap(), None, Some(2)).await;
    let tries = (0..20).map(|at| {
        let db = test.db.clone();
        async move {
            let email = if at % 2 == 0 { "ada@b.c" } else { "bob@b.c" };
            try_use(&mut db.write().await.unwrap(), &by(email)).await
        }
    });
    let used = futures_util::future::join_all(tries).await;
    assert_eq!(used.into_iter().filter(|used| *used).count(), 4);
}

#[tokio::test]
async fn a_released_code_can_be_used_again() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    with_code(conn, Some(1), None).await;
    let first = by("a@b.c");
    assert!(try_use(conn, &first).await);
    assert!(!try_use(conn, &by("b@b.c")).await);
    for _ in 0..2 {
        promotions::release_codes(conn, first.order).await.unwrap();
    }
    assert!(try_use(conn, &by("b@b.c")).await);
    assert!(!try_use(conn, &by("c@b.c")).await);
}

#[tokio::test]
async fn unknown_codes_are_rejected_and_unlimited_ones_not_counted() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let refused = promotions::use_codes(conn, &["NOPE".to_owned()], &by("a@b.c")).await.unwrap();
    assert_eq!(refused, ["NOPE"]);
    with_code(conn, None, None).await;
    assert!(try_use(conn, &by("a@b.c")).await && try_use(conn, &by("a@b.c")).await);
    let found = promotions::codes_by_text(conn, &["SPRING".to_owned()], None, None).await.unwrap();
    assert_eq!(found[0].uses, 0);
}
