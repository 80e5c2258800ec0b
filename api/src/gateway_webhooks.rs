//! `POST /webhooks/gateways/{gateway}`: what gateways tell by themselves.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use services::{
    checkout::{self, WebhookError},
    payments::WebhookHeaders,
};

use crate::server::Server;

/// The longest message that is read.
const MAX_BODY: usize = 256 * 1024;
/// How long a gateway may take to send it.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// Takes a message. Everything but a 2xx makes the gateway send it again.
pub async fn receive(
    State(server): State<Arc<Server>>,
    Path(gateway): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let body = match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE,
        Err(_) => return StatusCode::REQUEST_TIMEOUT,
    };
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let headers = WebhookHeaders {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
    };
    match checkout::receive_webhook(&server.app, &gateway, &headers, &body).await {
        Ok(received) => {
            tracing::debug!(gateway, ?received, "webhook");
            StatusCode::NO_CONTENT
        }
        Err(WebhookError::UnknownGateway) => StatusCode::NOT_FOUND,
        Err(WebhookError::Unverified(reason)) => {
            tracing::warn!(gateway, reason, "a webhook is not believed");
            StatusCode::BAD_REQUEST
        }
        Err(WebhookError::Service(error)) => {
            tracing::error!(gateway, %error, "a webhook is not taken");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
