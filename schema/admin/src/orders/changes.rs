//! Root fields that change placed orders and their fulfillments.

use async_graphql::{Context, Object, Result};
use model::orders as rules;
use schema_shared::{Payload, RequestExt, Warning, WarningCode, payloads, to_user_errors};
use services::{
    orders::{self, FulfillError},
    payments,
};

use super::{
    Order,
    change_inputs::{
        FulfillmentCancelInput, FulfillmentMarkDeliveredInput, FulfillmentTrackingUpdateInput,
        OrderConfirmationSendInput, OrderMarkPaidInput, OrderNoteAddInput, OrderUpdateInput,
    },
    errors::OrderUserError,
    parts::OrderNote,
    types::Fulfillment,
};
use crate::payments::Payment;

/// Mutations of placed orders and their fulfillments.
#[derive(Default)]
pub struct OrderChangeMutation;

payloads! {
    errors OrderUserError;

    "orderNoteAdd" => OrderNoteAddPayload {
        /// The new note; null if it was not added.
        note: OrderNote,
        /// The order with the note; null if nothing was changed.
        order: Order,
    }
    "orderUpdate" => OrderUpdatePayload {
        /// The order after the change; null if the change was rejected.
        order: Order,
    }
    "orderConfirmationSend" => OrderConfirmationSendPayload {
        /// The order; null if no mail is sent.
        order: Order,
    }
    "orderMarkPaid" => OrderMarkPaidPayload {
        /// The order after the receipt; null if nothing was recorded.
        order: Order,
        /// The payment after the receipt; null if nothing was recorded.
        payment: Payment,
    }
}

payloads! {
    errors OrderUserError;

    [
        "fulfillmentTrackingUpdate" => FulfillmentTrackingUpdatePayload,
        "fulfillmentCancel" => FulfillmentCancelPayload,
        "fulfillmentMarkDelivered" => FulfillmentMarkDeliveredPayload,
    ] {
        /// The fulfillment after the change; null if the change was rejected.
        fulfillment: Fulfillment,
        /// The order after the change; null if the change was rejected.
        order: Order,
    }
}

