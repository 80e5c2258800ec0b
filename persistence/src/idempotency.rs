//! Idempotency keys: the answer given to a key, so that a request sent twice does its work once.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::Timestamp;
use serde_json::Value;

use crate::{Conn, StoreResult};

diesel::table! {
    /// The answer given to a key.
    idempotency_keys (scope, key) {
        /// Who asked, for what.
        scope -> Text,
        /// The client's key.
        key -> Text,
        /// A hash of what the client asked.
        input_hash -> Binary,
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
/// [`crate::StoreError`] of the database.
pub async fn begin(conn: &mut Conn, scope: &str, key: &str, input_hash: &[u8]) -> StoreResult<Begin> {
    let claimed = diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::scope.eq(scope),
            idempotency_keys::key.eq(key),
            idempotency_keys::input_hash.eq(input_hash),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if claimed == 1 {
        return Ok(Begin::New);
    }
    let (hash, answer): (Vec<u8>, Option<Value>) = idempotency_keys::table
        .find((scope, key))
        .select((idempotency_keys::input_hash, idempotency_keys::answer))
        .first(conn)
        .await?;
    Ok(match answer {
        _ if hash != input_hash => Begin::Reused,
        Some(answer) => Begin::Replay(answer),
        None => Begin::InProgress,
    })
}

/// Keeps the answer of a key that [`begin`] called new.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn finish(conn: &mut Conn, scope: &str, key: &str, answer: &Value) -> StoreResult<()> {
    diesel::update(idempotency_keys::table.find((scope, key)))
        .set(idempotency_keys::answer.eq(Some(answer)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a key back, for work that failed in a way that trying again may cure.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn release(conn: &mut Conn, scope: &str, key: &str) -> StoreResult<()> {
    let unanswered = idempotency_keys::table.find((scope, key)).filter(idempotency_keys::answer.is_null());
    diesel::delete(unanswered).execute(conn).await?;
    Ok(())
}

/// Removes keys that were first used before a time, and those that stayed without an answer since another.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn sweep(conn: &mut Conn, before: Timestamp, unanswered_before: Timestamp) -> StoreResult<usize> {
    let abandoned = idempotency_keys::answer.is_null().and(idempotency_keys::created_at.lt(unanswered_before));
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(before).or(abandoned));
    Ok(diesel::delete(old).execute(conn).await?)
}
