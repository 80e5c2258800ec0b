//! Everything the gateway knows: charges, the keys that made them, and webhooks that are not acknowledged.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::charge::Charge;

/// One line of the record: everything that one change did, so that it is kept whole or not at all.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Line {
    /// A charge as it is from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<Charge>,
    /// The idempotency key that caused the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<UsedKey>,
    /// A message to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// A message that was acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<String>,
}

/// An idempotency key and what it was used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedKey {
    /// The key.
    pub key: String,
    /// The request: another one under the key is refused.
    pub request: String,
    /// The charge it made or changed.
    pub charge: String,
}

/// A webhook to be sent until it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its name; the same for every try.
    pub id: String,
    /// What is sent.
    pub body: String,
    /// When to send it first.
    pub due: DateTime<Utc>,
    /// When to send it again although it was acknowledged.
    pub again: Option<DateTime<Utc>>,
}

/// Everything the gateway knows.
#[derive(Debug, Default)]
pub struct Book {
    charges: HashMap<String, Charge>,
    /// Ids in the order of making.
    order: Vec<String>,
    references: HashMap<String, String>,
    keys: HashMap<String, UsedKey>,
    messages: BTreeMap<String, Message>,
}

impl Book {
    /// The book that the lines tell of.
    pub fn read(lines: Vec<Line>) -> Self {
        let mut book = Self::default();
        for line in lines {
            book.apply(line);
        }
        book
    }

    /// Takes over what a line says.
    pub fn apply(&mut self, line: Line) {
        if let Some(charge) = line.charge {
            if !self.charges.contains_key(&charge.id) {
                self.order.push(charge.id.clone());
                self.references.insert(charge.reference.clone(), charge.id.clone());
            }
            self.charges.insert(charge.id.clone(), charge);
        }
        if let Some(used) = line.key {
            self.keys.insert(used.key.clone(), used);
        }
        if let Some(message) = line.message {
            self.messages.insert(message.id.clone(), message);
        }
        if let Some(id) = line.delivered {
            self.messages.remove(&id);
        }
    }

    /// A charge by the gateway's name for it.
    pub fn charge(&self, id: &str) -> Option<&Charge> {
        self.charges.get(id)
    }

    /// A charge by the shop's name for it.
    pub fn by_reference(&self, reference: &str) -> Option<&Charge> {
        self.references.get(reference).and_then(|id| self.charges.get(id))
    }

    /// What a key was used for.
    pub fn used(&self, key: &str) -> Option<&UsedKey> {
        self.keys.get(key)
    }

    /// Every charge, oldest first.
    pub fn charges(&self) -> impl Iterator<Item = &Charge> {
        self.order.iter().filter_map(|id| self.charges.get(id))
    }

    /// Messages that are not acknowledged.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }
}
