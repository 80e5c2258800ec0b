//! How gateways have been doing.

use diesel::sql_types::{BigInt, Double, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use model::Timestamp;

use crate::{Conn, StoreResult};

/// How a gateway has been doing.
#[derive(Debug, Clone, PartialEq, diesel::QueryableByName)]
pub struct GatewayStats {
    /// The gateway.
    #[diesel(sql_type = Text)]
    pub gateway: String,
    /// Attempts that the gateway answered or failed to answer.
    #[diesel(sql_type = BigInt)]
    pub finished: i64,
    /// Of those, the ones where the gateway did its work, whether the bank said yes or no.
    #[diesel(sql_type = BigInt)]
    pub succeeded: i64,
    /// Attempts that are not decided.
    #[diesel(sql_type = BigInt)]
    pub pending: i64,
    /// The middle of the times it took to answer, in milliseconds.
    #[diesel(sql_type = Nullable<Double>)]
    pub median_latency_ms: Option<f64>,
}

/// How gateways have been doing since then; a gateway without attempts is absent.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn gateway_stats(conn: &mut Conn, since: Timestamp) -> StoreResult<Vec<GatewayStats>> {
    let query = diesel::sql_query(include_str!("gateway_stats.sql")).bind::<Timestamptz, _>(since);
    Ok(query.load(conn).await?)
}
