//! `POST /webhooks/gateways/{gateway}`: webhooks of payment gateways.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use services::checkout::{self, WebhookError};

use crate::state::Server;

/// The maximum size of a webhook in bytes.
const MAX_BODY: usize = 256 * 1024;
/// The time-out of reading a webhook.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// Receives a webhook. Status 503 asks the gateway to send it again. After 400 it must not: the message can never be
/// accepted.
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
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match checkout::receive_webhook(&server.app, &gateway, &header, &body).await {
        Ok(received) => {
            tracing::debug!(gateway, ?received, "received a webhook");
            StatusCode::NO_CONTENT
        }
        Err(WebhookError::UnknownGateway) => StatusCode::NOT_FOUND,
        Err(WebhookError::Unverified(reason)) => {
            tracing::warn!(gateway, reason, "rejected a webhook that cannot be verified");
            StatusCode::BAD_REQUEST
        }
        // It was logged with its payment.
        Err(WebhookError::Rejected(_)) => StatusCode::BAD_REQUEST,
        Err(WebhookError::Service(error)) => {
            tracing::error!(gateway, error = %error.chain(), "cannot process a webhook");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
