//! User errors of order mutations.

use model::{
    orders::{CancelRefused, FulfillRefused, InvalidTracking, UpdateRefused},
    payments::ReceiptRefused,
};
use schema_shared::{FromRule, user_errors};
use services::{
    orders::{CancelRule, FulfillRule, UpdateRule},
    payments::ReceiptRule,
};

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
        /// The stock location does not exist.
        LocationNotFound,
        /// The carrier, a tracking number or its URL is not valid, or there are too many parcels.
        InvalidTracking,
        /// Units of the order were fulfilled already.
        AlreadyFulfilled,
        /// The order has changed since the expected version.
        VersionConflict,
        /// The refund or receipt needs a more recent proof of identity: call `staffStepUp` first.
        StepUpRequired,
        /// The email address is not valid.
        InvalidEmail,
        /// The phone number is empty or too long.
        InvalidPhone,
        /// A part of an address is missing, too long or not valid.
        InvalidAddress,
        /// Nothing of the order is delivered.
        NotDelivered,
        /// Taxes at the new address differ from those of the order.
        TaxesWouldChange,
        /// The delivery of the order, or its channel, does not serve the new address.
        AddressNotServed,
        /// The contact data of the order was removed.
        ContactRemoved,
        /// There are too many tags, or one is empty, too long or listed twice.
        InvalidTags,
        /// A metafield is not valid.
        InvalidMetafields,
        /// The text of the note is empty or too long.
        InvalidNote,
        /// The order has no email address that mail can be sent to.
        NoRecipient,
        /// Too many mails about the order were requested.
        TooManyMails,
        /// The order is not paid by bank transfer.
        NotATransfer,
        /// Everything has arrived. State the amount to record an overpayment.
        NothingOpen,
        /// The amount is not a positive amount in the order's currency.
        InvalidAmount,
        /// All receipts would exceed ten times the amount of the order.
        AmountTooHigh,
        /// The reference is empty or too long.
        InvalidReference,
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
            FulfillRule::NotAtLocation => (Code::NotOnHand, "location".to_owned()),
            FulfillRule::LocationNotFound(_) => (Code::LocationNotFound, "location".to_owned()),
            FulfillRule::Tracking(InvalidTracking::Carrier) => (Code::InvalidTracking, "carrier".to_owned()),
            FulfillRule::Tracking(_) => (Code::InvalidTracking, "tracking".to_owned()),
            FulfillRule::Fulfillment(_) => (Code::InvalidStatus, "fulfillmentId".to_owned()),
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

impl FromRule<UpdateRule> for OrderUserError {
    fn from_rule(rule: UpdateRule) -> Result<Vec<Self>, UpdateRule> {
        use OrderErrorCode as Code;
        let (code, path) = match &rule {
            UpdateRule::Refused(refused) => return Ok(refused.iter().flat_map(of_refusal).collect()),
            UpdateRule::NotFound => (Code::NotFound, "orderId"),
            UpdateRule::Email => (Code::InvalidEmail, "email"),
            UpdateRule::TaxesDiffer => (Code::TaxesWouldChange, "shippingAddress"),
            UpdateRule::NotServed => (Code::AddressNotServed, "shippingAddress"),
            UpdateRule::Note(_) => (Code::InvalidNote, "text"),
            UpdateRule::Ended(_) => (Code::InvalidStatus, "orderId"),
            UpdateRule::NoRecipient => (Code::NoRecipient, "orderId"),
            UpdateRule::TooManyMails(_) => (Code::TooManyMails, "orderId"),
            UpdateRule::Changed(_) => (Code::VersionConflict, "expectedVersion"),
        };
        Ok(vec![Self::at(code, rule, path)])
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(OrderErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
    }
}

fn of_refusal(refused: &UpdateRefused) -> Vec<OrderUserError> {
    use OrderErrorCode as Code;
    let (code, path) = match refused {
        UpdateRefused::Ended(_) => (Code::InvalidStatus, "orderId".to_owned()),
        UpdateRefused::Shipped => (Code::AlreadyFulfilled, "orderId".to_owned()),
        UpdateRefused::NoDelivery => (Code::NotDelivered, "shippingAddress".to_owned()),
        UpdateRefused::Erased => (Code::ContactRemoved, "orderId".to_owned()),
        UpdateRefused::Address { which, field } => (Code::InvalidAddress, format!("{which}.{field}")),
        UpdateRefused::Phone => (Code::InvalidPhone, "phone".to_owned()),
        UpdateRefused::Tags => (Code::InvalidTags, "tags".to_owned()),
        UpdateRefused::Metafields(violations) => {
            let error = |violation: &model::catalog::Violation| OrderUserError {
                code: Code::InvalidMetafields,
                message: violation.message.clone(),
                field: Some(violation.field.clone()),
            };
            return violations.iter().map(error).collect();
        }
    };
    vec![OrderUserError::at(code, refused, &path)]
}

impl FromRule<ReceiptRule> for OrderUserError {
    fn from_rule(rule: ReceiptRule) -> Result<Vec<Self>, ReceiptRule> {
        use OrderErrorCode as Code;
        let (code, path) = match &rule {
            ReceiptRule::NotFound => (Code::NotFound, "orderId"),
            ReceiptRule::NoPayment | ReceiptRule::Refused(ReceiptRefused::NoTransfer) => {
                (Code::NotATransfer, "orderId")
            }
            ReceiptRule::Refused(ReceiptRefused::NothingOpen) => (Code::NothingOpen, "amount"),
            ReceiptRule::Amount | ReceiptRule::Refused(ReceiptRefused::Amount) => (Code::InvalidAmount, "amount"),
            ReceiptRule::Refused(ReceiptRefused::TooMuch) => (Code::AmountTooHigh, "amount"),
            ReceiptRule::Reference => (Code::InvalidReference, "reference"),
            ReceiptRule::StepUpRequired => (Code::StepUpRequired, "amount"),
            ReceiptRule::Changed(_) => (Code::VersionConflict, "expectedVersion"),
            // Our own report never contradicts its payment.
            ReceiptRule::Refused(ReceiptRefused::Report(_)) => return Err(rule),
        };
        Ok(vec![Self::at(code, rule, path)])
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(OrderErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
    }
}
