//! The audit log: actions of staff and integrations, written in the transaction of the action.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{Timestamp, access::Actor};
use serde_json::Value;
use uuid::Uuid;

use crate::{Conn, StoreResult};

diesel::table! {
    /// Actions of staff and integrations.
    audit_log (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// Time of the action.
        at -> Timestamptz,
        /// The actor.
        actor -> Text,
        /// The action.
        action -> Text,
        /// The global id of the affected object.
        object -> Text,
        /// More details; never a secret.
        details -> Jsonb,
    }
}

/// Records an action of an actor on an object.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn push(
    mut conn: &Conn,
    actor: &Actor,
    action: &str,
    object: impl std::fmt::Display,
    details: &Value,
    now: Timestamp,
) -> StoreResult<()> {
    let values = (
        audit_log::id.eq(Uuid::now_v7()),
        audit_log::at.eq(now),
        audit_log::actor.eq(actor.to_string()),
        audit_log::action.eq(action),
        audit_log::object.eq(object.to_string()),
        audit_log::details.eq(details),
    );
    diesel::insert_into(audit_log::table).values(values).execute(&mut conn).await?;
    Ok(())
}
