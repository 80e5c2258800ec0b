//! Enqueues mails; call these in the transaction of the change that they report.

use model::{Timestamp, customers::Email};
use persistence::{Conn, StoreResult};
use uuid::Uuid;

use crate::jobs::{self, Job, MailJob};

/// Enqueues the mail of a one-time token.
pub(crate) async fn enqueue_token(conn: &mut Conn, id: Uuid, now: Timestamp) -> StoreResult<()> {
    enqueue(conn, MailJob::Token { id }, now).await
}

/// Enqueues a notice to the previous address of an account whose address changed.
///
/// # Errors
/// [`persistence::StoreError`] of the database.
pub async fn enqueue_email_changed(conn: &mut Conn, to: Email, now: Timestamp) -> StoreResult<()> {
    enqueue(conn, MailJob::EmailChanged { to, id: Uuid::now_v7() }, now).await
}

/// Enqueues a notice to the address of an account for which a new address was requested.
pub(crate) async fn enqueue_email_change_requested(conn: &mut Conn, to: Email, now: Timestamp) -> StoreResult<()> {
    enqueue(conn, MailJob::EmailChangeRequested { to, id: Uuid::now_v7() }, now).await
}

async fn enqueue(conn: &Conn, mail: MailJob, now: Timestamp) -> StoreResult<()> {
    jobs::enqueue(conn, &[Job::SendMail(mail).at(now)]).await
}
