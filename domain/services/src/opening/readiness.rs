//! The settings that a shop still lacks to sell.

use model::{
    Country, Currency, Timestamp,
    access::{Actor, Permission},
    channels::Channel,
    payments::PaymentMethod,
    settings::Settings,
    tax::STANDARD_CLASS,
};
use strum::{Display, IntoStaticStr, VariantArray as _};

use crate::{App, ServiceResult};

/// The state of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Everything that is missing.
    pub missing: Vec<Missing>,
}

impl Readiness {
    /// True if nothing is missing.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.missing.is_empty()
    }
}

/// Something that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The kind.
    pub code: MissingCode,
    /// The details, for people.
    pub message: String,
    /// The slug of the channel that it is missing in; none if it is missing in the whole shop.
    pub channel: Option<String>,
}

/// The kinds of things that a shop can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum MissingCode {
    /// There is no channel.
    ChannelMissing,
    /// A country of the channel has no tax rate.
    TaxRateMissing,
    /// A country of the channel has no delivery method.
    DeliveryMissing,
    /// A currency of the channel has no payment method.
    PaymentMethodMissing,
    /// No mail server or no sender is set.
    MailMissing,
    /// A secret is missing or public.
    DefaultSecrets,
    /// No stock location supplies the channel.
    StockLocationMissing,
}

/// Everything that the shop still lacks.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::SettingsWrite`].
pub async fn readiness(app: &App, actor: &Actor) -> ServiceResult<Readiness> {
    actor.require(Permission::SettingsWrite)?;
    let settings = app.settings.confirmed(&app.db).await?;
    let now = app.clock.now();
    let mut missing = Vec::new();
    let channels: Vec<&Channel> = settings.open_channels().map(AsRef::as_ref).collect();
    if channels.is_empty() {
        missing.push(of_shop(MissingCode::ChannelMissing, "there is no channel; run `mercator init` or channelCreate"));
    }
    for channel in channels {
        missing.extend(of_channel(app, &settings, channel, now));
    }
    missing.extend(mail(app, &settings));
    missing.extend(secrets(app));
    Ok(Readiness { missing })
}

fn of_channel(app: &App, settings: &Settings, channel: &Channel, now: Timestamp) -> Vec<Missing> {
    let missing = |code, message: String| Missing { code, message, channel: Some(channel.slug.to_string()) };
    let untaxed = without(&channel.countries, |country| has_tax_rate(settings, *country, now));
    let undelivered = without(&channel.countries, |country| has_delivery(settings, channel, *country));
    let unpaid = without(&channel.currencies, |currency| has_payment_method(app, settings, channel, *currency));
    let mut active = settings.locations.iter().filter(|location| location.is_active);
    let is_supplied = active.any(|location| channel.locations.contains(&location.id));
    let found = [
        untaxed.map(|countries| {
            let message =
                format!("no tax rate of the class `{STANDARD_CLASS}` for {countries}; set one with taxRateSet");
            missing(MissingCode::TaxRateMissing, message)
        }),
        undelivered.map(|countries| {
            let message = format!("no delivery to {countries}; create a zone and a method with deliveryMethodCreate");
            missing(MissingCode::DeliveryMissing, message)
        }),
        unpaid.map(|currencies| {
            let message = format!(
                "no payment method for {currencies}; set the account of bank transfers with paymentInstructionsSet, and their \
                 currencies in MERCATOR_TRANSFER_CURRENCIES, or configure a gateway"
            );
            missing(MissingCode::PaymentMethodMissing, message)
        }),
        (!is_supplied).then(|| {
            let message = "no active stock location supplies the channel; add one with channelUpdate".to_owned();
            missing(MissingCode::StockLocationMissing, message)
        }),
    ];
    found.into_iter().flatten().collect()
}

/// The elements that do not meet the condition, as a text; none if all do.
fn without<T: ToString>(all: &[T], holds: impl Fn(&T) -> bool) -> Option<String> {
    let found: Vec<String> = all.iter().filter(|one| !holds(one)).map(ToString::to_string).collect();
    (!found.is_empty()).then(|| found.join(", "))
}

/// True if the country, or a state of it, has a rate. Rates by state and postal code depend on the address.
fn has_tax_rate(settings: &Settings, country: Country, now: Timestamp) -> bool {
    let rules = settings.taxes.rules().iter();
    rules.filter(|rule| rule.country == country && rule.class == STANDARD_CLASS).any(|rule| rule.has_begun(now))
}

/// True if a method delivers to the country, or to a part of it.
fn has_delivery(settings: &Settings, channel: &Channel, country: Country) -> bool {
    let methods = settings.delivery_methods.iter().filter(|method| method.archived_at.is_none());
    let of_channel = methods.filter(|method| method.channel == channel.id);
    let mut zones = of_channel.filter_map(|method| settings.delivery_zone(method.zone));
    zones.any(|zone| zone.countries.contains(&country))
}

/// True if a gateway takes payments in the currency. Shoppers can pay by bank transfer only if they see an account.
fn has_payment_method(app: &App, settings: &Settings, channel: &Channel, currency: Currency) -> bool {
    let has_account = settings.transfer_account(channel.id).is_some();
    let is_usable = |method: &&PaymentMethod| **method != PaymentMethod::BankTransfer || has_account;
    PaymentMethod::VARIANTS.iter().filter(is_usable).any(|method| app.gateways.any_supports(*method, currency))
}

fn mail(app: &App, settings: &Settings) -> Vec<Missing> {
    let server = app.mail.smtp_url.is_none().then_some("mails are written to files; set MERCATOR_SMTP_URL");
    let has_sender = settings.shop.mail_sender.address.is_some();
    let sender = (!has_sender).then_some("mails have no sender; set mailSender with settingsUpdate");
    [server, sender].into_iter().flatten().map(|message| of_shop(MissingCode::MailMissing, message)).collect()
}

fn secrets(app: &App) -> Vec<Missing> {
    let key = app.identity.config.key_secret.is_none();
    let key = key.then_some("MERCATOR_KEY_SECRET is not set; make one with `openssl rand -base64 32`");
    let sandbox = app.gateways.has_public_secret();
    let sandbox = sandbox.then_some("the sandbox gateways use public secrets; set SANDBOX_WEBHOOK_SECRET");
    [key, sandbox].into_iter().flatten().map(|message| of_shop(MissingCode::DefaultSecrets, message)).collect()
}

fn of_shop(code: MissingCode, message: &str) -> Missing {
    Missing { code, message: message.to_owned(), channel: None }
}
