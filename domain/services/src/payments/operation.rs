//! Capture, void and refund: recorded under a key, then requested from the gateway under that key until the outcome is known.

use model::{
    Timestamp,
    access::Actor,
    audit::{AuditFacts, created},
    channels::CaptureMode,
    ids::{PaymentId, PaymentTransactionId},
    payments::{
        Applied, ChargeReport, FailureCode, PaymentAttempt, PaymentRecord, PaymentTransaction, ReportAlert,
        TransactionKind, TransactionStatus,
    },
};
use persistence::{
    Conn, StoreError, StoreResult, audit,
    db::Transactions as _,
    payments::{self as store, Refund},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use super::{
    charge_update::{ChargeUpdate, Source},
    errors::{OperationError, OperationRule},
    follow_up::save_with_consequences,
    gateway::{ChargeRef, GatewayError},
    read::get_record,
    update::{UpdateError, apply_update},
};
use crate::{
    App, ServiceError, ServiceResult,
    error::OnStoreError as _,
    idempotency::{self, Keyed},
    jobs::{self, Job, JobError},
    orders::PaymentCause,
};

/// Delay of the job of a new operation: long enough that the caller normally has executed it.
const EXECUTE_AFTER: chrono::Duration = chrono::Duration::seconds(15);

/// The result of executing an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OperationOutcome {
    /// It has succeeded.
    Completed,
    /// The gateway refused it.
    Refused(FailureCode),
    /// The outcome is unknown: execute it again later, under the same key.
    Retry(String),
}

impl OperationOutcome {
    /// For a job that has to achieve something: it is done when the operation has succeeded.
    pub fn require_completed(self) -> Result<(), JobError> {
        match self {
            Self::Refused(failure) => Err(OperationError::Rule(OperationRule::Gateway(failure)).into()),
            other => other.require_known(),
        }
    }

    /// For a job that executes one recorded operation: it is done when the outcome is known, good or bad.
    pub fn require_known(self) -> Result<(), JobError> {
        match self {
            Self::Completed | Self::Refused(_) => Ok(()),
            Self::Retry(reason) => Err(JobError::Retry(reason)),
        }
    }
}

/// An operation that was begun on a locked payment.
pub(super) struct Begun {
    /// The transaction; one that exists already if the operation was begun before.
    pub transaction: PaymentTransaction,
    /// The refund to record with it.
    pub refund: Option<Refund>,
}

/// A capture, void or refund that is requested.
pub(super) trait NewOperation: Sync {
    /// The action in the audit log: the mutation that requested it.
    fn action(&self) -> &'static str;

    /// Decides on the locked payment whether the operation may begin.
    fn begin(
        &self,
        conn: &mut Conn,
        record: &mut PaymentRecord,
        now: Timestamp,
    ) -> impl Future<Output = Result<Begun, OperationError>> + Send;
}

/// Begins an operation, in one transaction: returns the answer of the idempotency key, else locks the payment, begins and
/// records the operation, and keeps its answer under the key.
pub(super) async fn begin<A: Serialize + DeserializeOwned + Send + Sync>(
    app: &App,
    actor: &Actor,
    id: PaymentId,
    keyed: Option<&Keyed>,
    new: &impl NewOperation,
    answer: fn(&PaymentTransaction) -> A,
) -> Result<A, OperationError> {
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            // The key comes before everything that may have changed since the first request.
            if let Some(earlier) = idempotency::begin(conn, keyed).await? {
                return Ok(earlier);
            }
            let mut record = lock_record(conn, id).await?;
            let before = record.clone();
            let begun = new.begin(conn, &mut record, now).await?;
            if record != before {
                record_operation(conn, actor, &record, (new.action(), &begun), now).await?;
            }
            let answer = answer(&begun.transaction);
            idempotency::finish(conn, keyed, &answer).await?;
            Ok(answer)
        })
        .await
}

/// Locks a payment of the caller's choice. Payments are always locked before their orders.
pub(super) async fn lock_record(conn: &mut Conn, id: PaymentId) -> Result<PaymentRecord, OperationError> {
    store::lock_record(conn, id).await.on_not_found(OperationRule::NotFound)
}

/// Records an operation before the gateway is called, with its actor and a job that executes it if the caller does not.
async fn record_operation(
    conn: &mut Conn,
    actor: &Actor,
    record: &PaymentRecord,
    (action, Begun { transaction, refund }): (&str, &Begun),
    now: Timestamp,
) -> StoreResult<()> {
    let id = record.payment.id;
    store::save_record(conn, record).await?;
    let job = Job::ExecuteOperation { payment: id, transaction: transaction.id };
    jobs::enqueue(conn, &[job.at(now + EXECUTE_AFTER)]).await?;
    let amount = transaction.amount.to_string();
    let reason = refund.as_ref().and_then(|refund| refund.reason.as_deref());
    let changes = created(&json!({ "transaction": { "kind": transaction.kind, "amount": amount, "reason": reason } }));
    let facts = AuditFacts { details: json!({ "amount": amount, "order": record.payment.order_id }), changes };
    audit::push(conn, actor, action, id, facts, now).await?;
    match refund {
        Some(refund) => store::insert_refund(conn, refund).await,
        None => Ok(()),
    }
}

