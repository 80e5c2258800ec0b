//! The contents of mails that wait to be sent.

use model::{customers::Email, ids::OrderId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The data of a mail. Contains no secret: secrets are created when the mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum MailJob {
    /// A one-time token; the text depends on the token's purpose and on whether an account exists.
    Token {
        /// The token's id, not its secret.
        id: Uuid,
    },
    /// A notice to the previous address of an account whose address changed.
    EmailChanged {
        /// The previous address.
        to: Email,
        /// Distinguishes this mail from others.
        id: Uuid,
    },
    /// A notice to the address of an account for which a new address was requested.
    #[serde(alias = "emailChangeAsked")]
    EmailChangeRequested {
        /// The current address.
        to: Email,
        /// Distinguishes this mail from others.
        id: Uuid,
    },
    /// The confirmation of an order.
    OrderConfirmation(OrderConfirmation),
}

/// The contents of an order confirmation; amounts are formatted with their currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderConfirmation {
    /// The recipient.
    pub to: Email,
    /// The order's number.
    pub number: String,
    /// The order, for the link to its page; absent in jobs of earlier versions.
    #[serde(default)]
    pub order_id: Option<OrderId>,
    /// The ordered items.
    pub lines: Vec<ConfirmedLine>,
    /// The order total, such as `EUR 44.70`.
    pub total: String,
}

/// A line of an order confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmedLine {
    /// The name of the item.
    pub name: String,
    /// The number of units.
    pub quantity: u32,
    /// The line total, such as `EUR 39.80`.
    pub total: String,
}
