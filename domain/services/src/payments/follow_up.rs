//! Saves a changed payment together with what follows from it: ledger, order, events and jobs.

use futures_util::try_join;
use model::{
    Money, Timestamp,
    channels::CaptureMode,
    events::DomainEvent,
    ledger::{self, Movement, RefundParts, Sale},
    orders::OrderStatus,
    payments::{Applied, Payment, PaymentMethod, PaymentRecord, PaymentStatus, PaymentTransaction, TransactionKind},
};
use persistence::{Conn, ledger as ledger_store, outbox, payments as store};

use crate::{
    ServiceResult,
    abuse::{self, AbuseConfig},
    error::OrInternal as _,
    jobs::{self, Job},
    orders::{self, PaymentCause},
};

/// Saves a changed payment, in the transaction that locked it, with everything that follows from the change.
pub(super) async fn save_with_consequences(
    conn: &mut Conn,
    limits: &AbuseConfig,
    record: &mut PaymentRecord,
    applied: &Applied,
    (mode, cause): (CaptureMode, PaymentCause<'_>),
    now: Timestamp,
) -> ServiceResult<()> {
    let released = record.release_others(now);
    let declines = limits.decline_limits(record.payment.take_decline_keys());
    store::save_record(conn, record).await?;
    let payment = &record.payment;
    let mut succeeded = record.just_succeeded(applied);
    post(conn, payment, &succeeded, now).await?;
    // Money of a second charge, which is released, moved as well, but does not belong to the order.
    succeeded.retain(|transaction| record.is_effective(transaction));
    let order = orders::payment_changed(conn, payment, &succeeded, cause, now).await?;
    let execute = |transaction: &PaymentTransaction| {
        Job::ExecuteOperation { payment: payment.id, transaction: transaction.id }.at(now)
    };
    let mut next: Vec<_> = released.iter().map(execute).collect();
    let is_captured = succeeded.iter().any(|transaction| transaction.kind == TransactionKind::Capture);
    next.extend(next_job(record, applied, is_captured, order, mode).map(|job| job.at(now)));
    if !declines.is_empty() {
        abuse::count_fact(conn, &declines, now).await?;
    }
    let (conn, events): (&Conn, _) = (conn, [DomainEvent::PaymentUpdated { id: payment.id }]);
    try_join!(outbox::push(conn, &events), jobs::enqueue(conn, &next))?;
    Ok(())
}

/// The job that the new state of a payment requires.
fn next_job(
    record: &PaymentRecord,
    applied: &Applied,
    is_captured: bool,
    order: Option<OrderStatus>,
    mode: CaptureMode,
) -> Option<Job> {
    let payment = &record.payment;
    // A capture was in progress when the order was canceled: its money is no longer owed.
    let is_late = is_captured && order.is_some_and(OrderStatus::is_void);
    // Staff return the money of a bank transfer: no gateway does.
    let is_returned_by_gateway = payment.method != PaymentMethod::BankTransfer;
    if (payment.is_unwanted || is_late) && is_returned_by_gateway && !record.refundable().is_zero() {
        return Some(Job::RefundPayment(payment.id));
    }
    let is_held = matches!(payment.status, PaymentStatus::Authorized | PaymentStatus::PartiallyAuthorized);
    if is_held && payment.is_unwanted {
        return Some(Job::VoidPayment(payment.id));
    }
    if payment.status != PaymentStatus::Authorized {
        return None;
    }
    let is_new = applied.status_before != payment.status;
    let captures_itself = mode == CaptureMode::Automatic && payment.order_id.is_some();
    (is_new && captures_itself).then_some(Job::CapturePayment(payment.id))
}

/// Posts the money that has just moved to the ledger.
async fn post(conn: &mut Conn, payment: &Payment, moved: &[&PaymentTransaction], now: Timestamp) -> ServiceResult<()> {
    let has_refund = moved.iter().any(|transaction| transaction.kind == TransactionKind::Refund);
    let mut entries = match payment.order_id {
        Some(order) if has_refund => ledger_store::of_order(conn, order).await?,
        _ => Vec::new(),
    };
    let known = entries.len();
    for transaction in moved {
        let movement = Movement {
            transaction: transaction.id,
            order: payment.order_id,
            gateway: &transaction.gateway,
            amount: transaction.amount,
            at: now,
        };
        let entry = match transaction.kind {
            TransactionKind::Capture => ledger::capture(&movement),
            TransactionKind::Chargeback => ledger::chargeback(&movement),
            TransactionKind::Refund => {
                let zero = Money::zero(transaction.amount.currency);
                let nothing = RefundParts { tax: zero, unowed: zero };
                let parts = Sale::of(&entries).map_or(Ok(nothing), |sale| sale.parts_of_refund(transaction.amount));
                parts.and_then(|parts| ledger::refund(&movement, parts))
            }
            TransactionKind::Authorize | TransactionKind::Void => continue,
        };
        entries.push(entry.or_internal("make a ledger entry of a payment")?);
    }
    Ok(ledger_store::post(conn, &entries.split_off(known)).await?)
}
