//! Webhooks, signed by the Standard Webhooks scheme and sent until they are acknowledged or rejected.

use std::{io, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use services::webhook_signature::Secret;
use tokio::{sync::Semaphore, time::sleep};

use crate::{
    Faults, Pace, WebhookTarget,
    behavior::number,
    charge::{Charge, random_id},
    clock,
    gateway::Gateway,
    state::{Line, Message},
};

/// The maximum number of concurrent requests.
const CONCURRENCY: usize = 32;
/// The maximum wait between two attempts.
const MAX_WAIT: Duration = Duration::from_mins(1);
/// The time-out of a request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends webhooks to a receiver.
#[derive(Debug)]
pub struct Sender {
    url: String,
    secret: Secret,
    client: reqwest::Client,
    permits: Semaphore,
    pace: Pace,
}

impl Sender {
    /// A sender of the gateway's webhooks to a receiver.
    ///
    /// # Errors
    /// [`io::Error`] if the secret is malformed or TLS cannot be set up.
    pub fn new(gateway: &str, target: &WebhookTarget, pace: Pace) -> io::Result<Self> {
        let shared = Secret::parse(&target.secret).map_err(io::Error::other)?;
        let secret = shared.of_sender(gateway).map_err(io::Error::other)?;
        let client = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(io::Error::other)?;
        Ok(Self { url: target.url.clone(), secret, client, permits: Semaphore::new(CONCURRENCY), pace })
    }

    /// The webhook about the current state of a charge.
    pub fn message(&self, charge: &Charge, seed: u64, now: DateTime<Utc>) -> Message {
        let id = random_id("msg");
        let body = serde_json::json!({ "type": "charge.updated", "timestamp": now, "data": charge });
        let chaos = |what: &str| {
            // A few seconds.
            let most = u64::try_from(self.pace.chaos.as_millis()).unwrap_or(u64::MAX).max(1);
            let name = format!("{}/{}/{what}", charge.reference, charge.operations.len());
            Duration::from_millis(number(seed, &name) % most)
        };
        let due = now + self.pace.webhook_after;
        let (due, again) =
            if charge.is_chaotic { (due + chaos("first"), Some(due + chaos("again"))) } else { (due, None) };
        Message { id, body: body.to_string(), due, again }
    }

    /// Sends a webhook once; true if it need not be sent again.
    async fn send(&self, message: &Message) -> bool {
        let Ok(_permit) = self.permits.acquire().await else { return false };
        let now = clock::now().timestamp();
        let signature = self.secret.sign(&message.id, now, message.body.as_bytes());
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", now.to_string())
            .header("webhook-signature", signature)
            .body(message.body.clone());
        request.send().await.is_ok_and(|answer| is_final(answer.status()))
    }
}

/// True if the receiver accepted the webhook, or rejected it in a way that a repetition cannot change: any 4xx status but
/// those of a time-out (408), too early a request (425) and too many requests (429).
fn is_final(status: StatusCode) -> bool {
    let is_temporary =
        matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS);
    status.is_success() || (status.is_client_error() && !is_temporary)
}

/// Sends a webhook until it is acknowledged or rejected, then records that. During a simulated outage nothing is sent.
pub fn deliver(gateway: Arc<Gateway>, message: Message) {
    tokio::spawn(async move {
        let Some(sender) = gateway.sender() else { return };
        // The change must be on disk before the receiver learns about it.
        if gateway.barrier().await.is_err() {
            return;
        }
        sleep_until(message.due).await;
        send_until_final(sender, &gateway.faults, &message).await;
        if let Some(again) = message.again {
            sleep_until(again).await;
            send_until_final(sender, &gateway.faults, &message).await;
        }
        gateway.write(Line { delivered: Some(message.id), ..Line::default() });
    });
}

async fn send_until_final(sender: &Sender, faults: &Faults, message: &Message) {
    let mut wait = sender.pace.first_retry;
    loop {
        if let Some(left) = faults.left() {
            sleep(left).await;
            continue;
        }
        if sender.send(message).await {
            return;
        }
        sleep(wait).await;
        wait = wait.saturating_mul(2).min(MAX_WAIT);
    }
}

/// Sleeps until a time; returns at once if it has passed.
pub async fn sleep_until(time: DateTime<Utc>) {
    if let Ok(wait) = (time - clock::now()).to_std() {
        sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejected_webhooks_are_not_repeated() {
        for (status, expected) in [
            (204, true),
            (302, false),
            (400, true),
            (404, true),
            (408, false),
            (413, true),
            (425, false),
            (429, false),
            (500, false),
            (503, false),
        ] {
            assert_eq!(is_final(StatusCode::from_u16(status).unwrap()), expected, "{status}");
        }
    }
}
