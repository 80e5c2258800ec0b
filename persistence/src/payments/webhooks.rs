//! What gateways have told us, so that each message counts once.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Timestamptz},
};
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

/// Forgets up to `limit` messages older than any gateway repeats them; says how many.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn forget_webhooks(conn: &mut Conn, before: Timestamp, limit: i64) -> StoreResult<usize> {
    let query = diesel::sql_query(include_str!("forget_webhooks.sql"));
    Ok(query.bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit).execute(conn).await?)
}
