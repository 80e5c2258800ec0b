//! Refunding captured money.

use model::{
    IdempotencyKey, Money, Timestamp,
    access::{Actor, Permission},
    ids::{OrderId, PaymentId, PaymentTransactionId, RefundId},
    ledger::Sale,
    payments::{
        OperationRefused, Payment, PaymentRecord, PaymentStatus, PaymentTransaction, TransactionKind, TransactionStatus,
    },
};
use persistence::{
    Conn,
    db::Transactions as _,
    ledger, orders,
    payments::{self as store, Refund},
};
use serde::{Deserialize, Serialize};

use super::{
    capture::{capture_all, transaction_key},
    errors::{OperationError, OperationRule},
    operation::{self, Begun, NewOperation, OperationOutcome, execute, lock_record},
    read::get_record,
};
use crate::{
    App, UseCaseError,
    idempotency::{self, Keyed},
    identity::step_up::RefundLimit,
    scope,
};

/// The key of the first automatic refund of a payment; later ones add a number.
const AUTOMATIC: &str = "unwanted";

/// Input of [`refund_order`].
#[derive(Debug, Clone)]
pub struct RefundOrder {
    /// The order.
    pub order_id: OrderId,
    /// The amount; everything that was paid and not refunded where absent.
    pub amount: Option<Money>,
    /// The reason, for staff.
    pub reason: Option<String>,
    /// The version of the order that the caller last saw.
    pub expected_version: Option<i32>,
    /// The key under which the same refund may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Refunds money of a payment; everything where the amount is absent. The same key refunds once. If the gateway's answer
/// is lost, the refund stays pending and a job executes it again.
///
/// # Errors
/// [`OperationError`].
pub async fn refund_payment(
    app: &App,
    actor: &Actor,
    id: PaymentId,
    amount: Option<Money>,
    reason: Option<String>,
    key: Option<IdempotencyKey>,
) -> Result<(PaymentRecord, Refund), OperationError> {
    if !scope::admits_payment(app, actor, Permission::PaymentsWrite, id).await? {
        return Err(OperationRule::NotFound.into());
    }
    let keyed = Keyed::of("paymentRefund", actor, key.as_ref(), &(id, amount, &reason))?;
    let key = Some(transaction_key("paymentRefund", actor, key.as_ref()));
    let limit = RefundLimit::of(app, actor);
    let action = "paymentRefund";
    let new = NewRefund { action, actor: actor.clone(), amount, reason, expected: None, key, limit };
    let started = start(app, id, &new, keyed.as_ref()).await?;
    execute_refund(app, started).await
}

/// Refunds what a payment captured although nothing was owed.
///
/// # Errors
/// [`OperationError`]; not for a payment of which nothing is left to refund.
pub(crate) async fn refund_unowed(app: &App, id: PaymentId) -> Result<OperationOutcome, OperationError> {
    let reason = Some("the order was canceled".to_owned());
    let limit = RefundLimit::None;
    let action = "paymentRefund";
    let new = NewRefund { action, actor: Actor::System, amount: None, reason, expected: None, key: None, limit };
    match start(app, id, &new, None).await {
        Ok(started) => Ok(execute(app, id, started.transaction).await?),
        // Nothing is left, or the outcome of another operation decides what is left.
        Err(UseCaseError::Rule(OperationRule::Refused(OperationRefused::Status(_)))) => {
            let is_in_progress = get_record(app, id).await?.has_operation_in_progress();
            let wait = || OperationOutcome::Retry("another operation is in progress".to_owned());
            Ok(if is_in_progress { wait() } else { OperationOutcome::Completed })
        }
        Err(error) => Err(error),
    }
}

/// Refunds money of an order; what is only held is captured first.
///
/// # Errors
/// [`OperationError`].
pub async fn refund_order(
    app: &App,
    actor: &Actor,
    refund: RefundOrder,
) -> Result<(PaymentRecord, Refund), OperationError> {
    if !scope::admits_order(app, actor, Permission::PaymentsWrite, refund.order_id).await? {
        return Err(OperationRule::NotFound.into());
    }
    let RefundOrder { order_id, amount, reason, expected_version, idempotency_key: key } = refund;
    let request = (order_id, amount, &reason, expected_version);
    let keyed = Keyed::of("orderRefund", actor, key.as_ref(), &request)?;
    // The key comes before everything that may have changed since, and before the capture.
    let earlier: Option<Started> = idempotency::look(&mut *app.db.write().await?, keyed.as_ref()).await?;
    if let Some(started) = earlier {
        return execute_refund(app, started).await;
    }
    let payment = payment_to_refund(app, order_id).await?;
    let counted = Keyed::of("orderRefund version", actor, key.as_ref(), &request)?;
    let expected = expected_version.map(|version| Expected { order: order_id, version, counted });
    let key = Some(transaction_key("orderRefund", actor, key.as_ref()));
    let limit = RefundLimit::of(app, actor);
    let action = "orderRefund";
    let mut new = NewRefund { action, actor: actor.clone(), amount, reason, expected, key, limit };
    if payment.status == PaymentStatus::Authorized {
        check_before_capture(app, payment.id, &new).await?;
        new.expected = None;
        capture_all(app, payment.id).await?;
    }
    let started = start(app, payment.id, &new, keyed.as_ref()).await?;
    execute_refund(app, started).await
}

/// Passes if the amount can be refunded after the capture. The capture changes the order, so that the expected version is
/// compared before.
async fn check_before_capture(app: &App, id: PaymentId, new: &NewRefund) -> Result<(), OperationError> {
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            let record = lock_record(conn, id).await?;
            if let Some(amount) = new.amount {
                record.require_refundable(amount)?;
            }
            new.require_step_up(new.amount.unwrap_or(record.payment.authorized))?;
            match &new.expected {
                Some(expected) => count_write(conn, expected, now).await,
                None => Ok(()),
            }
        })
        .await
}

