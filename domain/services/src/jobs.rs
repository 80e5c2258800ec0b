//! Background jobs: the kinds of work, their queues, unique keys and attempts, and how they are stored.
//!
//! A job is written in the transaction of the change that requires it, and runs at least once.

mod error;
mod mail;
mod release;

use model::{
    Timestamp,
    ids::{JobId, OrderId, PaymentId, PaymentTransactionId},
};
use persistence::{
    Conn, StoreError, StoreResult,
    jobs::{self as store, NewJob},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

pub use self::{
    error::JobError,
    mail::{MailJob, MailKind, Notice},
};
pub(crate) use release::release_payment;

const DEFAULT: &str = "default";
const MAIL: &str = "mail";
const PAYMENTS: &str = "payments";

/// All queues.
pub const QUEUES: [&str; 3] = [DEFAULT, MAIL, PAYMENTS];

// Rows of the queue contain these names: a running installation must still be able to read them after an upgrade.
const PING: &str = "ping";
const SEND_MAIL: &str = "mail.send";
const CONFIRM_ORDER: &str = "orders.confirm";
const EXPIRE_ORDER: &str = "orders.expire";
const REMIND_PAYMENT: &str = "orders.remind";
const RESOLVE_PAYMENT: &str = "payments.resolve";
const CAPTURE_PAYMENT: &str = "payments.capture";
const VOID_PAYMENT: &str = "payments.void";
const REFUND_PAYMENT: &str = "payments.refund";
const EXECUTE_OPERATION: &str = "payments.operation";
const UPDATE_PRODUCTS: &str = "catalog.update_products";

/// Work for a background worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// Does nothing; shows that the queue moves.
    Ping,
    /// Sends a mail.
    SendMail(MailJob),
    /// Sends the confirmation of an order.
    ConfirmOrder(OrderId),
    /// Expires an order whose payment was not decided in time.
    ExpireOrder(OrderId),
    /// Reminds the buyer of an order that waits for a bank transfer.
    RemindPayment(OrderId),
    /// Queries the gateway for a payment whose outcome is unknown, and completes the cart of an authorized one.
    ResolvePayment(PaymentId),
    /// Captures everything that a payment holds.
    CapturePayment(PaymentId),
    /// Voids a payment that is no longer wanted.
    VoidPayment(PaymentId),
    /// Refunds what a payment captured although nothing was owed.
    RefundPayment(PaymentId),
    /// Executes a capture, void or refund that was recorded, until its outcome is known.
    ExecuteOperation {
        /// The payment.
        payment: PaymentId,
        /// The recorded transaction.
        transaction: PaymentTransactionId,
    },
    /// Continues a change of many products.
    UpdateProducts(JobId),
}

/// A job with the time when it is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledJob {
    job: Job,
    run_at: Timestamp,
}

/// The resource that a job needs while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// None besides the worker.
    General,
    /// A call slot of the payment's gateway, so that a slow gateway does not occupy the whole worker.
    Gateway(PaymentId),
}

/// The stored form and the execution limits of a job.
struct Spec {
    kind: &'static str,
    queue: &'static str,
    /// With the queue's back-off, 20 attempts take about two hours and 300 about two days.
    attempts: i32,
    /// At most one job per key waits; enqueueing another while it runs makes it run again.
    unique: Option<String>,
    lane: Lane,
}

