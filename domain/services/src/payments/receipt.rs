//! Receipts of bank transfers, which staff record.

use std::collections::HashMap;

use model::{
    IdempotencyKey, Money, Timestamp,
    access::{Actor, Permission},
    audit::{AuditFacts, Change, changed},
    channels::CaptureMode,
    ids::{OrderId, PaymentTransactionId},
    orders::Order,
    payments::{Payment, TransferInstructions},
};
use persistence::{Conn, audit, db::Transactions as _, orders, payments as store};
use serde_json::json;

use super::{
    errors::{ReceiptError, ReceiptRule},
    follow_up::save_with_consequences,
};
use crate::{
    App, ServiceError, ServiceResult,
    bus::Topic,
    error::OrInternal as _,
    idempotency::{self, Keyed},
    identity::step_up::RefundLimit,
    orders::PaymentCause,
    scope,
    telemetry::Counter,
};

/// The maximum number of characters of a reference.
const REFERENCE: usize = 200;

/// Input of [`mark_paid`].
#[derive(Debug, Clone)]
pub struct MarkPaid {
    /// The order.
    pub order_id: OrderId,
    /// The amount that has arrived, in units of the order's currency; everything that is open where absent.
    pub amount: Option<String>,
    /// The reference on the bank statement.
    pub reference: Option<String>,
    /// The version of the order that the caller last saw.
    pub expected_version: Option<i32>,
    /// The key under which the same receipt may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Records that money has arrived by bank transfer: less than the order costs, all of it, or more. The same key records it
/// once. An order whose whole amount has arrived opens; a canceled or expired one stays so, and its money can be refunded.
///
/// # Errors
/// [`ReceiptError`].
pub async fn mark_paid(app: &App, actor: &Actor, input: MarkPaid) -> Result<(Order, Payment), ReceiptError> {
    if !scope::admits_order(app, actor, Permission::OrdersMarkPaid, input.order_id).await? {
        return Err(ReceiptRule::NotFound.into());
    }
    let input = MarkPaid { reference: valid_reference(input.reference.as_deref())?, ..input };
    let asked = (input.order_id, &input.amount, &input.reference, input.expected_version);
    let keyed = Keyed::of("orderMarkPaid", actor, input.idempotency_key.as_ref(), &asked)?;
    let (limit, now) = (RefundLimit::of(app, actor), app.clock.now());
    let mut conn = app.db.write().await?;
    let (order, payment, is_new) = conn
        .transaction::<_, ReceiptError, _>(async |conn| {
            let before: Option<OrderId> = idempotency::begin(conn, keyed.as_ref()).await?;
            // Payments are always locked before their orders.
            let payment = store::lock_of_order(conn, input.order_id).await?;
            let order = orders::lock(conn, input.order_id).await?.ok_or(ReceiptRule::NotFound)?;
            let payment = payment.ok_or(ReceiptRule::NoPayment)?;
            if before.is_some() {
                return Ok((order, payment, false));
            }
            order.require_version(input.expected_version)?;
            let (order, payment) = receive(conn, app, (actor, &limit), order, &payment, &input, now).await?;
            idempotency::finish(conn, keyed.as_ref(), &order.id).await?;
            Ok((order, payment, true))
        })
        .await?;
    if is_new {
        app.telemetry.count(Counter::PaymentCaptured);
        app.bus.publish(Topic::Outbox);
        app.bus.publish(Topic::Jobs);
    }
    Ok((order, payment))
}

fn valid_reference(given: Option<&str>) -> Result<Option<String>, ReceiptRule> {
    let Some(text) = given.map(str::trim) else { return Ok(None) };
    let is_good = (1..=REFERENCE).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_good { Ok(Some(text.to_owned())) } else { Err(ReceiptRule::Reference) }
}

/// Records the receipt on the locked payment, with everything that follows for the order.
async fn receive(
    conn: &mut Conn,
    app: &App,
    (actor, limit): (&Actor, &RefundLimit),
    order: Order,
    payment: &Payment,
    input: &MarkPaid,
    now: Timestamp,
) -> Result<(Order, Payment), ReceiptError> {
    let mut record = store::lock_record(conn, payment.id).await?;
    let amount = input.amount.as_deref().map(|amount| Money::parse(amount, order.currency)).transpose();
    let amount = amount.map_err(|_| ReceiptRule::Amount)?;
    let name = format!("receipt/{}", PaymentTransactionId::new().uuid());
    let applied = record.receive(amount, &name, now)?;
    // A false receipt releases goods for nothing, so that it needs the same proof as a refund.
    if !limit.permits(record.payment.captured) {
        return Err(ReceiptRule::StepUpRequired.into());
    }
    let cause = PaymentCause { actor, reference: input.reference.as_deref() };
    save_with_consequences(conn, &app.abuse, &mut record, &applied, (CaptureMode::Manual, cause), now).await?;
    let after = orders::find(conn, order.id).await?.ok_or(ReceiptRule::NotFound)?;
    let facts = AuditFacts {
        details: json!({ "payment": payment.id, "amount": received(payment, &record.payment)?.to_string() }),
        changes: changes((&order, &after), (payment, &record.payment), input.reference.as_deref()),
    };
    audit::push(conn, actor, "orderMarkPaid", order.id, facts, now).await?;
    Ok((after, record.payment))
}

fn received(before: &Payment, after: &Payment) -> Result<Money, ServiceError> {
    after.captured.minus(before.captured).or_internal("subtract receipts of a payment")
}

fn changes(orders: (&Order, &Order), payments: (&Payment, &Payment), reference: Option<&str>) -> Vec<Change> {
    let view = |payment: &Payment, reference: Option<&str>| json!({ "receivedAmount": payment.captured.to_string(), "reference": reference });
    let mut all = orders.1.changes_since(orders.0);
    all.extend(changed(&view(payments.0, None), &view(payments.1, reference)));
    all
}

/// The instructions of orders that wait for a bank transfer; absent for others, and while the channel has no account. It takes
/// no actor: its keys are orders that a use case has already returned to the actor.
///
/// # Errors
/// [`ServiceError`] if the database fails.
pub async fn instructions_of(app: &App, ids: &[OrderId]) -> ServiceResult<HashMap<OrderId, TransferInstructions>> {
    let settings = app.settings.current(&app.db).await?;
    let mut conn = app.db.read().await?;
    let found = orders::by_ids(&mut conn, ids).await?;
    let paid = store::by_orders(&mut conn, ids).await?;
    let of_order = |order: &Order| {
        let account = settings.transfer_account(order.channel)?;
        paid.get(&order.id)?.iter().find_map(|payment| TransferInstructions::of(order, payment, account))
    };
    Ok(found.values().filter_map(|order| Some((order.id, of_order(order)?))).collect())
}
