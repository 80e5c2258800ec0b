//! Mails that wait to be sent. They hold ids and no contents; the job reads the stored data when it sends the mail.

use model::{
    Locale,
    customers::Email,
    ids::{FulfillmentId, OrderId, PaymentTransactionId},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A mail to send. Contains no secret: secrets are created when the mail is sent. Addresses are contained only if they
/// are stored nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum MailJob {
    /// A one-time token; the text depends on the token's purpose and on whether an account exists.
    Token {
        /// The token's id, not its secret.
        id: Uuid,
        /// The language of the request.
        #[serde(default)]
        locale: Option<Locale>,
    },
    /// A notice to the previous address of an account whose address changed.
    EmailChanged(Notice),
    /// A notice to the address of an account for which a new address was requested.
    #[serde(alias = "emailChangeAsked")]
    EmailChangeRequested(Notice),
    /// A notice to the previous address of a staff account whose address changed.
    StaffEmailChanged(Notice),
    /// A notice to the address of a staff account for which a new address was requested.
    StaffEmailChangeRequested(Notice),
    /// A mail about an order.
    Order {
        /// The order.
        order_id: OrderId,
        /// The kind of mail.
        kind: MailKind,
        /// Distinguishes this mail from others; the same when it is sent again.
        id: Uuid,
    },
    /// The confirmation of an order, as earlier versions stored it. They wrote its contents too, which are ignored.
    OrderConfirmation {
        /// The order.
        order_id: OrderId,
    },
}

/// A notice to an address that no account has any longer, or will soon not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// The recipient.
    pub to: Email,
    /// Distinguishes this mail from others.
    pub id: Uuid,
    /// The language of the account or request.
    #[serde(default)]
    pub locale: Option<Locale>,
}

/// A kind of mail about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum MailKind {
    /// The order was received; its payment is not decided yet.
    Received,
    /// The order was received; it waits for a bank transfer to the account in the mail.
    PaymentInstructions,
    /// The bank transfer for the order has not arrived, or not completely.
    PaymentReminder,
    /// The order is accepted: its payment is authorized or captured, or nothing is due.
    Confirmed,
    /// Items were shipped.
    Shipped {
        /// The shipment.
        fulfillment: FulfillmentId,
    },
    /// The order was canceled, or expired without a payment.
    Canceled,
    /// Money was refunded.
    Refunded {
        /// The refund.
        transaction: PaymentTransactionId,
    },
}