/// Requests a recorded operation from the gateway unless its outcome is known. Safe to repeat at any time: the gateway
/// knows the key, and its answer is merged.
pub(crate) async fn execute(
    app: &App,
    payment: PaymentId,
    id: PaymentTransactionId,
) -> ServiceResult<OperationOutcome> {
    let record = get_record(app, payment).await?;
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
        Err(reason) => return Ok(OperationOutcome::Retry(reason)),
    };
    match call(app, attempt, &charge, transaction).await? {
        Ok(report) => Ok(match merge(app, attempt, &report).await? {
            Ok(()) => OperationOutcome::Completed,
            // An answer that is rejected tells as much as none.
            Err(alert) => OperationOutcome::Retry(alert.to_string()),
        }),
        Err(GatewayError::Unavailable(reason) | GatewayError::Unknown(reason)) => Ok(OperationOutcome::Retry(reason)),
        Err(error @ (GatewayError::Refused(_) | GatewayError::NotFound)) => {
            tracing::warn!(%payment, transaction = %id, %error, "gateway refused an operation");
            // The reason may be an event at the gateway that we do not know yet.
            if let Ok(Some(report)) = app.gateways.require(&attempt.gateway)?.find(attempt.into()).await {
                // An alert was raised if the report was rejected; the refusal stands.
                let _ = merge(app, attempt, &report).await?;
            }
            refuse(app, payment, id).await
        }
    }
}

/// The charge by our and the gateway's reference; queries the latter if the answer to the first call was lost. Without it,
/// the reason why the operation has to wait.
async fn charge_of(
    app: &App,
    record: &PaymentRecord,
    attempt: &PaymentAttempt,
) -> ServiceResult<Result<ChargeRef, String>> {
    let named = |gateway_reference: String| ChargeRef {
        reference: attempt.reference.clone(),
        gateway_reference,
        amount: record.payment.amount,
    };
    if let Some(known) = &attempt.gateway_reference {
        return Ok(Ok(named(known.clone())));
    }
    match app.gateways.require(&attempt.gateway)?.find(attempt.into()).await {
        Ok(Some(report)) => {
            if let Err(alert) = merge(app, attempt, &report).await? {
                return Ok(Err(alert.to_string()));
            }
            let known = report.gateway_reference.map(named);
            Ok(known.ok_or_else(|| "the gateway reported no reference of the charge".to_owned()))
        }
        Ok(None) => Ok(Err("the gateway does not know the charge".to_owned())),
        Err(error) => Ok(Err(error.to_string())),
    }
}

async fn call(
    app: &App,
    attempt: &PaymentAttempt,
    charge: &ChargeRef,
    transaction: &PaymentTransaction,
) -> ServiceResult<Result<ChargeReport, GatewayError>> {
    let gateway = app.gateways.require(&attempt.gateway)?;
    let key = transaction.id.uuid().to_string();
    Ok(match transaction.kind {
        TransactionKind::Capture => gateway.capture(charge, transaction.amount, &key).await,
        TransactionKind::Refund => gateway.refund(charge, transaction.amount, &key).await,
        TransactionKind::Void => gateway.void(charge, &key).await,
        TransactionKind::Authorize | TransactionKind::Chargeback => {
            return Err(ServiceError::internal(format!("a transaction of kind {} is no operation", transaction.kind)));
        }
    })
}

/// Merges the gateway's answer, or returns the reason why it was rejected.
async fn merge(app: &App, attempt: &PaymentAttempt, report: &ChargeReport) -> ServiceResult<Result<(), ReportAlert>> {
    match apply_update(app, &ChargeUpdate { attempt, report, source: Source::Query }).await {
        Ok(_) => Ok(Ok(())),
        Err(UpdateError::Rule(alert)) => Ok(Err(alert)),
        Err(error) => Err(error.into_failure("merge the answer of a gateway")),
    }
}

/// Marks an operation as refused by the gateway, unless it has succeeded nevertheless.
async fn refuse(app: &App, payment: PaymentId, id: PaymentTransactionId) -> ServiceResult<OperationOutcome> {
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            let mut record = store::lock_record(conn, payment).await?;
            let applied = Applied { status_before: record.payment.status, succeeded: Vec::new() };
            record.refuse(id, FailureCode::Refused, now);
            // A refusal authorizes nothing, so that there is nothing to capture.
            let by = (CaptureMode::Manual, PaymentCause::SYSTEM);
            save_with_consequences(conn, &app.abuse, &mut record, &applied, by, now).await?;
            let transaction = record.transactions.iter().find(|transaction| transaction.id == id);
            Ok(transaction.map_or(OperationOutcome::Completed, outcome_of))
        })
        .await
}

fn outcome_of(transaction: &PaymentTransaction) -> OperationOutcome {
    match transaction.status {
        TransactionStatus::Failed => OperationOutcome::Refused(transaction.failure.unwrap_or(FailureCode::Refused)),
        TransactionStatus::Pending | TransactionStatus::Succeeded => OperationOutcome::Completed,
    }
}
