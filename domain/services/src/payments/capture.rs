//! Capturing held money.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use model::{
    IdempotencyKey, Money, Timestamp,
    access::{Actor, Permission},
    ids::{PaymentId, PaymentTransactionId},
    payments::{OperationRefused, Payment, PaymentRecord, PaymentStatus, TransactionKind},
};
use persistence::{Conn, orders};
use sha2::{Digest as _, Sha256};

use super::{
    errors::{OperationError, OperationRule},
    operation::{Begun, NewOperation, OperationOutcome, begin, execute},
    read::get_record,
};
use crate::{App, UseCaseError, idempotency::Keyed, scope};

/// The key of the first automatic capture of a payment; later ones, after a refusal, add a number.
const AUTOMATIC: &str = "automatic";

/// Captures held money of an order's payment; everything where the amount is absent. The same key captures once. If the
/// gateway's answer is lost, the transaction stays pending and a job executes it again.
///
/// # Errors
/// [`OperationError`].
pub async fn capture(
    app: &App,
    actor: &Actor,
    id: PaymentId,
    amount: Option<Money>,
    key: Option<IdempotencyKey>,
) -> Result<PaymentRecord, OperationError> {
    if !scope::admits_payment(app, actor, Permission::PaymentsWrite, id).await? {
        return Err(OperationRule::NotFound.into());
    }
    let keyed = Keyed::of("paymentCapture", actor, key.as_ref(), &(id, amount))?;
    let key = transaction_key("paymentCapture", actor, key.as_ref());
    let new = NewCapture { amount, key: Some(key) };
    let transaction = begin(app, actor, id, keyed.as_ref(), &new, |transaction| transaction.id).await?;
    match execute(app, id, transaction).await? {
        OperationOutcome::Completed => {}
        OperationOutcome::Refused(failure) => return Err(OperationRule::Gateway(failure).into()),
        OperationOutcome::Retry(reason) => tracing::warn!(payment = %id, reason, "capture is retried later"),
    }
    Ok(get_record(app, id).await?)
}

/// Captures everything that is held, once. A payment that holds nothing, or whose order was canceled or has expired, stays
/// as it is.
///
/// # Errors
/// [`OperationRule::Unavailable`] while the gateway does not answer, [`OperationRule::Gateway`] if it refuses.
pub async fn capture_all(app: &App, id: PaymentId) -> Result<(), OperationError> {
    let new = NewCapture { amount: None, key: None };
    let transaction = match begin(app, &Actor::System, id, None, &new, |transaction| transaction.id).await {
        Ok(transaction) => transaction,
        Err(UseCaseError::Rule(OperationRule::Refused(OperationRefused::Status(_)) | OperationRule::OrderEnded(_))) => {
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    match execute(app, id, transaction).await? {
        OperationOutcome::Completed => Ok(()),
        OperationOutcome::Refused(failure) => Err(OperationRule::Gateway(failure).into()),
        OperationOutcome::Retry(reason) => Err(OperationRule::Unavailable(reason).into()),
    }
}

/// The key of a transaction: derived from the caller's key, which counts for one operation of one actor, or unique
/// without one. It never equals the key of an automatic operation.
pub(super) fn transaction_key(operation: &str, actor: &Actor, key: Option<&IdempotencyKey>) -> String {
    match key {
        Some(key) => URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{operation} {actor} {key}"))),
        None => PaymentTransactionId::new().uuid().to_string(),
    }
}

/// A capture that is requested.
struct NewCapture {
    /// Everything that is held, where absent.
    amount: Option<Money>,
    /// The key of the transaction; where absent, it is the next automatic capture.
    key: Option<String>,
}

impl NewOperation for NewCapture {
    fn action(&self) -> &'static str {
        "paymentCapture"
    }

    async fn begin(
        &self,
        conn: &mut Conn,
        record: &mut PaymentRecord,
        now: Timestamp,
    ) -> Result<Begun, OperationError> {
        require_order(conn, &record.payment).await?;
        let key = match &self.key {
            Some(key) => key.clone(),
            None => record.automatic_key(TransactionKind::Capture, AUTOMATIC)?,
        };
        let all = record.requested_amount(TransactionKind::Capture, &key).unwrap_or_else(|| record.capturable());
        if all.is_zero() {
            return Err(OperationRefused::Status(record.payment.status).into());
        }
        let transaction = record.begin_capture(self.amount.unwrap_or(all), &key, now)?;
        Ok(Begun { transaction, refund: None })
    }
}

/// Passes if the payment belongs to an order that was neither canceled nor expired.
async fn require_order(conn: &mut Conn, payment: &Payment) -> Result<(), OperationError> {
    let Some(order) = payment.order_id else { return Err(OperationRule::NotPlaced.into()) };
    if payment.is_unwanted {
        return Err(OperationRefused::Status(PaymentStatus::Voided).into());
    }
    // Canceling an order marks a payment without captures as unwanted, so that only one with captures needs the order.
    if payment.captured.is_zero() {
        return Ok(());
    }
    match orders::find(conn, order).await? {
        Some(order) if order.status.is_void() => Err(OperationRule::OrderEnded(order.status).into()),
        _ => Ok(()),
    }
}
