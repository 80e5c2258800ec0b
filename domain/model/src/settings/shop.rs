//! The settings of the whole shop that staff change: name and address, order numbers, lifetimes, mail sender, retention.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{CartLifetime, OrderNumberFormat, RetentionDays};
use crate::{Address, customers::Email};

/// The address that mails are sent from until a shop sets its own; the domain can never exist.
const NO_SENDER: &str = "shop@mercator.invalid";

/// The settings of the whole shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShopSettings {
    /// Version; counts the writes from 1.
    #[serde(skip)]
    pub version: i32,
    /// Name of the shop, in mails and for the authenticators of staff.
    pub name: String,
    /// Address of the merchant, with a company or a name; None until it is set.
    pub address: Option<Address>,
    /// The format of the numbers of new orders.
    pub order_numbers: OrderNumberFormat,
    /// Days that a cart is kept after its last change.
    pub cart_days: i32,
    /// Hours after which an order expires whose payment is undecided, except bank transfers: those have the time of their
    /// channel.
    pub unpaid_order_hours: i32,
    /// The sender of mails.
    pub mail_sender: MailSender,
    /// Periods after which personal data is deleted.
    pub retention: RetentionDays,
}

/// The sender of mails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSender {
    /// The display name; None for the name of the shop.
    pub name: Option<String>,
    /// The e-mail address; None until it is set.
    pub address: Option<Email>,
}

/// A setting breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShopSettingsError {
    /// The name is empty, too long, or has control characters.
    #[error("a name has 1 to 100 characters without line breaks")]
    Name,
    /// A field of the address is missing or invalid.
    #[error("the address is missing this part, or it is not valid")]
    Address {
        /// The field's name in the API.
        field: &'static str,
    },
    /// The prefix of order numbers is malformed.
    #[error("a prefix has at most 12 letters, digits, `-`, `/`, `.` and `#`, and does not end with a digit")]
    OrderNumberPrefix,
    /// The suffix of order numbers is malformed.
    #[error("a suffix has at most 12 letters, `-`, `/`, `.` and `#`")]
    OrderNumberSuffix,
    /// The number of digits of order numbers is too small or too large.
    #[error("order numbers are filled up to 1 to 12 digits")]
    OrderNumberDigits,
    /// The lifetime of carts is too short or too long.
    #[error("carts are kept for 1 to 365 days")]
    CartDays,
    /// The lifetime of unpaid orders is too short or too long.
    #[error("unpaid orders expire after 1 to 720 hours")]
    UnpaidOrderHours,
    /// The name of the sender is empty, too long, or has control characters.
    #[error("the name of a sender has 1 to 100 characters without line breaks")]
    SenderName,
    /// A retention period is too long, or negative.
    #[error("a retention period has 0 to 36500 days; 0 keeps the data forever")]
    Retention,
    /// The invoice address would be removed before the contact data.
    #[error("the invoice address of an order is kept at least as long as its contact data")]
    RetentionOrder,
}

impl ShopSettings {
    /// The settings of a new shop with this name.
    #[must_use]
    pub fn new(name: String) -> Self {
        Self {
            version: 1,
            name,
            address: None,
            order_numbers: OrderNumberFormat::default(),
            cart_days: CartLifetime::default().days().into(),
            unpaid_order_hours: 48,
            mail_sender: MailSender::default(),
            retention: RetentionDays::DEFAULT,
        }
    }

