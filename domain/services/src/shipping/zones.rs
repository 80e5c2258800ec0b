//! Delivery zones.

use std::sync::Arc;

use model::{
    Country, InvalidPostalCodeRange, PostalCodeRange,
    access::{Actor, Permission},
    audit::{changed, created, deleted},
    ids::DeliveryZoneId,
    settings::Settings,
    shipping::{DeliveryZone, DeliveryZoneError},
};
use persistence::{Conn, db::Transactions as _, shipping as store};

use super::{readable, record};
use crate::{
    App, ServiceResult, UseCaseError,
    error::{OnStoreError as _, RuleError},
};

/// The fields of a zone; absent ones keep their values, or are empty in a new zone.
#[derive(Debug, Clone, Default)]
pub struct ZoneInput {
    /// The name; required for a new zone.
    pub name: Option<String>,
    /// Countries; required for a new zone.
    pub countries: Option<Vec<Country>>,
    /// ISO 3166-2 suffixes of regions.
    pub regions: Option<Vec<String>>,
    /// Lower and upper bounds of postal codes.
    pub postal_codes: Option<Vec<(String, String)>>,
}

/// The zone to change.
#[derive(Debug, Clone, Copy)]
pub struct ZoneTarget {
    /// The zone.
    pub id: DeliveryZoneId,
    /// The version the caller last saw; any version if absent.
    pub expected_version: Option<i32>,
}

