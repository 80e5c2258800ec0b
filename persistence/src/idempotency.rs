//! Idempotency keys: the answer given to a key, so that a request sent twice does its work once.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Timestamptz},
};
use diesel_async::RunQueryDsl;
use model::Timestamp;
use serde_json::Value;

use crate::{Conn, StoreError, StoreResult};

diesel::table! {
    /// The answer given to a key.
    idempotency_keys (scope, key) {
        /// Who asked, for what.
        scope -> Text,
        /// The client's key.
        key -> Text,
        /// A hash of what the client asked.
        input_hash -> Bytea,
        /// What was answered; null while the first request is at work.
        answer -> Nullable<Jsonb>,
        /// When the key was first used.
        created_at -> Timestamptz,
    }
}

/// What is known about a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Begin {
    /// Nobody used it: do the work, then [`finish`].
    New,
    /// The same request was answered before.
    Replay(Value),
    /// Another request used the key.
    Reused,
    /// The same request is still at work in a transaction of its own.
    InProgress,
}

/// Claims a key. Within the transaction of the work it waits for another holder of the key to commit or roll back,
/// so that `InProgress` is only seen by work that spans several transactions.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn begin(conn: &mut Conn, scope: &str, key: &str, input_hash: &[u8]) -> StoreResult<Begin> {
    claim(conn, scope, key, input_hash, None).await
}

/// Claims a key and gives it its answer at once, for work of the same transaction whose answer is known before it is
/// done; [`finish`] is not needed.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn begin_with(
    conn: &mut Conn,
    scope: &str,
    key: &str,
    input_hash: &[u8],
    answer: &Value,
) -> StoreResult<Begin> {
    claim(conn, scope, key, input_hash, Some(answer)).await
}

async fn claim(
    conn: &mut Conn,
    scope: &str,
    key: &str,
    input_hash: &[u8],
    answer: Option<&Value>,
) -> StoreResult<Begin> {
    let values = (
        idempotency_keys::scope.eq(scope),
        idempotency_keys::key.eq(key),
        idempotency_keys::input_hash.eq(input_hash),
        idempotency_keys::answer.eq(answer),
    );
    let claim = diesel::insert_into(idempotency_keys::table).values(values).on_conflict_do_nothing();
    if claim.execute(conn).await? == 1 {
        return Ok(Begin::New);
    }
    match look(conn, scope, key, input_hash).await? {
        // Whoever held it gave it back in between.
        Begin::New => Err(StoreError::Retry),
        known => Ok(known),
    }
}

/// What is known about a key, without claiming it.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn look(conn: &mut Conn, scope: &str, key: &str, input_hash: &[u8]) -> StoreResult<Begin> {
    let known: Option<(Vec<u8>, Option<Value>)> = idempotency_keys::table
        .find((scope, key))
        .select((idempotency_keys::input_hash, idempotency_keys::answer))
        .first(conn)
        .await
        .optional()?;
    Ok(match known {
        None => Begin::New,
        Some((hash, _)) if hash != input_hash => Begin::Reused,
        Some((_, Some(answer))) => Begin::Replay(answer),
        Some((_, None)) => Begin::InProgress,
    })
}

/// Keeps the answer of a key that [`begin`] called new.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn finish(conn: &mut Conn, scope: &str, key: &str, answer: &Value) -> StoreResult<()> {
    let row = idempotency_keys::table.find((scope, key));
    diesel::update(row).set(idempotency_keys::answer.eq(Some(answer))).execute(conn).await?;
    Ok(())
}

/// Removes some keys that were first used before a time, and says how many.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn sweep(conn: &mut Conn, before: Timestamp, limit: i64) -> StoreResult<usize> {
    let delete = diesel::sql_query(include_str!("idempotency/sweep.sql"));
    Ok(delete.bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit).execute(conn).await?)
}