/// Executes a recorded refund and returns it with its payment.
async fn execute_refund(app: &App, started: Started) -> Result<(PaymentRecord, Refund), OperationError> {
    let Started { payment, transaction } = started;
    if let OperationOutcome::Retry(reason) = execute(app, payment, transaction).await? {
        tracing::warn!(%payment, reason, "refund is retried later");
    }
    let record = get_record(app, payment).await?;
    let mut conn = app.db.read().await?;
    let refund = store::refunds_by_ids(&mut conn, &[transaction]).await?.remove(&transaction);
    let refund = refund.ok_or(OperationRule::NotFound)?;
    match record.transactions.iter().find(|t| t.id == transaction).and_then(|t| t.failure) {
        Some(failure) if refund.status == TransactionStatus::Failed => Err(OperationRule::Gateway(failure).into()),
        _ => Ok((record, refund)),
    }
}

/// The payment of an order that can be refunded: the one that keeps or holds money, else the last.
async fn payment_to_refund(app: &App, order: OrderId) -> Result<Payment, OperationError> {
    let mut conn = app.db.read().await?;
    let mut payments = store::by_orders(&mut conn, &[order]).await?.remove(&order).unwrap_or_default();
    let at = payments.iter().position(|payment| payment.kept().minor > 0 || payment.held().minor > 0);
    match at {
        Some(at) => Ok(payments.swap_remove(at)),
        None => Ok(payments.pop().ok_or(OperationRule::NotFound)?),
    }
}

/// A refund that is requested.
struct NewRefund {
    /// The mutation that requests it.
    action: &'static str,
    actor: Actor,
    /// Everything that was captured and not refunded, where absent.
    amount: Option<Money>,
    reason: Option<String>,
    expected: Option<Expected>,
    /// The key of the transaction; where absent, it is the next automatic refund.
    key: Option<String>,
    /// The most that the actor may refund of the payment.
    limit: RefundLimit,
}

