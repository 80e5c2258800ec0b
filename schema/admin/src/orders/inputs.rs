//! Inputs of order mutations.

use async_graphql::{ID, InputObject};
use model::{
    IdempotencyKey, Quantity,
    ids::OrderLineId,
    orders::{CancelReason, FulfillItem, Tracking},
};
use schema_shared::parse_id;
use services::orders::{CancelOrder, CancelUnpaid, FulfillOrder};

use super::errors::{OrderErrorCode, OrderUserError};

/// Input of `orderFulfill`.
#[derive(InputObject)]
pub struct OrderFulfillInput {
    /// Global id of the order.
    order_id: ID,
    /// Order lines with their quantities; all units left to fulfill if absent or empty.
    #[graphql(default)]
    lines: Vec<OrderFulfillLineInput>,
    /// Slug of the stock location that ships all of them. Units that are allocated elsewhere are taken from its available
    /// units. If absent, units leave from where they are allocated.
    location: Option<String>,
    /// Carrier of the parcels, 1 to 200 characters.
    carrier: Option<String>,
    /// Tracking of the parcel, if there is one.
    tracking: Option<TrackingInput>,
    /// Tracking of several parcels, after that of `tracking`; at most 50 in all.
    #[graphql(default)]
    trackings: Vec<TrackingInput>,
    /// Version of the order that the caller last read. Nothing happens if the order has changed since.
    expected_version: Option<i32>,
    /// Key that makes repetition safe: the same key with the same input acts once and returns the same payload; with
    /// another input it is rejected with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters, valid across all calls of this
    /// mutation by the caller.
    idempotency_key: Option<String>,
}

/// Units of an order line to fulfill.
#[derive(InputObject)]
pub struct OrderFulfillLineInput {
    /// Global id of the order line.
    line_id: ID,
    /// Number of units to fulfill.
    quantity: i32,
}

/// Tracking of a parcel.
#[derive(InputObject)]
pub struct TrackingInput {
    /// Tracking number of the carrier, 1 to 200 characters.
    number: String,
    /// Tracking page of the carrier, an `http` or `https` URL.
    url: Option<String>,
}

impl From<TrackingInput> for Tracking {
    fn from(input: TrackingInput) -> Self {
        Self { number: input.number, url: input.url }
    }
}

/// Input of `orderCancel`.
#[derive(InputObject)]
pub struct OrderCancelInput {
    /// Global id of the order.
    order_id: ID,
    /// Reason for the cancellation.
    reason: CancelReason,
    /// True to make the goods available again; false to write them off.
    #[graphql(default = true)]
    restock: bool,
    /// True to refund captured money, which also needs `PAYMENTS_WRITE`. Authorizations are always voided; a capture
    /// that completes after cancellation is always refunded.
    #[graphql(default = true)]
    refund: bool,
    /// Version of the order that the caller last read. Nothing happens if the order has changed since.
    expected_version: Option<i32>,
    /// Key that makes repetition safe: the same key with the same input acts once and returns the same payload; with
    /// another input it is rejected with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters, valid across all calls of this
    /// mutation by the caller.
    idempotency_key: Option<String>,
}

/// Input of `ordersCancelUnpaid`.
#[derive(InputObject)]
pub struct OrdersCancelUnpaidInput {
    /// Global ids of the orders, at most 100.
    order_ids: Vec<ID>,
    /// Reason for the cancellation; `PAYMENT` if absent.
    reason: Option<CancelReason>,
}

impl OrdersCancelUnpaidInput {
    /// Every id must be the id of an order.
    pub(super) fn read(self) -> Result<CancelUnpaid, OrderUserError> {
        let no_order = |at: usize| {
            OrderUserError::at(OrderErrorCode::NotFound, "there is no such order", &format!("orderIds.{at}"))
        };
        let read = |(at, id): (usize, &ID)| parse_id(id).map_err(|_| no_order(at));
        let orders = self.order_ids.iter().enumerate().map(read).collect::<Result<_, OrderUserError>>()?;
        Ok(CancelUnpaid { orders, reason: self.reason.unwrap_or(CancelReason::Payment) })
    }
}

impl OrderFulfillInput {
    pub(super) fn read(self) -> Result<FulfillOrder, OrderUserError> {
        let order_id = parse_id(&self.order_id).map_err(|_| no_order())?;
        let read = |(at, line): (usize, OrderFulfillLineInput)| {
            let line_id: OrderLineId = parse_id(&line.line_id).map_err(|error| {
                OrderUserError::at(OrderErrorCode::LineNotFound, error, &format!("lines.{at}.lineId"))
            })?;
            let quantity = Quantity::try_from(i64::from(line.quantity)).map_err(|error| {
                OrderUserError::at(OrderErrorCode::InvalidQuantity, error, &format!("lines.{at}.quantity"))
            })?;
            Ok(FulfillItem { line_id, quantity })
        };
        let items = self.lines.into_iter().enumerate().map(read).collect::<Result<_, OrderUserError>>()?;
        Ok(FulfillOrder {
            order_id,
            items,
            location: self.location,
            carrier: self.carrier,
            trackings: self.tracking.into_iter().chain(self.trackings).map(Tracking::from).collect(),
            expected_version: self.expected_version,
            idempotency_key: key(self.idempotency_key)?,
        })
    }
}

impl OrderCancelInput {
    pub(super) fn read(self) -> Result<CancelOrder, OrderUserError> {
        let order_id = parse_id(&self.order_id).map_err(|_| no_order())?;
        Ok(CancelOrder {
            order_id,
            reason: self.reason,
            restock: self.restock,
            refund: self.refund,
            expected_version: self.expected_version,
            idempotency_key: key(self.idempotency_key)?,
        })
    }
}

pub(super) fn key(given: Option<String>) -> Result<Option<IdempotencyKey>, OrderUserError> {
    let refuse = |error| OrderUserError::at(OrderErrorCode::InvalidIdempotencyKey, error, "idempotencyKey");
    given.map(IdempotencyKey::try_from).transpose().map_err(refuse)
}

pub(super) fn no_order() -> OrderUserError {
    OrderUserError::at(OrderErrorCode::NotFound, "there is no such order", "orderId")
}
