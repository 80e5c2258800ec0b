//! The keys that sign access tokens, shared by all processes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{Timestamp, customers::SigningKey};

use crate::{Conn, StoreResult};

diesel::table! {
    /// Ed25519 keys that sign access tokens.
    signing_keys (kid) {
        /// The key id in tokens.
        kid -> Text,
        /// The public key, 32 bytes.
        public_key -> Bytea,
        /// The private key in PKCS#8, encrypted if `is_sealed`.
        private_key -> Bytea,
        /// True if the private key is encrypted with a configured secret.
        is_sealed -> Bool,
        /// The time from which it signs.
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

/// A signing key with its key material.
#[derive(Clone)]
pub struct StoredKey {
    /// The key id and start time.
    pub key: SigningKey,
    /// The public key, 32 bytes.
    pub public: Vec<u8>,
    /// The private key in PKCS#8, encrypted if `is_sealed`.
    pub private: Vec<u8>,
    /// True if the private key is encrypted with a configured secret.
    pub is_sealed: bool,
}

/// Lets one transaction at a time create keys, so that waiting transactions then find the new key instead of creating
/// another.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn lock(conn: &mut Conn) -> StoreResult<()> {
    diesel::define_sql_function! {
        /// Waits for an advisory lock of the transaction.
        fn pg_advisory_xact_lock(key: diesel::sql_types::BigInt);
    }
    const LOCK: i64 = 0x6d65_7263_6b65_7973;
    diesel::select(pg_advisory_xact_lock(LOCK)).execute(conn).await?;
    Ok(())
}

/// All keys in the order in which they sign; at most three exist.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn list(conn: &mut Conn) -> StoreResult<Vec<StoredKey>> {
    let rows: Vec<Row> = signing_keys::table
        .order((signing_keys::active_from, signing_keys::kid))
        .limit(100)
        .select(Row::as_select())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Inserts a key.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
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

/// Replaces the stored private key of a key.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn save_private(conn: &mut Conn, key: &StoredKey) -> StoreResult<()> {
    let values = (signing_keys::private_key.eq(&key.private), signing_keys::is_sealed.eq(key.is_sealed));
    diesel::update(signing_keys::table.find(&key.key.kid)).set(values).execute(conn).await?;
    Ok(())
}

/// Deletes keys.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
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
