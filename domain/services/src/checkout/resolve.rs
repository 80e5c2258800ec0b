//! Resolving payments whose outcome no gateway reported.

use std::time::Duration;

use model::{
    ids::PaymentId,
    payments::{Payment, PaymentMethod, PaymentRecord, PaymentStatus},
};

use super::complete::complete_paid;
use crate::{App, ServiceResult, jobs::JobError, payments};

/// Queries the gateways of an undecided payment until its outcome is known, then completes the cart of an authorized
/// payment, or releases it.
///
/// # Errors
/// [`JobError::NotYet`] while the outcome is unknown, [`JobError::Retry`] for a failure of a store or gateway.
pub async fn resolve(app: &App, id: PaymentId) -> Result<(), JobError> {
    let mut record = payments::get_record(app, id).await?;
    if record.payment.status.is_undecided() {
        let queried = payments::query_gateways(app, record).await?;
        record = queried.record;
        if queried.is_newly_authorized {
            complete_if_authorized(app, &record).await?;
        }
    }
    let (payment, timing) = (&record.payment, app.gateways.timing);
    let age = payments::elapsed(payment.created_at, app.clock.now());
    match payment.status {
        PaymentStatus::RequiresAction if age >= timing.abandon_after => {
            payments::void_unwanted(app, id).await?;
            Ok(())
        }
        // Staff confirm a transfer; no gateway is called for it.
        PaymentStatus::Pending if payment.method == PaymentMethod::BankTransfer => Ok(()),
        PaymentStatus::Pending | PaymentStatus::RequiresAction => Err(JobError::NotYet(next_query(age))),
        _ if is_without_order(payment) => match timing.complete_after.checked_sub(age) {
            Some(left) if !left.is_zero() => Err(JobError::NotYet(left)),
            _ => Ok(complete_if_authorized(app, &record).await?),
        },
        _ => Ok(()),
    }
}

/// Completes the cart of an authorized payment that has no order yet.
pub(super) async fn complete_if_authorized(app: &App, record: &PaymentRecord) -> ServiceResult<()> {
    if is_without_order(&record.payment) {
        complete_paid(app, record.payment.id).await?;
    }
    Ok(())
}

/// True if the whole amount is held or captured for a cart that is no order yet.
const fn is_without_order(payment: &Payment) -> bool {
    payment.is_secured() && payment.order_id.is_none() && !payment.is_unwanted
}

/// A tenth of the payment's age: often at first, rarely when it takes days.
fn next_query(age: Duration) -> Duration {
    (age / 10).clamp(Duration::from_secs(1), Duration::from_mins(10))
}
