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

use crate::{App, ServiceError, ServiceResult};

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

/// A location could not be created.
#[derive(Debug, thiserror::Error)]
pub enum LocationError {
    /// The slug is not valid.
    #[error(transparent)]
    Slug(#[from] InvalidSlug),
    /// Another location has the slug.
    #[error("another location has this slug")]
    SlugTaken,
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters")]
    Name,
    /// A missing permission or a failure.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<persistence::StoreError> for LocationError {
    fn from(error: persistence::StoreError) -> Self {
        if error.is_constraint("stock_locations_slug_key") { Self::SlugTaken } else { Self::Service(error.into()) }
    }
}

impl From<persistence::db::TransactionError> for LocationError {
    fn from(error: persistence::db::TransactionError) -> Self {
        Self::Service(error.into())
    }
}

/// Creates a stock location. Its stock is not sold until a channel lists it.
///
/// # Errors
/// [`LocationError`].
pub async fn create_location(app: &App, actor: &Actor, new: NewStockLocation) -> Result<StockLocation, LocationError> {
    actor.require(Permission::InventoryWrite).map_err(ServiceError::from)?;
    let slug: Slug = new.slug.parse()?;
    let name = new.name.trim().to_owned();
    if !(1..=200).contains(&name.chars().count()) {
        return Err(LocationError::Name);
    }
    let location = StockLocation { id: StockLocationId::new(), slug, name, country: new.country };
    let mut conn = app.db.write().await?;
    conn.transaction::<_, LocationError, _>(async |conn| {
        channels::insert_location(conn, &location).await?;
        let details = json!({ "slug": location.slug });
        audit::push(conn, actor, "stockLocationCreate", location.id, &details, app.clock.now()).await?;
        let changed = DomainEvent::SettingsChanged { id: location.id.to_string() };
        Ok(outbox::push(conn, &[changed]).await?)
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
