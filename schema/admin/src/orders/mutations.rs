//! Root fields that change orders.

use async_graphql::{Context, Object, Result};
use model::orders::CancelRefused;
use schema_shared::{RequestExt, Warning, WarningCode, payloads};
use services::orders::{self, CancelError};

use super::{
    Order,
    errors::{OrderUserError, of_cancel, of_fulfill},
    inputs::{OrderCancelInput, OrderFulfillInput},
    types::Fulfillment,
};

/// Changes orders.
#[derive(Default)]
pub struct OrderMutation;

payloads! {
    errors OrderUserError;

    "orderFulfill" => OrderFulfillPayload {
        /// What was sent.
        fulfillment: Fulfillment,
        /// The order afterwards.
        order: Order,
    }
    "orderCancel" => OrderCancelPayload {
        /// The order afterwards.
        order: Order,
    }
}

#[Object]
impl OrderMutation {
    /// Sends goods of an order, all or in parts: they leave stock, and nothing is sent twice. Needs `ORDERS_FULFILL`.
    async fn order_fulfill(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which goods are sent.")] input: OrderFulfillInput,
    ) -> Result<OrderFulfillPayload> {
        let request = ctx.request()?;
        let wanted = match input.read() {
            Ok(wanted) => wanted,
            Err(error) => return Ok(OrderFulfillPayload::refused(vec![error])),
        };
        match orders::fulfill(&request.app, &request.actor, wanted).await {
            Ok((order, fulfillment)) => Ok(OrderFulfillPayload::done(Fulfillment(fulfillment), Order(order))),
            Err(error) => Ok(OrderFulfillPayload::refused(vec![of_fulfill(error)?])),
        }
    }

    /// Calls an order off before anything was sent. Its stock becomes free at once; money is released or given back a
    /// moment later. The discount codes it used stay used, unless no money had come for it. Needs `ORDERS_WRITE`.
    async fn order_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order, and how it is called off.")] input: OrderCancelInput,
    ) -> Result<OrderCancelPayload> {
        let request = ctx.request()?;
        let wanted = match input.read() {
            Ok(wanted) => wanted,
            Err(error) => return Ok(OrderCancelPayload::refused(vec![error])),
        };
        let order_id = wanted.order_id;
        match orders::cancel(&request.app, &request.actor, wanted).await {
            Ok(order) => Ok(OrderCancelPayload::done(Order(order))),
            Err(CancelError::Refused(refused @ CancelRefused::AlreadyCanceled)) => {
                let order = orders::find(&request.app, &request.actor, order_id).await?.map(Order);
                let message = refused.to_string();
                let warning = Warning { code: WarningCode::NothingChanged, message, field: None };
                Ok(OrderCancelPayload { order, user_errors: Vec::new(), warnings: vec![warning] })
            }
            Err(error) => Ok(OrderCancelPayload::refused(vec![of_cancel(error)?])),
        }
    }
}
