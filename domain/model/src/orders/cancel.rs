//! Canceling orders.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::{FulfillmentStatus, Order, OrderEvent, OrderEventKind, OrderLine, OrderStatus, event};
use crate::{
    Money, Quantity, Timestamp,
    ids::OrderId,
    ledger::{LedgerAccount, LedgerEntry, LedgerError, LedgerKind, PlacedAmounts, credit, debit},
};

/// The reason why an order was canceled.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "OrderCancelReason"))]
pub enum CancelReason {
    /// The shopper no longer wants the order.
    Customer,
    /// The goods are not in stock.
    Inventory,
    /// The order looks fraudulent.
    Fraud,
    /// The payment did not arrive.
    Payment,
    /// A mistake by staff.
    Staff,
    /// Any other reason.
    Other,
}

/// The order cannot be canceled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CancelRefused {
    /// It was canceled before.
    #[error("the order is canceled already")]
    AlreadyCanceled,
    /// It is expired or completed.
    #[error("an order that is {0} cannot be canceled")]
    Status(OrderStatus),
    /// Items were shipped.
    #[error("items of this order were shipped already")]
    Fulfilled,
}

impl Order {
    /// Cancels the order, as long as nothing of its lines was fulfilled.
    ///
    /// # Errors
    /// [`CancelRefused`].
    pub fn cancel(
        &mut self,
        lines: &[OrderLine],
        reason: CancelReason,
        actor: &str,
        now: Timestamp,
    ) -> Result<OrderEvent, CancelRefused> {
        match self.status {
            OrderStatus::PendingPayment | OrderStatus::Open => {}
            // Paid, with nothing to ship: it can still be canceled.
            OrderStatus::Completed if self.fulfillment_status == FulfillmentStatus::NotRequired => {}
            OrderStatus::Canceled => return Err(CancelRefused::AlreadyCanceled),
            OrderStatus::Completed | OrderStatus::Expired => return Err(CancelRefused::Status(self.status)),
        }
        if lines.iter().any(|line| line.fulfilled > Quantity::ZERO) {
            return Err(CancelRefused::Fulfilled);
        }
        self.status = OrderStatus::Canceled;
        self.cancel_reason = Some(reason);
        self.expires_at = None;
        self.touch(now);
        Ok(event(self.id, OrderEventKind::Canceled, actor, now))
    }
}

/// The ledger entry that reverses what the shopper still owes of a canceled or expired order: the total without what
/// was captured, which stays a sale until it is refunded. None if nothing is owed.
///
/// # Errors
/// [`LedgerError`] if the amounts contradict each other.
pub fn cancellation(
    order: OrderId,
    placed: &PlacedAmounts,
    captured: Money,
    now: Timestamp,
) -> Result<Option<LedgerEntry>, LedgerError> {
    let owed = placed.total.minus(captured)?;
    if owed.minor <= 0 {
        return Ok(None);
    }
    let weights = [placed.sales, placed.shipping, placed.tax].map(|part| part.minor.unsigned_abs());
    let parts = owed.allocate(&weights);
    let accounts = [LedgerAccount::Sales, LedgerAccount::Shipping, LedgerAccount::Tax];
    let debits = accounts.into_iter().zip(parts).map(|(account, part)| debit(account, part));
    let lines = debits.chain([credit(LedgerAccount::Receivable, owed)]);
    LedgerEntry::parse(LedgerKind::Cancellation, order, Some(order), now, lines).map(Some)
}