/// The version of an order that the caller expects.
struct Expected {
    order: OrderId,
    version: i32,
    /// The key under which the caller's write is counted.
    counted: Option<Keyed>,
}

/// The answer that is kept under an idempotency key: where to find the refund.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Started {
    payment: PaymentId,
    transaction: PaymentTransactionId,
}

impl From<&PaymentTransaction> for Started {
    fn from(transaction: &PaymentTransaction) -> Self {
        Self { payment: transaction.payment_id, transaction: transaction.id }
    }
}

impl NewOperation for NewRefund {
    fn action(&self) -> &'static str {
        self.action
    }

    async fn begin(
        &self,
        conn: &mut Conn,
        record: &mut PaymentRecord,
        now: Timestamp,
    ) -> Result<Begun, OperationError> {
        if let Some(expected) = &self.expected {
            count_write(conn, expected, now).await?;
        }
        let (key, most) = match &self.key {
            Some(key) => (key.clone(), record.refundable()),
            None => (record.automatic_key(TransactionKind::Refund, AUTOMATIC)?, unowed(conn, record).await?),
        };
        let all = record.requested_amount(TransactionKind::Refund, &key).unwrap_or(most);
        if all.is_zero() {
            return Err(OperationRefused::Status(record.payment.status).into());
        }
        let earlier = record.payment.captured.minor - record.refundable().minor;
        let transaction = record.begin_refund(self.amount.unwrap_or(all), &key, now)?;
        let sum = transaction.amount.minor.saturating_add(earlier);
        self.require_step_up(Money::new(sum, transaction.amount.currency))?;
        let refund = self.refund(record, &transaction, now);
        Ok(Begun { transaction, refund: Some(refund) })
    }
}

impl NewRefund {
    /// Passes if the actor may cause refunds of this sum of the payment.
    fn require_step_up(&self, sum: Money) -> Result<(), OperationRule> {
        if self.limit.permits(sum) { Ok(()) } else { Err(OperationRule::StepUpRequired) }
    }

    fn refund(&self, record: &PaymentRecord, transaction: &PaymentTransaction, now: Timestamp) -> Refund {
        Refund {
            id: RefundId::new(),
            payment_id: record.payment.id,
            transaction_id: transaction.id,
            order_id: record.payment.order_id,
            amount: transaction.amount,
            status: transaction.status,
            reason: self.reason.clone(),
            actor: self.actor.to_string(),
            created_at: now,
        }
    }
}

async fn start(app: &App, id: PaymentId, new: &NewRefund, keyed: Option<&Keyed>) -> Result<Started, OperationError> {
    operation::begin(app, &new.actor, id, keyed, new, |transaction| Started::from(transaction)).await
}

/// The amount that a payment captured although nothing was owed, without refunds in progress: everything of an unwanted
/// payment, else what was captured after its order was canceled.
async fn unowed(conn: &mut Conn, record: &PaymentRecord) -> Result<Money, OperationError> {
    if record.payment.is_unwanted {
        return Ok(record.refundable());
    }
    let nothing = Money::zero(record.payment.currency());
    let Some(order) = record.payment.order_id else { return Ok(nothing) };
    let sale = Sale::of(&ledger::of_order(conn, order).await?);
    Ok(sale.map_or(nothing, |sale| record.refundable_of(sale.unowed)))
}

/// Passes if the order has the expected version, and counts the refund as a write of it: of two refunds that expect the
/// same version one is refused, although the order itself changes only when the gateway has answered. A request that is
/// sent again under its key was counted before.
async fn count_write(conn: &mut Conn, expected: &Expected, now: Timestamp) -> Result<(), OperationError> {
    let Expected { order, version, counted } = expected;
    if idempotency::begin_with(conn, counted.as_ref(), version).await?.is_some() {
        return Ok(());
    }
    let mut order = orders::lock(conn, *order).await?.ok_or(OperationRule::NotFound)?;
    order.require_version(Some(*version))?;
    order.touch(now);
    Ok(orders::save(conn, &order).await?)
}
