//! Opening a shop: the owner, the first channel, taxes and a stock location in one transaction; and what a shop still lacks.

mod countries;
mod input;
mod plan;
mod readiness;

use chrono::NaiveDate;
use model::{Timestamp, access::Actor, audit::created, channels::Channel, events::DomainEvent};
use persistence::{Conn, audit, channels, db::Transactions as _, outbox, settings::shop, tax};

use self::plan::Plan;
pub use self::{
    input::{NewShop, OpeningError, OpeningRule},
    readiness::{Missing, MissingCode, Readiness, readiness},
};
use crate::{
    App, ServiceResult, UseCaseError,
    identity::{self, IdentityError, Owner, PreparedOwner},
};

/// The result of [`open`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one value per process")]
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
