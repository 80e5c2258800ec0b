//! The settings of the whole shop.

mod input;

use async_graphql::{Context, Object, Result, SimpleObject};
use model::settings as domain;
use schema_shared::{Address, FromRule, RequestExt, Warning, WarningCode, payloads, to_user_errors, user_errors};
use services::settings::shop::{self, CurrentSettings, SettingsRule};

use input::SettingsUpdateInput;

/// Queries of settings.
#[derive(Default)]
pub struct SettingsQuery;

#[Object]
impl SettingsQuery {
    /// The settings of the whole shop. Needs `SETTINGS_WRITE`.
    async fn settings(&self, ctx: &Context<'_>) -> Result<Settings> {
        let request = ctx.request()?;
        Ok(Settings(shop::read(&request.app, &request.actor).await?))
    }
}

/// Mutations of settings.
#[derive(Default)]
pub struct SettingsMutation;

#[Object]
impl SettingsMutation {
    /// Changes the settings of the whole shop, in every process. Absent fields stay unchanged. Needs `SETTINGS_WRITE`.
    async fn settings_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New values of the settings.")] input: SettingsUpdateInput,
    ) -> Result<SettingsUpdatePayload> {
        let request = ctx.request()?;
        let update = match input.read() {
            Ok(update) => update,
            Err(error) => return Ok(SettingsUpdatePayload::refused(vec![error])),
        };
        match shop::update(&request.app, &request.actor, update).await {
            Ok(Some(settings)) => Ok(SettingsUpdatePayload::done(Settings(settings))),
            Ok(None) => {
                let settings = Settings(shop::read(&request.app, &request.actor).await?);
                let message = "the settings had these values before".to_owned();
                let warning = Warning { code: WarningCode::NothingChanged, message, field: None };
                Ok(SettingsUpdatePayload { warnings: vec![warning], ..SettingsUpdatePayload::done(settings) })
            }
            Err(error) => Ok(SettingsUpdatePayload::refused(to_user_errors(error)?)),
        }
    }
}

/// The settings of the whole shop.
pub struct Settings(CurrentSettings);

/// The settings of the whole shop. Channels have settings of their own.
#[Object]
impl Settings {
    /// Version of the settings; counts the changes.
    fn version(&self) -> i32 {
        self.0.settings.version
    }

    /// Name of the shop, in mails and in the mail sender unless that has its own.
    fn shop_name(&self) -> &str {
        &self.0.settings.name
    }

    /// Address of the merchant, for mails; null until it is set.
    fn shop_address(&self) -> Option<Address<'_>> {
        self.0.settings.address.as_ref().map(Address)
    }

    /// Format of the numbers of new orders, and the next number.
    fn order_numbers(&self) -> OrderNumbers {
        let CurrentSettings { settings, next_order_number } = &self.0;
        let domain::OrderNumberFormat { prefix, suffix, digits } = settings.order_numbers.clone();
        let next_text = settings.order_numbers.write(*next_order_number);
        OrderNumbers { prefix, suffix, digits, next: next_order_number.to_string(), next_text }
    }

    /// Days that a cart is kept after its last change.
    fn cart_days(&self) -> i32 {
        self.0.settings.cart_days
    }

    /// Hours after which an order expires if its payment is undecided. Bank transfers have the time of their channel,
    /// `transferHoldHours`.
    fn unpaid_order_hours(&self) -> i32 {
        self.0.settings.unpaid_order_hours
    }

    /// Sender of mails.
    fn mail_sender(&self) -> MailSender {
        let domain::MailSender { name, address } = self.0.settings.mail_sender.clone();
        MailSender { name, address: address.map(Into::into) }
    }

    /// Periods after which personal data is deleted.
    fn retention(&self) -> Retention {
        let domain::RetentionDays { order_contacts, order_buyers, audit_log } = self.0.settings.retention;
        Retention { order_contact_days: order_contacts, order_buyer_days: order_buyers, audit_log_days: audit_log }
    }
}

/// The format of the numbers of new orders. Orders keep the number that they got.
#[derive(SimpleObject)]
pub struct OrderNumbers {
    /// Text before the digits; empty if there is none.
    prefix: String,
    /// Text after the digits; empty if there is none.
    suffix: String,
    /// Number of digits that shorter numbers are filled up to with zeros.
    digits: i32,
    /// Number of the next order, without the format. Numbers ascend, with gaps.
    next: String,
    /// Number of the next order in the format.
    next_text: String,
}

