//! The audit log: actions of people and integrations, written in the transaction of the action where there is one.

use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest, Timestamp,
    access::Actor,
    audit::{AuditEntry, AuditFilter},
    ids::AuditEntryId,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Conn, StoreResult,
    keyset::{self, ListOrder},
};

diesel::table! {
    /// Actions of people and integrations.
    audit_log (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// Time of the action.
        at -> Timestamptz,
        /// The actor.
        actor -> Text,
        /// The action.
        action -> Text,
        /// The affected object, usually its global id.
        object -> Text,
        /// More details; never a secret.
        details -> Jsonb,
        /// The network of the request.
        network -> Nullable<Text>,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log, check_for_backend(Pg))]
struct Row {
    id: Uuid,
    at: Timestamp,
    actor: String,
    action: String,
    object: String,
    details: Value,
    network: Option<String>,
}

/// Records an action of an actor on an object.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn push(
    conn: &Conn,
    actor: &Actor,
    action: &str,
    object: impl std::fmt::Display,
    details: &Value,
    now: Timestamp,
) -> StoreResult<()> {
    let entry = AuditEntry {
        id: AuditEntryId::new(),
        at: now,
        actor: actor.to_string(),
        action: action.to_owned(),
        object: object.to_string(),
        network: None,
        details: details.clone(),
    };
    insert(conn, entry).await
}

/// Inserts an entry.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn insert(mut conn: &Conn, entry: AuditEntry) -> StoreResult<()> {
    diesel::insert_into(audit_log::table).values(Row::from(entry)).execute(&mut conn).await?;
    Ok(())
}

/// A page of entries, newest first.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn list(
    conn: &mut Conn,
    filter: &AuditFilter,
    page: &PageRequest<AuditEntryId>,
) -> StoreResult<Page<AuditEntry>> {
    let query = keyset::page(filtered(filter), audit_log::id, page, ListOrder::NewestFirst);
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn).await?;
    Ok(Page::from_rows(page, rows.into_iter().map(Into::into).collect()))
}

/// The number of entries.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn count(conn: &mut Conn, filter: &AuditFilter) -> StoreResult<i64> {
    Ok(filtered(filter).count().get_result(conn).await?)
}

fn filtered(filter: &AuditFilter) -> audit_log::BoxedQuery<'_, Pg> {
    let mut query = audit_log::table.into_boxed();
    if let Some(action) = &filter.action {
        query = query.filter(audit_log::action.eq(action));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(audit_log::actor.eq(actor));
    }
    if let Some(object) = &filter.object {
        query = query.filter(audit_log::object.eq(object));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_log::at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(audit_log::at.lt(to));
    }
    query
}

impl From<AuditEntry> for Row {
    fn from(entry: AuditEntry) -> Self {
        let AuditEntry { id, at, actor, action, object, network, details } = entry;
        Self { id: id.uuid(), at, actor, action, object, details, network }
    }
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        let Row { id, at, actor, action, object, details, network } = row;
        Self { id: AuditEntryId::restore(id), at, actor, action, object, network, details }
    }
}

/// Deletes at most `limit` actions before a time and returns their number.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn delete_before(conn: &mut Conn, before: Timestamp, limit: i64) -> StoreResult<usize> {
    let old = audit_log::table.filter(audit_log::at.lt(before)).order((audit_log::at, audit_log::id)).limit(limit);
    let old: Vec<Uuid> = old.select(audit_log::id).for_update().skip_locked().load(conn).await?;
    Ok(diesel::delete(audit_log::table.filter(audit_log::id.eq_any(old))).execute(conn).await?)
}

/// The number of actions before a time.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn count_before(conn: &mut Conn, before: Timestamp) -> StoreResult<i64> {
    Ok(audit_log::table.filter(audit_log::at.lt(before)).count().get_result(conn).await?)
}
