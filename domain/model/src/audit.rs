//! Entries of the audit log.

use serde_json::Value;

use crate::{Timestamp, ids::AuditEntryId};

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
    /// More details; never a secret.
    pub details: Value,
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
    pub from: Option<Timestamp>,
    /// The first time that is too late.
    pub to: Option<Timestamp>,
}
