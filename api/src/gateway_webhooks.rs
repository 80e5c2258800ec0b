//! `POST /webhooks/gateways/{gateway}`: what gateways tell by themselves.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use services::payments::{self, WebhookError, WebhookHeaders};

use crate::server::Server;

/// The longest message that is read.
pub const MAX_BODY: usize = 256 * 1024;

/// Takes a message. Everything but a 2xx makes the gateway send it again.
pub async fn receive(
    State(server): State<Arc<Server>>,
    Path(gateway): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let headers = WebhookHeaders {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
    };
    match payments::receive_webhook(&server.app, &gateway, &headers, &body).await {
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
