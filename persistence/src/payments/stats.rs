//! Statistics of payment gateways.

use diesel::sql_types::{BigInt, Double, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use model::Timestamp;

use crate::{Conn, StoreResult};

/// Statistics of a payment gateway.
#[derive(Debug, Clone, PartialEq, diesel::QueryableByName)]
pub struct GatewayStats {
    /// The gateway.
    #[diesel(sql_type = Text)]
    pub gateway: String,
    /// The number of attempts with a known or lost answer.
    #[diesel(sql_type = BigInt)]
    pub finished: i64,
    /// Of those, the number of attempts that the gateway processed, whether the bank approved or declined.
    #[diesel(sql_type = BigInt)]
    pub succeeded: i64,
    /// The number of undecided attempts.
    #[diesel(sql_type = BigInt)]
    pub pending: i64,
    /// The median response time in milliseconds; `None` without answers.
    #[diesel(sql_type = Nullable<Double>)]
    pub median_latency_ms: Option<f64>,
}

/// Statistics of gateways since a time; gateways without attempts are omitted.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn gateway_stats(conn: &mut Conn, since: Timestamp) -> StoreResult<Vec<GatewayStats>> {
    let query = diesel::sql_query(include_str!("gateway_stats.sql")).bind::<Timestamptz, _>(since);
    Ok(query.load(conn).await?)
}
