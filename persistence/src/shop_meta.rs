//! Values about the whole shop by key, for example if it is a demo.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::{Conn, StoreResult};

diesel::table! {
    /// Values about the whole shop.
    shop_meta (key) {
        /// The unique key.
        key -> Text,
        /// The value.
        value -> Jsonb,
        /// Time of the last write.
        updated_at -> Timestamptz,
    }
}

/// Finds the value of a key.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, key: &str) -> StoreResult<Option<Value>> {
    Ok(shop_meta::table.find(key).select(shop_meta::value).first(conn).await.optional()?)
}

/// The value of a key; inserts `value` if there is none yet.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn find_or_insert(conn: &mut Conn, key: &str, value: &Value) -> StoreResult<Value> {
    diesel::insert_into(shop_meta::table)
        .values((shop_meta::key.eq(key), shop_meta::value.eq(value)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(shop_meta::table.find(key).select(shop_meta::value).first(conn).await?)
}

/// The id of the shop; creates it if there is none yet.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn shop_id(conn: &mut Conn) -> StoreResult<String> {
    let id = find_or_insert(conn, "shop_id", &Value::String(uuid::Uuid::now_v7().to_string())).await?;
    id.as_str().map(str::to_owned).ok_or_else(|| crate::StoreError::corrupt("shop_id"))
}

/// Saves the value of a key, replacing an older one.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn save(conn: &mut Conn, key: &str, value: &Value) -> StoreResult<()> {
    diesel::insert_into(shop_meta::table)
        .values((shop_meta::key.eq(key), shop_meta::value.eq(value)))
        .on_conflict(shop_meta::key)
        .do_update()
        .set((shop_meta::value.eq(value), shop_meta::updated_at.eq(diesel::dsl::now)))
        .execute(conn)
        .await?;
    Ok(())
}
