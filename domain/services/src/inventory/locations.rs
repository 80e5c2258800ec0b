//! Stock locations, such as warehouses and stores.

use model::{
    Country, InvalidSlug, Slug,
    access::{Actor, Permission},
    channels::StockLocation,
    events::DomainEvent,
    ids::StockLocationId,
};
use persistence::{audit, channels, db::Transactions as _, outbox};

use serde_json::json;

use crate::{
    App, ServiceResult, UseCaseError,
    error::{OnStoreError as _, RuleError},
};

/// A location to be created.
#[derive(Debug, Clone)]
pub struct NewStockLocation {
    /// The slug, such as `berlin`.
    pub slug: String,
    /// The name for staff.
    pub name: String,
    /// The country.
    pub country: Country,
}

/// A rule that keeps a stock location from being created.
#[derive(Debug, thiserror::Error)]
pub enum LocationRule {
    /// The slug is malformed.
    #[error(transparent)]
    Slug(#[from] InvalidSlug),
    /// Another location has the slug.
    #[error("another location has this slug")]
    SlugTaken,
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters")]
    Name,
}

impl RuleError for LocationRule {}

/// The stock location was not created.
pub type LocationError = UseCaseError<LocationRule>;

/// Creates a stock location. Its stock is not sold until a channel lists it.
///
/// # Errors
/// [`LocationError`].
pub async fn create_location(app: &App, actor: &Actor, new: NewStockLocation) -> Result<StockLocation, LocationError> {
    actor.require(Permission::InventoryWrite)?;
    let slug: Slug = new.slug.parse()?;
    let name = new.name.trim().to_owned();
    if !(1..=200).contains(&name.chars().count()) {
        return Err(LocationRule::Name.into());
    }
    let location = StockLocation { id: StockLocationId::new(), slug, name, country: new.country };
    let mut conn = app.db.write().await?;
    conn.transaction::<_, LocationError, _>(async |conn| {
        channels::insert_location(conn, &location).await?;
        let details = json!({ "slug": location.slug });
        audit::push(conn, actor, "stockLocationCreate", location.id, details, app.clock.now()).await?;
        let changed = DomainEvent::SettingsChanged { id: location.id.to_string() };
        Ok(outbox::push(conn, &[changed]).await?)
    })
    .await
    .on_constraint("stock_locations_slug_key", LocationRule::SlugTaken)?;
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
