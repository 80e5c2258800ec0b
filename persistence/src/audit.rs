//! The record of what staff and integrations did, written in the transaction of what they did.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{Timestamp, access::Actor};
use serde_json::Value;
use uuid::Uuid;

use crate::{Conn, StoreResult};

diesel::table! {
    /// What staff and integrations did.
    audit_log (id) {
        /// Identifier, sorts by time.
        id -> Uuid,
        /// When it was done.
        at -> Timestamptz,
        /// Who did it.
        actor -> Text,
        /// What was done.
        action -> Text,
        /// The global id of the object it was done to.
        object -> Text,
        /// What else there is to know; never a secret.
        details -> Jsonb,
    }
}

/// Writes that an actor did something to an object.
///
/// # Errors
/// [`crate::StoreError`] of the database.
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