impl Job {
    fn spec(&self) -> Spec {
        let plain = |kind, queue, attempts| Spec { kind, queue, attempts, unique: None, lane: Lane::General };
        let order = |kind, id: &OrderId| Spec { unique: Some(format!("{kind} {id}")), ..plain(kind, DEFAULT, 20) };
        let payment = |kind, id: &PaymentId| Spec {
            unique: Some(format!("{kind} {id}")),
            lane: Lane::Gateway(*id),
            ..plain(kind, PAYMENTS, 300)
        };
        match self {
            Self::Ping => plain(PING, DEFAULT, 3),
            Self::SendMail(_) => plain(SEND_MAIL, MAIL, 12),
            Self::ConfirmOrder(id) => order(CONFIRM_ORDER, id),
            Self::ExpireOrder(id) => order(EXPIRE_ORDER, id),
            Self::RemindPayment(id) => order(REMIND_PAYMENT, id),
            Self::ResolvePayment(id) => payment(RESOLVE_PAYMENT, id),
            Self::CapturePayment(id) => payment(CAPTURE_PAYMENT, id),
            Self::VoidPayment(id) => payment(VOID_PAYMENT, id),
            Self::RefundPayment(id) => payment(REFUND_PAYMENT, id),
            Self::ExecuteOperation { payment: id, transaction } => {
                let unique = Some(format!("{EXECUTE_OPERATION} {transaction}"));
                Spec { unique, ..payment(EXECUTE_OPERATION, id) }
            }
            Self::UpdateProducts(id) => {
                Spec { unique: Some(format!("{UPDATE_PRODUCTS} {id}")), ..plain(UPDATE_PRODUCTS, DEFAULT, 300) }
            }
        }
    }

    fn payload(&self) -> serde_json::Result<Value> {
        Ok(match self {
            Self::Ping => json!({}),
            Self::SendMail(mail) => serde_json::to_value(mail)?,
            Self::ConfirmOrder(order_id) | Self::ExpireOrder(order_id) | Self::RemindPayment(order_id) => {
                serde_json::to_value(OrderPayload { order_id: *order_id })?
            }
            Self::ResolvePayment(payment_id)
            | Self::CapturePayment(payment_id)
            | Self::VoidPayment(payment_id)
            | Self::RefundPayment(payment_id) => serde_json::to_value(PaymentPayload { payment_id: *payment_id })?,
            Self::ExecuteOperation { payment, transaction } => {
                serde_json::to_value(OperationPayload { payment_id: *payment, transaction_id: *transaction })?
            }
            Self::UpdateProducts(job_id) => serde_json::to_value(BulkPayload { job_id: *job_id })?,
        })
    }

    /// Reads a job as it is stored. Fields that older versions wrote besides these are ignored.
    ///
    /// # Errors
    /// [`JobError::Permanent`] for a kind or payload that this version does not know.
    pub fn restore(kind: &str, payload: Value) -> Result<Self, JobError> {
        Ok(match kind {
            PING => Self::Ping,
            SEND_MAIL => Self::SendMail(read(payload)?),
            CONFIRM_ORDER => Self::ConfirmOrder(read::<OrderPayload>(payload)?.order_id),
            EXPIRE_ORDER => Self::ExpireOrder(read::<OrderPayload>(payload)?.order_id),
            REMIND_PAYMENT => Self::RemindPayment(read::<OrderPayload>(payload)?.order_id),
            RESOLVE_PAYMENT => Self::ResolvePayment(read::<PaymentPayload>(payload)?.payment_id),
            CAPTURE_PAYMENT => Self::CapturePayment(read::<PaymentPayload>(payload)?.payment_id),
            VOID_PAYMENT => Self::VoidPayment(read::<PaymentPayload>(payload)?.payment_id),
            REFUND_PAYMENT => Self::RefundPayment(read::<PaymentPayload>(payload)?.payment_id),
            EXECUTE_OPERATION => {
                let OperationPayload { payment_id, transaction_id } = read(payload)?;
                Self::ExecuteOperation { payment: payment_id, transaction: transaction_id }
            }
            UPDATE_PRODUCTS => Self::UpdateProducts(read::<BulkPayload>(payload)?.job_id),
            unknown => return Err(JobError::Permanent(format!("this version has no job of the kind {unknown}"))),
        })
    }

    /// At most one unfinished row of the queue has this key; None if there may be any number.
    #[must_use]
    pub fn unique_key(&self) -> Option<String> {
        self.spec().unique
    }

    /// The resource that the job needs while it runs.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.spec().lane
    }

    /// The job, due at a time.
    #[must_use]
    pub const fn at(self, run_at: Timestamp) -> ScheduledJob {
        ScheduledJob { job: self, run_at }
    }
}

