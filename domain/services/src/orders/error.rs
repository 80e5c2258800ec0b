//! Errors of changing orders.

use model::orders::{
    CancelRefused, FulfillRefused, FulfillmentRefused, InvalidNote, InvalidTracking, OrderChanged, OrderStatus,
    UpdateRefused,
};

use crate::{UseCaseError, error::RuleError};

/// A rule that keeps an order from being fulfilled, or a fulfillment from being changed.
#[derive(Debug, thiserror::Error)]
pub enum FulfillRule {
    /// The order or fulfillment does not exist.
    #[error("there is no such order or fulfillment")]
    NotFound,
    /// The order or the requested items do not allow it.
    #[error(transparent)]
    Refused(#[from] FulfillRefused),
    /// Fewer units are on hand than requested: backordered units have not arrived.
    #[error("not enough units are on hand")]
    NotOnHand,
    /// The chosen location has fewer units available than are allocated elsewhere.
    #[error("the chosen location has too few available units")]
    NotAtLocation,
    /// The stock location does not exist.
    #[error("there is no stock location `{0}`")]
    LocationNotFound(String),
    /// Carrier or tracking information is malformed.
    #[error(transparent)]
    Tracking(#[from] InvalidTracking),
    /// The state of the fulfillment does not allow it.
    #[error(transparent)]
    Fulfillment(#[from] FulfillmentRefused),
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

/// A rule that keeps an order from being changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateRule {
    /// The order does not exist.
    #[error("there is no such order")]
    NotFound,
    /// The e-mail address is malformed.
    #[error("not an e-mail address")]
    Email,
    /// The order or the new values do not allow it.
    #[error("{}", .0.first().map_or_else(String::new, ToString::to_string))]
    Refused(Vec<UpdateRefused>),
    /// Taxes at the new place differ from those of the sale.
    #[error("taxes at the new address differ from those of the order; cancel it and place a new one")]
    TaxesDiffer,
    /// The delivery that was bought does not reach the new address.
    #[error("the delivery of the order does not serve the new address; cancel it and place a new one")]
    NotServed,
    /// The text of the note is empty or too long.
    #[error(transparent)]
    Note(#[from] InvalidNote),
    /// The confirmation of a canceled or expired order is not sent.
    #[error("the order is {0}; its confirmation is not sent")]
    Ended(OrderStatus),
    /// The order has no e-mail address that mail can be sent to.
    #[error("the order has no e-mail address")]
    NoRecipient,
    /// Too many confirmations of the order were requested.
    #[error("the confirmation was sent several times; try again in {0} seconds")]
    TooManyMails(i64),
    /// The order has another version than the caller expects.
    #[error(transparent)]
    Changed(#[from] OrderChanged),
}

impl RuleError for FulfillRule {}
impl RuleError for UpdateRule {}
impl RuleError for FulfillmentRefused {}
impl RuleError for InvalidTracking {}
impl RuleError for InvalidNote {}
impl RuleError for CancelRule {}
impl RuleError for FulfillRefused {}
impl RuleError for CancelRefused {}
impl RuleError for OrderChanged {}

/// The order was not fulfilled, or its fulfillment not changed.
pub type FulfillError = UseCaseError<FulfillRule>;

/// The order was not canceled.
pub type CancelError = UseCaseError<CancelRule>;

/// The order was not changed.
pub type UpdateError = UseCaseError<UpdateRule>;
