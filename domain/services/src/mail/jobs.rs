//! Mails to be sent, as jobs.

use model::{Timestamp, customers::Email};
use persistence::{
    Conn, StoreError, StoreResult,
    jobs::{self, NewJob},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The kind of the jobs that send mail.
pub const KIND: &str = "mail.send";

/// What a mail is made from. Secrets are not in it: they are made when the mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum MailJob {
    /// A one-time token; what it says depends on what the token is for and whether there is an account.
    Token {
        /// The token's id, not its secret.
        id: Uuid,
    },
    /// A note to the old address of an account.
    EmailChanged {
        /// The old address.
        to: Email,
        /// Tells this mail from others.
        id: Uuid,
    },
    /// A note to the address of an account that is to get a new one.
    EmailChangeAsked {
        /// The address until now.
        to: Email,
        /// Tells this mail from others.
        id: Uuid,
    },
    /// What was ordered.
    OrderConfirmation(OrderConfirmation),
}

/// What a confirmation of an order says; amounts are written out, currency included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderConfirmation {
    /// Where it goes.
    pub to: Email,
    /// The order's number.
    pub number: String,
    /// The order's page.
    pub url: Option<String>,
    /// What was bought.
    pub lines: Vec<ConfirmedLine>,
    /// What is to pay in all, such as `EUR 44.70`.
    pub total: String,
}

/// A line of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmedLine {
    /// What it is.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What they cost together, such as `EUR 39.80`.
    pub total: String,
}

/// Has a one-time token mailed.
pub(crate) async fn enqueue_token(conn: &mut Conn, id: Uuid, now: Timestamp) -> StoreResult<()> {
    enqueue(conn, &MailJob::Token { id }, now).await
}

/// Tells the old address of an account that it was changed.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn enqueue_email_changed(conn: &mut Conn, to: Email, now: Timestamp) -> StoreResult<()> {
    enqueue(conn, &MailJob::EmailChanged { to, id: Uuid::now_v7() }, now).await
}

/// Tells the address of an account that a new one was asked for.
pub(crate) async fn enqueue_email_change_asked(conn: &mut Conn, to: Email, now: Timestamp) -> StoreResult<()> {
    enqueue(conn, &MailJob::EmailChangeAsked { to, id: Uuid::now_v7() }, now).await
}

/// Has the confirmation of an order mailed; call it in the transaction that places the order.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn enqueue_order_confirmation(
    conn: &mut Conn,
    confirmation: OrderConfirmation,
    now: Timestamp,
) -> StoreResult<()> {
    enqueue(conn, &MailJob::OrderConfirmation(confirmation), now).await
}

async fn enqueue(conn: &mut Conn, job: &MailJob, now: Timestamp) -> StoreResult<()> {
    let payload = serde_json::to_value(job).map_err(StoreError::corrupt)?;
    let job = NewJob { queue: "mail", kind: KIND, payload, unique_key: None, run_at: now, max_attempts: 12 };
    jobs::enqueue(conn, &[job]).await
}
