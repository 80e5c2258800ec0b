//! Rules that send payments to gateways.

use model::{
    access::Actor,
    ids::RoutingRuleId,
    payments::{FailureCode, PaymentStatus, RoutingConditions, RoutingRule},
};
use persistence::payments as store;
use services::payments::{self, CreateRule, RoutingRuleError};

use super::bench::Bench;

fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_names_each_gateway_once() {
    let bench = Bench::untold().await;
    let rule = |gateways: &[&str]| CreateRule {
        name: "cards".to_owned(),
        priority: 1,
        when: RoutingConditions::default(),
        gateways: named(gateways),
    };
    let twice = rule(&["sandbox-a", "sandbox-b", "sandbox-a"]);
    let refused = payments::create_rule(bench.app(), &Actor::System, twice).await;
    assert!(matches!(&refused, Err(RoutingRuleError::DuplicateGateway(name)) if name == "sandbox-a"), "{refused:?}");
    payments::create_rule(bench.app(), &Actor::System, rule(&["sandbox-b", "sandbox-a"])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_an_old_rule_names_twice_is_tried_once() {
    let bench = Bench::untold().await;
    let rule = RoutingRule {
        id: RoutingRuleId::new(),
        name: "old".to_owned(),
        priority: 1,
        when: RoutingConditions::default(),
        gateways: named(&["sandbox-a", "sandbox-b", "sandbox-a"]),
        created_at: bench.app().clock.now(),
    };
    store::insert_rule(&mut bench.app().db.write().await.unwrap(), &rule).await.unwrap();
    for gateway in &bench.gateways {
        gateway.outage(60).await;
    }
    let payment = bench.pay("tok_success").await;
    assert_eq!((payment.status, payment.failure), (PaymentStatus::Failed, Some(FailureCode::GatewayUnavailable)));
    assert_eq!(bench.record(payment.id).await.attempts.len(), 2);
}
