//! Input and errors of opening a shop.

use model::{
    Country, Currency, InvalidSlug, Locale, channels::ChannelRuleError, customers::Email, settings::ShopSettingsError,
};

use crate::{
    UseCaseError,
    error::RuleError,
    identity::{IdentityRule, NewOwner},
};

/// Input of [`super::open`].
#[derive(Debug, Clone)]
pub struct NewShop {
    /// Name of the shop.
    pub name: String,
    /// Country of the merchant, and the first one that the shop sells to.
    pub country: Country,
    /// Currency of the prices; that of the country if absent.
    pub currency: Option<Currency>,
    /// Languages of content, the default first; that of the country if empty.
    pub languages: Vec<Locale>,
    /// True if prices include tax; as usual in the country if absent.
    pub prices_include_tax: Option<bool>,
    /// E-mail address that mails are sent from; staff set it later if absent.
    pub mail_from: Option<Email>,
    /// The account of the owner.
    pub owner: NewOwner,
}

/// A rule that keeps a shop from being opened.
#[derive(Debug, thiserror::Error)]
pub enum OpeningRule {
    /// The database contains the demo shop.
    #[error("the database contains a demo shop; use another database")]
    Demo,
    /// The owner has the address of a demo account, which cannot log in.
    #[error("an address at demo.test can log in to a demo only; use another e-mail address for the owner")]
    DemoOwner,
    /// The country has no default currency.
    #[error("name a currency, because {0} has no default")]
    CurrencyNeeded(Country),
    /// The country has no default language.
    #[error("name a language, because {0} has no default")]
    LanguageNeeded(Country),
    /// The name of the shop is invalid.
    #[error(transparent)]
    Settings(#[from] ShopSettingsError),
    /// The channel would be invalid.
    #[error(transparent)]
    Channel(#[from] ChannelRuleError),
    /// A slug would be invalid.
    #[error(transparent)]
    Slug(#[from] InvalidSlug),
    /// The account of the owner cannot be created.
    #[error(transparent)]
    Owner(#[from] IdentityRule),
}

impl RuleError for OpeningRule {}

/// The shop was not opened.
pub type OpeningError = UseCaseError<OpeningRule>;
