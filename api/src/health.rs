//! Liveness and readiness of the process.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use persistence::migrate::SchemaState;
use serde::Serialize;
use services::App;
use tokio::time::timeout;

use crate::state::Server;

/// The time-out of a store's response.
const TIMEOUT: Duration = Duration::from_secs(2);

const OK: &str = "ok";
/// While a newer version is rolled out, older processes continue: migrations keep what they use.
const NEWER: &str = "ok, but the schema is newer than this version";

/// The readiness of the process, with the state of each part.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    is_ready: bool,
    /// `ok` or the problem, by part.
    checks: BTreeMap<&'static str, String>,
}

/// `GET /health/live`: responds while the process can handle requests.
pub async fn live() -> &'static str {
    "ok"
}

/// `GET /health/ready` of a server: 200 if the process accepts requests, else 503 with the problems in the body.
pub async fn ready(State(server): State<Arc<Server>>) -> (StatusCode, Json<Readiness>) {
    let mut checks = check(&server.app).await;
    let search = if server.app.is_search_ready() { "ok" } else { "the index is being built" };
    checks.insert("search", search.to_owned());
    answer(&server, checks)
}

/// `GET /health/ready` of a worker, which has no search index.
pub async fn ready_to_work(State(server): State<Arc<Server>>) -> (StatusCode, Json<Readiness>) {
    let checks = check(&server.app).await;
    answer(&server, checks)
}

fn answer(server: &Server, mut checks: BTreeMap<&'static str, String>) -> (StatusCode, Json<Readiness>) {
    if server.stop.is_cancelled() {
        checks.insert("process", "stopping".to_owned());
    }
    let is_ready = checks.values().all(|check| check == OK || check == NEWER);
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { is_ready, checks }))
}

/// The state of each store: `ok` or the problem.
pub async fn check(app: &App) -> BTreeMap<&'static str, String> {
    let (postgres, documents) = tokio::join!(postgres(app), documents(app));
    BTreeMap::from([("postgres", postgres), ("documents", documents)])
}

async fn documents(app: &App) -> String {
    match timeout(TIMEOUT, app.ping_documents()).await {
        Ok(Ok(())) => "ok".to_owned(),
        Ok(Err(_)) => "does not respond".to_owned(),
        Err(_) => "does not respond in time".to_owned(),
    }
}

async fn postgres(app: &App) -> String {
    match timeout(TIMEOUT, app.schema_state()).await {
        Ok(Ok(SchemaState::Current)) => "ok".to_owned(),
        Ok(Ok(SchemaState::Behind(missing))) => format!("the schema is {} migrations behind", missing.len()),
        Ok(Ok(SchemaState::Newer(_))) => NEWER.to_owned(),
        Ok(Err(_)) => "does not respond".to_owned(),
        Err(_) => "does not respond in time".to_owned(),
    }
}
