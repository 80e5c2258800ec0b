//! Idempotency keys: the stored answer of a request, so that a repeated request is executed once.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Timestamptz},
};
use diesel_async::RunQueryDsl;
use model::Timestamp;
use serde_json::Value;

use crate::{Conn, StoreError, StoreResult};

diesel::table! {
    /// The answers of requests by idempotency key.
    idempotency_keys (scope, key) {
        /// The actor and the operation.
        scope -> Text,
        /// The client's key.
        key -> Text,
        /// A hash of the input.
        input_hash -> Bytea,
        /// The answer; null while the first request is in progress.
        answer -> Nullable<Jsonb>,
        /// Time of the first use.
        created_at -> Timestamptz,
    }
}

/// The state of an idempotency key.
#[derive(Debug, Clone, PartialEq)]
pub enum Begin {
    /// Not used before: execute the request, then call [`finish`].
    New,
    /// The same request was answered before, with this answer.
    Replay(Value),
    /// Another request used the key.
    Reused,
    /// The same request is in progress in another transaction.
    InProgress,
}

/// Claims a key. In the transaction of the request it waits until another transaction with the same key commits or rolls
/// back, so only requests of several transactions get [`Begin::InProgress`].
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn begin(conn: &mut Conn, scope: &str, key: &str, input_hash: &[u8]) -> StoreResult<Begin> {
    claim(conn, scope, key, input_hash, None).await
}

/// Claims a key and stores its answer at once, for a request whose answer is known in advance and which runs in the same
/// transaction; [`finish`] is not needed.
///
/// # Errors
/// [`StoreError`] if a statement fails.
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
        // The other request released the key in between.
        Begin::New => Err(StoreError::Retry),
        known => Ok(known),
    }
}

/// Reads the state of a key without claiming it.
///
/// # Errors
/// [`StoreError`] if a statement fails.
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

/// Stores the answer of a key for which [`begin`] returned [`Begin::New`].
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn finish(conn: &mut Conn, scope: &str, key: &str, answer: &Value) -> StoreResult<()> {
    let row = idempotency_keys::table.find((scope, key));
    diesel::update(row).set(idempotency_keys::answer.eq(Some(answer))).execute(conn).await?;
    Ok(())
}

/// Deletes up to `limit` keys that were first used before a time and returns their number.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_old(conn: &mut Conn, before: Timestamp, limit: i64) -> StoreResult<usize> {
    let delete = diesel::sql_query(include_str!("idempotency/delete_old.sql"));
    Ok(delete.bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit).execute(conn).await?)
}
