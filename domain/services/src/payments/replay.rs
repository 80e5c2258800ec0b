//! Answers to a repeated request for a payment.

use std::time::Duration;

use model::{
    Timestamp,
    ids::PaymentId,
    payments::{AttemptOutcome, Payment, PaymentAttempt, PaymentRecord, PaymentStatus},
};
use persistence::{StoreError, payments as store};
use tokio::time::{Instant, sleep};

use super::{
    authorize,
    errors::PaymentError,
    query::elapsed,
    read::get_record,
    request::{NewPayment, input_hash},
};
use crate::{App, idempotency};

/// Interval of checking if the gateway has answered the first of two equal requests.
const POLL_EVERY: Duration = Duration::from_millis(100);

/// The payment that the request's idempotency key created.
pub(super) async fn by_idempotency_key(app: &App, new: &NewPayment) -> Result<Option<Payment>, PaymentError> {
    let Some(keyed) = new.keyed()? else { return Ok(None) };
    let mut conn = app.db.read().await?;
    let known: Option<PaymentId> = idempotency::look(&mut conn, Some(&keyed)).await?;
    drop(conn);
    match known {
        Some(id) => by_id(app, id, new).await.map(Some),
        None => Ok(None),
    }
}

/// The payment of the same cart that the key created, after the key itself was deleted.
pub(super) async fn by_key_of_cart(app: &App, new: &NewPayment) -> Result<Option<Payment>, PaymentError> {
    let Some(key) = &new.idempotency_key else { return Ok(None) };
    let mut conn = app.db.read().await?;
    let Some(payment) = store::find_by_key(&mut conn, new.cart_id, key.as_str()).await? else { return Ok(None) };
    drop(conn);
    let is_same = payment.idempotency.as_ref().is_some_and(|(_, earlier)| *earlier == input_hash(new));
    if is_same { resume(app, payment, new).await.map(Some) } else { Err(PaymentError::KeyReused) }
}

/// The payment that an earlier request created.
pub(super) async fn by_id(app: &App, id: PaymentId, new: &NewPayment) -> Result<Payment, PaymentError> {
    // A replica may not have it yet.
    let mut conn = app.db.write().await?;
    let payment = store::find(&mut conn, id).await?.ok_or(StoreError::NotFound)?;
    drop(conn);
    resume(app, payment, new).await
}

/// Returns the payment once the gateway has answered the first request. If the process of that request died before or during
/// the call, calls the gateway again.
async fn resume(app: &App, payment: Payment, new: &NewPayment) -> Result<Payment, PaymentError> {
    if payment.status != PaymentStatus::Pending || payment.is_unwanted {
        return Ok(payment);
    }
    let until = Instant::now() + app.gateways.timing.answer + POLL_EVERY;
    loop {
        let record = get_record(app, payment.id).await?;
        let Some(since) = called_since(&record) else { return Ok(record.payment) };
        if elapsed(since, app.clock.now()) > app.gateways.timing.answer {
            return Ok(authorize::repeat(app, &record, new).await?);
        }
        if Instant::now() >= until {
            return Ok(record.payment);
        }
        sleep(POLL_EVERY).await;
    }
}

/// The start of the gateway call that is in progress, as far as it is known.
fn called_since(record: &PaymentRecord) -> Option<Timestamp> {
    let is_in_call =
        |attempt: &&PaymentAttempt| attempt.outcome == AttemptOutcome::Started && attempt.gateway_reference.is_none();
    record.attempts.last().filter(is_in_call).map(|attempt| attempt.started_at)
}
