//! Whether a snapshot of the settings is still good. They are kept by the stores of channels, taxes, delivery and
//! promotions; triggers count every write.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::{Conn, StoreResult};

diesel::table! {
    /// One row.
    settings_version (is_only) {
        /// Always true.
        is_only -> Bool,
        /// Counts the writes of settings, from 1.
        version -> BigInt,
    }
}

/// How often the settings were written.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn version(conn: &mut Conn) -> StoreResult<i64> {
    Ok(settings_version::table.select(settings_version::version).first(conn).await?)
}
