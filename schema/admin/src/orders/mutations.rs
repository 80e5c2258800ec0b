//! Root fields that change orders.

use async_graphql::{Context, Object, Result};
use model::orders::CancelRefused;
use schema_shared::{RequestExt, Warning, WarningCode, payloads, to_user_errors};
use services::orders::{self, CancelError, CancelRule};

use super::{
    Order,
    errors::OrderUserError,
    inputs::{OrderCancelInput, OrderFulfillInput},
    types::Fulfillment,
};

/// Mutations of orders.
#[derive(Default)]
pub struct OrderMutation;

payloads! {
    errors OrderUserError;

    "orderFulfill" => OrderFulfillPayload {
        /// The new fulfillment; null if nothing was fulfilled.
        fulfillment: Fulfillment,
        /// The order after the fulfillment; null if nothing was changed.
        order: Order,
    }
    "orderCancel" => OrderCancelPayload {
        /// The order after the cancellation; null if nothing was changed.
        order: Order,
    }
}

#[Object]
impl OrderMutation {
    /// Fulfills an order, completely or in part: the units leave stock, and no unit is fulfilled twice. Needs
    /// `ORDERS_FULFILL`.
    async fn order_fulfill(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Order and units to fulfill.")] input: OrderFulfillInput,
    ) -> Result<OrderFulfillPayload> {
        let request = ctx.request()?;
        let fulfillment = match input.read() {
            Ok(fulfillment) => fulfillment,
            Err(error) => return Ok(OrderFulfillPayload::refused(vec![error])),
        };
        match orders::fulfill(&request.app, &request.actor, fulfillment).await {
            Ok((order, fulfillment)) => Ok(OrderFulfillPayload::done(Fulfillment(fulfillment), Order(order))),
            Err(error) => Ok(OrderFulfillPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Cancels an order of which nothing was fulfilled. Stock is released at once; voids and refunds follow in the
    /// background. Discount codes are released only if no payment was received. Needs `ORDERS_WRITE`.
    async fn order_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Order to cancel, with reason and options.")] input: OrderCancelInput,
    ) -> Result<OrderCancelPayload> {
        let request = ctx.request()?;
        let cancellation = match input.read() {
            Ok(cancellation) => cancellation,
            Err(error) => return Ok(OrderCancelPayload::refused(vec![error])),
        };
        let order_id = cancellation.order_id;
        match orders::cancel(&request.app, &request.actor, cancellation).await {
            Ok(order) => Ok(OrderCancelPayload::done(Order(order))),
            Err(CancelError::Rule(CancelRule::Refused(refused @ CancelRefused::AlreadyCanceled))) => {
                let order = orders::find(&request.app, &request.actor, order_id).await?.map(Order);
                let message = refused.to_string();
                let warning = Warning { code: WarningCode::NothingChanged, message, field: None };
                Ok(OrderCancelPayload { order, user_errors: Vec::new(), warnings: vec![warning] })
            }
            Err(error) => Ok(OrderCancelPayload::refused(to_user_errors(error)?)),
        }
    }
}
