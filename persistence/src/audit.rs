//! The audit log: actions of people and integrations, written in the transaction of the action where there is one.

use std::fmt::Display;

use diesel::{
    pg::Pg,
    prelude::*,
    sql_types::{Array, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use model::{
    Network, Page, PageRequest, Timestamp,
    access::Actor,
    audit::{AuditEntry, AuditFacts, AuditFilter},
    ids::AuditEntryId,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Conn, StoreError, StoreResult,
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
        /// The changed values.
        changes -> Jsonb,
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
    changes: Value,
}

/// The author of an action.
pub struct Author<'a> {
    /// The actor.
    pub actor: &'a Actor,
    /// The network of the request.
    pub network: Option<Network>,
}

impl<'a> From<&'a Actor> for Author<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self { actor, network: actor.network() }
    }
}

/// Records an action of an author on an object.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn push<'a>(
    mut conn: &Conn,
    author: impl Into<Author<'a>>,
    action: &str,
    object: impl Display,
    facts: impl Into<AuditFacts>,
    now: Timestamp,
) -> StoreResult<()> {
    let Author { actor, network } = author.into();
    let AuditFacts { details, changes } = facts.into();
    let row = Row {
        id: AuditEntryId::new().uuid(),
        at: now,
        actor: actor.to_string(),
        action: action.to_owned(),
        object: object.to_string(),
        details,
        network: network.map(|network| network.to_string()),
        changes: serde_json::to_value(&changes).map_err(StoreError::corrupt)?,
    };
    diesel::insert_into(audit_log::table).values(row).execute(&mut conn).await?;
    Ok(())
}

/// The author of actions as it is recorded, for work that goes on after the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedAuthor {
    /// `anonymous`, `system`, or the global id of the account or API token.
    pub actor: String,
    /// The network of the request.
    pub network: Option<String>,
}

impl From<&Actor> for RecordedAuthor {
    fn from(actor: &Actor) -> Self {
        Self { actor: actor.to_string(), network: actor.network().map(|network| network.to_string()) }
    }
}

/// Records one action on several objects, in one statement.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn push_all(
    mut conn: &Conn,
    author: &RecordedAuthor,
    action: &str,
    objects: Vec<(String, AuditFacts)>,
    now: Timestamp,
) -> StoreResult<()> {
    let row = |(object, facts): (String, AuditFacts)| {
        Ok(Row {
            id: AuditEntryId::new().uuid(),
            at: now,
            actor: author.actor.clone(),
            action: action.to_owned(),
            object,
            details: facts.details,
            network: author.network.clone(),
            changes: serde_json::to_value(&facts.changes).map_err(StoreError::corrupt)?,
        })
    };
    let rows = objects.into_iter().map(row).collect::<StoreResult<Vec<_>>>()?;
    if !rows.is_empty() {
        diesel::insert_into(audit_log::table).values(rows).execute(&mut conn).await?;
    }
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
    Ok(Page::from_rows(page, rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?))
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
    if let Some(after) = filter.after {
        query = query.filter(audit_log::at.ge(after));
    }
    if let Some(before) = filter.before {
        query = query.filter(audit_log::at.lt(before));
    }
    query
}

impl TryFrom<Row> for AuditEntry {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let Row { id, at, actor, action, object, details, network, changes } = row;
        let changes = serde_json::from_value(changes).map_err(StoreError::corrupt)?;
        let facts = AuditFacts { details, changes };
        Ok(Self { id: AuditEntryId::restore(id), at, actor, action, object, network, facts })
    }
}

/// Removes changed values from the entries of objects: those of the given names, or all without names. The entries stay.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn remove_values(conn: &mut Conn, objects: &[String], names: Option<&[&str]>) -> StoreResult<()> {
    diesel::sql_query(include_str!("audit_remove_values.sql"))
        .bind::<Array<Text>, _>(objects)
        .bind::<Nullable<Array<Text>>, _>(names)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes all changed values from the entries of objects whose personal data was erased. The entries and the names of the
/// values stay.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn forget<T: Display>(conn: &mut Conn, objects: &[T]) -> StoreResult<()> {
    let objects: Vec<String> = objects.iter().map(ToString::to_string).collect();
    remove_values(conn, &objects, None).await
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
