//! Opening a shop: the owner, the first channel, taxes and a stock location in one transaction; and what a shop still lacks.

mod countries;
mod plan;
mod readiness;

use chrono::NaiveDate;
use model::{
    Country, Currency, InvalidSlug, Locale, Timestamp,
    access::Actor,
    audit::created,
    channels::{Channel, ChannelRuleError},
    customers::Email,
    events::DomainEvent,
    settings::ShopSettingsError,
};
use persistence::{Conn, audit, channels, db::Transactions as _, outbox, settings::shop, tax};

use self::plan::Plan;
pub use self::readiness::{Missing, MissingCode, Readiness, readiness};
use crate::{
    App, ServiceResult, UseCaseError,
    error::RuleError,
    identity::{self, IdentityError, IdentityRule, NewOwner, Owner, PreparedOwner},
};

/// Input of [`open`].
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

/// The result of [`open`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// The shop was opened.
    Now(Summary),
    /// The database contained a shop with this name; nothing was changed.
    Before(String),
}

/// The objects that were created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The channel.
    pub channel: Channel,
    /// Slugs of the tax classes.
    pub tax_classes: Vec<String>,
    /// The number of tax rates.
    pub tax_rates: usize,
    /// The day on which the rates were checked last.
    pub taxes_checked: NaiveDate,
    /// True if local authorities charge taxes that the rates do not contain.
    pub lacks_local_taxes: bool,
    /// The slug of the stock location.
    pub location: String,
    /// The account of the owner.
    pub owner: Owner,
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

/// Opens a shop in a database without one. Safe to repeat, also by two processes at a time: a database with a shop stays
/// unchanged. For the process, which has no actor.
///
/// # Errors
/// [`OpeningError`] if the input breaks a rule; nothing is changed then.
pub async fn open(app: &App, new: NewShop) -> Result<Opened, OpeningError> {
    if let Some(name) = existing(app).await? {
        return Ok(Opened::Before(name));
    }
    if new.owner.is_demo() {
        return Err(OpeningRule::DemoOwner.into());
    }
    let plan = Plan::of(&new)?;
    let owner = identity::prepare_owner(app, new.owner, &new.name).await.map_err(owner_error)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let opened = conn
        .transaction::<_, OpeningError, _>(async |conn| {
            // The lock makes a concurrent call wait, which then finds the shop.
            let before = shop::lock(conn).await?;
            match name_of_shop(conn).await? {
                Some(name) => Ok(Opened::Before(name)),
                None => write(conn, plan, before.version, owner, now).await.map(Opened::Now),
            }
        })
        .await?;
    app.settings.invalidate();
    Ok(opened)
}

/// The name of the shop in the database; none if there is none. For the process, which has no actor.
///
/// # Errors
/// [`OpeningRule::Demo`] if it is a demo.
pub async fn existing(app: &App) -> Result<Option<String>, OpeningError> {
    if identity::is_demo(app).await? {
        return Err(OpeningRule::Demo.into());
    }
    Ok(name_of_shop(&mut *app.db.write().await?).await?)
}

/// The name of the shop; none if it has no channel yet.
async fn name_of_shop(conn: &mut Conn) -> ServiceResult<Option<String>> {
    let is_open = !channels::list(conn).await?.is_empty();
    Ok(if is_open { Some(shop::get(conn).await?.name) } else { None })
}

async fn write(
    conn: &mut Conn,
    mut plan: Plan,
    version: i32,
    owner: PreparedOwner,
    now: Timestamp,
) -> Result<Summary, OpeningError> {
    let owner = identity::insert_owner(conn, owner, now).await.map_err(owner_error)?;
    plan.settings.version = version + 1;
    shop::save(conn, &plan.settings, now).await?;
    tax::insert_missing_classes(conn, &plan.classes).await?;
    tax::insert_missing(conn, &plan.rates).await?;
    channels::insert_location(conn, &plan.location).await?;
    channels::insert(conn, &plan.channel).await?;
    let id = plan.channel.id;
    audit::push(conn, &Actor::System, "shopInit", id, created(&plan.channel), now).await?;
    outbox::push(conn, &[DomainEvent::SettingsChanged { id: id.to_string() }]).await?;
    Ok(Summary {
        tax_classes: plan.classes.iter().map(|class| class.slug.to_string()).collect(),
        tax_rates: plan.rates.len(),
        taxes_checked: plan.checked,
        lacks_local_taxes: plan.lacks_local_taxes,
        location: plan.location.slug.to_string(),
        channel: plan.channel,
        owner,
    })
}

/// A rule that the owner's account breaks is a rule of the opening.
fn owner_error(error: IdentityError) -> OpeningError {
    match error {
        UseCaseError::Rule(rule) => UseCaseError::Rule(rule.into()),
        UseCaseError::KeyReused => UseCaseError::KeyReused,
        UseCaseError::Failure(error) => error.into(),
    }
}
