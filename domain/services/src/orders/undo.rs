//! What an order that comes to nothing gives back besides its stock: discount codes and what the shopper owed.

use model::{
    Money, Timestamp,
    orders::{Order, cancellation},
};
use persistence::{Conn, ledger, promotions};

use crate::{ServiceError, ServiceResult};

/// Gives back the codes that the order used, and takes back what is owed for it and was not captured.
pub(super) async fn undo_sale(conn: &mut Conn, order: &Order, captured: Money, now: Timestamp) -> ServiceResult<()> {
    if order.promotions.iter().any(|promotion| promotion.code.is_some()) {
        promotions::release_codes(conn, order.id).await?;
    }
    let internal = |error: &dyn std::fmt::Display| ServiceError::Internal(error.to_string());
    let amounts = order.amounts().map_err(|error| internal(&error))?;
    let entry = cancellation(order.id, &amounts, captured, now).map_err(|error| internal(&error))?;
    Ok(ledger::post(conn, entry.as_slice()).await?)
}
