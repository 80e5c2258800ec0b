//! The outcome of each test token: every charge is made once and none is lost.

use std::time::Duration;

use model::{
    ids::{CartId, PaymentAttemptId, PaymentId},
    orders::PaymentProgress,
    payments::{AttemptOutcome, FailureCode, PaymentAction, PaymentRecord, PaymentStatus},
};
use serde_json::json;
use services::{
    checkout,
    jobs::JobError,
    payments::{self, GatewayConfig, GatewayKind, GatewaysConfig, PaymentError, Timing},
    worker,
};
use testkit::eventually;
use tokio::task::JoinSet;

use super::harness::{PaymentHarness, charge, eur, timing};

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_test_token_has_its_documented_outcome() {
    let harness = PaymentHarness::new().await;
    for (token, status, failure, charged) in [
        ("tok_success", PaymentStatus::Authorized, None, 1),
        ("tok_declined", PaymentStatus::Failed, Some(FailureCode::Declined), 1),
        ("tok_insufficient_funds", PaymentStatus::Failed, Some(FailureCode::InsufficientFunds), 1),
        ("tok_slow", PaymentStatus::Authorized, None, 1),
        ("tok_partial", PaymentStatus::PartiallyAuthorized, None, 1),
        ("tok_dispute", PaymentStatus::Authorized, None, 1),
        ("tok_unavailable", PaymentStatus::Failed, Some(FailureCode::GatewayUnavailable), 0),
        ("tok_free_money", PaymentStatus::Failed, Some(FailureCode::Refused), 0),
    ] {
        let payment = harness.pay(token).await;
        assert_eq!((payment.status, payment.failure), (status, failure), "{token}");
        let charges = harness.charges_of(payment.id).await;
        assert_eq!(charges.len(), charged, "{token}: {charges:?}");
        assert!(charges.iter().all(|charge| charge["captured"] == 0 && charge["amount"] == 1990), "{charges:?}");
        assert_eq!(harness.record(payment.id).await.payment, payment, "{token}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_out_is_pending_until_queried_and_charges_once() {
    let harness = PaymentHarness::new().await;
    // No webhook reaches this shop, so only a query can resolve the payment.
    let mut conn = harness.app().db().write().await.unwrap();
    let new = harness.new_payment("tok_timeout").await;
    let payment = payments::create(harness.app(), new).await.unwrap();
    drop(conn);
    assert!(matches!(payment.status, PaymentStatus::Pending | PaymentStatus::Authorized), "{payment:?}");
    checkout::resolve(harness.app(), payment.id).await.err();
    let record = harness.record(payment.id).await;
    assert_eq!(record.payment.status, PaymentStatus::Authorized);
    assert_eq!(record.attempts.len(), 1);
    assert_eq!(harness.charges_of(payment.id).await.len(), 1);
    conn = harness.app().db().write().await.unwrap();
    drop(conn);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unavailable_gateway_is_skipped() {
    let harness = PaymentHarness::new().await;
    harness.gateways[0].outage(60).await;
    let payment = harness.pay("tok_success").await;
    assert_eq!((payment.status, payment.gateway.as_str()), (PaymentStatus::Authorized, "sandbox-b"));
    let record = harness.record(payment.id).await;
    let outcomes: Vec<_> = record.attempts.iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, [AttemptOutcome::Unavailable, AttemptOutcome::Authorized]);
    harness.gateways[0].outage(0).await;
    assert_eq!(harness.charges_of(payment.id).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_connection_means_no_charge() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = GatewaysConfig {
        gateways: vec![GatewayConfig {
            name: "away".to_owned(),
            kind: GatewayKind::Sandbox {
                url: format!("http://{nobody}"),
                api_key: "k".to_owned(),
                webhook_secret: payments::DEMO_WEBHOOK_SECRET.to_owned(),
            },
        }],
        ..GatewaysConfig::default()
    };
    let mut harness = PaymentHarness::new().await;
    let gateways = payments::Gateways::connect(&config).unwrap();
    harness.shop.app = harness.shop.another_app(|builder| builder.gateways(gateways)).await;
    let payment = harness.pay("tok_success").await;
    assert_eq!((payment.status, payment.failure), (PaymentStatus::Failed, Some(FailureCode::GatewayUnavailable)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shopper_decides_3d_secure() {
    let harness = PaymentHarness::new().await;
    for (choice, status) in [("approve", PaymentStatus::Authorized), ("deny", PaymentStatus::Failed)] {
        let payment = harness.pay("tok_3ds").await;
        assert_eq!(payment.status, PaymentStatus::RequiresAction);
        let Some(PaymentAction::Redirect { url }) = payment.action else { panic!("no redirect") };
        reqwest::Client::new().post(format!("{url}/{choice}")).send().await.unwrap();
        eventually(choice, PATIENCE, async || {
            let now = harness.record(payment.id).await.payment;
            (now.status == status && now.action.is_none()).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_decides_a_pending_payment() {
    let harness = PaymentHarness::new().await;
    let payment = harness.pay("tok_pending").await;
    assert_eq!(payment.status, PaymentStatus::Pending);
    eventually("the decision", PATIENCE, async || {
        (harness.record(payment.id).await.payment.status == PaymentStatus::Authorized).then_some(())
    })
    .await;
    assert_eq!(harness.charges_of(payment.id).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_payment_replaces_and_voids_the_earlier_one() {
    let harness = PaymentHarness::new().await;
    let cart = harness.cart().await;
    let first = payments::create(harness.app(), harness.payment_of(cart, "tok_success")).await.unwrap();
    let second = payments::create(harness.app(), harness.payment_of(cart, "tok_success")).await.unwrap();
    assert_ne!(first.id, second.id);
    assert!(harness.record(first.id).await.payment.is_unwanted);
    worker::run_job(harness.app(), "payments.void", json!({ "paymentId": first.id })).await.unwrap();
    worker::run_job(harness.app(), "payments.void", json!({ "paymentId": first.id })).await.unwrap();
    assert_eq!(harness.record(first.id).await.payment.status, PaymentStatus::Voided);
    assert_eq!(harness.charges_of(first.id).await[0]["status"], "VOIDED");
    assert_eq!(harness.record(second.id).await.payment.status, PaymentStatus::Authorized);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unwanted_payment_is_voided_once_known() {
    let harness = PaymentHarness::new().await;
    let cart = harness.cart().await;
    let first = payments::create(harness.app(), harness.payment_of(cart, "tok_pending")).await.unwrap();
    payments::create(harness.app(), harness.payment_of(cart, "tok_success")).await.unwrap();
    worker::run_job(harness.app(), "payments.void", json!({ "paymentId": first.id })).await.unwrap();
    let record = harness.record(first.id).await;
    assert_eq!(record.payment.status, PaymentStatus::Voided, "{record:?}");
    let shown = harness.charges_of(first.id).await.remove(0);
    assert!(shown["status"] == "CANCELED" || shown["status"] == "VOIDED", "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_pays_once_concurrently() {
    let harness = PaymentHarness::new().await;
    let mut new = harness.new_payment("tok_slow").await;
    new.idempotency_key = Some("key".parse().unwrap());
    let tries: Vec<_> = (0..10)
        .map(|_| {
            let (app, new) = (harness.app().clone(), new.clone());
            tokio::spawn(async move { payments::create(&app, new).await })
        })
        .collect();
    let mut ids = Vec::new();
    for one in tries {
        let payment = one.await.unwrap().unwrap();
        assert_eq!(payment.status, PaymentStatus::Authorized, "all wait for the gateway's answer");
        ids.push(payment.id);
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(harness.charges_of(ids[0]).await.len(), 1);
    new.token = Some("tok_success".to_owned());
    let refused = payments::create(harness.app(), new).await.unwrap_err();
    assert!(matches!(refused, PaymentError::KeyReused), "{refused}");
}

/// Inserts a payment with its own cart, in the state that a server leaves when it is killed before the gateway call.
async fn left_uncalled(harness: &PaymentHarness, template: PaymentId, cart: CartId, ago: Duration) -> PaymentId {
    let left = as_left(harness, template, cart, ago).await;
    insert(harness, &left).await;
    left.payment.id
}

async fn insert(harness: &PaymentHarness, record: &PaymentRecord) {
    let conn = harness.app().db().write().await.unwrap();
    persistence::payments::insert(&conn, record).await.unwrap();
}

async fn as_left(harness: &PaymentHarness, template: PaymentId, cart: CartId, ago: Duration) -> PaymentRecord {
    let mut left = harness.record(template).await;
    left.payment.id = PaymentId::new();
    left.payment.cart_id = cart;
    left.payment.status = PaymentStatus::Pending;
    left.payment.authorized.minor = 0;
    left.transactions.clear();
    let attempt = &mut left.attempts[0];
    attempt.id = PaymentAttemptId::new();
    attempt.payment_id = left.payment.id;
    attempt.reference = left.payment.id.to_string();
    (attempt.gateway_reference, attempt.outcome) = (None, AttemptOutcome::Started);
    (attempt.finished_at, attempt.latency_ms) = (None, None);
    attempt.started_at -= ago;
    left
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_charge_unknown_to_its_gateway_fails() {
    let harness = PaymentHarness::new().await;
    let payment = harness.pay("tok_success").await;
    let lost = left_uncalled(&harness, payment.id, harness.cart().await, Duration::ZERO).await;
    eventually("given up", PATIENCE, async || match checkout::resolve(harness.app(), lost).await {
        Ok(()) => Some(()),
        Err(JobError::NotYet(_)) => None,
        Err(error) => panic!("{error}"),
    })
    .await;
    let now = harness.record(lost).await.payment;
    assert_eq!((now.status, now.failure), (PaymentStatus::Failed, Some(FailureCode::GatewayUnavailable)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_pays_after_a_crash_before_the_call() {
    let harness = PaymentHarness::new().await;
    let mut new = harness.new_payment("tok_success").await;
    new.idempotency_key = Some("key".parse().unwrap());
    let template = payments::create(harness.app(), new.clone()).await.unwrap();
    let cart = harness.cart().await;
    let left = left_uncalled(&harness, template.id, cart, Duration::from_mins(1)).await;
    new.cart_id = cart;
    for _ in 0..2 {
        let again = payments::create(harness.app(), new.clone()).await.unwrap();
        assert_eq!((again.id, again.status), (left, PaymentStatus::Authorized));
    }
    assert_eq!(harness.charges_of(left).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_followed_by_an_outage_charges_once() {
    let harness = PaymentHarness::new().await;
    let mut new = harness.new_payment("tok_success").await;
    new.idempotency_key = Some("key".parse().unwrap());
    let template = payments::create(harness.app(), new.clone()).await.unwrap();
    new.cart_id = harness.cart().await;
    let left = as_left(&harness, template.id, new.cart_id, Duration::from_mins(1)).await;
    // The call reached the gateway, and the server was killed before it received the response.
    let gateway = &harness.gateways[0];
    let body = json!({ "reference": left.attempts[0].reference, "amount": 1990, "currency": "EUR", "token": "tok_success",
        "returnUrl": new.return_url });
    assert_eq!(gateway.client().post("/charges", &left.attempts[0].id.uuid().to_string(), &body).await.0, 201);
    gateway.outage(60).await;
    insert(&harness, &left).await;

    let again = payments::create(harness.app(), new.clone()).await.unwrap();
    assert_eq!(
        (again.id, again.status, again.gateway.as_str()),
        (left.payment.id, PaymentStatus::Pending, "sandbox-a")
    );
    assert_eq!(harness.record(again.id).await.attempts.len(), 1, "nobody else is asked");
    gateway.outage(0).await;
    eventually("the question is answered", PATIENCE, async || {
        let _ = checkout::resolve(harness.app(), again.id).await;
        (harness.record(again.id).await.payment.status == PaymentStatus::Authorized).then_some(())
    })
    .await;
    assert_eq!(harness.charges_of(again.id).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_retries_after_a_crash_wait_for_the_first() {
    let harness = PaymentHarness::new().await;
    let mut new = harness.new_payment("tok_success").await;
    new.idempotency_key = Some("key".parse().unwrap());
    let template = payments::create(harness.app(), new.clone()).await.unwrap();
    new.cart_id = harness.cart().await;
    let left = left_uncalled(&harness, template.id, new.cart_id, Duration::from_mins(1)).await;
    for gateway in &harness.gateways {
        gateway.outage(60).await;
    }
    let retry = || payments::create(harness.app(), new.clone());
    let (one, other) = tokio::join!(retry(), retry());
    for payment in [one.unwrap(), other.unwrap()] {
        assert_eq!((payment.id, payment.status), (left, PaymentStatus::Pending));
    }
    assert_eq!(harness.record(left).await.attempts.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_charge_at_a_skipped_gateway_is_voided() {
    let harness = PaymentHarness::new().await;
    harness.gateways[0].outage(60).await;
    let (payment, order) = harness.buy("tok_success").await;
    assert_eq!(payment.gateway, "sandbox-b");
    worker::run_job(harness.app(), "payments.capture", json!({ "paymentId": payment.id })).await.unwrap();
    harness.gateways[0].outage(0).await;
    let client = harness.gateways[0].client();
    assert_eq!(client.post("/charges", "k", &charge(&payment.id.to_string(), "tok_success")).await.0, 201);
    eventually("the charge is let go of", PATIENCE, async || {
        harness.finish_operations(payment.id).await;
        let charges = harness.gateways[0].charges().await;
        (charges[0]["status"] == "VOIDED").then_some(())
    })
    .await;
    let now = harness.record(payment.id).await.payment;
    assert_eq!((now.status, now.gateway.as_str(), now.captured), (PaymentStatus::Captured, "sandbox-b", eur(1990)));
    assert_eq!(harness.gateways[1].charges().await[0]["captured"], 1990);
    let mut conn = harness.app().db().read().await.unwrap();
    let placed = persistence::orders::find(&mut conn, order).await.unwrap().unwrap();
    assert_eq!(placed.payment_status, PaymentProgress::Paid);
    harness.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hanging_gateway_does_not_block_a_worker() {
    let mut harness = PaymentHarness::without_webhooks().await;
    let template = harness.pay("tok_success").await;
    // Accepts connections and never responds.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = GatewaysConfig {
        gateways: vec![GatewayConfig {
            name: template.gateway.clone(),
            kind: GatewayKind::Sandbox {
                url: format!("http://{}", silent.local_addr().unwrap()),
                api_key: "k".to_owned(),
                webhook_secret: payments::DEMO_WEBHOOK_SECRET.to_owned(),
            },
        }],
        timing: Timing { answer: Duration::from_mins(10), ..timing() },
    };
    let gateways = payments::Gateways::connect(&config).unwrap();
    harness.shop.app = harness.shop.another_app(|builder| builder.gateways(gateways)).await;
    let mut jobs = JoinSet::new();
    for _ in 0..8 {
        let left = left_uncalled(&harness, template.id, harness.cart().await, Duration::ZERO).await;
        let app = harness.app().clone();
        jobs.spawn(async move { worker::run_job(&app, "payments.resolve", json!({ "paymentId": left })).await });
    }
    let first = tokio::time::timeout(PATIENCE, jobs.join_next()).await.expect("one comes back").unwrap().unwrap();
    assert!(matches!(first, Err(JobError::NotYet(_))), "{first:?}");
}

/// With every chaos outcome, shop and gateways match in the end, and each payment has at most one charge.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_tokens_end_with_a_balanced_ledger() {
    let harness = PaymentHarness::new().await;
    let mut all = Vec::new();
    for _ in 0..4 {
        let batch: Vec<_> = (0..6).map(|_| harness.pay("tok_chaos")).collect();
        all.extend(futures_util::future::join_all(batch).await);
    }
    for payment in all {
        let agreed = eventually("agreement", PATIENCE, async || {
            let _ = checkout::resolve(harness.app(), payment.id).await;
            let now = harness.record(payment.id).await;
            if let Some(PaymentAction::Redirect { url }) = &now.payment.action {
                reqwest::Client::new().post(format!("{url}/approve")).send().await.unwrap();
            }
            let charges = harness.charges_of(payment.id).await;
            let shown = charges.iter().map(|charge| charge["status"].as_str().unwrap_or_default()).collect::<Vec<_>>();
            let is_agreed = match now.payment.status {
                PaymentStatus::Authorized => shown.contains(&"AUTHORIZED"),
                PaymentStatus::Failed => shown.iter().all(|status| *status == "DECLINED"),
                _ => false,
            };
            is_agreed.then_some(shown.iter().filter(|status| **status == "AUTHORIZED").count())
        })
        .await;
        assert!(agreed <= 1, "{payment:?}");
    }
}