/// The sender of mails.
#[derive(SimpleObject)]
pub struct MailSender {
    /// Display name of the sender; null for the name of the shop.
    name: Option<String>,
    /// Email address of the sender; null until it is set.
    address: Option<String>,
}

/// The periods after which personal data is deleted, in days; 0 keeps the data forever.
#[derive(SimpleObject)]
#[expect(clippy::struct_field_names, reason = "the unit belongs into the names of the API")]
pub struct Retention {
    /// Days from the placement of an order until a finished order loses email address, phone numbers, note and delivery
    /// address. The default is 730.
    order_contact_days: i32,
    /// Days from the placement of an order until it also loses the invoice address. The default of 3,653 days is ten years,
    /// the longest period for which a country of the EU requires invoices.
    order_buyer_days: i32,
    /// Days that entries of the audit log are kept. The default is 730.
    audit_log_days: i32,
}

user_errors! {
    /// A user error of `settingsUpdate`.
    SettingsUserError,
    /// The error codes of `settingsUpdate`.
    SettingsErrorCode {
        /// The settings have changed since the expected version.
        VersionConflict,
        /// The name of the shop does not have 1 to 100 characters, or has line breaks.
        InvalidName,
        /// A part of the address is missing or not valid. It needs a company or a last name.
        InvalidAddress,
        /// The prefix, the suffix or the number of digits of order numbers is not valid.
        InvalidOrderNumberFormat,
        /// The next order number is not higher than the last one, or has more than 12 digits.
        OrderNumberTaken,
        /// The lifetime of carts is not within 1 to 365 days.
        InvalidCartLifetime,
        /// The lifetime of unpaid orders is not within 1 to 720 hours.
        InvalidUnpaidOrderLifetime,
        /// The name or the email address of the mail sender is not valid.
        InvalidMailSender,
        /// A retention period is not within 0 to 36,500 days, or that of invoice addresses is shorter than that of
        /// contact data.
        InvalidRetention,
    }
}

payloads! {
    errors SettingsUserError;

    "settingsUpdate" => SettingsUpdatePayload {
        /// The settings after the change; null if they were not changed because of an error.
        settings: Settings,
    }
}

impl FromRule<SettingsRule> for SettingsUserError {
    fn from_rule(rule: SettingsRule) -> Result<Vec<Self>, SettingsRule> {
        use SettingsErrorCode as Code;
        use domain::ShopSettingsError as Invalid;
        if let SettingsRule::Invalid(Invalid::Address { field }) = &rule {
            return Ok(vec![Self::at(Code::InvalidAddress, &rule, &format!("shopAddress.{field}"))]);
        }
        let (code, field) = match &rule {
            SettingsRule::VersionConflict { .. } => (Code::VersionConflict, "expectedVersion"),
            SettingsRule::OrderNumberTaken => (Code::OrderNumberTaken, "orderNumbers.next"),
            SettingsRule::Invalid(invalid) => match invalid {
                Invalid::Name => (Code::InvalidName, "shopName"),
                Invalid::Address { .. } => (Code::InvalidAddress, "shopAddress"),
                Invalid::OrderNumberPrefix => (Code::InvalidOrderNumberFormat, "orderNumbers.prefix"),
                Invalid::OrderNumberSuffix => (Code::InvalidOrderNumberFormat, "orderNumbers.suffix"),
                Invalid::OrderNumberDigits => (Code::InvalidOrderNumberFormat, "orderNumbers.digits"),
                Invalid::CartDays => (Code::InvalidCartLifetime, "cartDays"),
                Invalid::UnpaidOrderHours => (Code::InvalidUnpaidOrderLifetime, "unpaidOrderHours"),
                Invalid::SenderName => (Code::InvalidMailSender, "mailSender.name"),
                Invalid::Retention => (Code::InvalidRetention, "retention"),
                Invalid::RetentionOrder => (Code::InvalidRetention, "retention.orderBuyerDays"),
            },
        };
        Ok(vec![Self::at(code, rule, field)])
    }
}
