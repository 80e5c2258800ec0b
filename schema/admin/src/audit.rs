//! The audit log.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use model::ids::AuditEntryId;
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, to_id, total_count};
use services::audit::{self, AuditFilter};

/// Conditions for a list of audit log entries; all given conditions must be met.
#[derive(InputObject, Default)]
pub struct AuditLogFilter {
    /// Action of the entries, such as `staffLogin`.
    action: Option<String>,
    /// Actor of the entries: `anonymous`, `system`, or the global id of an account or API token.
    actor: Option<String>,
    /// Affected object of the entries, usually a global id.
    object: Option<String>,
    /// Entries of this time or later.
    after: Option<DateTime<Utc>>,
    /// Entries before this time.
    before: Option<DateTime<Utc>>,
}

/// An action that was recorded.
pub struct AuditLogEntry(model::audit::AuditEntry);

/// An action that was recorded in the audit log.
#[Object]
impl AuditLogEntry {
    /// Global id of the entry.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Time of the action.
    fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Actor of the action: `anonymous`, `system`, or the global id of an account or API token.
    fn actor(&self) -> &str {
        &self.0.actor
    }

    /// Name of the action, such as `staffLogin`.
    fn action(&self) -> &str {
        &self.0.action
    }

    /// Affected object, usually a global id. An email address without an account is `email:` and its SHA-256 digest.
    fn object(&self) -> &str {
        &self.0.object
    }

    /// Network of the request: an IPv4 address or an IPv6 /64 prefix; null if it is unknown.
    fn network(&self) -> Option<&str> {
        self.0.network.as_deref()
    }

    /// Details of the action as a JSON object.
    fn details(&self) -> String {
        self.0.facts.details.to_string()
    }

    /// Values that the action changed.
    fn changes(&self) -> Vec<AuditLogChange> {
        self.0.facts.changes.iter().cloned().map(AuditLogChange).collect()
    }
}

/// A value that an action changed.
pub struct AuditLogChange(model::audit::Change);

/// A value that an action changed.
#[Object]
impl AuditLogChange {
    /// Path of the value in the object, such as `variants[TEE-M].weightGrams`.
    fn path(&self) -> &str {
        &self.0.path
    }

    /// Previous value; null if there was none. Text is returned as it is, other values as JSON. At most 1,000
    /// characters.
    fn from(&self) -> Option<&str> {
        self.0.from.as_deref()
    }

    /// New value; null if it was removed.
    fn to(&self) -> Option<&str> {
        self.0.to.as_deref()
    }
}

/// Queries of the audit log.
#[derive(Default)]
pub struct AuditQuery;

#[connection_fields]
#[Object]
impl AuditQuery {
    /// Entries of the audit log, newest first. Needs `AUDIT_READ`.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that the entries must meet; all entries if absent.")] filter: Option<
            AuditLogFilter,
        >,
        args: ConnectionArgs,
    ) -> Result<Connection<AuditLogEntry>> {
        let request = ctx.request()?;
        let page = args.page::<AuditEntryId>()?;
        let AuditLogFilter { action, actor, object, after, before } = filter.unwrap_or_default();
        let filter = AuditFilter { action, actor, object, after, before };
        let found = audit::list(&request.app, &request.actor, &filter, &page).await?;
        let total = total_count(ctx, audit::count(&request.app, &request.actor, &filter)).await?;
        Ok(Connection::new(&page, found, total, |entry| entry.id, AuditLogEntry))
    }
}
