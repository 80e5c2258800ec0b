//! Enqueues mails; call these in the transaction of the change that they report.

use model::{Locale, Timestamp, customers::Email, ids::OrderId};
use persistence::{Conn, StoreResult};
use uuid::Uuid;

use crate::jobs::{self, Job, MailJob, MailKind, Notice, ScheduledJob};

/// Enqueues a mail about an order to its buyer, in the order's language. The contents are read when it is sent.
///
/// # Errors
/// [`persistence::StoreError`] of the database.
pub async fn enqueue_order(conn: &Conn, kind: MailKind, order_id: OrderId, now: Timestamp) -> StoreResult<()> {
    jobs::enqueue(conn, &[order_job(kind, order_id, now)]).await
}

/// The job of a mail about an order, for callers that enqueue several jobs in one statement.
#[must_use = "the job is not enqueued"]
pub fn order_job(kind: MailKind, order_id: OrderId, now: Timestamp) -> ScheduledJob {
    Job::SendMail(MailJob::Order { order_id, kind, id: Uuid::now_v7() }).at(now)
}

/// Enqueues the mail of a one-time token, in the language of the request or of the account.
///
/// # Errors
/// [`persistence::StoreError`] of the database.
pub async fn enqueue_token(conn: &Conn, id: Uuid, locale: Option<&Locale>, now: Timestamp) -> StoreResult<()> {
    enqueue(conn, MailJob::Token { id, locale: locale.cloned() }, now).await
}

/// Enqueues a notice to the previous address of an account whose address changed.
///
/// # Errors
/// [`persistence::StoreError`] of the database.
pub async fn enqueue_email_changed(conn: &Conn, to: Email, locale: Option<&Locale>, now: Timestamp) -> StoreResult<()> {
    enqueue(conn, MailJob::EmailChanged(notice(to, locale)), now).await
}

/// Enqueues a notice to the address of an account for which a new address was requested.
///
/// # Errors
/// [`persistence::StoreError`] of the database.
pub async fn enqueue_email_change_requested(
    conn: &Conn,
    to: Email,
    locale: Option<&Locale>,
    now: Timestamp,
) -> StoreResult<()> {
    enqueue(conn, MailJob::EmailChangeRequested(notice(to, locale)), now).await
}

/// Enqueues a notice to the previous address of a staff account whose address changed.
///
/// # Errors
/// [`persistence::StoreError`] of the database.
pub async fn enqueue_staff_email_changed(
    conn: &Conn,
    to: Email,
    locale: Option<&Locale>,
    now: Timestamp,
) -> StoreResult<()> {
    enqueue(conn, MailJob::StaffEmailChanged(notice(to, locale)), now).await
}

/// Enqueues a notice to the address of a staff account for which a new address was requested.
///
/// # Errors
/// [`persistence::StoreError`] of the database.
pub async fn enqueue_staff_email_change_requested(
    conn: &Conn,
    to: Email,
    locale: Option<&Locale>,
    now: Timestamp,
) -> StoreResult<()> {
    enqueue(conn, MailJob::StaffEmailChangeRequested(notice(to, locale)), now).await
}

fn notice(to: Email, locale: Option<&Locale>) -> Notice {
    Notice { to, id: Uuid::now_v7(), locale: locale.cloned() }
}

async fn enqueue(conn: &Conn, mail: MailJob, now: Timestamp) -> StoreResult<()> {
    jobs::enqueue(conn, &[Job::SendMail(mail).at(now)]).await
}
