//! Health of a server under load and with failing parts.

use std::{process::Command, time::Duration};

use model::{access::Actor, payments::AttemptOutcome};
use persistence::db::Workload;
use serde_json::{Value, json};
use services::{
    checkout::{self, CompleteCart},
    search,
};
use testkit::{
    cart_fixtures::{cart_fixture, payment_fixture, sellable_fixture},
    eventually,
    product_fixtures::product_fixture,
};

use crate::support::TestApp;

const SOON: Duration = Duration::from_secs(30);

/// The status code and the body of the readiness check.
async fn ready(app: &TestApp) -> (u16, Value) {
    let answer = reqwest::get(app.url("/health/ready")).await.unwrap();
    (answer.status().as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

async fn until_status(app: &TestApp, status: &str) -> u16 {
    eventually(status, SOON, async || {
        let (code, body) = ready(app).await;
        (body["status"] == status).then_some(code)
    })
    .await
}

/// The number of connections to the database of the test.
async fn connections(app: &TestApp) -> i64 {
    use diesel::{QueryableByName, sql_types::BigInt};
    use diesel_async::RunQueryDsl as _;
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let mut conn = app.database.db.read().await.unwrap();
    let count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()";
    diesel::sql_query(count).get_result::<Count>(&mut conn).await.unwrap().count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_checks_open_no_connections() {
    let app = TestApp::new().await;
    assert_eq!(until_status(&app, "ok").await, 200);
    let before = connections(&app).await;
    let client = reqwest::Client::new();
    let probes: Vec<_> = (0..150)
        .map(|_| {
            let (client, url) = (client.clone(), app.url("/health/ready"));
            tokio::spawn(async move {
                for _ in 0..10 {
                    assert_eq!(client.get(&url).send().await.unwrap().status().as_u16(), 200);
                }
            })
        })
        .collect();
    let mut most = before;
    while probes.iter().any(|probe| !probe.is_finished()) {
        most = most.max(connections(&app).await);
    }
    for probe in probes {
        probe.await.unwrap();
    }
    // Background work may have opened connections of its own for the first time.
    assert!(most <= before + 5, "{before} connections before, {most} during the checks");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shoppers_who_use_all_connections_stop_neither_payments_nor_events_nor_health() {
    let app = TestApp::new().await;
    let tee = sellable_fixture(&app, "TEE", 1990, &[(app.channels.locations[0].id, 5)]).await;
    let cart = cart_fixture(&app, &[(&tee, 1)]).await;
    payment_fixture(&app, &cart, 1990, AttemptOutcome::Authorized).await;
    let mut held = Vec::new();
    for _ in 0..app.app.db().pool_use().max {
        held.push(app.app.db().write().await.unwrap());
    }

    let create = "mutation { cartCreate(input: {}) { cart { id } userErrors { code } } }";
    assert_eq!(app.storefront().gql(create, json!({})).await.error_code(), "UNAVAILABLE");
    let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
    let order = checkout::complete(&app.app, &Actor::Anonymous, input).await.unwrap();
    assert_eq!(order.total.gross.minor, 1990);
    eventually("the events of the order are followed", SOON, async || {
        let backlog = Workload::Health.scope(app.app.backlog()).await.unwrap();
        let is_done = backlog.outbox.count == 0 && backlog.events_behind == 0 && backlog.search_behind == Some(0);
        is_done.then_some(())
    })
    .await;
    assert_eq!(until_status(&app, "ok").await, 200);
    drop(held);
    let _ = app.storefront().gql(create, json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_cannot_be_written_is_visible() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let app = TestApp::configured(|config| config.search_dir = Some(index.clone())).await;
    assert_eq!(until_status(&app, "ok").await, 200);
    std::fs::remove_dir_all(&index).unwrap();
    product_fixture(&app.app, "mug", "9.90", 5).await;

    // Searches still work, without the newest changes.
    assert_eq!(until_status(&app, "degraded").await, 200);
    let (_, body) = ready(&app).await;
    assert!(body["checks"]["search"].as_str().unwrap().contains("has not been updated for"), "{body}");
    let metrics = reqwest::get(app.url("/metrics")).await.unwrap().text().await.unwrap();
    let behind = metrics.lines().find_map(|line| line.strip_prefix("mercator_search_events_behind "));
    assert!(behind.is_some_and(|events| events != "0"), "{behind:?}");
    eventually("the server reports it", SOON, async || {
        search::reports(&app.app).await.unwrap().iter().any(|report| report.is_stale).then_some(())
    })
    .await;
    let url = app.database.url.clone();
    let doctor = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_mercator")).arg("doctor").env("DATABASE_URL", url).output().unwrap()
    });
    let output = doctor.await.unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success() && page.contains("cannot be updated"), "{page}");
}
