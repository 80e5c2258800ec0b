//! Taking held money.

use model::{
    IdempotencyKey, Money,
    access::{Actor, Permission},
    ids::{PaymentId, PaymentTransactionId},
    payments::{OperationRefused, PaymentRecord, PaymentStatus, TransactionKind},
};
use persistence::{audit, db::Transactions as _, jobs, payments as store};
use serde_json::json;

use super::{
    errors::OperationError,
    jobs::operation_job,
    operation::{Asked, ask, read},
};
use crate::{
    App,
    idempotency::{self, Keyed},
};

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
    key: Option<IdempotencyKey>,
) -> Result<PaymentRecord, OperationError> {
    actor.require(Permission::PaymentsWrite)?;
    let keyed = Keyed::of("paymentCapture", actor, key.as_ref(), &(id, amount))?;
    let wanted = Wanted { id, amount, key: &name_of(key), keyed: keyed.as_ref() };
    let transaction = begin(app, actor, wanted).await?;
    let asked = ask(app, id, transaction).await?;
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
    let wanted = Wanted { id, amount: None, key: AUTOMATIC, keyed: None };
    let transaction = match begin(app, &Actor::System, wanted).await {
        Ok(transaction) => transaction,
        Err(OperationError::Refused(OperationRefused::Status(_))) => return Ok(()),
        Err(error) => return Err(error),
    };
    match ask(app, id, transaction).await? {
        Asked::Known => Ok(()),
        Asked::Later(reason) => Err(OperationError::Service(crate::ServiceError::Internal(reason))),
    }
}

/// What a transaction is kept under: the caller's key; without one every request is one of its own.
pub(super) fn name_of(key: Option<IdempotencyKey>) -> String {
    key.map_or_else(|| PaymentTransactionId::new().uuid().to_string(), String::from)
}

/// What is to be taken.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    id: PaymentId,
    /// Everything that is held, where absent.
    amount: Option<Money>,
    /// What the transaction is kept under.
    key: &'a str,
    keyed: Option<&'a Keyed>,
}

async fn begin(app: &App, actor: &Actor, wanted: Wanted<'_>) -> Result<PaymentTransactionId, OperationError> {
    let Wanted { id, amount, key, keyed } = wanted;
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            // The key comes before everything that may have changed since the first request.
            if let Some(earlier) = idempotency::begin(conn, keyed).await? {
                return Ok(earlier);
            }
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
            idempotency::finish(conn, keyed, &transaction.id).await?;
            Ok(transaction.id)
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
