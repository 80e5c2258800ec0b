//! The sequence of order numbers.

use diesel::{OptionalExtension as _, QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl;

use crate::{Conn, StoreResult};

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// The number that the next order gets, if no other order is placed before.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn next_number(conn: &mut Conn) -> StoreResult<i64> {
    let next = "SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END AS value FROM order_numbers";
    let Value { value } = diesel::sql_query(next).get_result(conn).await?;
    Ok(value)
}

/// Lets the sequence continue at a higher number; false, without a change, if the number is taken. Waits for transactions
/// that have taken a number, and blocks others until the end of the transaction.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn restart_numbers(conn: &mut Conn, next: i64) -> StoreResult<bool> {
    // It changes nothing, but takes the lock of the sequence.
    diesel::sql_query("ALTER SEQUENCE order_numbers INCREMENT BY 1").execute(conn).await?;
    let restarted = diesel::sql_query(include_str!("numbers/restart.sql")).bind::<BigInt, _>(next);
    let restarted: Option<Value> = restarted.get_result(conn).await.optional()?;
    Ok(restarted.is_some_and(|restarted| restarted.value == next))
}
