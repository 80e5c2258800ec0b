//! Instructions for an unpaid bank transfer.

use super::{Payment, PaymentMethod};
use crate::{
    Money, Timestamp,
    channels::TransferAccount,
    orders::{Order, OrderStatus},
};

/// Account, reference and amounts for paying an order by bank transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferInstructions {
    /// The account of the channel.
    pub account: TransferAccount,
    /// The text by which staff recognize the transfer: the order number.
    pub reference: String,
    /// The amount that has not arrived.
    pub open: Money,
    /// The amount that has arrived.
    pub received: Money,
    /// Time until which the order waits.
    pub due_at: Option<Timestamp>,
}

impl TransferInstructions {
    /// The instructions of an order; none unless it waits for this payment by bank transfer.
    #[must_use]
    pub fn of(order: &Order, payment: &Payment, account: &TransferAccount) -> Option<Self> {
        let is_awaited = order.status == OrderStatus::PendingPayment
            && payment.method == PaymentMethod::BankTransfer
            && payment.is_active();
        is_awaited.then(|| Self {
            account: account.clone(),
            reference: order.number.to_string(),
            open: payment.open(),
            received: payment.captured,
            due_at: order.expires_at,
        })
    }
}
