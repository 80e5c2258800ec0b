//! Reading and changing the settings of the whole shop.

use model::{
    Address, Patch, Timestamp,
    access::{Actor, Permission},
    audit::{Change, changed},
    customers::Email,
    events::DomainEvent,
    settings::{ShopSettings, ShopSettingsError},
};
use persistence::{Conn, audit, db::Transactions as _, orders, outbox, settings::shop as store};

use crate::{App, ServiceResult, UseCaseError, error::RuleError};

/// The object of audit entries and events.
pub(crate) const OBJECT: &str = "settings";

/// The largest order number that the sequence may continue at.
const MAX_ORDER_NUMBER: i64 = 999_999_999_999;

/// The settings of the shop, and the number of the next order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentSettings {
    /// The settings.
    pub settings: ShopSettings,
    /// The number of the next order, if no other order is placed before.
    pub next_order_number: i64,
}

/// Input of [`update`]; absent fields keep their values.
#[derive(Debug, Clone, Default)]
pub struct SettingsUpdate {
    /// The version that the caller last saw; any version if absent.
    pub expected_version: Option<i32>,
    /// Name of the shop.
    pub name: Option<String>,
    /// Address of the merchant.
    pub address: Patch<Address>,
    /// The text before the digits of order numbers.
    pub order_number_prefix: Option<String>,
    /// The text after the digits of order numbers.
    pub order_number_suffix: Option<String>,
    /// The number of digits that order numbers are filled up to.
    pub order_number_digits: Option<i32>,
    /// The number of the next order.
    pub next_order_number: Option<i64>,
    /// Days that a cart is kept after its last change.
    pub cart_days: Option<i32>,
    /// Hours after which an order with an undecided payment expires.
    pub unpaid_order_hours: Option<i32>,
    /// The display name of the sender of mails.
    pub sender_name: Patch<String>,
    /// The e-mail address of the sender of mails.
    pub sender_address: Patch<Email>,
    /// Days that contact data of finished orders is kept; zero keeps it.
    pub keep_order_contacts_days: Option<i32>,
    /// Days that invoice addresses of orders are kept; zero keeps them.
    pub keep_order_buyers_days: Option<i32>,
    /// Days that entries of the audit log are kept; zero keeps them.
    pub keep_audit_days: Option<i32>,
}

/// A rule that keeps the settings from being changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsRule {
    /// Somebody else has changed the settings.
    #[error("the settings have changed; they have version {current} now")]
    VersionConflict {
        /// The current version.
        current: i32,
    },
    /// A setting is invalid.
    #[error(transparent)]
    Invalid(#[from] ShopSettingsError),
    /// The next order number is not a number that the sequence may continue at.
    #[error("the next order number is higher than the last one and at most {MAX_ORDER_NUMBER}")]
    OrderNumberTaken,
}

impl RuleError for SettingsRule {}
impl RuleError for ShopSettingsError {}

/// The settings were not changed.
pub type SettingsError = UseCaseError<SettingsRule>;

/// The settings of the shop.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::SettingsWrite`].
pub async fn read(app: &App, actor: &Actor) -> ServiceResult<CurrentSettings> {
    actor.require(Permission::SettingsWrite)?;
    let mut conn = app.db.write().await?;
    Ok(CurrentSettings {
        settings: store::get(&mut conn).await?,
        next_order_number: orders::next_number(&mut conn).await?,
    })
}

/// Changes the settings of the shop, for every process. Returns none if everything had the requested values before.
///
/// # Errors
/// [`SettingsError`] if the input breaks a rule, or without [`Permission::SettingsWrite`].
pub async fn update(
    app: &App,
    actor: &Actor,
    update: SettingsUpdate,
) -> Result<Option<CurrentSettings>, SettingsError> {
    actor.require(Permission::SettingsWrite)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let current = conn
        .transaction::<_, SettingsError, _>(async |conn| {
            let before = store::lock(conn).await?;
            if update.expected_version.is_some_and(|expected| expected != before.version) {
                return Err(SettingsRule::VersionConflict { current: before.version }.into());
            }
            let next = update.next_order_number;
            let mut after = apply(before.clone(), update);
            after.check()?;
            let mut changes = changed(&before, &after);
            changes.extend(restart_order_numbers(conn, next).await?);
            if changes.is_empty() {
                return Ok(None);
            }
            after.version += 1;
            save(conn, actor, &after, changes, now).await?;
            let next_order_number = orders::next_number(conn).await?;
            Ok(Some(CurrentSettings { settings: after, next_order_number }))
        })
        .await?;
    app.settings.invalidate();
    Ok(current)
}

async fn save(
    conn: &mut Conn,
    actor: &Actor,
    settings: &ShopSettings,
    changes: Vec<Change>,
    now: Timestamp,
) -> ServiceResult<()> {
    store::save(conn, settings, now).await?;
    audit::push(conn, actor, "settingsUpdate", OBJECT, changes, now).await?;
    Ok(outbox::push(conn, &[DomainEvent::SettingsChanged { id: OBJECT.to_owned() }]).await?)
}

/// Lets the order numbers continue at a number; returns the change if there is one.
async fn restart_order_numbers(conn: &mut Conn, next: Option<i64>) -> Result<Option<Change>, SettingsError> {
    let Some(next) = next else { return Ok(None) };
    let before = orders::next_number(conn).await?;
    if next == before {
        return Ok(None);
    }
    if !(1..=MAX_ORDER_NUMBER).contains(&next) || !orders::restart_numbers(conn, next).await? {
        return Err(SettingsRule::OrderNumberTaken.into());
    }
    let path = "orderNumbers.next".to_owned();
    Ok(Some(Change { path, from: Some(before.to_string()), to: Some(next.to_string()) }))
}

fn apply(mut settings: ShopSettings, update: SettingsUpdate) -> ShopSettings {
    fn set<T>(to: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *to = value;
        }
    }
    let trim = |text: String| text.trim().to_owned();
    set(&mut settings.name, update.name.map(trim));
    update.address.map(Address::normalized).apply(&mut settings.address);
    set(&mut settings.order_numbers.prefix, update.order_number_prefix.map(trim));
    set(&mut settings.order_numbers.suffix, update.order_number_suffix.map(trim));
    set(&mut settings.order_numbers.digits, update.order_number_digits);
    set(&mut settings.cart_days, update.cart_days);
    set(&mut settings.unpaid_order_hours, update.unpaid_order_hours);
    update.sender_name.map(trim).apply(&mut settings.mail_sender.name);
    update.sender_address.apply(&mut settings.mail_sender.address);
    set(&mut settings.retention.order_contacts, update.keep_order_contacts_days);
    set(&mut settings.retention.order_buyers, update.keep_order_buyers_days);
    set(&mut settings.retention.audit_log, update.keep_audit_days);
    settings
}
