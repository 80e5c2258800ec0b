//! Capture, void and refund: written down with a key, then asked for at the gateway under that key until it is known.

use model::{
    Timestamp,
    access::Actor,
    ids::{PaymentId, PaymentTransactionId},
    payments::{
        Applied, ChargeReport, FailureCode, PaymentAttempt, PaymentRecord, PaymentTransaction, TransactionKind,
        TransactionStatus,
    },
};
use persistence::{Conn, StoreError, StoreResult, audit, db::Transactions as _, jobs, payments as store};
use serde_json::json;

use super::{
    authorize::gateway_of,
    gateway::{ChargeRef, GatewayError},
    jobs::watch_job,
    learn::{Lesson, follow_up, learn},
};
use crate::{App, ServiceError, ServiceResult};

/// What became of asking for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// It is known: the transaction has succeeded.
    Known,
    /// The gateway refused it.
    Refused(FailureCode),
    /// It has to be asked for again later, under the same key.
    Later(String),
}

/// Writes down an operation that was just begun, before the gateway hears of it, with who asked for it and a job that
/// sees to it.
pub(super) async fn write_down(
    conn: &mut Conn,
    actor: &Actor,
    action: &str,
    record: &PaymentRecord,
    transaction: &PaymentTransaction,
    now: Timestamp,
) -> StoreResult<()> {
    let id = record.payment.id;
    store::save_record(conn, record).await?;
    jobs::enqueue(conn, &[watch_job(id, transaction.id, now)]).await?;
    let details = json!({ "amount": transaction.amount.to_string() });
    audit::push(conn, actor, action, id, &details, now).await
}

/// Asks the gateway for an operation that is written down and not known to have happened. Safe to repeat at any time:
/// the gateway knows the key, and what it answers is merged.
pub(super) async fn ask(app: &App, payment: PaymentId, id: PaymentTransactionId) -> ServiceResult<Asked> {
    let record = read(app, payment).await?;
    let Some(transaction) = record.transactions.iter().find(|transaction| transaction.id == id) else {
        return Err(StoreError::NotFound.into());
    };
    if transaction.status != TransactionStatus::Pending {
        return Ok(outcome_of(transaction));
    }
    let Some(attempt) = record.attempts.iter().find(|attempt| attempt.id == transaction.attempt_id) else {
        return Err(StoreError::NotFound.into());
    };
    let charge = match charge_of(app, &record, attempt).await? {
        Ok(charge) => charge,
        Err(later) => return Ok(later),
    };
    let answer = call(app, attempt, &charge, transaction).await?;
    settle(app, &record, attempt, transaction, answer).await
}

pub(super) async fn read(app: &App, id: PaymentId) -> ServiceResult<PaymentRecord> {
    let mut conn = app.db.read().await?;
    Ok(store::find_record(&mut conn, id).await?.ok_or(StoreError::NotFound)?)
}

/// The charge by both its names; the gateway is asked for its own name where the answer to the first call was lost.
async fn charge_of(
    app: &App,
    record: &PaymentRecord,
    attempt: &PaymentAttempt,
) -> ServiceResult<Result<ChargeRef, Asked>> {
    let named = |gateway_reference: String| ChargeRef {
        reference: attempt.reference.clone(),
        gateway_reference,
        amount: record.payment.amount,
    };
    if let Some(known) = &attempt.gateway_reference {
        return Ok(Ok(named(known.clone())));
    }
    match gateway_of(app, &attempt.gateway)?.find(&attempt.reference).await {
        Ok(Some(report)) => {
            learn_of(app, attempt, &report).await?;
            let known = report.gateway_reference.map(named);
            Ok(known.ok_or_else(|| Asked::Later("the gateway did not name the charge".to_owned())))
        }
        Ok(None) => Ok(Err(Asked::Later("the gateway has not heard of the charge".to_owned()))),
        Err(error) => Ok(Err(Asked::Later(error.to_string()))),
    }
}

async fn call(
    app: &App,
    attempt: &PaymentAttempt,
    charge: &ChargeRef,
    transaction: &PaymentTransaction,
) -> ServiceResult<Result<ChargeReport, GatewayError>> {
    let gateway = gateway_of(app, &attempt.gateway)?;
    let key = transaction.id.uuid().to_string();
    Ok(match transaction.kind {
        TransactionKind::Capture => gateway.capture(charge, transaction.amount, &key).await,
        TransactionKind::Refund => gateway.refund(charge, transaction.amount, &key).await,
        TransactionKind::Void => gateway.void(charge, &key).await,
        TransactionKind::Authorize | TransactionKind::Chargeback => {
            return Err(ServiceError::Internal("this kind of transaction is not asked for".to_owned()));
        }
    })
}

async fn settle(
    app: &App,
    record: &PaymentRecord,
    attempt: &PaymentAttempt,
    transaction: &PaymentTransaction,
    answer: Result<ChargeReport, GatewayError>,
) -> ServiceResult<Asked> {
    match answer {
        Ok(report) => learn_of(app, attempt, &report).await?,
        Err(GatewayError::Unavailable(reason) | GatewayError::Unknown(reason)) => return Ok(Asked::Later(reason)),
        Err(GatewayError::Refused(reason)) => {
            tracing::warn!(payment = %record.payment.id, transaction = %transaction.id, reason, "a gateway refused");
            // Why it refuses may be something that we have not heard of.
            if let Ok(Some(report)) = gateway_of(app, &attempt.gateway)?.find(&attempt.reference).await {
                learn_of(app, attempt, &report).await?;
            }
            return refuse(app, record.payment.id, transaction.id).await;
        }
    }
    Ok(Asked::Known)
}

fn outcome_of(transaction: &PaymentTransaction) -> Asked {
    match transaction.status {
        TransactionStatus::Failed => Asked::Refused(transaction.failure.unwrap_or(FailureCode::Refused)),
        TransactionStatus::Pending | TransactionStatus::Succeeded => Asked::Known,
    }
}

async fn learn_of(app: &App, attempt: &PaymentAttempt, report: &ChargeReport) -> ServiceResult<()> {
    let lesson = Lesson { attempt: attempt.id, report, latency: None, next: None, message: None };
    learn(app, attempt.payment_id, &lesson).await.map(|_| ())
}

/// Writes that the gateway refused an operation, unless it has happened all the same.
async fn refuse(app: &App, payment: PaymentId, id: PaymentTransactionId) -> ServiceResult<Asked> {
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            let mut record = store::lock_record(conn, payment).await?;
            let applied = Applied { status_before: record.payment.status, succeeded: Vec::new() };
            record.refuse(id, FailureCode::Refused, now);
            follow_up(conn, &mut record, &applied, false, now).await?;
            let transaction = record.transactions.iter().find(|transaction| transaction.id == id);
            Ok(transaction.map_or(Asked::Known, outcome_of))
        })
        .await
}
