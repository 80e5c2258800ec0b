//! Keys that sign access tokens, shared by all processes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{Timestamp, customers::SigningKey};

use crate::{Conn, StoreResult};

diesel::table! {
    /// Ed25519 keys that sign access tokens.
    signing_keys (kid) {
        /// What tokens name it by.
        kid -> Text,
        /// The 32 bytes of the public half.
        public_key -> Bytea,
        /// PKCS#8, sealed or not.
        private_key -> Bytea,
        /// Whether the private half is sealed by a configured secret.
        is_sealed -> Bool,
        /// From when it signs.
        active_from -> Timestamptz,
        /// Time of creation.
        created_at -> Timestamptz,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = signing_keys, check_for_backend(diesel::pg::Pg))]
struct Row {
    kid: String,
    public_key: Vec<u8>,
    private_key: Vec<u8>,
    is_sealed: bool,
    active_from: Timestamp,
}

/// A key with its material.
#[derive(Clone)]
pub struct StoredKey {
    /// Its name and place in time.
    pub key: SigningKey,
    /// The 32 bytes of the public half.
    pub public: Vec<u8>,
    /// PKCS#8, sealed or not.
    pub private: Vec<u8>,
    /// Whether the private half is sealed by a configured secret.
    pub is_sealed: bool,
}

/// Lets one transaction at a time make keys; the others wait, look again and find them.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn lock(conn: &mut Conn) -> StoreResult<()> {
    diesel::define_sql_function! {
        /// Waits for the transaction's advisory lock.
        fn pg_advisory_xact_lock(key: diesel::sql_types::BigInt);
    }
    const LOCK: i64 = 0x6d65_7263_6b65_7973;
    diesel::select(pg_advisory_xact_lock(LOCK)).execute(conn).await?;
    Ok(())
}

/// Every key, in the order in which they sign; there are three at most.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn list(conn: &mut Conn) -> StoreResult<Vec<StoredKey>> {
    let rows: Vec<Row> = signing_keys::table
        .order((signing_keys::active_from, signing_keys::kid))
        .limit(100)
        .select(Row::as_select())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Writes a new key.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn insert(conn: &mut Conn, new: &StoredKey) -> StoreResult<()> {
    let values = (
        signing_keys::kid.eq(&new.key.kid),
        signing_keys::public_key.eq(&new.public),
        signing_keys::private_key.eq(&new.private),
        signing_keys::is_sealed.eq(new.is_sealed),
        signing_keys::active_from.eq(new.key.active_from),
    );
    diesel::insert_into(signing_keys::table).values(values).execute(conn).await?;
    Ok(())
}

/// Deletes keys.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn delete(conn: &mut Conn, kids: &[String]) -> StoreResult<()> {
    diesel::delete(signing_keys::table.filter(signing_keys::kid.eq_any(kids))).execute(conn).await?;
    Ok(())
}

impl From<Row> for StoredKey {
    fn from(row: Row) -> Self {
        let key = SigningKey { kid: row.kid, active_from: row.active_from };
        Self { key, public: row.public_key, private: row.private_key, is_sealed: row.is_sealed }
    }
}
