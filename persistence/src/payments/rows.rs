//! Rows of payments and their conversion to model types.

use diesel::prelude::*;
use model::{
    Currency, Money, Timestamp,
    ids::{CartId, ChannelId, OrderId, PaymentAttemptId, PaymentId, PaymentTransactionId},
    payments::{Payment, PaymentAttempt, PaymentTransaction},
};
use serde_json::Value;
use uuid::Uuid;

use super::tables::{payment_attempts, payment_transactions, payments};
use crate::{StoreError, StoreResult};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = payments, treat_none_as_null = true)]
pub(super) struct PaymentRow {
    id: Uuid,
    cart_id: Uuid,
    order_id: Option<Uuid>,
    channel_id: Uuid,
    country: Option<String>,
    method: String,
    gateway: String,
    currency: String,
    amount: i64,
    status: String,
    authorized_amount: i64,
    captured_amount: i64,
    refunded_amount: i64,
    charged_back_amount: i64,
    action: Option<Value>,
    failure: Option<String>,
    is_unwanted: bool,
    decline_keys: Vec<String>,
    idempotency_key: Option<String>,
    input_hash: Option<Vec<u8>>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = payment_attempts, check_for_backend(diesel::pg::Pg))]
pub(super) struct AttemptRow {
    id: Uuid,
    payment_id: Uuid,
    number: i32,
    gateway: String,
    reference: String,
    gateway_reference: Option<String>,
    outcome: String,
    failure: Option<String>,
    started_at: Timestamp,
    latency_ms: Option<i32>,
    finished_at: Option<Timestamp>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = payment_transactions, check_for_backend(diesel::pg::Pg))]
pub(super) struct TransactionRow {
    id: Uuid,
    payment_id: Uuid,
    attempt_id: Uuid,
    kind: String,
    status: String,
    gateway: String,
    gateway_reference: Option<String>,
    idempotency_key: Option<String>,
    currency: String,
    amount: i64,
    failure: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

pub(super) fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> StoreResult<T> {
    text.parse().map_err(StoreError::corrupt)
}

fn parse_some<T: std::str::FromStr<Err: std::fmt::Display>>(text: Option<&str>) -> StoreResult<Option<T>> {
    text.map(parse).transpose()
}

impl PaymentRow {
    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    pub(super) fn of(payment: &Payment) -> StoreResult<Self> {
        let action = payment.action.as_ref().map(serde_json::to_value).transpose().map_err(StoreError::corrupt)?;
        let (idempotency_key, input_hash) = payment.idempotency.clone().unzip();
        Ok(Self {
            id: payment.id.uuid(),
            cart_id: payment.cart_id.uuid(),
            order_id: payment.order_id.map(OrderId::uuid),
            channel_id: payment.channel_id.uuid(),
            country: payment.country.map(|country| country.code().to_owned()),
            method: payment.method.to_string(),
            gateway: payment.gateway.clone(),
            currency: payment.currency().code().to_owned(),
            amount: payment.amount.minor,
            status: payment.status.to_string(),
            authorized_amount: payment.authorized.minor,
            captured_amount: payment.captured.minor,
            refunded_amount: payment.refunded.minor,
            charged_back_amount: payment.charged_back.minor,
            action,
            failure: payment.failure.map(|failure| failure.to_string()),
            is_unwanted: payment.is_unwanted,
            decline_keys: payment.decline_keys.clone(),
            idempotency_key,
            input_hash,
            created_at: payment.created_at,
            updated_at: payment.updated_at,
        })
    }
}

impl TryFrom<PaymentRow> for Payment {
    type Error = StoreError;
    fn try_from(row: PaymentRow) -> StoreResult<Self> {
        let currency: Currency = parse(&row.currency)?;
        let money = |minor| Money::new(minor, currency);
        Ok(Self {
            id: PaymentId::restore(row.id),
            cart_id: CartId::restore(row.cart_id),
            order_id: row.order_id.map(OrderId::restore),
            channel_id: ChannelId::restore(row.channel_id),
            country: parse_some(row.country.as_deref())?,
            method: parse(&row.method)?,
            gateway: row.gateway,
            amount: money(row.amount),
            status: parse(&row.status)?,
            authorized: money(row.authorized_amount),
            captured: money(row.captured_amount),
            refunded: money(row.refunded_amount),
            charged_back: money(row.charged_back_amount),
            action: row.action.map(serde_json::from_value).transpose().map_err(StoreError::corrupt)?,
            failure: parse_some(row.failure.as_deref())?,
            is_unwanted: row.is_unwanted,
            decline_keys: row.decline_keys,
            idempotency: row.idempotency_key.zip(row.input_hash),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl From<&PaymentAttempt> for AttemptRow {
    fn from(attempt: &PaymentAttempt) -> Self {
        Self {
            id: attempt.id.uuid(),
            payment_id: attempt.payment_id.uuid(),
            number: attempt.number,
            gateway: attempt.gateway.clone(),
            reference: attempt.reference.clone(),
            gateway_reference: attempt.gateway_reference.clone(),
            outcome: attempt.outcome.to_string(),
            failure: attempt.failure.map(|failure| failure.to_string()),
            started_at: attempt.started_at,
            latency_ms: attempt.latency_ms,
            finished_at: attempt.finished_at,
        }
    }
}

impl TryFrom<AttemptRow> for PaymentAttempt {
    type Error = StoreError;
    fn try_from(row: AttemptRow) -> StoreResult<Self> {
        Ok(Self {
            id: PaymentAttemptId::restore(row.id),
            payment_id: PaymentId::restore(row.payment_id),
            number: row.number,
            gateway: row.gateway,
            reference: row.reference,
            gateway_reference: row.gateway_reference,
            outcome: parse(&row.outcome)?,
            failure: parse_some(row.failure.as_deref())?,
            started_at: row.started_at,
            latency_ms: row.latency_ms,
            finished_at: row.finished_at,
        })
    }
}

impl From<&PaymentTransaction> for TransactionRow {
    fn from(transaction: &PaymentTransaction) -> Self {
        Self {
            id: transaction.id.uuid(),
            payment_id: transaction.payment_id.uuid(),
            attempt_id: transaction.attempt_id.uuid(),
            kind: transaction.kind.to_string(),
            status: transaction.status.to_string(),
            gateway: transaction.gateway.clone(),
            gateway_reference: transaction.gateway_reference.clone(),
            idempotency_key: transaction.key.clone(),
            currency: transaction.amount.currency.code().to_owned(),
            amount: transaction.amount.minor,
            failure: transaction.failure.map(|failure| failure.to_string()),
            created_at: transaction.created_at,
            updated_at: transaction.updated_at,
        }
    }
}

impl TryFrom<TransactionRow> for PaymentTransaction {
    type Error = StoreError;
    fn try_from(row: TransactionRow) -> StoreResult<Self> {
        Ok(Self {
            id: PaymentTransactionId::restore(row.id),
            payment_id: PaymentId::restore(row.payment_id),
            attempt_id: PaymentAttemptId::restore(row.attempt_id),
            kind: parse(&row.kind)?,
            status: parse(&row.status)?,
            gateway: row.gateway,
            gateway_reference: row.gateway_reference,
            key: row.idempotency_key,
            amount: Money::new(row.amount, parse(&row.currency)?),
            failure: parse_some(row.failure.as_deref())?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
