//! The state of the gateway: charges, used idempotency keys, and webhooks that are not acknowledged.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::charge::Charge;

/// A line of the record: all effects of one change, so that they are saved together or not at all.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Line {
    /// The charge after the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<Charge>,
    /// The idempotency key of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<UsedKey>,
    /// The webhook to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// The id of a webhook that was acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<String>,
}

/// A used idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedKey {
    /// The key.
    pub key: String,
    /// The fingerprint of the request; another request with the key is rejected.
    pub request: String,
    /// The id of the charge that the request created or changed.
    pub charge: String,
}

/// A webhook that is sent until it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The id; the same for every attempt.
    pub id: String,
    /// The body.
    pub body: String,
    /// The time of the first attempt.
    pub due: DateTime<Utc>,
    /// The time of a duplicate that is sent after the acknowledgement.
    pub again: Option<DateTime<Utc>>,
}

/// The state of the gateway.
#[derive(Debug, Default)]
pub struct GatewayState {
    charges: HashMap<String, Charge>,
    /// Ids of charges, oldest first.
    order: Vec<String>,
    references: HashMap<String, String>,
    keys: HashMap<String, UsedKey>,
    messages: BTreeMap<String, Message>,
}

impl GatewayState {
    /// The state that the lines of a record describe.
    pub fn from_lines(lines: Vec<Line>) -> Self {
        let mut state = Self::default();
        for line in lines {
            state.apply(line);
        }
        state
    }

    /// Applies a line.
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

    /// The charge with this id.
    pub fn charge(&self, id: &str) -> Option<&Charge> {
        self.charges.get(id)
    }

    /// The charge with this reference.
    pub fn by_reference(&self, reference: &str) -> Option<&Charge> {
        self.references.get(reference).and_then(|id| self.charges.get(id))
    }

    /// The use of an idempotency key; none if the key is new.
    pub fn used_key(&self, key: &str) -> Option<&UsedKey> {
        self.keys.get(key)
    }

    /// All charges, oldest first.
    pub fn charges(&self) -> impl Iterator<Item = &Charge> {
        self.order.iter().filter_map(|id| self.charges.get(id))
    }

    /// Webhooks that are not acknowledged.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }
}
