//! The HTTP API of the gateway.

mod redirects;

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::time::sleep;

use self::redirects::{approve, challenge, deny};
use crate::{
    behavior::{self, Behavior},
    charge::{Charge, Decision, Kind, Rejected, random_id},
    clock,
    gateway::Gateway,
    record::Durable,
    state::{GatewayState, UsedKey},
};

/// Every route of the gateway.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let guarded = Router::new()
        .route("/charges", get(list).post(authorize))
        .route("/charges/by-reference", get(by_reference))
        .route("/charges/{id}", get(by_id))
        .route("/charges/{id}/captures", post(capture))
        .route("/charges/{id}/voids", post(void))
        .route("/charges/{id}/refunds", post(refund))
        .layer(from_fn_with_state(Arc::clone(&gateway), reject_during_outage))
        .route("/faults", post(fault))
        .layer(from_fn_with_state(Arc::clone(&gateway), require_key));
    let open = Router::new()
        .route("/redirects/{id}", get(challenge))
        .route("/redirects/{id}/approve", post(approve))
        .route("/redirects/{id}/deny", post(deny))
        .layer(from_fn_with_state(Arc::clone(&gateway), reject_during_outage))
        .route("/health", get(async || "ok"));
    guarded.merge(open).with_state(gateway)
}

/// The rejection of a request: status, code and message.
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
const UNAVAILABLE: Problem =
    Problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "the gateway is unavailable; nothing was charged");

type Shared = State<Arc<Gateway>>;

async fn require_key(State(gateway): Shared, request: Request, next: Next) -> Response {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = sent.and_then(|value| value.strip_prefix("Bearer "));
    if key.is_some_and(|key| key.as_bytes().ct_eq(gateway.api_key.as_bytes()).into()) {
        return next.run(request).await;
    }
    Problem(StatusCode::UNAUTHORIZED, "unauthorized", "send the API key as bearer token").into_response()
}

async fn reject_during_outage(State(gateway): Shared, request: Request, next: Next) -> Response {
    match gateway.faults.left() {
        Some(_) => UNAVAILABLE.into_response(),
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
        .map_err(|_| Problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "outageSeconds must be zero or more"))?;
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
        let message = "send a reference, a positive amount in minor units and an ISO 4217 currency";
        return Err(Problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message));
    }
    let Some(behavior) = behavior::of_token(&new.token, &new.reference, gateway.seed) else {
        return Err(Problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown_token", "the token is unknown"));
    };
    if behavior == Behavior::Unavailable {
        return Err(UNAVAILABLE);
    }
    match place(&gateway, new, behavior, idempotency_key(&headers), request)? {
        Placed::Earlier(charge) => answer(&gateway, gateway.record.barrier(), &charge, StatusCode::OK).await,
        Placed::Now(charge, durable) => {
            match behavior {
                // Authorized without a response: the caller has to query the charge.
                Behavior::Timeout => std::future::pending().await,
                Behavior::Slow => sleep(gateway.pace.slow_answer).await,
                _ => {}
            }
            answer(&gateway, durable, &charge, StatusCode::CREATED).await
        }
    }
}

/// A charge that the request created now, or earlier with the same idempotency key.
enum Placed {
    Earlier(Charge),
    Now(Charge, Durable),
}

fn place(
    gateway: &Arc<Gateway>,
    new: NewCharge,
    behavior: Behavior,
    key: Option<&str>,
    request: String,
) -> Result<Placed, Problem> {
    let now = clock::now();
    let mut state = gateway.state();
    if let Some(charge) = replayed(&state, key, &request)? {
        return Ok(Placed::Earlier(charge.clone()));
    }
    if state.by_reference(&new.reference).is_some() {
        return Err(Problem(StatusCode::CONFLICT, "reference_taken", "a charge with this reference exists"));
    }
    let charge = new_charge(gateway, new, behavior, now);
    let used = key.map(|key| UsedKey { key: key.to_owned(), request, charge: charge.id.clone() });
    let durable = gateway.change(&mut state, charge.clone(), used, now);
    Ok(Placed::Now(charge, durable))
}

