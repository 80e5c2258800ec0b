//! Stock locations, such as warehouses and stores.

use model::{
    Address, Country, InvalidSlug, Patch, Slug,
    access::{Actor, Permission},
    audit::{Change, changed, created},
    channels::{LocationRuleError, StockLocation},
    events::DomainEvent,
    ids::StockLocationId,
};
use persistence::{Conn, audit, channels, db::Transactions as _, inventory, outbox};

use crate::{
    App, ServiceResult, UseCaseError,
    error::{OnStoreError as _, RuleError},
};

/// A location to be created.
#[derive(Debug, Clone)]
pub struct NewStockLocation {
    /// The slug, such as `berlin`.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The country.
    pub country: Country,
    /// The postal address.
    pub address: Option<Address>,
}

/// The location to change.
#[derive(Debug, Clone)]
pub struct LocationTarget {
    /// The slug or id of the location.
    pub location: String,
    /// The version the caller last saw; any version if absent.
    pub expected_version: Option<i32>,
}

/// The fields of a location that can change; absent ones keep their values.
#[derive(Debug, Clone, Default)]
pub struct LocationChange {
    /// The name.
    pub name: Option<String>,
    /// The country; without it, a new address decides.
    pub country: Option<Country>,
    /// The postal address.
    pub address: Patch<Address>,
    /// False if its stock is not sold.
    pub is_active: Option<bool>,
}

/// A rule that keeps a stock location from being written.
#[derive(Debug, thiserror::Error)]
pub enum LocationRule {
    /// The location does not exist.
    #[error("there is no such stock location")]
    NotFound,
    /// The location has another version than the caller expects.
    #[error("the stock location has changed: its version is {current}")]
    VersionConflict {
        /// The current version.
        current: i32,
    },
    /// The slug is malformed.
    #[error(transparent)]
    Slug(#[from] InvalidSlug),
    /// Another location has the slug.
    #[error("another location has this slug")]
    SlugTaken,
    /// The location is invalid.
    #[error(transparent)]
    Invalid(#[from] LocationRuleError),
    /// Orders that are not shipped yet have stock there.
    #[error("ship or cancel the orders whose stock is allocated at the location first")]
    InUse,
}

impl RuleError for LocationRule {}
impl RuleError for LocationRuleError {}

/// The stock location was not written.
pub type LocationError = UseCaseError<LocationRule>;

/// Creates a stock location. Its stock is not sold until a channel lists it.
///
/// # Errors
/// [`LocationError`].
pub async fn create_location(app: &App, actor: &Actor, new: NewStockLocation) -> Result<StockLocation, LocationError> {
    actor.require(Permission::InventoryWrite)?;
    let location = StockLocation {
        id: StockLocationId::new(),
        version: 1,
        slug: new.slug.parse::<Slug>()?,
        name: new.name.trim().to_owned(),
        country: new.country,
        address: new.address.map(Address::normalized),
        is_active: true,
    };
    location.check()?;
    let mut conn = app.db.write().await?;
    conn.transaction::<_, LocationError, _>(async |conn| {
        channels::insert_location(conn, &location).await?;
        Ok(record(app, conn, actor, "stockLocationCreate", location.id, created(&location)).await?)
    })
    .await
    .on_constraint("stock_locations_slug_key", LocationRule::SlugTaken)?;
    app.settings.invalidate();
    Ok(location)
}

/// Changes a stock location. An inactive one supplies no channel: its stock is neither shown nor allocated. It can be
/// deactivated only while no stock there is allocated to orders; an order that is placed at the same moment may still be
/// allocated there, and is shipped or canceled as usual.
///
/// # Errors
/// [`LocationError`].
pub async fn update_location(
    app: &App,
    actor: &Actor,
    target: LocationTarget,
    change: LocationChange,
) -> Result<StockLocation, LocationError> {
    actor.require(Permission::InventoryWrite)?;
    let settings = app.settings.confirmed(&app.db).await?;
    let known = match target.location.parse() {
        Ok(id) => settings.location_by_id(id),
        Err(_) => settings.location(&target.location),
    };
    let id = known.ok_or(LocationRule::NotFound)?.id;
    let mut conn = app.db.write().await?;
    let location = conn
        .transaction::<_, LocationError, _>(async |conn| {
            let before = lock(conn, id, target.expected_version).await?;
            let mut location = StockLocation { version: before.version + 1, ..before.clone() };
            apply(&mut location, change)?;
            let is_deactivated = before.is_active && !location.is_active;
            if is_deactivated && inventory::has_allocations_at(conn, id).await? {
                return Err(LocationRule::InUse.into());
            }
            channels::save_location(conn, &location, app.clock.now()).await?;
            record(app, conn, actor, "stockLocationUpdate", id, changed(&before, &location)).await?;
            Ok(location)
        })
        .await?;
    app.settings.invalidate();
    Ok(location)
}

/// All stock locations, by slug.
///
/// # Errors
/// [`ServiceError`].
pub async fn list_locations(app: &App, actor: &Actor) -> ServiceResult<Vec<StockLocation>> {
    actor.require(Permission::InventoryRead)?;
    Ok(app.settings.current(&app.db).await?.locations.clone())
}

async fn lock(conn: &mut Conn, id: StockLocationId, expected: Option<i32>) -> Result<StockLocation, LocationError> {
    let location = channels::lock_location(conn, id).await?.ok_or(LocationRule::NotFound)?;
    match expected {
        Some(expected) if expected != location.version => {
            Err(LocationRule::VersionConflict { current: location.version }.into())
        }
        _ => Ok(location),
    }
}

fn apply(location: &mut StockLocation, change: LocationChange) -> Result<(), LocationRule> {
    if let Some(name) = change.name {
        name.trim().clone_into(&mut location.name);
    }
    let address = change.address.map(Address::normalized);
    if let (Patch::Set(address), None) = (&address, change.country) {
        location.country = address.country;
    }
    address.apply(&mut location.address);
    location.country = change.country.unwrap_or(location.country);
    location.is_active = change.is_active.unwrap_or(location.is_active);
    Ok(location.check()?)
}

/// Writes the audit entry and the event of a change.
async fn record(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    action: &str,
    id: StockLocationId,
    changes: Vec<Change>,
) -> ServiceResult<()> {
    audit::push(conn, actor, action, id, changes, app.clock.now()).await?;
    Ok(outbox::push(conn, &[DomainEvent::SettingsChanged { id: id.to_string() }]).await?)
}
