//! Alerts about the reports of gateways. Each is counted for the alert rules and written to the log, and staff find it in
//! the audit log.

use model::{
    Timestamp,
    access::Actor,
    payments::{Applied, Operation, PaymentRecord, ReportAlert, TransactionKind},
};
use persistence::{Conn, StoreResult, audit, db::Transactions as _, payments as store};
use serde_json::{Value, json};

use super::charge_update::{ChargeUpdate, Source};
use crate::{App, ServiceError, ServiceResult};

/// The audit action of a report that was not merged.
const REJECTED: &str = "payment.report_rejected";
/// The audit action of a capture beyond the amount of its payment.
const LARGER_CAPTURE: &str = "payment.larger_capture";
/// The number of a report's transactions that the audit log quotes.
const QUOTED: usize = 20;
/// The number of characters that are quoted of a text.
const QUOTED_CHARACTERS: usize = 255;

/// Records that a report about a payment was rejected. The audit log gets one entry per message, and one per charge and
/// reason for the answers to our own calls, which are repeated.
pub(super) async fn record_rejection(app: &App, update: &ChargeUpdate<'_>, alert: ReportAlert) -> ServiceResult<()> {
    let ChargeUpdate { attempt, report, source } = update;
    let reason: &str = alert.into();
    let message = match source {
        Source::Webhook { id, .. } => (*id).to_owned(),
        Source::Call { .. } | Source::Query => format!("{}/{reason}", attempt.id),
    };
    let operations: Vec<Value> = report.operations.iter().take(QUOTED).map(quote).collect();
    let details = json!({
        "gateway": attempt.gateway, "reason": reason, "message": message, "outcome": report.outcome,
        "transactions": operations,
    });
    tracing::error!(gateway = attempt.gateway, payment = %attempt.payment_id, reason, message, "rejected a report");
    record(app, &attempt.gateway, &message, &attempt.payment_id.to_string(), &details, alert).await
}

/// Records that a signed webhook cannot be read.
pub(crate) async fn record_unreadable(app: &App, gateway: &str, message: &str, problem: &str) -> ServiceResult<()> {
    let (alert, message, problem) = (ReportAlert::Unreadable, &plain(message), plain(problem));
    let details = json!({ "gateway": gateway, "reason": <&str>::from(alert), "message": message, "problem": problem });
    tracing::error!(gateway, message, problem, "rejected a webhook that cannot be read");
    record(app, gateway, message, gateway, &details, alert).await
}

async fn record(
    app: &App,
    gateway: &str,
    message: &str,
    object: &str,
    details: &Value,
    alert: ReportAlert,
) -> ServiceResult<()> {
    app.gateways.count_alert(gateway, alert);
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ServiceError, _>(async |conn| {
        if store::record_webhook(conn, gateway, &format!("rejected/{message}"), REJECTED, now).await? {
            audit::push(conn, &Actor::System, REJECTED, object, details.clone(), now).await?;
        }
        Ok(())
    })
    .await
}

fn quote(operation: &Operation) -> Value {
    let reference = plain(&operation.gateway_reference);
    json!({ "kind": operation.kind, "amount": operation.amount.to_string(), "reference": reference })
}

/// The start of a text from outside, without control characters, which the database refuses in part.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(QUOTED_CHARACTERS).collect()
}

/// True if a payment has just captured more than its amount.
fn has_larger_capture(record: &PaymentRecord, applied: &Applied) -> bool {
    let payment = &record.payment;
    let mut captures = record.just_succeeded(applied).into_iter().filter(|one| one.kind == TransactionKind::Capture);
    payment.captured.minor > payment.amount.minor && captures.any(|one| record.is_effective(one))
}

/// Records a capture beyond the amount of the payment in the audit log, in the transaction that merges it.
pub(super) async fn record_larger_capture(
    conn: &Conn,
    record: &PaymentRecord,
    applied: &Applied,
    now: Timestamp,
) -> StoreResult<()> {
    if !has_larger_capture(record, applied) {
        return Ok(());
    }
    let payment = &record.payment;
    let details = json!({
        "gateway": payment.gateway, "amount": payment.amount.to_string(), "captured": payment.captured.to_string(),
    });
    audit::push(conn, &Actor::System, LARGER_CAPTURE, payment.id, details, now).await
}

/// Counts and logs a capture beyond the amount of the payment, after it was merged.
pub(super) fn raise_larger_capture(app: &App, record: &PaymentRecord, applied: &Applied) {
    if has_larger_capture(record, applied) {
        let payment = &record.payment;
        app.gateways.count_alert(&payment.gateway, ReportAlert::LargerCapture);
        tracing::error!(
            gateway = payment.gateway, payment = %payment.id, amount = %payment.amount, captured = %payment.captured,
            "a gateway captured more than the payment's amount"
        );
    }
}
