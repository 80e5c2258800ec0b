//! A payment with its attempts and transactions, which are locked, changed and saved together.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use futures_util::try_join;
use model::{Timestamp, ids::PaymentId, payments::PaymentRecord};

use super::{
    rows::{AttemptRow, PaymentRow, TransactionRow},
    tables::{payment_attempts, payment_transactions, payments},
};
use crate::{Conn, StoreResult};

/// Facts that can keep a cart from another payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentBlock {
    /// The latest end of the blocks of the payment's counters; none if none of them blocks.
    pub blocked_until: Option<Timestamp>,
    /// The other payments of the cart that are not decided.
    pub undecided: i64,
}

/// Inserts a payment with its attempts, and returns what can keep the cart from it; the caller rolls back if it does.
/// The insert itself reads this, which saves a statement. If the cart is locked, parallel payments see each other.
///
/// # Errors
/// `payments_active_cart_key` if the cart has an active payment; `payments_idempotency_key` if the key was used before.
pub async fn insert(mut conn: &Conn, record: &PaymentRecord) -> StoreResult<PaymentBlock> {
    let payment = &record.payment;
    let blocked_until = sql::<Nullable<Timestamptz>>("(SELECT max(blocked_until) FROM login_throttle WHERE key = ANY(")
        .bind::<Array<Text>, _>(&payment.decline_keys)
        .sql(") AND blocked_until > ")
        .bind::<Timestamptz, _>(payment.created_at)
        .sql(")");
    let undecided = sql::<BigInt>("(SELECT count(*) FROM payments AS other WHERE other.cart_id = ")
        .bind::<SqlUuid, _>(payment.cart_id.uuid())
        .sql(" AND other.status IN ('PENDING', 'REQUIRES_ACTION'))");
    let insert = diesel::insert_into(payments::table).values(PaymentRow::of(payment)?);
    let (blocked_until, undecided): (Option<Timestamp>, i64) =
        insert.returning((blocked_until, undecided)).get_result(&mut conn).await?;
    let attempts: Vec<AttemptRow> = record.attempts.iter().map(Into::into).collect();
    diesel::insert_into(payment_attempts::table).values(attempts).execute(&mut conn).await?;
    Ok(PaymentBlock { blocked_until, undecided })
}

/// Locks a payment until the end of the transaction and reads it with all its parts. The lock is taken first, so that
/// the parts cannot change.
///
/// # Errors
/// [`crate::StoreError::NotFound`] if there is no such row.
pub async fn lock_record(conn: &mut Conn, id: PaymentId) -> StoreResult<PaymentRecord> {
    let payment: PaymentRow =
        payments::table.find(id.uuid()).select(PaymentRow::as_select()).for_update().first(conn).await?;
    with_parts(conn, payment).await
}

/// Reads a payment with all its parts, without a lock.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn find_record(conn: &mut Conn, id: PaymentId) -> StoreResult<Option<PaymentRecord>> {
    let payment: Option<PaymentRow> =
        payments::table.find(id.uuid()).select(PaymentRow::as_select()).first(conn).await.optional()?;
    match payment {
        Some(payment) => with_parts(conn, payment).await.map(Some),
        None => Ok(None),
    }
}

async fn with_parts(conn: &Conn, payment: PaymentRow) -> StoreResult<PaymentRecord> {
    let id = payment.id();
    let attempts = payment_attempts::table
        .filter(payment_attempts::payment_id.eq(id))
        .select(AttemptRow::as_select())
        .order(payment_attempts::number)
        .limit(100);
    let transactions = payment_transactions::table
        .filter(payment_transactions::payment_id.eq(id))
        .select(TransactionRow::as_select())
        .order(payment_transactions::id)
        .limit(10_000);
    let (mut one, mut other) = (conn, conn);
    let (attempts, transactions): (Vec<AttemptRow>, Vec<TransactionRow>) =
        try_join!(attempts.load(&mut one), transactions.load(&mut other))?;
    Ok(PaymentRecord {
        payment: payment.try_into()?,
        attempts: attempts.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?,
        transactions: transactions.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?,
    })
}

/// Saves a record that the caller has locked.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn save_record(conn: &Conn, record: &PaymentRecord) -> StoreResult<()> {
    try_join!(save_payment(conn, record), save_attempts(conn, record), save_transactions(conn, record)).map(drop)
}

async fn save_payment(mut conn: &Conn, record: &PaymentRecord) -> StoreResult<()> {
    let row = payments::table.find(record.payment.id.uuid());
    diesel::update(row).set(PaymentRow::of(&record.payment)?).execute(&mut conn).await?;
    Ok(())
}

async fn save_attempts(mut conn: &Conn, record: &PaymentRecord) -> StoreResult<()> {
    use payment_attempts as t;
    let rows: Vec<AttemptRow> = record.attempts.iter().map(Into::into).collect();
    let saved = diesel::insert_into(t::table).values(rows).on_conflict(t::id).do_update();
    let changes = (
        t::gateway_reference.eq(excluded(t::gateway_reference)),
        t::outcome.eq(excluded(t::outcome)),
        t::failure.eq(excluded(t::failure)),
        t::latency_ms.eq(excluded(t::latency_ms)),
        t::finished_at.eq(excluded(t::finished_at)),
    );
    saved.set(changes).execute(&mut conn).await?;
    Ok(())
}

async fn save_transactions(mut conn: &Conn, record: &PaymentRecord) -> StoreResult<()> {
    use payment_transactions as t;
    if record.transactions.is_empty() {
        return Ok(());
    }
    let rows: Vec<TransactionRow> = record.transactions.iter().map(Into::into).collect();
    let saved = diesel::insert_into(t::table).values(rows).on_conflict(t::id).do_update();
    let changes = (
        t::status.eq(excluded(t::status)),
        t::amount.eq(excluded(t::amount)),
        t::gateway_reference.eq(excluded(t::gateway_reference)),
        t::failure.eq(excluded(t::failure)),
        t::updated_at.eq(excluded(t::updated_at)),
    );
    saved.set(changes).execute(&mut conn).await?;
    Ok(())
}
