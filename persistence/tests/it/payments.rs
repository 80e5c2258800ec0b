use model::{
    Currency, Money, Timestamp,
    ids::{CartId, ChannelId, OrderId, PaymentAttemptId, PaymentId},
    payments::{
        AttemptOutcome, ChargeReport, Operation, Payment, PaymentAttempt, PaymentMethod, PaymentRecord, PaymentStatus,
        TransactionKind, TransactionStatus,
    },
};
use persistence::payments as store;
use testkit::TestDatabase;

/// A time in the precision of Postgres.
fn now() -> Timestamp {
    Timestamp::from_timestamp_micros(1_800_000_000_123_456).unwrap()
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn record(cart: CartId, key: Option<&str>) -> PaymentRecord {
    let payment = Payment {
        id: PaymentId::new(),
        cart_id: cart,
        order_id: None,
        channel_id: ChannelId::new(),
        country: "DE".parse().ok(),
        method: PaymentMethod::Card,
        gateway: "a".to_owned(),
        amount: eur(1990),
        status: PaymentStatus::Pending,
        authorized: eur(0),
        captured: eur(0),
        refunded: eur(0),
        charged_back: eur(0),
        action: None,
        failure: None,
        is_unwanted: false,
        decline_keys: Vec::new(),
        idempotency: key.map(|key| (key.to_owned(), vec![1, 2])),
        created_at: now(),
        updated_at: now(),
    };
    let attempt = PaymentAttempt {
        id: PaymentAttemptId::new(),
        payment_id: payment.id,
        number: 1,
        gateway: "a".to_owned(),
        reference: payment.id.to_string(),
        gateway_reference: None,
        outcome: AttemptOutcome::Started,
        failure: None,
        started_at: now(),
        latency_ms: None,
        finished_at: None,
    };
    PaymentRecord { payment, attempts: vec![attempt], transactions: Vec::new() }
}

fn authorization(record: &PaymentRecord) -> ChargeReport {
    let operation = Operation {
        gateway_reference: "ch_1".to_owned(),
        kind: TransactionKind::Authorize,
        status: TransactionStatus::Succeeded,
        key: None,
        amount: record.payment.amount,
        failure: None,
        at: now(),
    };
    ChargeReport {
        operations: vec![operation],
        ..ChargeReport::bare(&record.attempts[0].reference, AttemptOutcome::Authorized, None)
    }
}

#[tokio::test]
async fn a_saved_payment_record_is_read_unchanged() {
    let test = TestDatabase::new().await;
    let mut conn = test.db.write().await.unwrap();
    let mut record = record(CartId::random(), Some("key"));
    store::insert(&conn, &record).await.unwrap();
    assert_eq!(store::lock_record(&mut conn, record.payment.id).await.unwrap(), record);

    let report = authorization(&record);
    record.apply(record.attempts[0].id, &report, now()).unwrap();
    record.begin_capture(eur(990), "capture", now()).unwrap();
    store::save_record(&conn, &record).await.unwrap();
    store::save_record(&conn, &record).await.unwrap();
    assert_eq!(store::lock_record(&mut conn, record.payment.id).await.unwrap(), record);

    let order = OrderId::new();
    store::attach_order(&conn, record.payment.id, order, now()).await.unwrap();
    let of_order = store::by_orders(&mut conn, &[order, OrderId::new()]).await.unwrap();
    assert_eq!(of_order[&order].iter().map(|payment| payment.id).collect::<Vec<_>>(), [record.payment.id]);
    let transactions = store::transactions_of(&mut conn, &[record.payment.id]).await.unwrap();
    assert_eq!(transactions[&record.payment.id], record.transactions);
    let attempts = store::attempts_of(&mut conn, &[record.payment.id]).await.unwrap();
    assert_eq!(attempts[&record.payment.id], record.attempts);
}

#[tokio::test]
async fn a_cart_has_one_active_payment_and_a_key_creates_one() {
    let test = TestDatabase::new().await;
    let mut conn = test.db.write().await.unwrap();
    let cart = CartId::random();
    let first = record(cart, Some("key"));
    store::insert(&conn, &first).await.unwrap();
    let refused = store::insert(&conn, &record(cart, None)).await.unwrap_err();
    assert!(refused.is_constraint("payments_active_cart_key"), "{refused}");

    store::mark_unwanted(&mut conn, first.payment.id, now()).await.unwrap();
    assert_eq!(store::lock_active_for_cart(&mut conn, cart).await.unwrap(), None);
    let refused = store::insert(&conn, &record(cart, Some("key"))).await.unwrap_err();
    assert!(refused.is_constraint("payments_idempotency_key"), "{refused}");

    let second = record(cart, None);
    store::insert(&conn, &second).await.unwrap();
    assert_eq!(store::lock_active_for_cart(&mut conn, cart).await.unwrap(), Some(second.payment));
    assert_eq!(store::find_by_key(&mut conn, cart, "key").await.unwrap().unwrap().id, first.payment.id);
}

#[tokio::test]
async fn a_webhook_is_recorded_once() {
    let test = TestDatabase::new().await;
    let mut conn = test.db.write().await.unwrap();
    let mut remember = async |event| store::record_webhook(&mut conn, "a", event, "charge", now()).await.unwrap();
    assert!(remember("evt_1").await);
    assert!(!remember("evt_1").await);
    assert!(remember("evt_2").await);
}

#[tokio::test]
async fn gateway_statistics_count_attempts() {
    let test = TestDatabase::new().await;
    let mut conn = test.db.write().await.unwrap();
    for (outcome, latency) in [
        (AttemptOutcome::Authorized, Some(10)),
        (AttemptOutcome::Declined, Some(30)),
        (AttemptOutcome::Unavailable, Some(50)),
        (AttemptOutcome::Unknown, None),
        (AttemptOutcome::Pending, Some(20)),
    ] {
        let mut record = record(CartId::random(), None);
        (record.attempts[0].outcome, record.attempts[0].latency_ms) = (outcome, latency);
        store::insert(&conn, &record).await.unwrap();
    }
    let stats = store::gateway_stats(&mut conn, now()).await.unwrap();
    assert_eq!(stats.len(), 1);
    let a = &stats[0];
    assert_eq!((a.gateway.as_str(), a.finished, a.succeeded, a.pending), ("a", 4, 2, 2));
    assert_eq!(a.median_latency_ms, Some(25.0));
    let later = store::gateway_stats(&mut conn, now() + std::time::Duration::from_secs(1)).await.unwrap();
    assert!(later.is_empty());
}
