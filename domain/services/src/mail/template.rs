//! The kinds of mails and their names.

use model::customers::Purpose;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::jobs::MailKind;

/// A kind of mail. Its name is the name of its template files and of the argument of `mercator mail-preview`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Template {
    /// The order was received; its payment is not decided yet.
    OrderReceived,
    /// The order waits for a bank transfer.
    OrderPaymentInstructions,
    /// The bank transfer has not arrived, or not completely.
    OrderPaymentReminder,
    /// The order is accepted.
    OrderConfirmed,
    /// Items were shipped, or can be picked up.
    OrderShipped,
    /// The order was canceled, or expired.
    OrderCanceled,
    /// Money was refunded.
    OrderRefunded,
    /// Confirms the address of a new customer.
    Register,
    /// The address of a registration has an account already.
    AccountExists,
    /// Confirms the new address of a customer.
    EmailChange,
    /// Tells the current address of a customer about a requested change.
    EmailChangeRequested,
    /// Tells the previous address of a customer about a change.
    EmailChanged,
    /// Lets a customer choose a new password.
    PasswordReset,
    /// Lets a customer whose account staff created choose a password.
    CustomerInvite,
    /// Lets an invited member of staff choose a password.
    StaffInvite,
    /// Lets a member of staff choose a new password.
    StaffPasswordReset,
    /// Confirms the new address of a member of staff.
    StaffEmailChange,
    /// Tells the current address of a member of staff about a requested change.
    StaffEmailChangeRequested,
    /// Tells the previous address of a member of staff about a change.
    StaffEmailChanged,
}

impl Template {
    /// Every kind of mail.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        Self::VARIANTS
    }

    /// The name in files and commands, such as `order-shipped`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The mail of a one-time token.
    pub(super) const fn of_purpose(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Register => Self::Register,
            Purpose::EmailChange => Self::EmailChange,
            Purpose::PasswordReset => Self::PasswordReset,
            Purpose::CustomerInvite => Self::CustomerInvite,
            Purpose::StaffInvite => Self::StaffInvite,
            Purpose::StaffPasswordReset => Self::StaffPasswordReset,
            Purpose::StaffEmailChange => Self::StaffEmailChange,
        }
    }

    /// The mail of a kind of mail about an order.
    pub(super) const fn of_kind(kind: MailKind) -> Self {
        match kind {
            MailKind::Received => Self::OrderReceived,
            MailKind::PaymentInstructions => Self::OrderPaymentInstructions,
            MailKind::PaymentReminder => Self::OrderPaymentReminder,
            MailKind::Confirmed => Self::OrderConfirmed,
            MailKind::Shipped { .. } => Self::OrderShipped,
            MailKind::Canceled => Self::OrderCanceled,
            MailKind::Refunded { .. } => Self::OrderRefunded,
        }
    }

    /// The path of the storefront's page where a one-time token is used; none for mails without a token.
    pub(super) const fn token_page(self) -> Option<&'static str> {
        match self {
            Self::Register | Self::EmailChange => Some("account/verify"),
            Self::PasswordReset | Self::CustomerInvite => Some("account/reset"),
            Self::StaffInvite | Self::StaffPasswordReset => Some("staff/reset"),
            Self::StaffEmailChange => Some("staff/verify"),
            _ => None,
        }
    }

    /// True for mails about an order.
    #[must_use]
    pub const fn is_about_order(self) -> bool {
        matches!(
            self,
            Self::OrderReceived
                | Self::OrderPaymentInstructions
                | Self::OrderPaymentReminder
                | Self::OrderConfirmed
                | Self::OrderShipped
                | Self::OrderCanceled
                | Self::OrderRefunded
        )
    }

    /// True for mails that list everything that was ordered.
    pub(super) const fn shows_order(self) -> bool {
        self.is_about_order() && !matches!(self, Self::OrderShipped | Self::OrderRefunded)
    }
}
