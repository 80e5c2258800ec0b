//! Inputs of settings.

use async_graphql::{InputObject, MaybeUndefined};
use model::{
    Patch,
    customers::{Email, InvalidEmail},
};
use schema_shared::AddressInput;
use services::settings::shop::SettingsUpdate;

use super::{SettingsErrorCode, SettingsUserError};

/// Input of `settingsUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct SettingsUpdateInput {
    /// Version of the settings that the change is based on. With another version it fails with `VERSION_CONFLICT`; any
    /// version if absent.
    expected_version: Option<i32>,
    /// Name of the shop, 1 to 100 characters.
    shop_name: Option<String>,
    /// Address of the merchant, with a company or a last name; replaced as a whole. Null removes it.
    shop_address: MaybeUndefined<AddressInput>,
    /// Format and start of the numbers of new orders.
    order_numbers: Option<OrderNumbersInput>,
    /// Days that a cart is kept after its last change, 1 to 365. Carts get the new lifetime with their next change.
    cart_days: Option<i32>,
    /// Hours after which an order expires if its payment is undecided, 1 to 720. Orders that wait already keep their time,
    /// and bank transfers have the time of their channel, `transferHoldHours`.
    unpaid_order_hours: Option<i32>,
    /// Sender of mails.
    mail_sender: Option<MailSenderInput>,
    /// Periods after which personal data is deleted.
    retention: Option<RetentionInput>,
}

/// The format and start of the numbers of new orders. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct OrderNumbersInput {
    /// Text before the digits: at most 12 letters, digits and the characters `-/.#`, without a digit at the end.
    prefix: Option<String>,
    /// Text after the digits: at most 12 letters and the characters `-/.#`.
    suffix: Option<String>,
    /// Number of digits that shorter numbers are filled up to with zeros, 1 to 12.
    digits: Option<i32>,
    /// Number of the next order, without the format: higher than the last one, with at most 12 digits.
    next: Option<String>,
}

/// The sender of mails. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct MailSenderInput {
    /// Display name of the sender, 1 to 100 characters; null for the name of the shop.
    name: MaybeUndefined<String>,
    /// Email address of the sender; null removes it. The mail server must accept it.
    address: MaybeUndefined<String>,
}

/// The periods after which personal data is deleted, in days up to 36,500; 0 keeps the data forever. Absent fields stay
/// unchanged.
#[derive(InputObject)]
#[expect(clippy::struct_field_names, reason = "the unit belongs into the names of the API")]
pub struct RetentionInput {
    /// Days from the placement of an order until a finished order loses email address, phone numbers, note and delivery
    /// address.
    order_contact_days: Option<i32>,
    /// Days from the placement of an order until it also loses the invoice address; at least those of the contact data.
    order_buyer_days: Option<i32>,
    /// Days that entries of the audit log are kept.
    audit_log_days: Option<i32>,
}

impl SettingsUpdateInput {
    /// The input of the use case.
    pub fn read(self) -> Result<SettingsUpdate, SettingsUserError> {
        let (prefix, suffix, digits, next) = match self.order_numbers {
            Some(numbers) => (numbers.prefix, numbers.suffix, numbers.digits, numbers.next),
            None => (None, None, None, None),
        };
        let (sender_name, sender_address) = match self.mail_sender {
            Some(sender) => (patch(sender.name), patch(sender.address)),
            None => (Patch::Keep, Patch::Keep),
        };
        let (contacts, buyers, audit) = match self.retention {
            Some(periods) => (periods.order_contact_days, periods.order_buyer_days, periods.audit_log_days),
            None => (None, None, None),
        };
        Ok(SettingsUpdate {
            expected_version: self.expected_version,
            name: self.shop_name,
            address: patch(self.shop_address).map(Into::into),
            order_number_prefix: prefix,
            order_number_suffix: suffix,
            order_number_digits: digits,
            next_order_number: next.as_deref().map(order_number).transpose()?,
            cart_days: self.cart_days,
            unpaid_order_hours: self.unpaid_order_hours,
            sender_name,
            sender_address: email(sender_address)?,
            keep_order_contacts_days: contacts,
            keep_order_buyers_days: buyers,
            keep_audit_days: audit,
        })
    }
}

fn patch<T>(value: MaybeUndefined<T>) -> Patch<T> {
    match value {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value),
    }
}

fn order_number(text: &str) -> Result<i64, SettingsUserError> {
    text.parse().map_err(|_| {
        SettingsUserError::at(
            SettingsErrorCode::OrderNumberTaken,
            "not a number of up to 12 digits",
            "orderNumbers.next",
        )
    })
}

fn email(text: Patch<String>) -> Result<Patch<Email>, SettingsUserError> {
    Ok(match text {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(text) => Patch::Set(text.parse().map_err(|error: InvalidEmail| {
            SettingsUserError::at(SettingsErrorCode::InvalidMailSender, error, "mailSender.address")
        })?),
    })
}
