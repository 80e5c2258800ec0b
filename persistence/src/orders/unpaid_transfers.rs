//! Unpaid orders by bank transfer, for the limits per e-mail address and network.

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    ids::OrderId,
    orders::{TransferSubjects, UnpaidTransfers},
};

use crate::{Conn, StoreResult};

diesel::table! {
    /// Unpaid orders by bank transfer.
    unpaid_transfers (order_id) {
        /// The order.
        order_id -> Uuid,
        /// A digest of the e-mail address.
        email_digest -> Text,
        /// A digest of the network that placed the order.
        network_digest -> Nullable<Text>,
        /// The units that the order reserves.
        units -> BigInt,
        /// Time at which the reservation ends.
        expires_at -> Timestamptz,
    }
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    email_orders: i64,
    #[diesel(sql_type = BigInt)]
    email_units: i64,
    #[diesel(sql_type = BigInt)]
    network_orders: i64,
    #[diesel(sql_type = BigInt)]
    network_units: i64,
}

/// The unpaid orders of the e-mail address and of the network. Both stay locked until the end of the transaction, so that
/// parallel orders are counted one after the other.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn lock_unpaid_transfers(
    conn: &mut Conn,
    subjects: &TransferSubjects,
) -> StoreResult<(UnpaidTransfers, UnpaidTransfers)> {
    let locked: Vec<&str> = [&subjects.email].into_iter().chain(&subjects.network).map(String::as_str).collect();
    let lock = diesel::sql_query(include_str!("unpaid_transfers/lock.sql"));
    lock.bind::<Array<Text>, _>(locked).execute(conn).await?;
    let count = diesel::sql_query(include_str!("unpaid_transfers/count.sql"))
        .bind::<Text, _>(&subjects.email)
        .bind::<Nullable<Text>, _>(subjects.network.as_deref());
    let row: CountRow = count.get_result(conn).await?;
    let of_email = UnpaidTransfers { orders: row.email_orders, units: row.email_units };
    Ok((of_email, UnpaidTransfers { orders: row.network_orders, units: row.network_units }))
}

/// Inserts an unpaid order.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn insert_unpaid_transfer(
    conn: &mut Conn,
    order: OrderId,
    subjects: &TransferSubjects,
    units: i64,
    expires_at: Timestamp,
) -> StoreResult<()> {
    let values = (
        unpaid_transfers::order_id.eq(order.uuid()),
        unpaid_transfers::email_digest.eq(&subjects.email),
        unpaid_transfers::network_digest.eq(subjects.network.as_deref()),
        unpaid_transfers::units.eq(units),
        unpaid_transfers::expires_at.eq(expires_at),
    );
    diesel::insert_into(unpaid_transfers::table).values(values).execute(conn).await?;
    Ok(())
}

/// Deletes the rows whose reservation has ended, and returns their number.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn delete_ended_transfers(conn: &mut Conn, now: Timestamp) -> StoreResult<usize> {
    let ended = unpaid_transfers::table.filter(unpaid_transfers::expires_at.lt(now));
    Ok(diesel::delete(ended).execute(conn).await?)
}
