//! The pages of the shopper's authentication (3-D Secure).

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{Html, IntoResponse as _, Redirect},
};
use serde_json::json;

use crate::{charge::Decision, clock, page};

use super::{Answered, NOT_DURABLE, NOT_FOUND, Shared};

pub(super) async fn challenge(State(gateway): Shared, Path(id): Path<String>) -> Answered {
    let charge = gateway.state().charge(&id).cloned().ok_or(NOT_FOUND)?;
    Ok(Html(page::challenge(&charge)).into_response())
}

pub(super) async fn approve(state: Shared, id: Path<String>, headers: HeaderMap) -> Answered {
    decide(state, id, &headers, None).await
}

pub(super) async fn deny(state: Shared, id: Path<String>, headers: HeaderMap) -> Answered {
    decide(state, id, &headers, Some("authentication_failed")).await
}

/// Applies the shopper's decision. A browser is redirected to the merchant; a program receives the URL.
async fn decide(
    State(gateway): Shared,
    Path(id): Path<String>,
    headers: &HeaderMap,
    failure: Option<&'static str>,
) -> Answered {
    let (durable, charge) = {
        let mut state = gateway.state();
        let mut charge = state.charge(&id).cloned().ok_or(NOT_FOUND)?;
        if charge.decision == Decision::RequiresAction && charge.decide(failure, clock::now()) {
            (gateway.change(&mut state, charge.clone(), None, clock::now()), charge)
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
