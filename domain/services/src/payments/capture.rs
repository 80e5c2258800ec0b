//! Taking held money.

use model::{
    Money,
    access::{Actor, Permission},
    ids::PaymentId,
    payments::{OperationRefused, PaymentRecord, PaymentStatus, PaymentTransaction, TransactionKind},
};
use persistence::{audit, db::Transactions as _, jobs, payments as store};
use serde_json::json;

use super::{
    errors::OperationError,
    jobs::operation_job,
    operation::{Asked, ask, read},
};
use crate::App;

/// The key of the capture that follows an order by itself; there is one for each payment.
const AUTOMATIC: &str = "automatic";

/// Takes held money of an order's payment. The same key takes it once. An answer that is lost leaves the transaction
/// pending, and a job asks again.
///
/// # Errors
/// [`OperationError`].
pub async fn capture(
    app: &App,
    actor: &Actor,
    id: PaymentId,
    amount: Option<Money>,
    key: &str,
) -> Result<PaymentRecord, OperationError> {
    actor.require(Permission::PaymentsWrite)?;
    let transaction = begin(app, actor, id, amount, key).await?;
    let asked = ask(app, id, transaction.id).await?;
    if let Asked::Later(reason) = asked {
        tracing::warn!(payment = %id, reason, "a capture is asked for again later");
    }
    Ok(read(app, id).await?)
}

/// Takes everything that is held, once; a payment that holds nothing is left as it is.
///
/// # Errors
/// [`OperationError`].
pub async fn capture_all(app: &App, id: PaymentId) -> Result<(), OperationError> {
    let transaction = match begin(app, &Actor::System, id, None, AUTOMATIC).await {
        Ok(transaction) => transaction,
        Err(OperationError::Refused(OperationRefused::Status(_))) => return Ok(()),
        Err(error) => return Err(error),
    };
    match ask(app, id, transaction.id).await? {
        Asked::Known => Ok(()),
        Asked::Later(reason) => Err(OperationError::Service(crate::ServiceError::Internal(reason))),
    }
}

async fn begin(
    app: &App,
    actor: &Actor,
    id: PaymentId,
    amount: Option<Money>,
    key: &str,
) -> Result<PaymentTransaction, OperationError> {
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            let mut record = store::lock_record(conn, id).await.map_err(missing)?;
            if record.payment.order_id.is_none() {
                return Err(OperationError::NotPlaced);
            }
            if record.payment.is_unwanted {
                return Err(OperationRefused::Status(PaymentStatus::Voided).into());
            }
            let all = record.asked(TransactionKind::Capture, key).unwrap_or_else(|| record.capturable());
            if all.is_zero() {
                return Err(OperationRefused::Status(record.payment.status).into());
            }
            let known = record.transactions.len();
            let transaction = record.begin_capture(amount.unwrap_or(all), key, now)?;
            if record.transactions.len() > known {
                store::save_record(conn, &record).await?;
                jobs::enqueue(conn, &[operation_job(id, transaction.id, now)]).await?;
                let details = json!({ "amount": transaction.amount.to_string() });
                audit::push(conn, actor, "payment.capture", id, &details, now).await?;
            }
            Ok(transaction)
        })
        .await
}

/// A payment that is not there is the caller's mistake.
pub(super) fn missing(error: persistence::StoreError) -> OperationError {
    match error {
        persistence::StoreError::NotFound => OperationError::NotFound,
        other => other.into(),
    }
}
