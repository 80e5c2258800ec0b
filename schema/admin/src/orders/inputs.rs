//! What the mutations of orders are given.

use async_graphql::{ID, InputObject};
use model::{
    IdempotencyKey, Quantity,
    ids::OrderLineId,
    orders::{CancelReason, FulfillItem, Tracking},
};
use schema_shared::parse_id;
use services::orders::{CancelOrder, FulfillOrder};

use super::errors::{OrderErrorCode, OrderUserError};

/// Which goods of an order are sent.
#[derive(InputObject)]
pub struct OrderFulfillInput {
    /// The order.
    order_id: ID,
    /// Units of its lines; everything that is left when absent or empty.
    #[graphql(default)]
    lines: Vec<OrderFulfillLineInput>,
    /// How to follow the parcel.
    tracking: Option<TrackingInput>,
    /// The version of the order that the caller last saw; nothing is done when it has changed since.
    expected_version: Option<i32>,
    /// The same key with the same input does it once and gives the same answer, with another input
    /// `IDEMPOTENCY_KEY_REUSED`. A key of 1 to 255 characters counts for all requests of the caller to this mutation.
    idempotency_key: Option<String>,
}

/// Units of a line that are sent.
#[derive(InputObject)]
pub struct OrderFulfillLineInput {
    /// The order's line.
    line_id: ID,
    /// How many units.
    quantity: i32,
}

/// How to follow a parcel.
#[derive(InputObject)]
pub struct TrackingInput {
    /// What the carrier calls it, 1 to 200 characters.
    number: String,
    /// Where the carrier shows it, an `http` or `https` address.
    url: Option<String>,
}

/// How an order is called off.
#[derive(InputObject)]
pub struct OrderCancelInput {
    /// The order.
    order_id: ID,
    /// Why.
    reason: CancelReason,
    /// Whether its goods can be sold again; else they are written off.
    #[graphql(default = true)]
    restock: bool,
    /// Whether money that was taken is given back, which needs `PAYMENTS_WRITE` too. What is only held is always
    /// released, and what a capture under way still brings is always given back.
    #[graphql(default = true)]
    refund: bool,
    /// The version of the order that the caller last saw; nothing is done when it has changed since.
    expected_version: Option<i32>,
    /// The same key with the same input does it once and gives the same answer, with another input
    /// `IDEMPOTENCY_KEY_REUSED`. A key of 1 to 255 characters counts for all requests of the caller to this mutation.
    idempotency_key: Option<String>,
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
        let tracking = self.tracking.map(|tracking| Tracking { number: tracking.number, url: tracking.url });
        let (expected_version, idempotency_key) = (self.expected_version, key(self.idempotency_key)?);
        Ok(FulfillOrder { order_id, items, tracking, expected_version, idempotency_key })
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

fn key(given: Option<String>) -> Result<Option<IdempotencyKey>, OrderUserError> {
    let refuse = |error| OrderUserError::at(OrderErrorCode::InvalidIdempotencyKey, error, "idempotencyKey");
    given.map(IdempotencyKey::try_from).transpose().map_err(refuse)
}

fn no_order() -> OrderUserError {
    OrderUserError::at(OrderErrorCode::NotFound, "there is no such order", "orderId")
}
