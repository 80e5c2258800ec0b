//! Giving money back.

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
    capture::{capture_all, missing, name_of},
    errors::OperationError,
    operation::{Asked, ask, read, write_down},
};
use crate::{
    App,
    idempotency::{self, Keyed},
};

/// The name of the refunds of money that nobody owes.
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
    /// The version of the order that the caller last saw.
    pub expected_version: Option<i32>,
    /// The key under which the same refund may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
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
    key: Option<IdempotencyKey>,
) -> Result<(PaymentRecord, Refund), OperationError> {
    actor.require(Permission::PaymentsWrite)?;
    let keyed = Keyed::of("paymentRefund", actor, key.as_ref(), &(id, amount, &reason))?;
    let key = Some(name_of("paymentRefund", actor, key.as_ref()));
    let wanted = Wanted { id, amount, reason, expected: None, key };
    let begun = begin(app, actor, &wanted, keyed.as_ref()).await?;
    give_back(app, begun).await
}

/// Gives back what a payment took although nobody owes it; says what to ask for again, if anything.
pub(super) async fn refund_rest(app: &App, id: PaymentId) -> Result<Asked, OperationError> {
    let reason = Some("the order was cancelled".to_owned());
    let wanted = Wanted { id, amount: None, reason, expected: None, key: None };
    match begin(app, &Actor::System, &wanted, None).await {
        Ok(begun) => Ok(ask(app, id, begun.transaction).await?),
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
    let RefundOrder { order_id, amount, reason, expected_version, idempotency_key: key } = refund;
    let asked = (order_id, amount, &reason, expected_version);
    let keyed = Keyed::of("orderRefund", actor, key.as_ref(), &asked)?;
    // The key comes before everything that may have changed since, and before money is taken to be given back.
    let known: Option<Begun> = idempotency::look(&mut *app.db.write().await?, keyed.as_ref()).await?;
    if let Some(begun) = known {
        return give_back(app, begun).await;
    }
    let payment = paid(app, order_id).await?;
    let counted = Keyed::of("orderRefund version", actor, key.as_ref(), &asked)?;
    let expected = expected_version.map(|version| Expected { order: order_id, version, counted });
    let key = Some(name_of("orderRefund", actor, key.as_ref()));
    let mut wanted = Wanted { id: payment.id, amount, reason, expected, key };
    if payment.status == PaymentStatus::Authorized {
        check_before_taking(app, &wanted).await?;
        wanted.expected = None;
        capture_all(app, payment.id).await?;
    }
    let begun = begin(app, actor, &wanted, keyed.as_ref()).await?;
    give_back(app, begun).await
}

/// Passes when what is wanted back is there, once what is held has been taken. Taking it changes the order, so that its
/// version is compared before.
async fn check_before_taking(app: &App, wanted: &Wanted) -> Result<(), OperationError> {
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            // Payments are always locked before their orders.
            let record = store::lock_record(conn, wanted.id).await.map_err(missing)?;
            if let Some(amount) = wanted.amount {
                record.require_returnable(amount)?;
            }
            match &wanted.expected {
                Some(expected) => count_write(conn, expected, now).await,
                None => Ok(()),
            }
        })
        .await
}

/// Asks for a refund that is written down, and tells what has become of it.
async fn give_back(app: &App, begun: Begun) -> Result<(PaymentRecord, Refund), OperationError> {
    let Begun { payment, transaction } = begun;
    if let Asked::Later(reason) = ask(app, payment, transaction).await? {
        tracing::warn!(%payment, reason, "a refund is asked for again later");
    }
    let record = read(app, payment).await?;
    let mut conn = app.db.read().await?;
    let refund = store::refunds_by_ids(&mut conn, &[transaction]).await?.remove(&transaction);
    let refund = refund.ok_or(OperationError::NotFound)?;
    match record.transactions.iter().find(|t| t.id == transaction).and_then(|t| t.failure) {
        Some(failure) if refund.status == TransactionStatus::Failed => Err(OperationError::Gateway(failure)),
        _ => Ok((record, refund)),
    }
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

/// What is to be given back.
struct Wanted {
    id: PaymentId,
    /// Everything that was taken and not given back, where absent.
    amount: Option<Money>,
    reason: Option<String>,
    expected: Option<Expected>,
    /// What the transaction is kept under; where absent, the next name of an automatic one.
    key: Option<String>,
}

/// The version of an order that the caller expects.
struct Expected {
    order: OrderId,
    version: i32,
    /// What the caller's write is counted under.
    counted: Option<Keyed>,
}

/// The answer that is kept for a key: where the refund is found.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Begun {
    payment: PaymentId,
    transaction: PaymentTransactionId,
}

async fn begin(app: &App, actor: &Actor, wanted: &Wanted, keyed: Option<&Keyed>) -> Result<Begun, OperationError> {
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            if let Some(earlier) = idempotency::begin(conn, keyed).await? {
                return Ok(earlier);
            }
            let transaction = write(conn, actor, wanted, now).await?;
            let begun = Begun { payment: wanted.id, transaction: transaction.id };
            idempotency::finish(conn, keyed, &begun).await?;
            Ok(begun)
        })
        .await
}

/// Writes the refund down before the gateway hears of it.
async fn write(
    conn: &mut Conn,
    actor: &Actor,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<PaymentTransaction, OperationError> {
    let Wanted { id, amount, reason, expected, key } = wanted;
    // Payments are always locked before their orders.
    let mut record = store::lock_record(conn, *id).await.map_err(missing)?;
    if let Some(expected) = expected {
        count_write(conn, expected, now).await?;
    }
    let (key, most) = match key {
        Some(key) => (key.clone(), record.refundable()),
        None => (record.automatic_key(TransactionKind::Refund, AUTOMATIC)?, unowed(conn, &record).await?),
    };
    let all = record.asked(TransactionKind::Refund, &key).unwrap_or(most);
    if all.is_zero() {
        return Err(OperationRefused::Status(record.payment.status).into());
    }
    let known = record.transactions.len();
    let transaction = record.begin_refund(amount.unwrap_or(all), &key, now)?;
    if record.transactions.len() > known {
        write_down(conn, actor, "payment.refund", &record, &transaction, now).await?;
        store::insert_refund(conn, &new_refund(&record, &transaction, reason.clone(), actor, now)).await?;
    }
    Ok(transaction)
}

/// What a payment took although nobody owes it, refunds under way left out: everything where nobody wants the payment,
/// else what came after its order was called off.
async fn unowed(conn: &mut Conn, record: &PaymentRecord) -> Result<Money, OperationError> {
    if record.payment.is_unwanted {
        return Ok(record.refundable());
    }
    let nothing = Money::zero(record.payment.currency());
    let Some(order) = record.payment.order_id else { return Ok(nothing) };
    let sale = Sale::of(&ledger::of_order(conn, order).await?);
    Ok(sale.map_or(nothing, |sale| record.refundable_of(sale.unowed)))
}

/// Passes when the order is as expected, and counts the refund as a write of it: of two refunds that expect the same
/// version one is refused, although the order itself changes only when the gateway has answered. What is sent again under
/// its key, because the gateway did not answer, was counted before.
async fn count_write(conn: &mut Conn, expected: &Expected, now: Timestamp) -> Result<(), OperationError> {
    let Expected { order, version, counted } = expected;
    if idempotency::begin_with(conn, counted.as_ref(), version).await?.is_some() {
        return Ok(());
    }
    let mut order = orders::lock(conn, *order).await?.ok_or(OperationError::NotFound)?;
    order.require_version(Some(*version))?;
    order.touch(now);
    Ok(orders::save(conn, &order).await?)
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
