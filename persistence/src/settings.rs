//! The version of the settings (channels, taxes, delivery, promotions). Triggers count every write, so that a cached
//! snapshot can be validated.

pub mod shop;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::{Conn, StoreResult};

diesel::table! {
    /// The version of the settings; one row.
    settings_version (is_only) {
        /// Always true; the table has one row.
        is_only -> Bool,
        /// The number of writes of settings, from 1.
        version -> BigInt,
    }
}

/// The current version of the settings.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn version(conn: &mut Conn) -> StoreResult<i64> {
    Ok(settings_version::table.select(settings_version::version).first(conn).await?)
}
