//! Root fields that change orders.

use async_graphql::{Context, Object, Result};
use model::orders::CancelRefused;
use schema_shared::{RequestExt, Warning, WarningCode, payloads, to_user_errors};
use services::orders::{self, CancelError, CancelRule};

use super::{
    Order,
    errors::OrderUserError,
    inputs::{OrderCancelInput, OrderFulfillInput, OrdersCancelUnpaidInput},
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
    "ordersCancelUnpaid" => OrdersCancelUnpaidPayload {
        /// The orders that were canceled, in the order of the input; null if the request was rejected as a whole.
        orders: Vec<Order>,
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

    /// Cancels orders that wait for their payment, such as a bank transfer, and releases their stock. Each order is
    /// canceled independently of the others; `userErrors` name the entries of `orderIds` that were not, for example
    /// because they are paid. Needs `ORDERS_WRITE`.
    async fn orders_cancel_unpaid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Orders to cancel.")] input: OrdersCancelUnpaidInput,
    ) -> Result<OrdersCancelUnpaidPayload> {
        let request = ctx.request()?;
        let cancellation = match input.read() {
            Ok(cancellation) => cancellation,
            Err(error) => return Ok(OrdersCancelUnpaidPayload::refused(vec![error])),
        };
        match orders::cancel_unpaid(&request.app, &request.actor, cancellation).await {
            Ok(outcomes) => outcomes_of(outcomes),
            Err(error) => Ok(OrdersCancelUnpaidPayload::refused(to_user_errors(error)?)),
        }
    }
}

/// The canceled orders, and an error for each other entry.
fn outcomes_of(
    outcomes: Vec<std::result::Result<model::orders::Order, CancelRule>>,
) -> Result<OrdersCancelUnpaidPayload> {
    let mut payload = OrdersCancelUnpaidPayload::done(Vec::new());
    for (at, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(order) => payload.orders.get_or_insert_default().push(Order(order)),
            Err(rule) => {
                let errors: Vec<OrderUserError> = to_user_errors(CancelError::from(rule))?;
                let field = Some(vec!["orderIds".to_owned(), at.to_string()]);
                payload
                    .user_errors
                    .extend(errors.into_iter().map(|error| OrderUserError { field: field.clone(), ..error }));
            }
        }
    }
    Ok(payload)
}
