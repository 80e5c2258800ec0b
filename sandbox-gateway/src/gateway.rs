//! The gateway itself, and the one place where its book changes.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::{
    Faults, Pace, Record, SandboxConfig,
    book::{Book, Line, UsedKey},
    charge::{Charge, Decision, Kind},
    record::Durable,
    webhooks::{self, Sender, sleep_until},
};

/// The gateway: its book, its record and how it answers.
#[derive(Debug)]
pub struct Gateway {
    book: Mutex<Book>,
    /// What survives a crash.
    pub record: Record,
    /// Outages.
    pub faults: Faults,
    sender: Option<Sender>,
    /// What callers send as bearer token.
    pub api_key: String,
    public_url: String,
    /// Chooses what `tok_chaos` does.
    pub seed: u64,
    /// How long things take.
    pub pace: Pace,
}

impl Gateway {
    /// A gateway that knows what the lines tell of.
    pub fn open(config: &SandboxConfig, public_url: String, record: Record, lines: Vec<Line>) -> io::Result<Arc<Self>> {
        let sender =
            config.webhook.as_ref().map(|target| Sender::new(&config.name, target, config.pace)).transpose()?;
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

    /// The charges; not to be held for long.
    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line is queued while the book is locked, so that both have the same order.
    fn write_locked(&self, book: &mut Book, line: Line) -> Durable {
        let durable = self.record.append(&line);
        book.apply(line);
        durable
    }

    /// Writes a changed charge, tells of it, and plans what comes next.
    pub fn change(
        self: &Arc<Self>,
        book: &mut Book,
        charge: Charge,
        key: Option<UsedKey>,
        now: DateTime<Utc>,
    ) -> Durable {
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
