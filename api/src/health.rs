//! Liveness and readiness of the process. One task looks at the stores once a second; requests get its last result, so that
//! they wait for no store and open no connection.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use persistence::{db::Workload, migrate::SchemaState};
use serde::Serialize;
use services::App;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use crate::state::Server;

/// The time-out of a store's response.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The pause between two looks at the stores.
const INTERVAL: Duration = Duration::from_secs(1);
/// The maximum wait of a request for the first look.
const FIRST_LOOK: Duration = Duration::from_millis(80);

/// The result of the last look at the stores.
#[derive(Default)]
pub struct Health(watch::Sender<Option<Checks>>);

/// The state of each part.
type Checks = BTreeMap<&'static str, Part>;

/// The state of a part of the process.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Ok(&'static str),
    /// The process can serve most requests without it.
    Degraded(String),
    /// The process cannot serve requests.
    Unavailable(String),
}

/// The readiness of the process, from the best to the worst state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Everything works.
    Ok,
    /// Most requests work.
    Degraded,
    /// The process must get no requests.
    Unavailable,
}

/// The readiness of the process, with the state of each part.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    status: Status,
    is_ready: bool,
    /// `ok` or the problem, by part.
    checks: BTreeMap<&'static str, String>,
}

/// The parts that a process has besides the stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A server, which has a search index.
    Server,
    /// A worker.
    Worker,
}

impl Part {
    const fn status(&self) -> Status {
        match self {
            Self::Ok(_) => Status::Ok,
            Self::Degraded(_) => Status::Degraded,
            Self::Unavailable(_) => Status::Unavailable,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Ok(text) => (*text).to_owned(),
            Self::Degraded(text) | Self::Unavailable(text) => text.clone(),
        }
    }
}

/// `GET /health/live`: responds while the process can handle requests.
pub async fn live() -> &'static str {
    "ok"
}

/// `GET /health/ready`: 200 if the process accepts requests, else 503; the body contains the problems.
pub async fn ready(State(server): State<Arc<Server>>) -> (StatusCode, Json<Readiness>) {
    let mut latest = server.health.0.subscribe();
    // A time-out is fine: the stores respond slowly, and nothing is known yet.
    let _ = timeout(FIRST_LOOK, latest.wait_for(Option::is_some)).await;
    let checks = latest.borrow().clone();
    let mut checks = checks.unwrap_or_else(|| BTreeMap::from([("process", Part::Unavailable("starting".to_owned()))]));
    if server.stop.is_cancelled() {
        checks.insert("process", Part::Unavailable("stopping".to_owned()));
    }
    let status = checks.values().map(Part::status).max().unwrap_or(Status::Ok);
    let is_ready = status < Status::Unavailable;
    let code = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let checks = checks.iter().map(|(name, part)| (*name, part.text())).collect();
    (code, Json(Readiness { status, is_ready, checks }))
}

/// Looks at the stores once a second until the process stops.
pub fn watch(server: &Arc<Server>, role: Role) {
    let server = server.clone();
    tokio::spawn(async move {
        let looks = async {
            let mut is_warm = false;
            loop {
                let checks = check(&server.app, role, is_warm).await;
                is_warm |= checks.values().all(|part| part.status() == Status::Ok);
                server.health.0.send_replace(Some(checks));
                sleep(INTERVAL).await;
            }
        };
        server.stop.run_until_cancelled(looks).await;
    });
}

async fn check(app: &App, role: Role, is_warm: bool) -> Checks {
    let stores = async { tokio::join!(postgres(app), documents(app, is_warm)) };
    let (postgres, documents) = Workload::Health.scope(stores).await;
    let mut checks = BTreeMap::from([("postgres", postgres), ("documents", documents)]);
    if role == Role::Server {
        checks.insert("search", search(app));
    }
    checks
}

/// A process that was ready once has what most requests need from the document store in its caches, and the other processes
/// cannot reach it either.
async fn documents(app: &App, is_warm: bool) -> Part {
    let problem = match timeout(TIMEOUT, app.ping_documents()).await {
        Ok(Ok(())) => return Part::Ok("ok"),
        Ok(Err(_)) => "does not respond",
        Err(_) => "does not respond in time",
    };
    if is_warm { Part::Degraded(problem.to_owned()) } else { Part::Unavailable(problem.to_owned()) }
}

async fn postgres(app: &App) -> Part {
    let problem = match timeout(TIMEOUT, app.schema_state()).await {
        Ok(Ok(SchemaState::Current)) => return Part::Ok("ok"),
        // While a newer version is rolled out, older processes continue: migrations keep what they use.
        Ok(Ok(SchemaState::Newer(_))) => return Part::Ok("ok, but the schema is newer than this version"),
        Ok(Ok(SchemaState::Behind(missing))) => format!("the schema is {} migrations behind", missing.len()),
        Ok(Err(_)) => "does not respond".to_owned(),
        Err(_) => "does not respond in time".to_owned(),
    };
    Part::Unavailable(problem)
}

/// An index that cannot be updated still answers, without the newest changes.
fn search(app: &App) -> Part {
    if !app.is_search_ready() {
        return Part::Unavailable("the index is being built".to_owned());
    }
    let status = app.search_status();
    if status.is_stale() {
        let seconds = status.since_update.as_secs();
        return Part::Degraded(format!("the index has not been updated for {seconds} s"));
    }
    Part::Ok("ok")
}
