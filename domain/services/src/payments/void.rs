//! Releasing what is held.

use model::{
    IdempotencyKey, Timestamp,
    access::{Actor, Permission},
    ids::{PaymentId, PaymentTransactionId},
    payments::{OperationRefused, PaymentRecord},
};
use persistence::{Conn, db::Transactions as _, jobs, payments as store};

use super::{
    capture::missing,
    errors::OperationError,
    jobs::void_job,
    operation::{Asked, ask, read, write_down},
};
use crate::{
    App, ServiceResult,
    idempotency::{self, Keyed},
};

/// Releases what a payment holds, or cancels it before it is decided.
///
/// # Errors
/// [`OperationError`].
pub async fn void(
    app: &App,
    actor: &Actor,
    id: PaymentId,
    key: Option<IdempotencyKey>,
) -> Result<PaymentRecord, OperationError> {
    actor.require(Permission::PaymentsWrite)?;
    let keyed = Keyed::of("paymentVoid", actor, key.as_ref(), &id)?;
    let transaction = begin(app, actor, id, keyed.as_ref()).await?;
    let asked = ask(app, id, transaction).await?;
    let record = read(app, id).await?;
    match asked {
        // It may have been released without us.
        Asked::Refused(failure) if !record.payment.status.is_over() => return Err(OperationError::Gateway(failure)),
        Asked::Refused(_) | Asked::Known => {}
        Asked::Later(reason) => tracing::warn!(payment = %id, reason, "a void is asked for again later"),
    }
    Ok(record)
}

/// Says within a transaction that nobody wants the money of a payment: it makes room for another payment of the cart
/// and is voided now, or as soon as it turns out to be authorised.
///
/// # Errors
/// A store's error.
pub async fn give_up(conn: &mut Conn, id: PaymentId, now: Timestamp) -> ServiceResult<()> {
    store::mark_unwanted(conn, id, now).await?;
    Ok(jobs::enqueue(conn, &[void_job(id, now)]).await?)
}

/// Releases a payment that nobody wants; says what to ask for again, if anything. Where money is being taken, that has
/// to be known first: what was taken is given back.
pub(super) async fn release(app: &App, id: PaymentId) -> Result<Asked, OperationError> {
    match begin(app, &Actor::System, id, None).await {
        Ok(transaction) => Ok(ask(app, id, transaction).await?),
        Err(OperationError::Refused(refused @ OperationRefused::CaptureUnderWay)) => {
            Ok(Asked::Later(refused.to_string()))
        }
        // It is over, or the money was taken: there is nothing to release.
        Err(OperationError::Refused(OperationRefused::Status(status))) => {
            if !status.is_over() {
                tracing::warn!(payment = %id, %status, "a payment that nobody wants cannot be released");
            }
            Ok(Asked::Known)
        }
        Err(error) => Err(error),
    }
}

async fn begin(
    app: &App,
    actor: &Actor,
    id: PaymentId,
    keyed: Option<&Keyed>,
) -> Result<PaymentTransactionId, OperationError> {
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            if let Some(earlier) = idempotency::begin(conn, keyed).await? {
                return Ok(earlier);
            }
            let mut record = store::lock_record(conn, id).await.map_err(missing)?;
            let known = record.transactions.len();
            let transaction = record.begin_void(now)?;
            if record.transactions.len() > known || !record.payment.is_unwanted {
                record.payment.is_unwanted = true;
                write_down(conn, actor, "payment.void", &record, &transaction, now).await?;
            }
            idempotency::finish(conn, keyed, &transaction.id).await?;
            Ok(transaction.id)
        })
        .await
}
