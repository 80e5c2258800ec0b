//! Use cases of tax rates.

use chrono::SubsecRound as _;
use model::{
    Country, Page, PageRequest, PostalCodeRange, Timestamp,
    access::{Actor, Permission},
    audit::{changed, created, deleted},
    ids::TaxRateId,
    tax::{TaxComponent, TaxRateFilter, TaxRule},
};
use persistence::{Conn, db::Transactions as _, tax as store};

use super::{TaxClassRef, TaxError, TaxSettingRule, classes, record, require_read};
use crate::{App, ServiceResult};

/// Input of [`set_rate`].
#[derive(Debug, Clone)]
pub struct SetRate {
    /// The country.
    pub country: Country,
    /// ISO 3166-2 suffix of the state or province; none for the whole country.
    pub region: Option<String>,
    /// Bounds of ranges of postal codes; empty for the whole country or region.
    pub postal_codes: Vec<(String, String)>,
    /// The tax class.
    pub class: TaxClassRef,
    /// The name for shoppers.
    pub name: String,
    /// The percentage, such as `7.25`.
    pub percent: String,
    /// Names and percentages of the parts of the rate.
    pub components: Vec<(String, String)>,
    /// Time from which it applies; none if it always has.
    pub valid_from: Option<Timestamp>,
}

/// Creates a rate, or replaces that of the same place, class and start. Safe to repeat.
///
/// # Errors
/// [`TaxError`] if the input breaks a rule, or without [`Permission::SettingsWrite`].
pub async fn set_rate(app: &App, actor: &Actor, input: SetRate) -> Result<TaxRule, TaxError> {
    actor.require(Permission::SettingsWrite)?;
    let class = input.class.clone();
    let rule = read(input)?;
    let mut conn = app.db.write().await?;
    let rule = conn
        .transaction::<_, TaxError, _>(async |conn| {
            // The lock keeps the class from being deleted meanwhile.
            let class = classes::lock(conn, &class).await?.slug.to_string();
            write(app, conn, actor, TaxRule { class, ..rule.clone() }).await
        })
        .await?;
    app.settings.invalidate();
    Ok(rule)
}

async fn write(app: &App, conn: &mut Conn, actor: &Actor, rule: TaxRule) -> Result<TaxRule, TaxError> {
    let before = store::lock_same(conn, &rule).await?;
    let id = store::set(conn, &rule).await?;
    let rule = TaxRule { id, ..rule };
    if before.is_none() && store::count(conn, &TaxRateFilter::default()).await? > store::MAX_RATES {
        return Err(TaxSettingRule::TooManyRates.into());
    }
    let changes = before.map_or_else(|| created(&rule), |before| changed(&before, &rule));
    record(app, conn, (actor, "taxRateSet"), id, changes).await?;
    Ok(rule)
}

/// Deletes a rate.
///
/// # Errors
/// [`TaxSettingRule::RateNotFound`], or a failure without [`Permission::SettingsWrite`].
pub async fn delete_rate(app: &App, actor: &Actor, id: TaxRateId) -> Result<(), TaxError> {
    actor.require(Permission::SettingsWrite)?;
    let mut conn = app.db.write().await?;
    conn.transaction::<_, TaxError, _>(async |conn| {
        let rule = store::lock(conn, id).await?.ok_or(TaxSettingRule::RateNotFound)?;
        store::delete(conn, id).await?;
        Ok(record(app, conn, (actor, "taxRateDelete"), id, deleted(&rule)).await?)
    })
    .await?;
    app.settings.invalidate();
    Ok(())
}

/// A page of rates, oldest first, including those that apply only later.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::CatalogRead`] or [`Permission::SettingsWrite`].
pub async fn list_rates(
    app: &App,
    actor: &Actor,
    filter: &TaxRateFilter,
    page: &PageRequest<TaxRateId>,
) -> ServiceResult<Page<TaxRule>> {
    require_read(actor)?;
    Ok(store::list(&mut *app.db.read().await?, filter, page).await?)
}

/// The number of rates that match the filter.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::CatalogRead`] or [`Permission::SettingsWrite`].
pub async fn count_rates(app: &App, actor: &Actor, filter: &TaxRateFilter) -> ServiceResult<i64> {
    require_read(actor)?;
    Ok(store::count(&mut *app.db.read().await?, filter).await?)
}

/// The checked rate, still without its class.
fn read(input: SetRate) -> Result<TaxRule, TaxSettingRule> {
    let range = |(at, (from, to)): (usize, &(String, String))| {
        PostalCodeRange::parse(from, to).map_err(|why| TaxSettingRule::PostalCodes { at, why })
    };
    let component = |(at, (name, percent)): (usize, (String, String))| {
        let rate = percent.parse().map_err(|why| TaxSettingRule::ComponentPercent { at, why })?;
        Ok(TaxComponent { name, rate })
    };
    let rule = TaxRule {
        region: input.region,
        postal_codes: input.postal_codes.iter().enumerate().map(range).collect::<Result<_, _>>()?,
        components: input.components.into_iter().enumerate().map(component).collect::<Result<_, TaxSettingRule>>()?,
        // The database stores microseconds.
        valid_from: input.valid_from.map(|from| from.trunc_subsecs(6)),
        ..TaxRule::new(input.country, "", &input.name, input.percent.parse()?)
    };
    let rule = rule.normalized();
    rule.check()?;
    Ok(rule)
}
