//! The gateway's HTTP interface, and the one place where its book changes.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::time::sleep;

use super::{
    Faults, Pace, Record, SandboxConfig,
    behaviour::{self, Behaviour},
    book::{Book, Line, UsedKey},
    charge::{Charge, Decision, Kind, Refused, random_id},
    page,
    record::Durable,
    webhooks::{self, Sender, sleep_until},
};

/// The gateway: its book, its record and how it answers.
#[derive(Debug)]
pub struct Gateway {
    book: Mutex<Book>,
    record: Record,
    faults: Faults,
    sender: Option<Sender>,
    api_key: String,
    public_url: String,
    seed: u64,
    pace: Pace,
}

impl Gateway {
    /// A gateway that knows what the lines tell of.
    pub fn open(config: &SandboxConfig, public_url: String, record: Record, lines: Vec<Line>) -> io::Result<Arc<Self>> {
        let sender = config.webhook.as_ref().map(|target| Sender::new(target, config.pace)).transpose()?;
        Ok(Arc::new(Self {
            book: Mutex::new(Book::read(lines)),
            record,
            faults: Faults::default(),
            sender,
            api_key: config.api_key.clone(),
            public_url,
            seed: config.seed,
            pace: config.pace,
        }))
    }

    /// Takes up what a stop interrupted: decisions, disputes and webhooks.
    pub fn resume(self: &Arc<Self>) {
        let book = self.book();
        for charge in book.charges() {
            self.schedule(charge);
        }
        if self.sender.is_some() {
            for message in book.messages() {
                webhooks::deliver(Arc::clone(self), message.clone());
            }
        }
    }

    /// How many charges there are.
    pub fn count(&self) -> usize {
        self.book().charges().count()
    }

    /// Outages.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Sends webhooks, when there is somebody to tell.
    pub fn sender(&self) -> Option<&Sender> {
        self.sender.as_ref()
    }

    /// Ends when everything written so far is on the disk.
    pub async fn barrier(&self) -> io::Result<()> {
        self.record.barrier().wait().await
    }

    /// Changes the book and queues the line for the record.
    pub fn write(&self, line: Line) -> Durable {
        let mut book = self.book();
        self.write_locked(&mut book, line)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line is queued while the book is locked, so that both have the same order.
    fn write_locked(&self, book: &mut Book, line: Line) -> Durable {
        let durable = self.record.append(&line);
        book.apply(line);
        durable
    }

    /// Writes a changed charge, tells of it, and plans what comes next.
    fn change(self: &Arc<Self>, book: &mut Book, charge: Charge, key: Option<UsedKey>, now: DateTime<Utc>) -> Durable {
        let message = self.sender.as_ref().map(|sender| sender.message(&charge, self.seed, now));
        self.schedule(&charge);
        let durable =
            self.write_locked(book, Line { charge: Some(charge), key, message: message.clone(), delivered: None });
        if let Some(message) = message {
            webhooks::deliver(Arc::clone(self), message);
        }
        durable
    }

    /// Plans the decision and the dispute of a charge that has one before it.
    fn schedule(self: &Arc<Self>, charge: &Charge) {
        if let Some(at) = charge.decide_at {
            self.later(at, charge.id.clone(), |charge, now| charge.decide(None, now));
        }
        if let Some(at) = charge.dispute_at {
            self.later(at, charge.id.clone(), |charge, now| {
                charge.dispute_at = None;
                let left = charge.sum(Kind::Capture) - charge.sum(Kind::Refund) - charge.sum(Kind::Chargeback);
                charge.operate(Kind::Chargeback, left, None, now).is_ok()
            });
        }
    }

    fn later(self: &Arc<Self>, at: DateTime<Utc>, id: String, act: fn(&mut Charge, DateTime<Utc>) -> bool) {
        let gateway = Arc::clone(self);
        tokio::spawn(async move {
            sleep_until(at).await;
            let now = Utc::now();
            let mut book = gateway.book();
            let Some(mut charge) = book.charge(&id).cloned() else { return };
            if act(&mut charge, now) {
                gateway.change(&mut book, charge, None, now);
            }
        });
    }

    /// The charge as its shop sees it.
    fn show(&self, charge: &Charge) -> serde_json::Value {
        let redirect = (charge.decision == Decision::RequiresAction)
            .then(|| format!("{}/redirects/{}", self.public_url, charge.id));
        json!({
            "id": charge.id, "reference": charge.reference, "amount": charge.amount, "currency": charge.currency,
            "status": charge.status(), "decision": charge.decision, "failure": charge.failure,
            "captured": charge.sum(Kind::Capture), "refunded": charge.sum(Kind::Refund),
            "redirectUrl": redirect, "operations": charge.operations, "createdAt": charge.created_at,
        })
    }
}

/// Every route of the gateway.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let guarded = Router::new()
        .route("/charges", get(list).post(authorize))
        .route("/charges/by-reference", get(by_reference))
        .route("/charges/{id}", get(by_id))
        .route("/charges/{id}/captures", post(capture))
        .route("/charges/{id}/voids", post(void))
        .route("/charges/{id}/refunds", post(refund))
        .layer(from_fn_with_state(Arc::clone(&gateway), refuse_in_outage))
        .route("/faults", post(fault))
        .layer(from_fn_with_state(Arc::clone(&gateway), require_key));
    let open = Router::new()
        .route("/redirects/{id}", get(challenge))
        .route("/redirects/{id}/approve", post(approve))
        .route("/redirects/{id}/deny", post(deny))
        .layer(from_fn_with_state(Arc::clone(&gateway), refuse_in_outage))
        .route("/health", get(async || "ok"));
    guarded.merge(open).with_state(gateway)
}

