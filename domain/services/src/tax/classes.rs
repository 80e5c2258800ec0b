//! Use cases of tax classes.

use model::{
    access::{Actor, Permission},
    audit::{changed, created, deleted},
    ids::TaxClassId,
    tax::{STANDARD_CLASS, TaxClass},
};
use persistence::{Conn, db::Transactions as _, tax as store};

use super::{TaxError, TaxSettingRule, record, require_read};
use crate::{App, ServiceResult, catalog, error::OnStoreError as _};

/// The largest number of characters of a name.
const MAX_NAME: usize = 100;

/// A reference to a tax class.
#[derive(Debug, Clone)]
pub enum TaxClassRef {
    /// By its id.
    Id(TaxClassId),
    /// By its slug.
    Slug(String),
}

/// All tax classes, ordered by slug.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::CatalogRead`] or [`Permission::SettingsWrite`].
pub async fn list_classes(app: &App, actor: &Actor) -> ServiceResult<Vec<TaxClass>> {
    require_read(actor)?;
    Ok(app.settings.confirmed(&app.db).await?.taxes.classes().to_vec())
}

/// Creates a tax class. Until it has rates, its goods are taxed like those of the standard class.
///
/// # Errors
/// [`TaxError`] if the input breaks a rule, or without [`Permission::SettingsWrite`].
pub async fn create_class(app: &App, actor: &Actor, slug: &str, name: &str) -> Result<TaxClass, TaxError> {
    actor.require(Permission::SettingsWrite)?;
    let class = TaxClass { id: TaxClassId::new(), slug: slug.parse()?, name: checked_name(name)? };
    let mut conn = app.db.write().await?;
    conn.transaction::<_, TaxError, _>(async |conn| {
        store::insert_class(conn, &class).await?;
        // The insert counts as a write of settings, whose lock keeps concurrent inserts from exceeding the limit.
        if store::count_classes(conn).await? > store::MAX_CLASSES {
            return Err(TaxSettingRule::TooManyClasses.into());
        }
        Ok(record(app, conn, (actor, "taxClassCreate"), class.id, created(&class)).await?)
    })
    .await
    .on_constraint(store::CLASS_SLUG_KEY, TaxSettingRule::SlugTaken)?;
    app.settings.invalidate();
    Ok(class)
}

/// Renames a tax class. Its slug stays, because products refer to it.
///
/// # Errors
/// [`TaxError`] if the input breaks a rule, or without [`Permission::SettingsWrite`].
pub async fn update_class(app: &App, actor: &Actor, which: &TaxClassRef, name: &str) -> Result<TaxClass, TaxError> {
    actor.require(Permission::SettingsWrite)?;
    let name = checked_name(name)?;
    let mut conn = app.db.write().await?;
    let class = conn
        .transaction::<_, TaxError, _>(async |conn| {
            let before = lock(conn, which).await?;
            let class = TaxClass { name: name.clone(), ..before.clone() };
            store::save_class(conn, &class).await?;
            record(app, conn, (actor, "taxClassUpdate"), class.id, changed(&before, &class)).await?;
            Ok(class)
        })
        .await?;
    app.settings.invalidate();
    Ok(class)
}

/// Deletes a tax class that no rate and no product has, and returns its id.
///
/// # Errors
/// [`TaxError`] if the class is in use, or without [`Permission::SettingsWrite`].
pub async fn delete_class(app: &App, actor: &Actor, which: &TaxClassRef) -> Result<TaxClassId, TaxError> {
    actor.require(Permission::SettingsWrite)?;
    let slug = find(&store::classes(&mut *app.db.read().await?).await?, which)?.slug;
    if slug.as_str() == STANDARD_CLASS {
        return Err(TaxSettingRule::StandardClass.into());
    }
    if catalog::any_product(app, |product| product.tax_class == slug.as_str()).await? {
        return Err(TaxSettingRule::ClassInUse("products").into());
    }
    let mut conn = app.db.write().await?;
    let id = conn
        .transaction::<_, TaxError, _>(async |conn| {
            let class = lock(conn, which).await?;
            store::delete_class(conn, class.id).await?;
            record(app, conn, (actor, "taxClassDelete"), class.id, deleted(&class)).await?;
            Ok(class.id)
        })
        .await
        .on_constraint(store::RATE_CLASS_KEY, TaxSettingRule::ClassInUse("rates"))?;
    app.settings.invalidate();
    Ok(id)
}

/// Locks a class, read from the database because the cached settings may be older.
pub(super) async fn lock(conn: &mut Conn, which: &TaxClassRef) -> Result<TaxClass, TaxError> {
    let found = find(&store::classes(conn).await?, which)?;
    Ok(store::lock_class(conn, found.id).await?.ok_or(TaxSettingRule::ClassNotFound)?)
}

fn find(classes: &[TaxClass], which: &TaxClassRef) -> Result<TaxClass, TaxSettingRule> {
    let is_meant = |class: &&TaxClass| match which {
        TaxClassRef::Id(id) => class.id == *id,
        TaxClassRef::Slug(slug) => class.slug.as_str() == slug,
    };
    classes.iter().find(is_meant).cloned().ok_or(TaxSettingRule::ClassNotFound)
}

fn checked_name(name: &str) -> Result<String, TaxSettingRule> {
    let name = name.trim();
    let is_name = (1..=MAX_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if is_name { Ok(name.to_owned()) } else { Err(TaxSettingRule::ClassName) }
}
