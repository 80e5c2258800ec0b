//! Taking held money.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use model::{
    IdempotencyKey, Money,
    access::{Actor, Permission},
    ids::{PaymentId, PaymentTransactionId},
    payments::{OperationRefused, Payment, PaymentRecord, PaymentStatus, TransactionKind},
};
use persistence::{Conn, db::Transactions as _, orders, payments as store};
use sha2::{Digest as _, Sha256};

use super::{
    errors::OperationError,
    operation::{Asked, ask, read, write_down},
};
use crate::{
    App,
    idempotency::{self, Keyed},
};

/// The name of the captures that follow an order by themselves: the first, and others where the gateway refused.
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
    let key = name_of("paymentCapture", actor, key.as_ref());
    let wanted = Wanted { id, amount, key: Some(&key), keyed: keyed.as_ref() };
    let transaction = begin(app, actor, wanted).await?;
    match ask(app, id, transaction).await? {
        Asked::Known => {}
        Asked::Refused(failure) => return Err(OperationError::Gateway(failure)),
        Asked::Later(reason) => tracing::warn!(payment = %id, reason, "a capture is asked for again later"),
    }
    Ok(read(app, id).await?)
}

/// Takes everything that is held, once; a payment that holds nothing, or whose order came to nothing, is left as it is.
///
/// # Errors
/// [`OperationError::Unavailable`] while the gateway does not answer, [`OperationError::Gateway`] when it refuses, and
/// others.
pub async fn capture_all(app: &App, id: PaymentId) -> Result<(), OperationError> {
    let wanted = Wanted { id, amount: None, key: None, keyed: None };
    let transaction = match begin(app, &Actor::System, wanted).await {
        Ok(transaction) => transaction,
        Err(OperationError::Refused(OperationRefused::Status(_)) | OperationError::OrderOver(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    match ask(app, id, transaction).await? {
        Asked::Known => Ok(()),
        Asked::Refused(failure) => Err(OperationError::Gateway(failure)),
        Asked::Later(reason) => Err(OperationError::Unavailable(reason)),
    }
}

/// What a transaction is kept under: the caller's key, which counts for one operation of one actor; without one every
/// request is one of its own. It never looks like the name of an automatic one.
pub(super) fn name_of(operation: &str, actor: &Actor, key: Option<&IdempotencyKey>) -> String {
    match key {
        Some(key) => URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{operation} {actor} {key}"))),
        None => PaymentTransactionId::new().uuid().to_string(),
    }
}

/// What is to be taken.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    id: PaymentId,
    /// Everything that is held, where absent.
    amount: Option<Money>,
    /// What the transaction is kept under; where absent, the next name of an automatic one.
    key: Option<&'a str>,
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
            check(conn, &record.payment).await?;
            let key = match key {
                Some(key) => key.to_owned(),
                None => record.automatic_key(TransactionKind::Capture, AUTOMATIC)?,
            };
            let all = record.asked(TransactionKind::Capture, &key).unwrap_or_else(|| record.capturable());
            if all.is_zero() {
                return Err(OperationRefused::Status(record.payment.status).into());
            }
            let known = record.transactions.len();
            let transaction = record.begin_capture(amount.unwrap_or(all), &key, now)?;
            if record.transactions.len() > known {
                write_down(conn, actor, "payment.capture", &record, &transaction, now).await?;
            }
            idempotency::finish(conn, keyed, &transaction.id).await?;
            Ok(transaction.id)
        })
        .await
}

/// Money is taken for an order that stands.
async fn check(conn: &mut Conn, payment: &Payment) -> Result<(), OperationError> {
    let Some(order) = payment.order_id else { return Err(OperationError::NotPlaced) };
    if payment.is_unwanted {
        return Err(OperationRefused::Status(PaymentStatus::Voided).into());
    }
    // As long as nothing was taken, an order that comes to nothing has said that the money is unwanted.
    if payment.captured.is_zero() {
        return Ok(());
    }
    match orders::find(conn, order).await? {
        Some(order) if order.status.is_void() => Err(OperationError::OrderOver(order.status)),
        _ => Ok(()),
    }
}

/// A payment that is not there is the caller's mistake.
pub(super) fn missing(error: persistence::StoreError) -> OperationError {
    match error {
        persistence::StoreError::NotFound => OperationError::NotFound,
        other => other.into(),
    }
}
