//! User errors of order mutations.

use model::orders::{CancelRefused, FulfillRefused};
use schema_shared::{FromRule, user_errors};
use services::orders::{CancelRule, FulfillRule};

user_errors! {
    /// A user error of an order mutation.
    OrderUserError,
    /// The error codes of order mutations.
    OrderErrorCode {
        /// The order does not exist.
        NotFound,
        /// More than 100 orders are listed.
        TooManyOrders,
        /// The status of the order does not permit the change.
        InvalidStatus,
        /// The order has no such line.
        LineNotFound,
        /// A line is listed twice.
        DuplicateLine,
        /// The quantity is zero or exceeds the units left to fulfill.
        InvalidQuantity,
        /// No units are left to fulfill.
        NothingToFulfill,
        /// Fewer units are on hand than requested.
        NotOnHand,
        /// The tracking number or its URL is not valid.
        InvalidTracking,
        /// Units of the order were fulfilled already.
        AlreadyFulfilled,
        /// The order has changed since the expected version.
        VersionConflict,
        /// The refund needs a more recent proof of identity: call `staffStepUp` first.
        StepUpRequired,
        /// The idempotency key is empty, longer than 255 characters, or contains control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
    }
}

impl FromRule<FulfillRule> for OrderUserError {
    fn from_rule(rule: FulfillRule) -> Result<Vec<Self>, FulfillRule> {
        use OrderErrorCode as Code;
        let (code, path) = match &rule {
            FulfillRule::NotFound => (Code::NotFound, "orderId".to_owned()),
            FulfillRule::NotOnHand => (Code::NotOnHand, "lines".to_owned()),
            FulfillRule::Tracking(_) => (Code::InvalidTracking, "tracking".to_owned()),
            FulfillRule::Refused(refused) => match refused {
                FulfillRefused::Status(_) | FulfillRefused::NotPaid(_) => (Code::InvalidStatus, "orderId".to_owned()),
                FulfillRefused::Nothing => (Code::NothingToFulfill, "lines".to_owned()),
                FulfillRefused::UnknownLine { at } => (Code::LineNotFound, format!("lines.{at}.lineId")),
                FulfillRefused::Duplicate { at } => (Code::DuplicateLine, format!("lines.{at}.lineId")),
                FulfillRefused::Quantity { at, .. } => (Code::InvalidQuantity, format!("lines.{at}.quantity")),
            },
            FulfillRule::Changed(_) => (Code::VersionConflict, "expectedVersion".to_owned()),
        };
        Ok(vec![Self::at(code, rule, &path)])
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(OrderErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
    }
}

impl FromRule<CancelRule> for OrderUserError {
    fn from_rule(rule: CancelRule) -> Result<Vec<Self>, CancelRule> {
        use OrderErrorCode as Code;
        let (code, path) = match rule {
            CancelRule::NotFound => (Code::NotFound, "orderId"),
            CancelRule::StepUpRequired => (Code::StepUpRequired, "refund"),
            CancelRule::TooMany => (Code::TooManyOrders, "orderIds"),
            CancelRule::Changed(_) => (Code::VersionConflict, "expectedVersion"),
            CancelRule::Refused(CancelRefused::Fulfilled) => (Code::AlreadyFulfilled, "orderId"),
            CancelRule::NotUnpaid(_)
            | CancelRule::Refused(CancelRefused::Status(_) | CancelRefused::AlreadyCanceled) => {
                (Code::InvalidStatus, "orderId")
            }
        };
        Ok(vec![Self::at(code, rule, path)])
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(OrderErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
    }
}
