//! Voiding payments: releasing what is held.

use model::{
    IdempotencyKey, Timestamp,
    access::{Actor, Permission},
    ids::PaymentId,
    payments::{OperationRefused, PaymentRecord},
};
use persistence::Conn;

use super::{
    errors::{OperationError, OperationRule},
    operation::{Begun, NewOperation, OperationOutcome, begin, execute},
    read::get_record,
};
use crate::{App, UseCaseError, idempotency::Keyed, scope};

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
    if !scope::admits_payment(app, actor, Permission::PaymentsWrite, id).await? {
        return Err(OperationRule::NotFound.into());
    }
    let keyed = Keyed::of("paymentVoid", actor, key.as_ref(), &id)?;
    let transaction = begin(app, actor, id, keyed.as_ref(), &NewVoid, |transaction| transaction.id).await?;
    let outcome = execute(app, id, transaction).await?;
    let record = get_record(app, id).await?;
    match outcome {
        // The gateway also refuses if the charge was released without us.
        OperationOutcome::Refused(failure) if !record.payment.status.is_over() => {
            return Err(OperationRule::Gateway(failure).into());
        }
        OperationOutcome::Refused(_) | OperationOutcome::Completed => {}
        OperationOutcome::Retry(reason) => tracing::warn!(payment = %id, reason, "void is retried later"),
    }
    Ok(record)
}

/// Voids a payment that is no longer wanted. A capture in progress has to end first: what it captured is refunded.
///
/// # Errors
/// [`OperationError`]; not for a payment that holds nothing any more.
pub(crate) async fn void_unwanted(app: &App, id: PaymentId) -> Result<OperationOutcome, OperationError> {
    match begin(app, &Actor::System, id, None, &NewVoid, |transaction| transaction.id).await {
        Ok(transaction) => Ok(execute(app, id, transaction).await?),
        Err(UseCaseError::Rule(OperationRule::Refused(refused @ OperationRefused::CaptureInProgress))) => {
            Ok(OperationOutcome::Retry(refused.to_string()))
        }
        // It is voided, failed or captured: nothing is held.
        Err(UseCaseError::Rule(OperationRule::Refused(OperationRefused::Status(status)))) => {
            if !status.is_over() {
                tracing::warn!(payment = %id, %status, "unwanted payment cannot be voided");
            }
            Ok(OperationOutcome::Completed)
        }
        Err(error) => Err(error),
    }
}

struct NewVoid;

impl NewOperation for NewVoid {
    fn action(&self) -> &'static str {
        "paymentVoid"
    }

    async fn begin(
        &self,
        _conn: &mut Conn,
        record: &mut PaymentRecord,
        now: Timestamp,
    ) -> Result<Begun, OperationError> {
        let transaction = record.begin_void(now)?;
        record.payment.is_unwanted = true;
        Ok(Begun { transaction, refund: None })
    }
}
