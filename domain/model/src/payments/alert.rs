//! Alerts about the reports of gateways.

use strum::{IntoStaticStr, VariantArray};

/// The reason why a gateway's report needs the attention of staff. Every reason but [`ReportAlert::LargerCapture`]
/// rejects the report: nothing of it is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, VariantArray, thiserror::Error)]
#[strum(serialize_all = "snake_case")]
pub enum ReportAlert {
    /// The signature is right, but the content is not in the gateway's format.
    #[error("the report cannot be read")]
    Unreadable,
    /// The report is about another charge than the payment's.
    #[error("the report is about another charge")]
    Charge,
    /// A reference or a key is empty, too long, has control characters, or belongs to another payment.
    #[error("a reference in the report is malformed, or belongs to another payment")]
    Reference,
    /// The page for the shopper is not a web address, or has a user name, a password or control characters.
    #[error("the page for the shopper is not a web address")]
    Url,
    /// An amount is in another currency than the payment.
    #[error("the report is in another currency than the payment")]
    Currency,
    /// An amount is zero or negative.
    #[error("an amount in the report is not positive")]
    Amount,
    /// A transaction has another amount than when it succeeded.
    #[error("a transaction in the report has changed its amount")]
    AmountChanged,
    /// The sum of transactions exceeds 64 bits.
    #[error("the amounts in the report are too large")]
    TooLarge,
    /// The gateway captured more than the payment's amount. The report is merged.
    #[error("the gateway captured more than the payment's amount")]
    LargerCapture,
}
