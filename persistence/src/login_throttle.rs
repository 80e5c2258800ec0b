//! Failed logins and other events that are limited, counted across all processes.

use std::collections::HashMap;

use diesel::{
    dsl::{max, sql},
    prelude::*,
    sql_types::{Array, Bool, Text},
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use model::{Timestamp, customers::Throttle};

use crate::{Conn, StoreError, StoreResult};

diesel::table! {
    /// Failed and pending login attempts, and other limited events, by key.
    login_throttle (key) {
        /// The counted subject: an account, a network address, or both.
        key -> Text,
        /// The number of attempts that still count.
        failures -> Integer,
        /// The time from which the decay of the count is computed.
        last_at -> Nullable<Timestamptz>,
        /// Attempts are refused until this time.
        blocked_until -> Nullable<Timestamptz>,
        /// Time after which the row can be deleted.
        forget_at -> Timestamptz,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = login_throttle, check_for_backend(diesel::pg::Pg))]
struct Row {
    key: String,
    failures: i32,
    last_at: Option<Timestamp>,
    blocked_until: Option<Timestamp>,
}

/// Locks the counts of keys until the end of the transaction. New keys start at zero.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock(conn: &mut Conn, keys: &[String], now: Timestamp) -> StoreResult<HashMap<String, Throttle>> {
    // Lock in one order, so that two attempts cannot deadlock.
    let mut sorted: Vec<&str> = keys.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let fresh: Vec<_> = sorted
        .iter()
        .map(|key| (login_throttle::key.eq(*key), login_throttle::failures.eq(0), login_throttle::forget_at.eq(now)))
        .collect();
    diesel::insert_into(login_throttle::table).values(fresh).on_conflict_do_nothing().execute(conn).await?;
    let rows: Vec<Row> = login_throttle::table
        .filter(login_throttle::key.eq_any(sorted))
        .order(login_throttle::key)
        .select(Row::as_select())
        .for_update()
        .load(conn)
        .await?;
    let counted = |row: Row| {
        let failures = u32::try_from(row.failures).map_err(StoreError::corrupt)?;
        Ok((row.key, Throttle { failures, since: row.last_at, blocked_until: row.blocked_until }))
    };
    rows.into_iter().map(counted).collect()
}

/// The latest end of the blocks of keys; `None` if none of them is blocked. Locks nothing.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn blocked_until(conn: &mut Conn, keys: &[&str], now: Timestamp) -> StoreResult<Option<Timestamp>> {
    let blocked =
        login_throttle::table.filter(login_throttle::key.eq_any(keys)).filter(login_throttle::blocked_until.gt(now));
    Ok(blocked.select(max(login_throttle::blocked_until)).first(conn).await?)
}

/// Saves counts in one statement; each row is kept until the given time.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn save(conn: &mut Conn, counted: &[(String, Throttle, Timestamp)]) -> StoreResult<()> {
    let rows: Vec<_> = counted
        .iter()
        .map(|(key, throttle, forget_at)| {
            (
                login_throttle::key.eq(key),
                // Any number this high blocks an account or address, so the largest one stands for all higher ones.
                login_throttle::failures.eq(i32::try_from(throttle.failures).unwrap_or(i32::MAX)),
                login_throttle::last_at.eq(throttle.since),
                login_throttle::blocked_until.eq(throttle.blocked_until),
                login_throttle::forget_at.eq(forget_at),
            )
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    diesel::insert_into(login_throttle::table)
        .values(rows)
        .on_conflict(login_throttle::key)
        .do_update()
        .set((
            login_throttle::failures.eq(excluded(login_throttle::failures)),
            login_throttle::last_at.eq(excluded(login_throttle::last_at)),
            login_throttle::blocked_until.eq(excluded(login_throttle::blocked_until)),
            login_throttle::forget_at.eq(excluded(login_throttle::forget_at)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes the counts of keys.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete(conn: &mut Conn, keys: &[String]) -> StoreResult<()> {
    diesel::delete(login_throttle::table.filter(login_throttle::key.eq_any(keys))).execute(conn).await?;
    Ok(())
}

/// The keys that start with one of these texts. Scans the table, which is small: for erasure and export only.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn keys_starting_with(conn: &mut Conn, prefixes: &[String]) -> StoreResult<Vec<String>> {
    let starts = sql::<Bool>("key ^@ ANY (").bind::<Array<Text>, _>(prefixes.to_vec()).sql(")");
    Ok(login_throttle::table.filter(starts).order(login_throttle::key).select(login_throttle::key).load(conn).await?)
}

/// Deletes expired rows and returns their number.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_expired(conn: &mut Conn, now: Timestamp) -> StoreResult<usize> {
    Ok(diesel::delete(login_throttle::table.filter(login_throttle::forget_at.lt(now))).execute(conn).await?)
}
