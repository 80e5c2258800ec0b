//! Webhooks of gateways.

use std::time::Duration;

use model::{
    orders::OrderEventKind,
    payments::{PaymentStatus, TransactionKind},
};
use persistence::orders;
use serde_json::{Value, json};
use services::{
    checkout::{self, Received, WebhookError},
    payments::{self, DEMO_WEBHOOK_SECRET},
    webhook_signature::Secret,
    worker,
};
use testkit::eventually;

use super::harness::{PaymentHarness, eur};

const PATIENCE: Duration = Duration::from_secs(20);

/// Sends a webhook as a gateway would.
async fn tell(harness: &PaymentHarness, id: &str, charge: &Value, secret: &Secret) -> Result<Received, WebhookError> {
    let body = json!({ "type": "charge.updated", "timestamp": "2026-01-01T00:00:00Z", "data": charge }).to_string();
    let now = harness.app().now().timestamp();
    let (timestamp, signature) = (now.to_string(), secret.sign(id, now, body.as_bytes()));
    let headers = |name: &str| match name {
        "webhook-id" => Some(id),
        "webhook-timestamp" => Some(timestamp.as_str()),
        "webhook-signature" => Some(signature.as_str()),
        _ => None,
    };
    checkout::receive_webhook(harness.app(), "sandbox-a", &headers, body.as_bytes()).await
}

/// The webhook secret of a gateway.
pub fn secret_of(gateway: &str) -> Secret {
    Secret::parse(DEMO_WEBHOOK_SECRET).unwrap().of_sender(gateway).unwrap()
}

pub fn charge(payment: &model::payments::Payment, operations: &Value) -> Value {
    json!({ "id": "ch_x", "reference": payment.id.to_string(), "currency": "EUR", "decision": "AUTHORIZED",
        "failure": null, "redirectUrl": null, "operations": operations })
}

pub fn event(id: &str, kind: &str, amount: i64) -> Value {
    json!({ "id": id, "kind": kind, "amount": amount, "key": null, "at": "2026-01-01T00:00:00Z" })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chargeback_is_recorded_in_transactions_and_ledger() {
    let harness = PaymentHarness::new().await;
    let (payment, order) = harness.buy("tok_dispute").await;
    worker::run_job(harness.app(), "payments.capture", json!({ "paymentId": payment.id })).await.unwrap();
    let record = eventually("the chargeback", PATIENCE, async || {
        let record = harness.record(payment.id).await;
        (record.payment.charged_back == eur(1990)).then_some(record)
    })
    .await;
    assert!(record.transactions.iter().any(|one| one.kind == TransactionKind::Chargeback));
    assert_eq!(record.refundable(), eur(0));
    let balances = payments::balances(harness.app(), &model::access::Actor::System).await.unwrap();
    assert!(balances.iter().any(|balance| balance.account.to_string() == "chargebacks" && balance.debit == eur(1990)));
    harness.assert_ledger_balances().await;
    let mut conn = harness.app().db().read().await.unwrap();
    let timeline = orders::events_of(&mut conn, &[order]).await.unwrap();
    assert!(timeline[&order].iter().any(|event| event.kind == OrderEventKind::PaymentChargedBack));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duplicate_and_reordered_webhooks_apply_once() {
    let harness = PaymentHarness::new().await;
    let payment = harness.pay("tok_3ds").await;
    harness.place(payment.id).await;
    let auth = event("auth", "AUTHORIZE", 1990);
    let (first, second) = (event("cap-1", "CAPTURE", 990), event("cap-2", "CAPTURE", 1000));
    let refund = event("ref-1", "REFUND", 500);
    let stages =
        [json!([auth]), json!([auth, first]), json!([auth, first, second]), json!([auth, first, second, refund])];
    for (at, id) in [(2, "m2"), (0, "m0"), (3, "m3"), (2, "m2"), (1, "m1"), (3, "m3"), (3, "m3-again")] {
        tell(&harness, id, &charge(&payment, &stages[at]), &secret_of("sandbox-a")).await.unwrap();
    }
    let record = harness.record(payment.id).await;
    assert_eq!(record.payment.status, PaymentStatus::PartiallyRefunded);
    assert_eq!((record.payment.captured, record.payment.refunded), (eur(1990), eur(500)));
    assert_eq!(record.transactions.len(), 4);
    harness.assert_ledger_balances().await;
    let balances = payments::balances(harness.app(), &model::access::Actor::System).await.unwrap();
    let gateway = balances.iter().find(|balance| balance.account.to_string() == "gateway:sandbox-a").unwrap();
    assert_eq!((gateway.debit, gateway.credit), (eur(1990), eur(500)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unsigned_webhooks_change_nothing() {
    let harness = PaymentHarness::new().await;
    let payment = harness.pay("tok_3ds").await;
    let told = charge(&payment, &json!([event("auth", "AUTHORIZE", 1990)]));
    let stranger = Secret::parse("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let shared = Secret::parse(DEMO_WEBHOOK_SECRET).unwrap();
    for foreign in [stranger.of_sender("sandbox-a").unwrap(), shared, secret_of("sandbox-b")] {
        assert!(matches!(tell(&harness, "m", &told, &foreign).await, Err(WebhookError::Unverified(_))));
    }
    assert_eq!(harness.record(payment.id).await.payment.status, PaymentStatus::RequiresAction);

    let post = async |path: &str| {
        let url = format!("http://{}/webhooks/gateways/{path}", harness.server);
        let request = reqwest::Client::new().post(url).header("webhook-id", "m").body(told.to_string());
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("sandbox-a").await, 400);
    assert_eq!(post("nobody").await, 404);
    assert_eq!(post("manual").await, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_for_unknown_charges_are_acknowledged() {
    let harness = PaymentHarness::new().await;
    let mut foreign = harness.pay("tok_3ds").await;
    foreign.id = model::ids::PaymentId::new();
    let told = charge(&foreign, &json!([]));
    assert_eq!(tell(&harness, "m", &told, &secret_of("sandbox-a")).await.unwrap(), Received::Foreign);
}