#[Object]
impl OrderChangeMutation {
    /// Adds a note for staff to an order. Needs `ORDERS_WRITE`.
    async fn order_note_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Order and text of the note.")] input: OrderNoteAddInput,
    ) -> Result<OrderNoteAddPayload> {
        let request = ctx.request()?;
        let note = match input.read() {
            Ok(note) => note,
            Err(error) => return Ok(OrderNoteAddPayload::refused(vec![error])),
        };
        match orders::add_note(&request.app, &request.actor, note).await {
            Ok((note, order)) => Ok(OrderNoteAddPayload::done(note.into(), Order(order))),
            Err(error) => Ok(OrderNoteAddPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Changes contact data, addresses, tags and metafields of an order. Prices and taxes never change: an address with other
    /// taxes is rejected with `TAXES_WOULD_CHANGE`, whether the order is paid or not. Needs `ORDERS_WRITE`.
    async fn order_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Order to change, with the new values.")] input: OrderUpdateInput,
    ) -> Result<OrderUpdatePayload> {
        let request = ctx.request()?;
        let update = match input.read() {
            Ok(update) => update,
            Err(error) => return Ok(OrderUpdatePayload::refused(vec![error])),
        };
        match orders::update(&request.app, &request.actor, update).await {
            Ok((order, true)) => Ok(OrderUpdatePayload::done(Order(order))),
            Ok((order, false)) => {
                let warnings = vec![nothing_changed("all values are as requested")];
                Ok(OrderUpdatePayload { order: Some(Order(order)), user_errors: Vec::new(), warnings })
            }
            Err(error) => Ok(OrderUpdatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Sends the confirmation of an order again, or the payment instructions if it waits for a bank transfer. Limited to five
    /// mails, then one an hour. Needs `ORDERS_WRITE`.
    async fn order_confirmation_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Order to confirm.")] input: OrderConfirmationSendInput,
    ) -> Result<OrderConfirmationSendPayload> {
        let request = ctx.request()?;
        let confirmation = match input.read() {
            Ok(confirmation) => confirmation,
            Err(error) => return Ok(OrderConfirmationSendPayload::refused(vec![error])),
        };
        match orders::resend_confirmation(&request.app, &request.actor, confirmation).await {
            Ok(order) => Ok(OrderConfirmationSendPayload::done(Order(order))),
            Err(error) => Ok(OrderConfirmationSendPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Records that money has arrived by bank transfer: a part, all of it, or more. The order opens when everything has arrived.
    /// Money for a canceled or expired order is recorded too and can be refunded. Amounts above the limit for refunds need
    /// `staffStepUp`. Needs `ORDERS_MARK_PAID`.
    async fn order_mark_paid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Order, and the amount that has arrived.")] input: OrderMarkPaidInput,
    ) -> Result<OrderMarkPaidPayload> {
        let request = ctx.request()?;
        let receipt = match input.read() {
            Ok(receipt) => receipt,
            Err(error) => return Ok(OrderMarkPaidPayload::refused(vec![error])),
        };
        match payments::mark_paid(&request.app, &request.actor, receipt).await {
            Ok((order, payment)) => Ok(OrderMarkPaidPayload::done(Order(order), Payment(payment))),
            Err(error) => Ok(OrderMarkPaidPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Replaces carrier and tracking of a fulfillment. Needs `ORDERS_FULFILL`.
    async fn fulfillment_tracking_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fulfillment with its new carrier and tracking.")] input: FulfillmentTrackingUpdateInput,
    ) -> Result<FulfillmentTrackingUpdatePayload> {
        let request = ctx.request()?;
        let tracking = match input.read() {
            Ok(tracking) => tracking,
            Err(error) => return Ok(FulfillmentTrackingUpdatePayload::refused(vec![error])),
        };
        answer(orders::track_fulfillment(&request.app, &request.actor, tracking).await)
    }

    /// Cancels a fulfillment whose goods did not leave: its units return to their stock locations, allocated to the order, and
    /// can be fulfilled again. A completed order is open again. A canceled fulfillment stays as it is; a delivered one cannot
    /// be canceled. Needs `ORDERS_FULFILL`.
    async fn fulfillment_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fulfillment to cancel.")] input: FulfillmentCancelInput,
    ) -> Result<FulfillmentCancelPayload> {
        let request = ctx.request()?;
        let cancellation = match input.read() {
            Ok(cancellation) => cancellation,
            Err(error) => return Ok(FulfillmentCancelPayload::refused(vec![error])),
        };
        answer(orders::cancel_fulfillment(&request.app, &request.actor, cancellation).await)
    }

    /// Marks a shipped fulfillment as delivered; a delivered one stays as it is. Needs `ORDERS_FULFILL`.
    async fn fulfillment_mark_delivered(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fulfillment that was delivered.")] input: FulfillmentMarkDeliveredInput,
    ) -> Result<FulfillmentMarkDeliveredPayload> {
        let request = ctx.request()?;
        let delivery = match input.read() {
            Ok(delivery) => delivery,
            Err(error) => return Ok(FulfillmentMarkDeliveredPayload::refused(vec![error])),
        };
        answer(orders::mark_delivered(&request.app, &request.actor, delivery).await)
    }
}

/// The payload of a change of a fulfillment.
fn answer<P>(changed: std::result::Result<(rules::Order, rules::Fulfillment), FulfillError>) -> Result<P>
where
    P: Payload<Objects = (Fulfillment, Order), UserError = OrderUserError>,
{
    match changed {
        Ok((order, fulfillment)) => Ok(P::success((Fulfillment(fulfillment), Order(order)), Vec::new())),
        Err(error) => Ok(P::failure(to_user_errors(error)?)),
    }
}

fn nothing_changed(message: &str) -> Warning {
    Warning { code: WarningCode::NothingChanged, message: message.to_owned(), field: None }
}
