//! Entries of the audit log.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Timestamp, ids::AuditEntryId};

mod changes;

pub use self::changes::{Change, changed, created, deleted};

/// An action that was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Global id.
    pub id: AuditEntryId,
    /// Time of the action.
    pub at: Timestamp,
    /// `anonymous`, `system`, or the global id of the account or API token.
    pub actor: String,
    /// The action, such as `staffLogin`.
    pub action: String,
    /// The affected object, usually its global id.
    pub object: String,
    /// The network of the request; None where it is unknown.
    pub network: Option<String>,
    /// More details and the changed values.
    pub facts: AuditFacts,
}

/// Details and changed values of an action; never a secret.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AuditFacts {
    /// More details, a JSON object.
    pub details: Value,
    /// The values that the action changed.
    pub changes: Vec<Change>,
}

impl From<Value> for AuditFacts {
    fn from(details: Value) -> Self {
        Self { details, changes: Vec::new() }
    }
}

impl From<Vec<Change>> for AuditFacts {
    fn from(changes: Vec<Change>) -> Self {
        Self { details: Value::Object(serde_json::Map::new()), changes }
    }
}

/// Conditions for a list of entries; an absent one restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The action.
    pub action: Option<String>,
    /// The actor.
    pub actor: Option<String>,
    /// The affected object.
    pub object: Option<String>,
    /// The earliest time.
    pub after: Option<Timestamp>,
    /// The first time that is too late.
    pub before: Option<Timestamp>,
}