/// A rule that keeps a zone from being written.
#[derive(Debug, thiserror::Error)]
pub enum ZoneRule {
    /// The zone does not exist.
    #[error("there is no such delivery zone")]
    NotFound,
    /// The zone has another version than the caller expects.
    #[error("the delivery zone has changed: its version is {current}")]
    VersionConflict {
        /// The current version.
        current: i32,
    },
    /// Another zone has the name.
    #[error("another delivery zone has this name")]
    NameTaken,
    /// The bounds are not a range.
    #[error("{why}")]
    PostalCode {
        /// The index of the range.
        at: usize,
        /// The reason.
        why: InvalidPostalCodeRange,
    },
    /// The zone is invalid.
    #[error(transparent)]
    Invalid(#[from] DeliveryZoneError),
    /// The limit of zones is reached.
    #[error("there are {max} delivery zones already", max = store::MAX_ZONES)]
    TooMany,
    /// Methods deliver to the zone.
    #[error("archive the delivery methods of the zone first, or move them to another zone")]
    InUse,
}

impl RuleError for ZoneRule {}
impl RuleError for DeliveryZoneError {}

/// The zone was not written.
pub type ZoneError = UseCaseError<ZoneRule>;

/// The settings with all zones, oldest first.
///
/// # Errors
/// [`crate::ServiceError::Access`] without one of the permissions to read settings.
pub async fn list_zones(app: &App, actor: &Actor) -> ServiceResult<Arc<Settings>> {
    readable(app, actor).await
}

/// Creates a zone. No method delivers to it yet.
///
/// # Errors
/// [`ZoneError`] if the input breaks a rule, or without [`Permission::SettingsWrite`].
pub async fn create_zone(app: &App, actor: &Actor, input: ZoneInput) -> Result<DeliveryZone, ZoneError> {
    actor.require(Permission::SettingsWrite)?;
    let mut zone = DeliveryZone {
        id: DeliveryZoneId::new(),
        version: 1,
        name: String::new(),
        countries: Vec::new(),
        regions: Vec::new(),
        postal_codes: Vec::new(),
    };
    apply(&mut zone, input)?;
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ZoneError, _>(async |conn| {
        store::insert_zone(conn, &zone, app.clock.now()).await?;
        // `insert_zone` takes the lock of all settings, so concurrent inserts cannot exceed the limit together.
        if store::count_zones(conn).await? > store::MAX_ZONES {
            return Err(ZoneRule::TooMany.into());
        }
        Ok(record(app, conn, actor, "deliveryZoneCreate", zone.id, created(&zone)).await?)
    })
    .await
    .on_constraint("delivery_zones_name_key", ZoneRule::NameTaken)?;
    app.settings.invalidate();
    Ok(zone)
}

/// Changes a zone.
///
/// # Errors
/// [`ZoneError`] if the input breaks a rule, or without [`Permission::SettingsWrite`].
pub async fn update_zone(
    app: &App,
    actor: &Actor,
    target: ZoneTarget,
    input: ZoneInput,
) -> Result<DeliveryZone, ZoneError> {
    actor.require(Permission::SettingsWrite)?;
    let mut conn = app.db.write().await?;
    let zone = conn
        .transaction::<_, ZoneError, _>(async |conn| {
            let before = lock(conn, target).await?;
            let mut zone = DeliveryZone { version: before.version + 1, ..before.clone() };
            apply(&mut zone, input)?;
            store::save_zone(conn, &zone, app.clock.now()).await?;
            record(app, conn, actor, "deliveryZoneUpdate", zone.id, changed(&before, &zone)).await?;
            Ok(zone)
        })
        .await
        .on_constraint("delivery_zones_name_key", ZoneRule::NameTaken)?;
    app.settings.invalidate();
    Ok(zone)
}

/// Deletes a zone to which no method delivers, with its archived methods. Orders keep what was bought.
///
/// # Errors
/// [`ZoneError`] if methods deliver to the zone, or without [`Permission::SettingsWrite`].
pub async fn delete_zone(app: &App, actor: &Actor, target: ZoneTarget) -> Result<DeliveryZoneId, ZoneError> {
    actor.require(Permission::SettingsWrite)?;
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ZoneError, _>(async |conn| {
        let zone = lock(conn, target).await?;
        if store::has_methods_in(conn, zone.id).await? {
            return Err(ZoneRule::InUse.into());
        }
        store::delete_archived_in(conn, zone.id).await?;
        store::delete_zone(conn, zone.id).await?;
        Ok(record(app, conn, actor, "deliveryZoneDelete", zone.id, deleted(&zone)).await?)
    })
    .await
    .on_constraint("delivery_methods_zone_id_fkey", ZoneRule::InUse)?;
    app.settings.invalidate();
    Ok(target.id)
}

async fn lock(conn: &mut Conn, target: ZoneTarget) -> Result<DeliveryZone, ZoneError> {
    let zone = store::lock_zone(conn, target.id).await?.ok_or(ZoneRule::NotFound)?;
    match target.expected_version {
        Some(expected) if expected != zone.version => Err(ZoneRule::VersionConflict { current: zone.version }.into()),
        _ => Ok(zone),
    }
}

fn apply(zone: &mut DeliveryZone, input: ZoneInput) -> Result<(), ZoneRule> {
    if let Some(name) = input.name {
        name.trim().clone_into(&mut zone.name);
    }
    if let Some(countries) = input.countries {
        zone.countries = countries;
    }
    if let Some(regions) = input.regions {
        zone.regions = regions.iter().map(|region| suffix(zone, region)).collect();
    }
    if let Some(bounds) = input.postal_codes {
        let range = |(at, (from, to)): (usize, &(String, String))| {
            PostalCodeRange::parse(from, to).map_err(|why| ZoneRule::PostalCode { at, why })
        };
        zone.postal_codes = bounds.iter().enumerate().map(range).collect::<Result<_, _>>()?;
    }
    Ok(zone.check()?)
}

/// The suffix of a region such as `us-ca`, in upper case.
fn suffix(zone: &DeliveryZone, region: &str) -> String {
    let region = region.trim().to_uppercase();
    let prefix = zone.countries.first().map(|country| format!("{}-", country.code())).unwrap_or_default();
    region.strip_prefix(&prefix).map_or(region.clone(), str::to_owned)
}
