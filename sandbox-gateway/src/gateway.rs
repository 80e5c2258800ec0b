//! The gateway: all changes of its state pass through it.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::{
    Faults, Pace, Record, SandboxConfig,
    charge::{Charge, Decision, Kind},
    clock,
    record::Durable,
    state::{GatewayState, Line, UsedKey},
    webhooks::{self, Sender, sleep_until},
};

/// The gateway with its state, record and settings.
#[derive(Debug)]
pub struct Gateway {
    state: Mutex<GatewayState>,
    /// The durable record.
    pub record: Record,
    /// Simulated outages.
    pub faults: Faults,
    sender: Option<Sender>,
    /// The API key, sent by callers as bearer token.
    pub api_key: String,
    public_url: String,
    /// The seed of the random behavior of `tok_chaos`.
    pub seed: u64,
    /// Delays of decisions and webhooks.
    pub pace: Pace,
}

impl Gateway {
    /// A gateway with the state that the lines of the record describe.
    pub fn new(config: &SandboxConfig, public_url: String, record: Record, lines: Vec<Line>) -> io::Result<Arc<Self>> {
        let sender =
            config.webhook.as_ref().map(|target| Sender::new(&config.name, target, config.pace)).transpose()?;
        Ok(Arc::new(Self {
            state: Mutex::new(GatewayState::from_lines(lines)),
            record,
            faults: Faults::default(),
            sender,
            api_key: config.api_key.clone(),
            public_url,
            seed: config.seed,
            pace: config.pace,
        }))
    }

    /// Resumes decisions, disputes and webhooks that the last stop interrupted.
    pub fn resume(self: &Arc<Self>) {
        let state = self.state();
        for charge in state.charges() {
            self.schedule(charge);
        }
        if self.sender.is_some() {
            for message in state.messages() {
                webhooks::deliver(Arc::clone(self), message.clone());
            }
        }
    }

    /// The number of charges.
    pub fn count(&self) -> usize {
        self.state().charges().count()
    }

    /// The sender of webhooks; none if no receiver is configured.
    pub fn sender(&self) -> Option<&Sender> {
        self.sender.as_ref()
    }

    /// Waits until everything written so far is on disk.
    pub async fn barrier(&self) -> io::Result<()> {
        self.record.barrier().wait().await
    }

    /// Applies a line to the state and queues it for the record.
    pub fn write(&self, line: Line) -> Durable {
        let mut state = self.state();
        self.write_locked(&mut state, line)
    }

    /// Locks the state; do not hold the lock across an await point.
    pub fn state(&self) -> MutexGuard<'_, GatewayState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line is queued while the state is locked, so that the record has the order of the changes.
    fn write_locked(&self, state: &mut GatewayState, line: Line) -> Durable {
        let durable = self.record.append(&line);
        state.apply(line);
        durable
    }

    /// Saves a changed charge, sends its webhook, and schedules its next step.
    pub fn change(
        self: &Arc<Self>,
        state: &mut GatewayState,
        charge: Charge,
        key: Option<UsedKey>,
        now: DateTime<Utc>,
    ) -> Durable {
        let message = self.sender.as_ref().map(|sender| sender.message(&charge, self.seed, now));
        self.schedule(&charge);
        let durable =
            self.write_locked(state, Line { charge: Some(charge), key, message: message.clone(), delivered: None });
        if let Some(message) = message {
            webhooks::deliver(Arc::clone(self), message);
        }
        durable
    }

    /// Schedules the pending decision and dispute of a charge.
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
            let now = clock::now();
            let mut state = gateway.state();
            let Some(mut charge) = state.charge(&id).cloned() else { return };
            if act(&mut charge, now) {
                gateway.change(&mut state, charge, None, now);
            }
        });
    }

    /// The JSON of a charge.
    pub fn show(&self, charge: &Charge) -> serde_json::Value {
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
