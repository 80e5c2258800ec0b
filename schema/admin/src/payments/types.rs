//! Payments as staff see them.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::payments;
use schema_shared::{Money, RequestExt, to_id};

/// What is to be collected for a cart, and how far that has come.
#[derive(Clone)]
pub struct Payment(pub payments::Payment);

/// What is to be collected for a cart, and how far that has come.
#[Object]
impl Payment {
    /// The payment's id; also what the gateway knows as our reference.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Where it is.
    fn status(&self) -> payments::PaymentStatus {
        self.0.status
    }

    /// How the shopper pays.
    fn method(&self) -> payments::PaymentMethod {
        self.0.method
    }

    /// The gateway of the attempt that counts.
    fn gateway(&self) -> &str {
        &self.0.gateway
    }

    /// What is to be collected.
    fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// What was ever held on the shopper's account.
    fn authorized_amount(&self) -> Money {
        self.0.authorized.into()
    }

    /// What was taken.
    fn captured_amount(&self) -> Money {
        self.0.captured.into()
    }

    /// What was given back.
    fn refunded_amount(&self) -> Money {
        self.0.refunded.into()
    }

    /// What the shopper's bank took back.
    fn charged_back_amount(&self) -> Money {
        self.0.charged_back.into()
    }

    /// Why it failed; null unless it has.
    fn failure(&self) -> Option<payments::FailureCode> {
        self.0.failure
    }

    /// When it was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Every try at a gateway, in order.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<PaymentAttempt>> {
        let attempts = ctx.request()?.loaders().payment_attempts().load(self.0.id).await?;
        Ok(attempts.unwrap_or_default().into_iter().map(PaymentAttempt).collect())
    }

    /// Every money event, oldest first.
    async fn transactions(&self, ctx: &Context<'_>) -> Result<Vec<PaymentTransaction>> {
        let transactions = ctx.request()?.loaders().payment_transactions().load(self.0.id).await?;
        Ok(transactions.unwrap_or_default().into_iter().map(PaymentTransaction).collect())
    }

    /// Why money was given back, oldest first.
    async fn refunds(&self, ctx: &Context<'_>) -> Result<Vec<Refund>> {
        let refunds = ctx.request()?.loaders().payment_refunds().load(self.0.id).await?;
        Ok(refunds.unwrap_or_default().into_iter().map(Refund).collect())
    }
}

/// One try of a payment at one gateway.
pub struct PaymentAttempt(payments::PaymentAttempt);

/// One try of a payment at one gateway.
#[Object]
impl PaymentAttempt {
    /// The attempt's id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The gateway.
    fn gateway(&self) -> &str {
        &self.0.gateway
    }

    /// What the gateway calls the charge; null while it is not known.
    fn gateway_reference(&self) -> Option<&str> {
        self.0.gateway_reference.as_deref()
    }

    /// What came of it, as far as it is known.
    fn outcome(&self) -> payments::AttemptOutcome {
        self.0.outcome
    }

    /// Why nothing came of it; null unless that is so.
    fn failure(&self) -> Option<payments::FailureCode> {
        self.0.failure
    }

    /// When the gateway was called.
    fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// When it was decided; null while it is not.
    fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// How long the gateway took to answer the call, in milliseconds; null when it did not.
    fn latency_ms(&self) -> Option<i32> {
        self.0.latency_ms
    }
}

/// One money event at a gateway.
pub struct PaymentTransaction(payments::PaymentTransaction);

/// One money event at a gateway.
#[Object]
impl PaymentTransaction {
    /// The transaction's id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// What happens to the money.
    fn kind(&self) -> payments::TransactionKind {
        self.0.kind
    }

    /// How far it is.
    fn status(&self) -> payments::TransactionStatus {
        self.0.status
    }

    /// How much.
    fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// The gateway.
    fn gateway(&self) -> &str {
        &self.0.gateway
    }

    /// What the gateway calls it; null while it is not known.
    fn gateway_reference(&self) -> Option<&str> {
        self.0.gateway_reference.as_deref()
    }

    /// Why it failed; null unless it has.
    fn failure(&self) -> Option<payments::FailureCode> {
        self.0.failure
    }

    /// When it was written.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// Money given back to a shopper.
pub struct Refund(pub services::payments::Refund);

/// Money given back to a shopper.
#[Object]
impl Refund {
    /// The refund's id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// How far it is.
    fn status(&self) -> payments::TransactionStatus {
        self.0.status
    }

    /// How much.
    fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// Why; null when nobody said.
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Who gave it: a global id, or `system`.
    fn actor(&self) -> &str {
        &self.0.actor
    }

    /// When it was asked for.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