/// Writes jobs in one statement; call it in the transaction of the change that requires them. A job whose unique key
/// already waits is dropped; one whose key is running makes it run again, because that run may not see the change.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn enqueue(conn: &Conn, jobs: &[ScheduledJob]) -> StoreResult<()> {
    let rows: Vec<NewJob> = jobs.iter().map(row).collect::<serde_json::Result<_>>().map_err(StoreError::corrupt)?;
    store::enqueue(conn, &rows).await
}

fn row(ScheduledJob { job, run_at }: &ScheduledJob) -> serde_json::Result<NewJob> {
    let Spec { kind, queue, attempts: max_attempts, unique: unique_key, lane: _ } = job.spec();
    Ok(NewJob { queue, kind, payload: job.payload()?, unique_key, run_at: *run_at, max_attempts })
}

fn read<T: DeserializeOwned>(payload: Value) -> Result<T, JobError> {
    // The payload will not change, so that another attempt cannot help.
    serde_json::from_value(payload).map_err(|error| JobError::Permanent(format!("the payload cannot be read: {error}")))
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderPayload {
    order_id: OrderId,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PaymentPayload {
    payment_id: PaymentId,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OperationPayload {
    payment_id: PaymentId,
    transaction_id: PaymentTransactionId,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BulkPayload {
    job_id: JobId,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(job: Job) -> (String, String, Option<String>, i32, Value) {
        let row = row(&job.at(Timestamp::UNIX_EPOCH)).unwrap();
        (row.queue.to_owned(), row.kind.to_owned(), row.unique_key, row.max_attempts, row.payload)
    }

    #[test]
    fn stored_form_of_jobs_stays_readable() {
        let (order, payment, transaction) = (OrderId::new(), PaymentId::new(), PaymentTransactionId::new());
        let of_order = json!({ "orderId": order });
        let of_payment = json!({ "paymentId": payment });
        let bulk = JobId::new();
        let of_operation = json!({ "paymentId": payment, "transactionId": transaction });
        for (job, queue, kind, key, attempts, payload) in [
            (Job::Ping, "default", "ping", None, 3, json!({})),
            (Job::ConfirmOrder(order), "default", "orders.confirm", Some(order.to_string()), 20, of_order.clone()),
            (Job::ExpireOrder(order), "default", "orders.expire", Some(order.to_string()), 20, of_order.clone()),
            (Job::RemindPayment(order), "default", "orders.remind", Some(order.to_string()), 20, of_order),
            (
                Job::ResolvePayment(payment),
                "payments",
                "payments.resolve",
                Some(payment.to_string()),
                300,
                of_payment.clone(),
            ),
            (
                Job::RefundPayment(payment),
                "payments",
                "payments.refund",
                Some(payment.to_string()),
                300,
                of_payment.clone(),
            ),
            (Job::VoidPayment(payment), "payments", "payments.void", Some(payment.to_string()), 300, of_payment),
            (
                Job::ExecuteOperation { payment, transaction },
                "payments",
                "payments.operation",
                Some(transaction.to_string()),
                300,
                of_operation,
            ),
            (
                Job::UpdateProducts(bulk),
                "default",
                "catalog.update_products",
                Some(bulk.to_string()),
                300,
                json!({ "jobId": bulk }),
            ),
        ] {
            let key = key.map(|id| format!("{kind} {id}"));
            assert_eq!(stored(job.clone()), (queue.to_owned(), kind.to_owned(), key, attempts, payload.clone()));
            assert_eq!(Job::restore(kind, payload).unwrap(), job);
        }
    }

    #[test]
    fn unknown_kinds_and_unreadable_payloads_are_permanent_failures() {
        assert!(matches!(Job::restore("payments.unheard", json!({})), Err(JobError::Permanent(_))));
        assert!(matches!(Job::restore("payments.void", json!({})), Err(JobError::Permanent(_))));
        let with_old_field = json!({ "paymentId": PaymentId::new(), "amount": 100 });
        assert!(matches!(Job::restore("payments.refund", with_old_field), Ok(Job::RefundPayment(_))));
    }
}
