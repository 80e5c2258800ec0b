//! Reversing the sale of an order that was canceled or expired: what the shopper owes, and unpaid discount codes.

use model::{
    Money, Timestamp,
    orders::{Order, cancellation},
};
use persistence::{Conn, ledger, promotions};

use crate::{ServiceResult, error::OrInternal as _};

/// Reverses in the ledger what is owed for the order and was not captured. Releases the discount codes that it used only if
/// no payment was received: otherwise a single-use code could be reused by buying and canceling.
pub(super) async fn reverse_sale(conn: &mut Conn, order: &Order, captured: Money, now: Timestamp) -> ServiceResult<()> {
    let used_codes = order.promotions.iter().any(|promotion| promotion.code.is_some());
    if used_codes && !order.payment_status.has_come() {
        promotions::release_codes(conn, order.id).await?;
    }
    let amounts = order.amounts().or_internal("add up an order")?;
    let entry =
        cancellation(order.id, &amounts, captured, now).or_internal("make the ledger entry of a cancellation")?;
    Ok(ledger::post(conn, entry.as_slice()).await?)
}
