//! Reports of gateways that contradict the payment, or state another amount than requested.

use std::{collections::HashMap, time::Duration};

use axum::{
    Json, Router,
    extract::Query,
    routing::{get, post},
};
use model::{
    access::Actor,
    ids::CartId,
    orders::{Order, OrderStatus, PaymentProgress, PlaceError},
    payments::{Payment, PaymentRecord, PaymentStatus},
};
use persistence::orders;
use serde_json::{Value, json};
use services::{
    checkout::{self, CompleteCart, CompleteError, CompleteRule},
    jobs::JobError,
    payments::{self, DEMO_WEBHOOK_SECRET, GatewayConfig, GatewayKind, Gateways, GatewaysConfig},
    worker,
};
use testkit::{cart_fixtures, eventually};
use tokio::net::TcpListener;

use super::{
    harness::{PaymentHarness, eur, timing},
    webhooks::{charge, event, secret_of},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Posts a signed webhook of `sandbox-a` and returns the status of the answer.
async fn post_webhook(harness: &PaymentHarness, id: &str, data: &str) -> u16 {
    let body = format!(r#"{{"type":"charge.updated","timestamp":"2026-01-01T00:00:00Z","data":{data}}}"#);
    let now = harness.app().now().timestamp();
    let request = reqwest::Client::new()
        .post(format!("http://{}/webhooks/gateways/sandbox-a", harness.server))
        .header("webhook-id", id)
        .header("webhook-timestamp", now.to_string())
        .header("webhook-signature", secret_of("sandbox-a").sign(id, now, body.as_bytes()));
    request.body(body).send().await.unwrap().status().as_u16()
}

/// The number of alerts about `sandbox-a` for a reason.
fn alerts(harness: &PaymentHarness, expected: &str) -> u64 {
    let found =
        harness.app().gateway_alerts().find(|(gateway, reason, _)| (*gateway, *reason) == ("sandbox-a", expected));
    found.unwrap().2
}

/// Asserts the number of entries of the audit log.
async fn assert_audited(harness: &PaymentHarness, action: &str, reason: &str, expected: usize) {
    let count = format!(
        "SELECT count(*) FROM audit_log WHERE action = '{action}' AND coalesce(details->>'reason', '') = '{reason}'"
    );
    let check = format!("DO $$ BEGIN ASSERT ({count}) = {expected}, '{action} {reason}'; END $$");
    harness.shop.database.execute(&check).await;
}

/// A cart with one product for EUR 19.90.
async fn filled_cart(harness: &PaymentHarness) -> CartId {
    let sku = uuid::Uuid::now_v7().simple().to_string();
    let stock = [(harness.shop.channels.locations[0].id, 5)];
    let goods = cart_fixtures::sellable_fixture(&harness.shop, &sku, 1990, &stock).await;
    cart_fixtures::cart_fixture(&harness.shop, &[(&goods, 1)]).await.id
}

async fn pay(harness: &PaymentHarness, cart: CartId, token: &str) -> Payment {
    payments::create(harness.app(), harness.payment_of(cart, token)).await.unwrap()
}

async fn complete(harness: &PaymentHarness, cart: CartId) -> Result<Order, CompleteError> {
    let input = CompleteCart { cart_id: cart, expected_version: None, idempotency_key: None, network: None };
    checkout::complete(harness.app(), &Actor::Anonymous, input).await
}

async fn order_of(harness: &PaymentHarness, cart: CartId) -> Option<Order> {
    orders::find_by_cart(&mut harness.app().db().write().await.unwrap(), cart).await.unwrap()
}

async fn void_job(harness: &PaymentHarness, payment: &Payment) -> PaymentRecord {
    worker::run_job(harness.app(), "payments.void", json!({ "paymentId": payment.id })).await.unwrap();
    harness.record(payment.id).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contradicting_reports_are_rejected_and_recorded_once() {
    let harness = PaymentHarness::without_webhooks().await;
    let payment = harness.pay("tok_3ds").await;
    let another = harness.pay("tok_3ds").await;
    let known = charge(&another, &json!([event("auth-of-another", "AUTHORIZE", 1990)]));
    assert_eq!(post_webhook(&harness, "known", &known.to_string()).await, 204);
    let before = harness.record(payment.id).await;

    let of = |operations: &Value| charge(&payment, operations).to_string();
    let good = json!([event("auth", "AUTHORIZE", 1990)]);
    let in_yen = of(&good).replace(r#""EUR""#, r#""JPY""#);
    let unknown_currency = of(&good).replace(r#""EUR""#, r#""XXQ""#);
    let beyond_64_bits = of(&good).replace("1990", "9223372036854775808");
    let captures = json!([event("auth", "AUTHORIZE", 1990), event("a", "CAPTURE", i64::MAX), event("b", "CAPTURE", 1)]);
    let cases = [
        ("currency", in_yen),
        ("amount", of(&json!([event("auth", "AUTHORIZE", 0)]))),
        ("amount", of(&json!([event("auth", "AUTHORIZE", -1990)]))),
        ("amount", of(&json!([event("auth", "AUTHORIZE", i64::MIN)]))),
        ("reference", of(&json!([event("auth-of-another", "AUTHORIZE", 1990)]))),
        ("reference", of(&json!([event("a\u{0}b", "AUTHORIZE", 1990)]))),
        ("reference", of(&json!([event(&"x".repeat(300), "AUTHORIZE", 1990)]))),
        ("amount_changed", of(&json!([event("auth", "AUTHORIZE", 1990), event("auth", "AUTHORIZE", 1)]))),
        ("too_large", of(&captures)),
        ("unreadable", of(&good).replace(&payment.id.to_string(), "a\\u0000b")),
        ("unreadable", unknown_currency),
        ("unreadable", beyond_64_bits),
        ("unreadable", r#"{"id":"ch_x"}"#.to_owned()),
    ];
    for (at, (reason, data)) in cases.iter().enumerate() {
        let counted = alerts(&harness, reason);
        for _ in 0..2 {
            assert_eq!(post_webhook(&harness, &format!("m{at}"), data).await, 400, "{reason} {data}");
        }
        assert_eq!(alerts(&harness, reason), counted + 2, "{reason}");
        assert_eq!(harness.record(payment.id).await, before, "{reason}");
    }
    for reason in ["currency", "amount", "reference", "amount_changed", "too_large", "unreadable"] {
        let messages = cases.iter().filter(|(expected, _)| *expected == reason).count();
        assert_audited(&harness, "payment.report_rejected", reason, messages).await;
    }
    harness.assert_ledger_balances().await;

    assert_eq!(post_webhook(&harness, "m0", &of(&good)).await, 204, "a rejected message blocks no correct one");
    assert_eq!(harness.record(payment.id).await.payment.status, PaymentStatus::Authorized);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partial_authorization_is_voided_and_another_card_pays() {
    let harness = PaymentHarness::without_webhooks().await;
    let cart = filled_cart(&harness).await;
    let partial = pay(&harness, cart, "tok_partial").await;
    assert_eq!((partial.status, partial.authorized), (PaymentStatus::PartiallyAuthorized, eur(995)));
    let refused = complete(&harness, cart).await;
    assert!(
        matches!(refused, Err(CompleteError::Rule(CompleteRule::Place(PlaceError::PaymentRequired)))),
        "{refused:?}"
    );
    assert!(harness.waits_for("payments.void").await);
    assert_eq!(void_job(&harness, &partial).await.payment.status, PaymentStatus::Voided);
    assert_eq!(harness.charges_of(partial.id).await[0]["status"], "VOIDED");

    pay(&harness, cart, "tok_success").await;
    let order = complete(&harness, cart).await.unwrap();
    assert_eq!((order.status, order.payment_status), (OrderStatus::Open, PaymentProgress::Authorized));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhook_about_one_cent_completes_no_cart() {
    let harness = PaymentHarness::without_webhooks().await;
    let cart = filled_cart(&harness).await;
    let payment = pay(&harness, cart, "tok_3ds").await;
    let one_cent = charge(&payment, &json!([event("auth", "AUTHORIZE", 1)])).to_string();
    assert_eq!(post_webhook(&harness, "m", &one_cent).await, 204);
    let now = harness.record(payment.id).await.payment;
    assert_eq!((now.status, now.authorized, now.is_unwanted), (PaymentStatus::PartiallyAuthorized, eur(1), true));
    assert!(checkout::resolve(harness.app(), payment.id).await.is_ok());
    assert!(order_of(&harness, cart).await.is_none());

    let captured = charge(&payment, &json!([event("auth", "AUTHORIZE", 1), event("cap", "CAPTURE", 1)])).to_string();
    assert_eq!(post_webhook(&harness, "n", &captured).await, 204);
    assert!(harness.waits_for("payments.refund").await);
    assert!(order_of(&harness, cart).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_order_expires_after_a_partial_authorization() {
    let harness = PaymentHarness::without_webhooks().await;
    let cart = filled_cart(&harness).await;
    let payment = pay(&harness, cart, "tok_pending").await;
    assert_eq!(complete(&harness, cart).await.unwrap().status, OrderStatus::PendingPayment);
    eventually("the gateway has decided", PATIENCE, async || {
        (harness.charges_of(payment.id).await[0]["status"] == "AUTHORIZED").then_some(())
    })
    .await;
    let partial = charge(&payment, &json!([event("auth", "AUTHORIZE", 1989)])).to_string();
    assert_eq!(post_webhook(&harness, "m", &partial).await, 204);
    let order = order_of(&harness, cart).await.unwrap();
    assert_eq!((order.status, order.payment_status), (OrderStatus::PendingPayment, PaymentProgress::Pending));

    assert_eq!(void_job(&harness, &payment).await.payment.status, PaymentStatus::Voided);
    let order = order_of(&harness, cart).await.unwrap();
    assert_eq!((order.status, order.payment_status), (OrderStatus::Expired, PaymentProgress::Voided));
    harness.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn larger_capture_is_recorded_as_reported() {
    for minor in [1991, 1 << 62] {
        let harness = PaymentHarness::without_webhooks().await;
        let cart = filled_cart(&harness).await;
        let payment = pay(&harness, cart, "tok_success").await;
        complete(&harness, cart).await.unwrap();
        let larger = charge(&payment, &json!([event("cap", "CAPTURE", minor)])).to_string();
        for message in ["m", "m", "n"] {
            assert_eq!(post_webhook(&harness, message, &larger).await, 204);
        }
        let record = harness.record(payment.id).await;
        assert_eq!((record.payment.status, record.payment.captured), (PaymentStatus::Captured, eur(minor)));
        assert_eq!(record.refundable(), eur(minor));
        assert_eq!(order_of(&harness, cart).await.unwrap().payment_status, PaymentProgress::Paid);
        assert_eq!(alerts(&harness, "larger_capture"), 1);
        assert_audited(&harness, "payment.larger_capture", "", 1).await;
        harness.assert_ledger_balances().await;
    }
}

/// A gateway that authorizes every charge in yen, whatever is asked for; returns its URL.
async fn gateway_in_yen() -> String {
    let answer = |reference: &str| {
        let operations = json!([event(&format!("auth-{reference}"), "AUTHORIZE", 1990)]);
        json!({ "id": format!("ch-{reference}"), "reference": reference, "currency": "JPY", "decision": "AUTHORIZED",
            "failure": null, "redirectUrl": null, "operations": operations })
    };
    let authorize = move |Json(new): Json<Value>| async move { Json(answer(new["reference"].as_str().unwrap())) };
    let find = move |Query(query): Query<HashMap<String, String>>| async move { Json(answer(&query["reference"])) };
    let router = Router::new().route("/charges", post(authorize)).route("/charges/by-reference", get(find));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_and_queries_are_verified_like_webhooks() {
    let mut harness = PaymentHarness::without_webhooks().await;
    let kind = GatewayKind::Sandbox {
        url: gateway_in_yen().await,
        api_key: "k".to_owned(),
        webhook_secret: DEMO_WEBHOOK_SECRET.to_owned(),
    };
    let gateways = vec![GatewayConfig { name: "sandbox-a".to_owned(), kind }];
    let gateways = Gateways::connect(&GatewaysConfig { gateways, timing: timing() }).unwrap();
    harness.shop.app = harness.shop.another_app(|builder| builder.gateways(gateways)).await;

    let payment = harness.pay("tok_success").await;
    assert_eq!((payment.status, payment.authorized), (PaymentStatus::Pending, eur(0)));
    for _ in 0..2 {
        let resolved = checkout::resolve(harness.app(), payment.id).await;
        assert!(matches!(resolved, Err(JobError::NotYet(_))), "{resolved:?}");
    }
    let record = harness.record(payment.id).await;
    assert_eq!((record.payment.status, record.transactions.len()), (PaymentStatus::Pending, 0));
    assert_eq!(alerts(&harness, "currency"), 3);
    assert_audited(&harness, "payment.report_rejected", "currency", 1).await;
}