fn new_charge(gateway: &Gateway, new: NewCharge, behavior: Behavior, now: DateTime<Utc>) -> Charge {
    let mut charge = Charge {
        id: random_id("ch"),
        reference: new.reference,
        amount: new.amount,
        currency: new.currency,
        decision: Decision::Pending,
        failure: None,
        return_url: new.return_url.filter(|url| model::channels::ReturnOrigin::of_url(url).is_ok()),
        is_partial: behavior == Behavior::Partial,
        is_chaotic: new.token == behavior::CHAOS,
        is_disputed: behavior == Behavior::Dispute,
        decide_at: None,
        dispute_at: None,
        operations: Vec::new(),
        created_at: now,
    };
    match behavior {
        Behavior::Redirect => charge.decision = Decision::RequiresAction,
        Behavior::Pending => charge.decide_at = Some(now + gateway.pace.decide_after),
        Behavior::Decline(reason) => {
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
    let now = clock::now();
    let (durable, charge) = {
        let mut state = gateway.state();
        if let Some(charge) = replayed(&state, key, &request)?.cloned() {
            (gateway.record.barrier(), charge)
        } else {
            let mut charge = state.charge(&id).cloned().ok_or(NOT_FOUND)?;
            charge.operate(kind, amount, key, now).map_err(problem_of)?;
            if charge.is_disputed && kind == Kind::Capture {
                charge.dispute_at = Some(now + gateway.pace.dispute_after);
            }
            let used = key.map(|key| UsedKey { key: key.to_owned(), request, charge: id });
            (gateway.change(&mut state, charge.clone(), used, now), charge)
        }
    };
    answer(&gateway, durable, &charge, StatusCode::OK).await
}

fn problem_of(rejected: Rejected) -> Problem {
    match rejected {
        Rejected::Amount => Problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "amount",
            "the amount must be positive and at most the remaining amount",
        ),
        Rejected::State => Problem(StatusCode::CONFLICT, "state", "the state of the charge does not allow this"),
    }
}

/// Responds after the change is on disk.
async fn answer(gateway: &Gateway, durable: Durable, charge: &Charge, status: StatusCode) -> Answered {
    durable.wait().await.map_err(|_| NOT_DURABLE)?;
    Ok((status, Json(gateway.show(charge))).into_response())
}

/// The charge that an earlier request with the key created or changed.
fn replayed<'a>(state: &'a GatewayState, key: Option<&str>, request: &str) -> Result<Option<&'a Charge>, Problem> {
    let Some(used) = key.and_then(|key| state.used_key(key)) else { return Ok(None) };
    if used.request == request { Ok(state.charge(&used.charge)) } else { Err(KEY_REUSED) }
}

fn idempotency_key(headers: &HeaderMap) -> Option<&str> {
    headers.get("idempotency-key").and_then(|key| key.to_str().ok()).filter(|key| !key.is_empty())
}

fn fingerprint(operation: &str, body: &serde_json::Value) -> String {
    let hash = Sha256::digest(format!("{operation} {body}"));
    hash.iter().take(16).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

async fn list(State(gateway): Shared) -> Response {
    let state = gateway.state();
    let charges: Vec<_> = state.charges().map(Charge::summary).collect();
    Json(charges).into_response()
}

#[derive(Deserialize)]
struct ByReference {
    reference: String,
}

async fn by_reference(State(gateway): Shared, Query(query): Query<ByReference>) -> Answered {
    let charge = gateway.state().by_reference(&query.reference).cloned().ok_or(NOT_FOUND)?;
    answer(&gateway, gateway.record.barrier(), &charge, StatusCode::OK).await
}

async fn by_id(State(gateway): Shared, Path(id): Path<String>) -> Answered {
    let charge = gateway.state().charge(&id).cloned().ok_or(NOT_FOUND)?;
    answer(&gateway, gateway.record.barrier(), &charge, StatusCode::OK).await
}
