//! Payments as staff see them.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::payments;
use schema_shared::{Money, PaymentFields, RequestExt, to_id};

/// A payment for a cart or an order.
#[derive(Clone)]
pub struct Payment(pub payments::Payment);

/// A payment for a cart or an order.
#[Object]
impl Payment {
    /// Global id of the payment; also its reference at the gateway.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The fields that both APIs share.
    #[graphql(flatten)]
    fn fields(&self) -> PaymentFields<'_> {
        PaymentFields(&self.0)
    }

    /// Amount that was authorized in total.
    fn authorized_amount(&self) -> Money {
        self.0.authorized.into()
    }

    /// Amount that was captured.
    fn captured_amount(&self) -> Money {
        self.0.captured.into()
    }

    /// Amount that was not captured yet; of a bank transfer, what has not arrived.
    fn open_amount(&self) -> Money {
        self.0.open().into()
    }

    /// Amount that was captured beyond the payment's amount, such as an overpaid bank transfer.
    fn overpaid_amount(&self) -> Money {
        self.0.overpaid().into()
    }

    /// Amount that was refunded.
    fn refunded_amount(&self) -> Money {
        self.0.refunded.into()
    }

    /// Amount that the shopper's bank charged back.
    fn charged_back_amount(&self) -> Money {
        self.0.charged_back.into()
    }

    /// Time of the last change.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Attempts at gateways, oldest first.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<PaymentAttempt>> {
        let attempts = ctx.request()?.loaders().payment_attempts().load(self.0.id).await?;
        Ok(attempts.unwrap_or_default().into_iter().map(PaymentAttempt).collect())
    }

    /// Transactions of the payment, oldest first.
    async fn transactions(&self, ctx: &Context<'_>) -> Result<Vec<PaymentTransaction>> {
        let transactions = ctx.request()?.loaders().payment_transactions().load(self.0.id).await?;
        Ok(transactions.unwrap_or_default().into_iter().map(PaymentTransaction).collect())
    }

    /// Refunds of the payment, oldest first.
    async fn refunds(&self, ctx: &Context<'_>) -> Result<Vec<Refund>> {
        let refunds = ctx.request()?.loaders().payment_refunds().load(self.0.id).await?;
        Ok(refunds.unwrap_or_default().into_iter().map(Refund).collect())
    }
}

/// An attempt to make a payment at one gateway.
pub struct PaymentAttempt(payments::PaymentAttempt);

/// An attempt to make a payment at one gateway.
#[Object]
impl PaymentAttempt {
    /// Global id of the attempt.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Name of the gateway.
    fn gateway(&self) -> &str {
        &self.0.gateway
    }

    /// Gateway's id of the charge; null until it is known.
    fn gateway_reference(&self) -> Option<&str> {
        self.0.gateway_reference.as_deref()
    }

    /// Last known outcome of the attempt.
    fn outcome(&self) -> payments::AttemptOutcome {
        self.0.outcome
    }

    /// Reason for the failure; null unless the attempt failed.
    fn failure(&self) -> Option<payments::FailureCode> {
        self.0.failure
    }

    /// Time at which the gateway was called.
    fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// Time of the final outcome; null until there is one.
    fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// Response time of the gateway in milliseconds; null without a response.
    fn latency_ms(&self) -> Option<i32> {
        self.0.latency_ms
    }
}

/// A transaction of a payment at a gateway.
pub struct PaymentTransaction(payments::PaymentTransaction);

/// A transaction of a payment at a gateway.
#[Object]
impl PaymentTransaction {
    /// Global id of the transaction.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Kind of the transaction.
    fn kind(&self) -> payments::TransactionKind {
        self.0.kind
    }

    /// Status of the transaction.
    fn status(&self) -> payments::TransactionStatus {
        self.0.status
    }

    /// Amount of the transaction.
    fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// Name of the gateway.
    fn gateway(&self) -> &str {
        &self.0.gateway
    }

    /// Gateway's id of the transaction; null until it is known.
    fn gateway_reference(&self) -> Option<&str> {
        self.0.gateway_reference.as_deref()
    }

    /// Reason for the failure; null unless the transaction failed.
    fn failure(&self) -> Option<payments::FailureCode> {
        self.0.failure
    }

    /// Time at which the transaction was recorded.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// A refund of a payment.
pub struct Refund(pub services::payments::Refund);

/// A refund of a payment.
#[Object]
impl Refund {
    /// Global id of the refund.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Status of the refund.
    fn status(&self) -> payments::TransactionStatus {
        self.0.status
    }

    /// Amount of the refund.
    fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// Reason for the refund; null if none was given.
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Actor who requested the refund: a global id, or `system`.
    fn actor(&self) -> &str {
        &self.0.actor
    }

    /// Time at which the refund was requested.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