/// Why a request is refused.
struct Problem(StatusCode, &'static str, &'static str);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self(status, code, message) = self;
        (status, Json(json!({ "error": { "code": code, "message": message } }))).into_response()
    }
}

const NOT_FOUND: Problem = Problem(StatusCode::NOT_FOUND, "not_found", "there is no such charge");
const KEY_REUSED: Problem =
    Problem(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", "the key was used for another request");
const NOT_DURABLE: Problem = Problem(StatusCode::INTERNAL_SERVER_ERROR, "not_durable", "the record cannot be written");
const OUT_OF_ORDER: Problem =
    Problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "the gateway is out of order; nothing was charged");

type Shared = State<Arc<Gateway>>;

async fn require_key(State(gateway): Shared, request: Request, next: Next) -> Response {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = sent.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if key.as_bytes().ct_eq(gateway.api_key.as_bytes()).into() {
        return next.run(request).await;
    }
    Problem(StatusCode::UNAUTHORIZED, "unauthorized", "send the API key as bearer token").into_response()
}

async fn refuse_in_outage(State(gateway): Shared, request: Request, next: Next) -> Response {
    match gateway.faults.left() {
        Some(_) => OUT_OF_ORDER.into_response(),
        None => next.run(request).await,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fault {
    outage_seconds: f64,
}

async fn fault(State(gateway): Shared, Json(fault): Json<Fault>) -> Result<StatusCode, Problem> {
    let length = Duration::try_from_secs_f64(fault.outage_seconds)
        .map_err(|_| Problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "outageSeconds is zero or more"))?;
    gateway.faults.outage(length);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct NewCharge {
    reference: String,
    amount: i64,
    currency: String,
    token: String,
    return_url: Option<String>,
}

async fn authorize(
    State(gateway): Shared,
    headers: HeaderMap,
    Json(new): Json<NewCharge>,
) -> Result<Response, Problem> {
    let request = fingerprint("authorize", &json!(new));
    if new.reference.is_empty() || new.amount <= 0 || new.currency.parse::<model::Currency>().is_err() {
        let message = "reference, a positive amount in minor units and an ISO 4217 currency are needed";
        return Err(Problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message));
    }
    let Some(behaviour) = behaviour::of_token(&new.token, &new.reference, gateway.seed) else {
        return Err(Problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown_token", "this token was never given out"));
    };
    if behaviour == Behaviour::Unavailable {
        return Err(OUT_OF_ORDER);
    }
    match place(&gateway, new, behaviour, idempotency_key(&headers), request)? {
        Placed::Before(charge) => answer(&gateway, gateway.record.barrier(), &charge, StatusCode::OK).await,
        Placed::Now(charge, durable) => {
            match behaviour {
                // Charged, and never answered: the caller has to ask.
                Behaviour::Timeout => std::future::pending().await,
                Behaviour::Slow => sleep(gateway.pace.slow_answer).await,
                _ => {}
            }
            answer(&gateway, durable, &charge, StatusCode::CREATED).await
        }
    }
}

/// Whether a request made its charge now or had made it before.
enum Placed {
    Before(Charge),
    Now(Charge, Durable),
}

fn place(
    gateway: &Arc<Gateway>,
    new: NewCharge,
    behaviour: Behaviour,
    key: Option<&str>,
    request: String,
) -> Result<Placed, Problem> {
    let now = Utc::now();
    let mut book = gateway.book();
    if let Some(charge) = replayed(&book, key, &request)? {
        return Ok(Placed::Before(charge.clone()));
    }
    if book.by_reference(&new.reference).is_some() {
        return Err(Problem(StatusCode::CONFLICT, "reference_taken", "there is a charge of this reference"));
    }
    let charge = new_charge(gateway, new, behaviour, now);
    let used = key.map(|key| UsedKey { key: key.to_owned(), request, charge: charge.id.clone() });
    let durable = gateway.change(&mut book, charge.clone(), used, now);
    Ok(Placed::Now(charge, durable))
}

fn new_charge(gateway: &Gateway, new: NewCharge, behaviour: Behaviour, now: DateTime<Utc>) -> Charge {
    let mut charge = Charge {
        id: random_id("ch"),
        reference: new.reference,
        amount: new.amount,
        currency: new.currency,
        decision: Decision::Pending,
        failure: None,
        return_url: new.return_url.filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        is_chaotic: new.token == behaviour::CHAOS,
        is_disputed: behaviour == Behaviour::Dispute,
        decide_at: None,
        dispute_at: None,
        operations: Vec::new(),
        created_at: now,
    };
    match behaviour {
        Behaviour::Redirect => charge.decision = Decision::RequiresAction,
        Behaviour::Pending => charge.decide_at = Some(now + gateway.pace.decide_after),
        Behaviour::Decline(reason) => {
            charge.decide(Some(reason), now);
        }
        _ => {
            charge.decide(None, now);
        }
    }
    charge
}

#[derive(Deserialize, Default)]
struct Amount {
    amount: i64,
}

async fn capture(state: Shared, id: Path<String>, headers: HeaderMap, Json(sum): Json<Amount>) -> Answered {
    operate(state, id, &headers, Kind::Capture, sum.amount).await
}

async fn refund(state: Shared, id: Path<String>, headers: HeaderMap, Json(sum): Json<Amount>) -> Answered {
    operate(state, id, &headers, Kind::Refund, sum.amount).await
}

async fn void(state: Shared, id: Path<String>, headers: HeaderMap) -> Answered {
    operate(state, id, &headers, Kind::Void, 0).await
}

type Answered = Result<Response, Problem>;

async fn operate(
    State(gateway): Shared,
    Path(id): Path<String>,
    headers: &HeaderMap,
    kind: Kind,
    amount: i64,
) -> Answered {
    let request = fingerprint("operate", &json!([id, kind, amount]));
    let key = idempotency_key(headers);
    let now = Utc::now();
    let (durable, charge) = {
        let mut book = gateway.book();
        if let Some(charge) = replayed(&book, key, &request)?.cloned() {
            (gateway.record.barrier(), charge)
        } else {
            let mut charge = book.charge(&id).cloned().ok_or(NOT_FOUND)?;
            charge.operate(kind, amount, key, now).map_err(refused)?;
            if charge.is_disputed && kind == Kind::Capture {
                charge.dispute_at = Some(now + gateway.pace.dispute_after);
            }
            let used = key.map(|key| UsedKey { key: key.to_owned(), request, charge: id });
            (gateway.change(&mut book, charge.clone(), used, now), charge)
        }
    };
    answer(&gateway, durable, &charge, StatusCode::OK).await
}

fn refused(refused: Refused) -> Problem {
    match refused {
        Refused::Amount => {
            Problem(StatusCode::UNPROCESSABLE_ENTITY, "amount", "the amount is not positive or more than is left")
        }
        Refused::State => Problem(StatusCode::CONFLICT, "state", "the charge is not in a state for this"),
    }
}

/// Nothing is answered before it is on the disk.
async fn answer(gateway: &Gateway, durable: Durable, charge: &Charge, status: StatusCode) -> Answered {
    durable.wait().await.map_err(|_| NOT_DURABLE)?;
    Ok((status, Json(gateway.show(charge))).into_response())
}

/// The charge that the key made or changed before.
fn replayed<'a>(book: &'a Book, key: Option<&str>, request: &str) -> Result<Option<&'a Charge>, Problem> {
    let Some(used) = key.and_then(|key| book.used(key)) else { return Ok(None) };
    if used.request == request { Ok(book.charge(&used.charge)) } else { Err(KEY_REUSED) }
}

