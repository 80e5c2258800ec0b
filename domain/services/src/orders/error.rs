//! Errors of changing orders.

use model::orders::{CancelRefused, FulfillRefused, OrderChanged, OrderStatus};

use crate::{UseCaseError, error::RuleError};

/// A rule that keeps an order from being fulfilled.
#[derive(Debug, thiserror::Error)]
pub enum FulfillRule {
    /// The order does not exist.
    #[error("there is no such order")]
    NotFound,
    /// The order or the requested items do not allow it.
    #[error(transparent)]
    Refused(#[from] FulfillRefused),
    /// Fewer units are on hand than requested: backordered units have not arrived.
    #[error("not enough units are on hand")]
    NotOnHand,
    /// The tracking number or URL is malformed.
    #[error("{0}")]
    Tracking(&'static str),
    /// The order has another version than the caller expects.
    #[error(transparent)]
    Changed(#[from] OrderChanged),
}

/// The most orders that one request cancels.
pub const MAX_CANCELED: usize = 100;

/// A rule that keeps an order from being canceled.
#[derive(Debug, thiserror::Error)]
pub enum CancelRule {
    /// The order does not exist.
    #[error("there is no such order")]
    NotFound,
    /// More orders are listed than one request can cancel.
    #[error("at most {max} orders can be canceled at once", max = MAX_CANCELED)]
    TooMany,
    /// The order does not wait for its payment.
    #[error("the order is {0} and does not wait for its payment")]
    NotUnpaid(OrderStatus),
    /// The state of the order does not allow it.
    #[error(transparent)]
    Refused(#[from] CancelRefused),
    /// The refund needs a more recent proof of password and code than the session has.
    #[error("prove your identity again with staffStepUp")]
    StepUpRequired,
    /// The order has another version than the caller expects.
    #[error(transparent)]
    Changed(#[from] OrderChanged),
}

impl RuleError for FulfillRule {}
impl RuleError for CancelRule {}
impl RuleError for FulfillRefused {}
impl RuleError for CancelRefused {}
impl RuleError for OrderChanged {}

/// The order was not fulfilled.
pub type FulfillError = UseCaseError<FulfillRule>;

/// The order was not canceled.
pub type CancelError = UseCaseError<CancelRule>;