    /// Checks all settings.
    ///
    /// # Errors
    /// The first rule that a setting breaks.
    pub fn check(&self) -> Result<(), ShopSettingsError> {
        use ShopSettingsError as Broken;
        let is_days = |days: i32| (0..=RetentionDays::MAX).contains(&days);
        let RetentionDays { order_contacts, order_buyers, audit_log } = self.retention;
        let is_ordered = order_buyers == 0 || (order_contacts != 0 && order_contacts <= order_buyers);
        let numbers = &self.order_numbers;
        if let Some(field) = self.address.as_ref().and_then(invalid_field) {
            return Err(Broken::Address { field });
        }
        let rules = [
            (is_name(&self.name), Broken::Name),
            (numbers.has_valid_prefix(), Broken::OrderNumberPrefix),
            (numbers.has_valid_suffix(), Broken::OrderNumberSuffix),
            (numbers.has_valid_digits(), Broken::OrderNumberDigits),
            ((1..=i32::from(CartLifetime::MAX_DAYS)).contains(&self.cart_days), Broken::CartDays),
            ((1..=720).contains(&self.unpaid_order_hours), Broken::UnpaidOrderHours),
            (self.mail_sender.name.as_deref().is_none_or(is_name), Broken::SenderName),
            ([order_contacts, order_buyers, audit_log].into_iter().all(is_days), Broken::Retention),
            (is_ordered, Broken::RetentionOrder),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, broken)| Err(broken))
    }

    /// The time that a cart is kept after its last change.
    #[must_use]
    pub fn cart_lifetime(&self) -> CartLifetime {
        CartLifetime::of_days(self.cart_days)
    }

    /// The time after which an order expires whose payment is undecided, except bank transfers.
    #[must_use]
    pub fn unpaid_order_hold(&self) -> TimeDelta {
        TimeDelta::hours(self.unpaid_order_hours.into())
    }

    /// The display name and the address that mails are sent from.
    #[must_use]
    pub fn sender(&self) -> (&str, &str) {
        let address = self.mail_sender.address.as_ref().map_or(NO_SENDER, Email::as_str);
        (self.mail_sender.name.as_deref().unwrap_or(&self.name), address)
    }
}

impl Default for ShopSettings {
    fn default() -> Self {
        Self::new("Mercator".to_owned())
    }
}

/// The first invalid field of the address of a merchant, which names a company or a person.
fn invalid_field(address: &Address) -> Option<&'static str> {
    let mut invalid = address.invalid_fields();
    let company = address.company.as_deref().is_some_and(|company| !company.is_empty());
    if company && address.last_name.is_empty() {
        invalid.retain(|field| *field != "lastName");
    }
    invalid.first().copied()
}

fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address {
            first_name: String::new(),
            last_name: String::new(),
            company: Some("Teehaus GmbH".to_owned()),
            street1: "Marktstraße 1".to_owned(),
            street2: None,
            postal_code: "10115".to_owned(),
            city: "Berlin".to_owned(),
            region: None,
            country: "DE".parse().unwrap(),
            phone: None,
        }
    }

    fn broken(change: impl FnOnce(&mut ShopSettings)) -> Result<(), ShopSettingsError> {
        let mut settings = ShopSettings { address: Some(address()), ..ShopSettings::default() };
        change(&mut settings);
        settings.check()
    }

    #[test]
    fn the_settings_of_a_new_shop_are_valid() {
        assert_eq!(ShopSettings::default().check(), Ok(()));
        assert_eq!(broken(|_| {}), Ok(()));
    }

    #[test]
    fn settings_stay_within_their_bounds() {
        use ShopSettingsError as Broken;
        let address = |change: fn(&mut Address)| broken(|settings| settings.address.iter_mut().for_each(change));
        assert_eq!(broken(|settings| settings.name = " ".to_owned()), Err(Broken::Name));
        assert_eq!(broken(|settings| settings.name = "a\nb".to_owned()), Err(Broken::Name));
        let field = |field| Err(Broken::Address { field });
        assert_eq!(address(|address| address.city.clear()), field("city"));
        assert_eq!(address(|address| address.company = None), field("lastName"));
        assert_eq!(address(|address| address.country = "US".parse().unwrap()), field("region"));
        assert_eq!(broken(|settings| settings.cart_days = 0), Err(Broken::CartDays));
        assert_eq!(broken(|settings| settings.cart_days = 366), Err(Broken::CartDays));
        assert_eq!(broken(|settings| settings.unpaid_order_hours = 721), Err(Broken::UnpaidOrderHours));
        assert_eq!(broken(|settings| settings.mail_sender.name = Some(String::new())), Err(Broken::SenderName));
        assert_eq!(broken(|settings| settings.retention.audit_log = -1), Err(Broken::Retention));
        assert_eq!(broken(|settings| settings.retention.order_buyers = 1), Err(Broken::RetentionOrder));
        assert_eq!(broken(|settings| settings.retention.order_contacts = 0), Err(Broken::RetentionOrder));
        assert_eq!(broken(|settings| settings.retention.order_buyers = 0), Ok(()));
    }

    #[test]
    fn mails_come_from_the_shop_unless_a_sender_is_set() {
        let mut settings = ShopSettings::new("Teehaus".to_owned());
        assert_eq!(settings.sender(), ("Teehaus", NO_SENDER));
        settings.mail_sender =
            MailSender { name: Some("Tea".to_owned()), address: Some("shop@teehaus.example".parse().unwrap()) };
        assert_eq!(settings.sender(), ("Tea", "shop@teehaus.example"));
    }
}