fn idempotency_key(headers: &HeaderMap) -> Option<&str> {
    headers.get("idempotency-key").and_then(|key| key.to_str().ok()).filter(|key| !key.is_empty())
}

fn fingerprint(operation: &str, body: &serde_json::Value) -> String {
    let hash = Sha256::digest(format!("{operation} {body}"));
    hash.iter().take(16).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

async fn list(State(gateway): Shared) -> Response {
    let book = gateway.book();
    let charges: Vec<_> = book.charges().map(Charge::summary).collect();
    Json(charges).into_response()
}

#[derive(Deserialize)]
struct ByReference {
    reference: String,
}

async fn by_reference(State(gateway): Shared, Query(query): Query<ByReference>) -> Answered {
    let charge = gateway.book().by_reference(&query.reference).cloned().ok_or(NOT_FOUND)?;
    answer(&gateway, gateway.record.barrier(), &charge, StatusCode::OK).await
}

async fn by_id(State(gateway): Shared, Path(id): Path<String>) -> Answered {
    let charge = gateway.book().charge(&id).cloned().ok_or(NOT_FOUND)?;
    answer(&gateway, gateway.record.barrier(), &charge, StatusCode::OK).await
}

async fn challenge(State(gateway): Shared, Path(id): Path<String>) -> Answered {
    let charge = gateway.book().charge(&id).cloned().ok_or(NOT_FOUND)?;
    Ok(Html(page::challenge(&charge)).into_response())
}

async fn approve(state: Shared, id: Path<String>, headers: HeaderMap) -> Answered {
    decide(state, id, &headers, None).await
}

async fn deny(state: Shared, id: Path<String>, headers: HeaderMap) -> Answered {
    decide(state, id, &headers, Some("authentication_failed")).await
}

/// The shopper's word. A browser goes back to the shop, a program is told where that is.
async fn decide(
    State(gateway): Shared,
    Path(id): Path<String>,
    headers: &HeaderMap,
    failure: Option<&'static str>,
) -> Answered {
    let (durable, charge) = {
        let mut book = gateway.book();
        let mut charge = book.charge(&id).cloned().ok_or(NOT_FOUND)?;
        if charge.decision == Decision::RequiresAction && charge.decide(failure, Utc::now()) {
            (gateway.change(&mut book, charge.clone(), None, Utc::now()), charge)
        } else {
            (gateway.record.barrier(), charge)
        }
    };
    durable.wait().await.map_err(|_| NOT_DURABLE)?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return Ok(Json(json!({ "status": charge.status(), "returnUrl": charge.return_url })).into_response());
    }
    Ok(match &charge.return_url {
        Some(url) => Redirect::to(url).into_response(),
        None => Html(page::challenge(&charge)).into_response(),
    })
}
