//! Routing rules.

use model::{
    access::Actor,
    ids::RoutingRuleId,
    payments::{FailureCode, PaymentStatus, RoutingConditions, RoutingRule},
};
use persistence::payments as store;
use services::payments::{self, CreateRule, RoutingRefused, RoutingRuleError};

use super::harness::PaymentHarness;

fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routing_rules_refuse_duplicate_gateways() {
    let harness = PaymentHarness::without_webhooks().await;
    let rule = |gateways: &[&str]| CreateRule {
        name: "cards".to_owned(),
        priority: 1,
        when: RoutingConditions::default(),
        gateways: named(gateways),
    };
    let twice = rule(&["sandbox-a", "sandbox-b", "sandbox-a"]);
    let refused = payments::create_rule(harness.app(), &Actor::System, twice).await;
    assert!(
        matches!(&refused, Err(RoutingRuleError::Rule(RoutingRefused::DuplicateGateway(name))) if name == "sandbox-a"),
        "{refused:?}"
    );
    payments::create_rule(harness.app(), &Actor::System, rule(&["sandbox-b", "sandbox-a"])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_listed_twice_is_tried_once() {
    let harness = PaymentHarness::without_webhooks().await;
    let rule = RoutingRule {
        id: RoutingRuleId::new(),
        name: "old".to_owned(),
        priority: 1,
        when: RoutingConditions::default(),
        gateways: named(&["sandbox-a", "sandbox-b", "sandbox-a"]),
        created_at: harness.app().now(),
    };
    store::insert_rule(&mut harness.app().db().write().await.unwrap(), &rule).await.unwrap();
    for gateway in &harness.gateways {
        gateway.outage(60).await;
    }
    let payment = harness.pay("tok_success").await;
    assert_eq!((payment.status, payment.failure), (PaymentStatus::Failed, Some(FailureCode::GatewayUnavailable)));
    assert_eq!(harness.record(payment.id).await.attempts.len(), 2);
}
