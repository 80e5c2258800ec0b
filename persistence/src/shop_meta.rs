//! Facts about the whole shop under a key, such as whether it is a demo.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::{Conn, StoreResult};

diesel::table! {
    /// Facts about the whole shop.
    shop_meta (key) {
        /// What it is about.
        key -> Text,
        /// The fact.
        value -> Jsonb,
        /// When it was last written.
        updated_at -> Timestamptz,
    }
}

/// The fact under a key.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn find(conn: &mut Conn, key: &str) -> StoreResult<Option<Value>> {
    Ok(shop_meta::table.find(key).select(shop_meta::value).first(conn).await.optional()?)
}

/// The fact under a key, which is this one from now on where there was none.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn find_or_insert(conn: &mut Conn, key: &str, value: &Value) -> StoreResult<Value> {
    diesel::insert_into(shop_meta::table)
        .values((shop_meta::key.eq(key), shop_meta::value.eq(value)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(shop_meta::table.find(key).select(shop_meta::value).first(conn).await?)
}

/// Writes the fact under a key, in place of an older one.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn put(conn: &mut Conn, key: &str, value: &Value) -> StoreResult<()> {
    diesel::insert_into(shop_meta::table)
        .values((shop_meta::key.eq(key), shop_meta::value.eq(value)))
        .on_conflict(shop_meta::key)
        .do_update()
        .set((shop_meta::value.eq(value), shop_meta::updated_at.eq(diesel::dsl::now)))
        .execute(conn)
        .await?;
    Ok(())
}
