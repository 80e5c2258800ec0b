//! What gateways have told us, so that each message counts once.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::Timestamp;

use super::tables::gateway_webhook_events as t;
use crate::{Conn, StoreResult};

/// Writes down that a message came; false when it had come before. Whoever applies the message calls it in the same
/// transaction, so that a message is remembered exactly when it was applied.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn remember_webhook(
    conn: &mut Conn,
    gateway: &str,
    event_id: &str,
    kind: &str,
    now: Timestamp,
) -> StoreResult<bool> {
    let values = (t::gateway.eq(gateway), t::event_id.eq(event_id), t::kind.eq(kind), t::received_at.eq(now));
    let written = diesel::insert_into(t::table).values(values).on_conflict_do_nothing().execute(conn).await?;
    Ok(written == 1)
}

/// Forgets messages older than any gateway repeats them, some thousands at once; says how many.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn forget_webhooks(conn: &mut Conn, before: Timestamp) -> StoreResult<usize> {
    Ok(diesel::delete(t::table.filter(t::received_at.lt(before))).execute(conn).await?)
}
