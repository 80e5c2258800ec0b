//! Giving money back.

use model::{
    Money, Timestamp,
    access::{Actor, Permission},
    ids::{OrderId, PaymentId, RefundId},
    payments::{
        OperationRefused, Payment, PaymentRecord, PaymentStatus, PaymentTransaction, TransactionKind, TransactionStatus,
    },
};
use persistence::{
    audit,
    db::Transactions as _,
    jobs,
    payments::{self as store, Refund},
};
use serde_json::json;

use super::{
    capture::{capture_all, missing},
    errors::OperationError,
    jobs::operation_job,
    operation::{Asked, ask, read},
};
use crate::App;

/// The name of the refunds of payments that nobody wants.
const AUTOMATIC: &str = "unwanted";

/// A refund of an order.
#[derive(Debug, Clone)]
pub struct RefundOrder {
    /// The order.
    pub order_id: OrderId,
    /// How much; everything that was paid and not given back where absent.
    pub amount: Option<Money>,
    /// Why.
    pub reason: Option<String>,
    /// The key under which the same refund may be sent again.
    pub idempotency_key: Option<String>,
}

/// Gives money of a payment back. The same key gives it back once. An answer that is lost leaves the refund pending,
/// and a job asks again.
///
/// # Errors
/// [`OperationError`].
pub async fn refund_payment(
    app: &App,
    actor: &Actor,
    id: PaymentId,
    amount: Option<Money>,
    reason: Option<String>,
    key: Option<String>,
) -> Result<(PaymentRecord, Refund), OperationError> {
    actor.require(Permission::PaymentsWrite)?;
    let key = key.unwrap_or_else(|| RefundId::new().uuid().to_string());
    let transaction = begin(app, actor, id, amount, reason, Some(&key)).await?;
    if let Asked::Later(reason) = ask(app, id, transaction.id).await? {
        tracing::warn!(payment = %id, reason, "a refund is asked for again later");
    }
    let record = read(app, id).await?;
    let mut conn = app.db.read().await?;
    let refund = store::refunds_by_ids(&mut conn, &[transaction.id]).await?.remove(&transaction.id);
    let refund = refund.ok_or(OperationError::NotFound)?;
    match record.transactions.iter().find(|t| t.id == transaction.id).and_then(|t| t.failure) {
        Some(failure) if refund.status == TransactionStatus::Failed => Err(OperationError::Gateway(failure)),
        _ => Ok((record, refund)),
    }
}

/// Gives back everything that was taken by a payment that nobody wants; says what to ask for again, if anything.
pub(super) async fn refund_rest(app: &App, id: PaymentId) -> Result<Asked, OperationError> {
    let reason = Some("the order was cancelled".to_owned());
    match begin(app, &Actor::System, id, None, reason, None).await {
        Ok(transaction) => Ok(ask(app, id, transaction.id).await?),
        // Nothing is left, or what is left is known only later.
        Err(OperationError::Refused(OperationRefused::Status(_))) => {
            let is_moving = read(app, id).await?.is_moving();
            Ok(if is_moving { Asked::Later("money is still moving".to_owned()) } else { Asked::Known })
        }
        Err(error) => Err(error),
    }
}

/// Gives money of an order back; what is only held is taken first.
///
/// # Errors
/// [`OperationError`].
pub async fn refund_order(
    app: &App,
    actor: &Actor,
    refund: RefundOrder,
) -> Result<(PaymentRecord, Refund), OperationError> {
    actor.require(Permission::PaymentsWrite)?;
    let payment = paid(app, refund.order_id).await?;
    if payment.status == PaymentStatus::Authorized {
        capture_all(app, payment.id).await?;
    }
    refund_payment(app, actor, payment.id, refund.amount, refund.reason, refund.idempotency_key).await
}

/// The payment of an order that money can come back from: the one that keeps or holds something, else the last.
async fn paid(app: &App, order: OrderId) -> Result<Payment, OperationError> {
    let mut conn = app.db.read().await?;
    let mut payments = store::by_orders(&mut conn, &[order]).await?.remove(&order).unwrap_or_default();
    let at = payments.iter().position(|payment| payment.kept().minor > 0 || payment.held().minor > 0);
    match at {
        Some(at) => Ok(payments.swap_remove(at)),
        None => payments.pop().ok_or(OperationError::NotFound),
    }
}

async fn begin(
    app: &App,
    actor: &Actor,
    id: PaymentId,
    amount: Option<Money>,
    reason: Option<String>,
    key: Option<&str>,
) -> Result<PaymentTransaction, OperationError> {
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            let mut record = store::lock_record(conn, id).await.map_err(missing)?;
            let key = match key {
                Some(key) => key.to_owned(),
                None => record.automatic_key(TransactionKind::Refund, AUTOMATIC)?,
            };
            let all = record.asked(TransactionKind::Refund, &key).unwrap_or_else(|| record.refundable());
            if all.is_zero() {
                return Err(OperationRefused::Status(record.payment.status).into());
            }
            let known = record.transactions.len();
            let transaction = record.begin_refund(amount.unwrap_or(all), &key, now)?;
            if record.transactions.len() > known {
                store::save_record(conn, &record).await?;
                store::insert_refund(conn, &new_refund(&record, &transaction, reason, actor, now)).await?;
                jobs::enqueue(conn, &[operation_job(id, transaction.id, now)]).await?;
                let details = json!({ "amount": transaction.amount.to_string() });
                audit::push(conn, actor, "payment.refund", id, &details, now).await?;
            }
            Ok(transaction)
        })
        .await
}

fn new_refund(
    record: &PaymentRecord,
    transaction: &PaymentTransaction,
    reason: Option<String>,
    actor: &Actor,
    now: Timestamp,
) -> Refund {
    Refund {
        id: RefundId::new(),
        payment_id: record.payment.id,
        transaction_id: transaction.id,
        order_id: record.payment.order_id,
        amount: transaction.amount,
        status: transaction.status,
        reason,
        actor: actor.to_string(),
        created_at: now,
    }
}
