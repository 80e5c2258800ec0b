//! Root fields that change payments and routing rules.

use async_graphql::{Context, ID, Object, Result};
use model::{
    Currency, IdempotencyKey, Money,
    ids::{OrderId, PaymentId},
    payments::{OperationRefused, PaymentRecord},
};
use schema_shared::{Decimal, RequestData, RequestExt, parse_id, payloads, to_user_errors};
use services::{
    ServiceError, orders,
    payments::{self, OperationError, OperationRule, RefundOrder, RoutingRefused},
};

use super::{
    Payment, PaymentUserError, Refund,
    errors::PaymentRoutingRuleUserError,
    gateways::PaymentRoutingRule,
    inputs::{
        OrderRefundInput, PaymentCaptureInput, PaymentRefundInput, PaymentRoutingRuleCreateInput,
        PaymentRoutingRuleDeleteInput, PaymentVoidInput,
    },
};
use crate::orders::Order;

/// Mutations of payments and routing rules.
#[derive(Default)]
pub struct PaymentMutation;

payloads! {
    errors PaymentUserError;

    "paymentCapture" => PaymentCapturePayload {
        /// The payment after the operation; null if nothing was done.
        payment: Payment,
    }
    "paymentVoid" => PaymentVoidPayload {
        /// The payment after the operation; null if nothing was done.
        payment: Payment,
    }
    "paymentRefund" => PaymentRefundPayload {
        /// The payment after the operation; null if nothing was done.
        payment: Payment,
        /// The refund; null if nothing was done.
        refund: Refund,
    }
    "orderRefund" => OrderRefundPayload {
        /// The refund; null if nothing was done.
        refund: Refund,
        /// The refunded payment; null if nothing was done.
        payment: Payment,
        /// The order after the refund; null if nothing was done, and without `ORDERS_READ`.
        order: Order,
    }
}

payloads! {
    errors PaymentRoutingRuleUserError;

    "paymentRoutingRuleCreate" => PaymentRoutingRuleCreatePayload {
        /// The new rule; null if it was not created.
        rule: PaymentRoutingRule,
    }
    "paymentRoutingRuleDelete" => PaymentRoutingRuleDeletePayload {
        /// Global id of the deleted rule; null if nothing was deleted.
        deleted_id: ID,
    }
}

#[Object]
impl PaymentMutation {
    /// Captures an authorized payment, completely or in part. If the gateway's response is lost, the transaction stays
    /// `PENDING` until the outcome is known. Needs `PAYMENTS_WRITE`.
    async fn payment_capture(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Payment and amount to capture.")] input: PaymentCaptureInput,
    ) -> Result<PaymentCapturePayload> {
        Ok(match capture(ctx.request()?, input).await {
            Ok(record) => PaymentCapturePayload::done(Payment(record.payment)),
            Err(error) => PaymentCapturePayload::refused(to_user_errors(error)?),
        })
    }

    /// Voids what is authorized and not captured, or cancels a pending payment. Needs `PAYMENTS_WRITE`.
    async fn payment_void(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Payment to void.")] input: PaymentVoidInput,
    ) -> Result<PaymentVoidPayload> {
        Ok(match void(ctx.request()?, input).await {
            Ok(record) => PaymentVoidPayload::done(Payment(record.payment)),
            Err(error) => PaymentVoidPayload::refused(to_user_errors(error)?),
        })
    }

    /// Refunds a payment, completely or in part. If the gateway's response is lost, the refund stays `PENDING` until
    /// the outcome is known. Needs `PAYMENTS_WRITE`.
    async fn payment_refund(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Payment and amount to refund.")] input: PaymentRefundInput,
    ) -> Result<PaymentRefundPayload> {
        Ok(match refund(ctx.request()?, input).await {
            Ok((record, refund)) => PaymentRefundPayload::done(Payment(record.payment), Refund(refund)),
            Err(error) => PaymentRefundPayload::refused(to_user_errors(error)?),
        })
    }

    /// Refunds an order, completely or in part. Authorized money is captured first if needed. Needs `PAYMENTS_WRITE`.
    async fn order_refund(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Order and amount to refund.")] input: OrderRefundInput,
    ) -> Result<OrderRefundPayload> {
        let request = ctx.request()?;
        Ok(match refund_order(request, input).await {
            Ok((record, refund)) => OrderRefundPayload {
                refund: Some(Refund(refund)),
                order: order_of(request, &record).await?,
                payment: Some(Payment(record.payment)),
                user_errors: Vec::new(),
                warnings: Vec::new(),
            },
            Err(error) => OrderRefundPayload::refused(to_user_errors(error)?),
        })
    }

