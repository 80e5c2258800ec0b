//! Demo databases. The passwords of demo accounts are public, so they work only in a database that is marked as a demo.

use model::customers::Email;
use persistence::{Db, channels, shop_meta};
use serde_json::json;

use crate::{App, ServiceResult};

/// The key of the mark in `shop_meta`.
const DEMO: &str = "demo";

/// Marks the database as a demo, so that demo accounts can log in.
///
/// # Errors
/// [`crate::ServiceError`] if the database fails.
pub async fn mark_demo(app: &App) -> ServiceResult<()> {
    Ok(shop_meta::save(&mut *app.db.write().await?, DEMO, &json!(true)).await?)
}

/// True if the database is marked as a demo.
///
/// # Errors
/// [`crate::ServiceError`] if the database fails.
pub async fn is_demo(app: &App) -> ServiceResult<bool> {
    is_demo_database(&app.db).await
}

/// True if the database is marked as a demo. For the process's start, which needs the answer before there is an [`App`].
///
/// # Errors
/// [`crate::ServiceError`] if the database fails.
pub async fn is_demo_database(db: &Db) -> ServiceResult<bool> {
    let mark = shop_meta::find(&mut *db.read().await?, DEMO).await?;
    Ok(mark == Some(json!(true)))
}

/// True if the database holds a shop that is not a demo.
///
/// # Errors
/// [`crate::ServiceError`] if the database fails.
pub async fn has_other_shop(app: &App) -> ServiceResult<bool> {
    let has_channels = !channels::list(&mut *app.db.read().await?).await?.is_empty();
    Ok(has_channels && !is_demo(app).await?)
}

/// True unless the account is a demo account and the database is not a demo.
pub(super) async fn may_log_in(app: &App, email: &Email) -> ServiceResult<bool> {
    if email.is_demo() { is_demo(app).await } else { Ok(true) }
}
