//! Received gateway webhooks, so that each one is applied once.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Timestamptz},
};
use diesel_async::RunQueryDsl;
use model::Timestamp;

use super::tables::gateway_webhook_events as t;
use crate::{Conn, StoreResult};

/// Records a webhook; false if it was recorded before. Call it in the transaction that applies the webhook, so that it
/// is recorded exactly when it is applied.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn record_webhook(
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

/// Deletes up to `limit` webhooks that are older than any redelivery and returns their number.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn delete_webhooks(conn: &mut Conn, before: Timestamp, limit: i64) -> StoreResult<usize> {
    let query = diesel::sql_query(include_str!("delete_webhooks.sql"));
    Ok(query.bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit).execute(conn).await?)
}