    /// Creates a rule that routes payments to gateways. Needs `PAYMENTS_WRITE`.
    async fn payment_routing_rule_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Routing rule to create.")] input: PaymentRoutingRuleCreateInput,
    ) -> Result<PaymentRoutingRuleCreatePayload> {
        let request = ctx.request()?;
        Ok(match payments::create_rule(&request.app, &request.actor, input.into()).await {
            Ok(rule) => PaymentRoutingRuleCreatePayload::done(PaymentRoutingRule(rule)),
            Err(error) => PaymentRoutingRuleCreatePayload::refused(to_user_errors(error)?),
        })
    }

    /// Deletes a routing rule. Needs `PAYMENTS_WRITE`.
    async fn payment_routing_rule_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Routing rule to delete.")] input: PaymentRoutingRuleDeleteInput,
    ) -> Result<PaymentRoutingRuleDeletePayload> {
        let request = ctx.request()?;
        let deleted = match parse_id(&input.id) {
            Ok(id) => payments::delete_rule(&request.app, &request.actor, id).await,
            Err(_) => Err(RoutingRefused::NotFound.into()),
        };
        Ok(match deleted {
            Ok(()) => PaymentRoutingRuleDeletePayload::done(input.id),
            Err(error) => PaymentRoutingRuleDeletePayload::refused(to_user_errors(error)?),
        })
    }
}

async fn capture(request: &RequestData, input: PaymentCaptureInput) -> Result<PaymentRecord, OperationError> {
    let (id, key) = (payment_id(&input.payment_id)?, key(input.idempotency_key)?);
    let amount = amount_of(request, id, input.amount.as_ref()).await?;
    payments::capture(&request.app, &request.actor, id, amount, key).await
}

async fn void(request: &RequestData, input: PaymentVoidInput) -> Result<PaymentRecord, OperationError> {
    let (id, key) = (payment_id(&input.payment_id)?, key(input.idempotency_key)?);
    payments::void(&request.app, &request.actor, id, key).await
}

async fn refund(
    request: &RequestData,
    input: PaymentRefundInput,
) -> Result<(PaymentRecord, payments::Refund), OperationError> {
    let (id, key) = (payment_id(&input.payment_id)?, key(input.idempotency_key)?);
    let amount = amount_of(request, id, input.amount.as_ref()).await?;
    payments::refund_payment(&request.app, &request.actor, id, amount, input.reason, key).await
}

async fn refund_order(
    request: &RequestData,
    input: OrderRefundInput,
) -> Result<(PaymentRecord, payments::Refund), OperationError> {
    let order_id: OrderId = parse_id(&input.order_id).map_err(|_| OperationRule::NotFound)?;
    let idempotency_key = key(input.idempotency_key)?;
    let amount = match &input.amount {
        Some(amount) => {
            let paid = payments::payments_of_orders(&request.app, &request.actor, &[order_id]).await?.remove(&order_id);
            let first = paid.and_then(|paid| paid.into_iter().next()).ok_or(OperationRule::NotFound)?;
            Some(read(amount, first.currency())?)
        }
        None => None,
    };
    let (reason, expected_version) = (input.reason, input.expected_version);
    let refund = RefundOrder { order_id, amount, reason, expected_version, idempotency_key };
    payments::refund_order(&request.app, &request.actor, refund).await
}

/// The order of the payment, if the actor may read orders.
async fn order_of(request: &RequestData, record: &PaymentRecord) -> Result<Option<Order>, ServiceError> {
    let Some(id) = record.payment.order_id else { return Ok(None) };
    match orders::find(&request.app, &request.actor, id).await {
        Ok(order) => Ok(order.map(Order)),
        Err(ServiceError::Access(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The amount, parsed in the currency of the payment.
async fn amount_of(
    request: &RequestData,
    id: PaymentId,
    amount: Option<&Decimal>,
) -> Result<Option<Money>, OperationError> {
    let Some(amount) = amount else { return Ok(None) };
    let found = payments::payments_by_ids(&request.app, &request.actor, &[id]).await?.remove(&id);
    let payment = found.ok_or(OperationRule::NotFound)?;
    read(amount, payment.currency()).map(Some)
}

fn read(amount: &Decimal, currency: Currency) -> Result<Money, OperationError> {
    amount.to_money(currency).map_err(|_| OperationRefused::Amount.into())
}

/// The id of a payment. An id of another type becomes a payment that does not exist.
fn payment_id(id: &ID) -> Result<PaymentId, OperationError> {
    Ok(parse_id(id).map_err(|_| OperationRule::NotFound)?)
}

fn key(given: Option<String>) -> Result<Option<IdempotencyKey>, OperationError> {
    Ok(given.map(IdempotencyKey::try_from).transpose()?)
}
