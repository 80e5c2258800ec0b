//! Webhooks: signed by the Standard Webhooks scheme, sent until they are acknowledged.

use std::{io, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use services::webhook_signature::Secret;
use tokio::{sync::Semaphore, time::sleep};

use crate::{
    Faults, Pace, WebhookTarget,
    behavior::number,
    book::{Line, Message},
    charge::{Charge, random_id},
    gateway::Gateway,
};

/// The most messages on their way at a time.
const AT_ONCE: usize = 32;
/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_mins(1);
/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends messages.
#[derive(Debug)]
pub struct Sender {
    url: String,
    secret: Secret,
    client: reqwest::Client,
    at_once: Semaphore,
    pace: Pace,
}

impl Sender {
    /// A sender of the gateway's messages to the target.
    ///
    /// # Errors
    /// The secret is malformed, or TLS cannot be set up.
    pub fn new(gateway: &str, target: &WebhookTarget, pace: Pace) -> io::Result<Self> {
        let secret = Secret::parse(&target.secret).map_err(io::Error::other)?.of_sender(gateway);
        let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(io::Error::other)?;
        Ok(Self { url: target.url.clone(), secret, client, at_once: Semaphore::new(AT_ONCE), pace })
    }

    /// The message that tells of a charge as it is now.
    pub fn message(&self, charge: &Charge, seed: u64, now: DateTime<Utc>) -> Message {
        let id = random_id("msg");
        let body = serde_json::json!({ "type": "charge.updated", "timestamp": now, "data": charge });
        let chaos = |what: &str| {
            let most = u64::try_from(self.pace.chaos.as_millis()).unwrap_or(u64::MAX).max(1);
            let name = format!("{}/{}/{what}", charge.reference, charge.operations.len());
            Duration::from_millis(number(seed, &name) % most)
        };
        let due = now + self.pace.webhook_after;
        let (due, again) =
            if charge.is_chaotic { (due + chaos("first"), Some(due + chaos("again"))) } else { (due, None) };
        Message { id, body: body.to_string(), due, again }
    }

    /// One try; true when it was acknowledged.
    async fn send(&self, message: &Message) -> bool {
        let Ok(_permit) = self.at_once.acquire().await else { return false };
        let now = Utc::now().timestamp();
        let signature = self.secret.sign(&message.id, now, message.body.as_bytes());
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", now.to_string())
            .header("webhook-signature", signature)
            .body(message.body.clone());
        request.send().await.is_ok_and(|answer| answer.status().is_success())
    }
}

/// Sends a message until it is acknowledged, then writes that down; an outage of the gateway holds it up.
pub fn deliver(gateway: Arc<Gateway>, message: Message) {
    tokio::spawn(async move {
        let Some(sender) = gateway.sender() else { return };
        // What is told has to be on the disk.
        if gateway.barrier().await.is_err() {
            return;
        }
        sleep_until(message.due).await;
        send_until_acknowledged(sender, &gateway.faults, &message).await;
        if let Some(again) = message.again {
            sleep_until(again).await;
            send_until_acknowledged(sender, &gateway.faults, &message).await;
        }
        gateway.write(Line { delivered: Some(message.id), ..Line::default() });
    });
}

async fn send_until_acknowledged(sender: &Sender, faults: &Faults, message: &Message) {
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
        wait = wait.saturating_mul(2).min(LONGEST);
    }
}

/// Sleeps until the wall clock says so; not at all when it already does.
pub async fn sleep_until(time: DateTime<Utc>) {
    if let Ok(wait) = (time - Utc::now()).to_std() {
        sleep(wait).await;
    }
}
