//! Querying gateways for the outcome of attempts that is not known.

use std::time::Duration;

use model::{
    Timestamp,
    payments::{AttemptOutcome, ChargeReport, FailureCode, PaymentAttempt, PaymentRecord},
};

use super::{
    charge_update::{ChargeUpdate, Source},
    update::{UpdateError, apply_update},
};
use crate::{App, ServiceResult};

/// The result of [`query_gateways`].
pub(crate) struct Queried {
    /// The payment after everything that was reported.
    pub record: PaymentRecord,
    /// True if a gateway reported an authorization that a cart can be completed with.
    pub is_newly_authorized: bool,
}

/// Queries the gateway of each attempt whose outcome is not known, once, and merges what it reports.
///
/// # Errors
/// [`crate::ServiceError`] of the database; a gateway that does not answer is no error.
pub(crate) async fn query_gateways(app: &App, record: PaymentRecord) -> ServiceResult<Queried> {
    let undecided: Vec<PaymentAttempt> =
        record.attempts.iter().filter(|attempt| !attempt.outcome.is_decided()).cloned().collect();
    let mut queried = Queried { record, is_newly_authorized: false };
    for attempt in undecided {
        let Some(report) = query_charge(app, &attempt).await? else { continue };
        let update = ChargeUpdate { attempt: &attempt, report: &report, source: Source::Query };
        let updated = match apply_update(app, &update).await {
            // An answer that is rejected tells as much as none; the next query may get another one.
            Err(UpdateError::Rule(_)) => continue,
            updated => updated.map_err(|error| error.into_failure("merge the answer of a gateway"))?,
        };
        queried.is_newly_authorized |= updated.is_newly_authorized();
        queried.record = updated.record;
    }
    Ok(queried)
}

/// The gateway's report about an attempt, or none while it is not known. A charge that the gateway does not know long after
/// the call timed out never reached it; if it appears later nevertheless, it is voided.
async fn query_charge(app: &App, attempt: &PaymentAttempt) -> ServiceResult<Option<ChargeReport>> {
    match app.gateways.require(&attempt.gateway)?.find(attempt.into()).await {
        Ok(Some(report)) => Ok(Some(report)),
        Ok(None) if elapsed(attempt.started_at, app.clock.now()) >= app.gateways.timing.lost_after => {
            let lost = AttemptOutcome::Unavailable;
            Ok(Some(ChargeReport::bare(&attempt.reference, lost, Some(FailureCode::GatewayUnavailable))))
        }
        Ok(None) => Ok(None),
        Err(error) => {
            tracing::warn!(gateway = attempt.gateway, payment = %attempt.payment_id, %error, "gateway query failed");
            Ok(None)
        }
    }
}

/// The time since `then`; zero if the clock of another process is ahead of ours.
pub(crate) fn elapsed(then: Timestamp, now: Timestamp) -> Duration {
    (now - then).to_std().unwrap_or_default()
}
