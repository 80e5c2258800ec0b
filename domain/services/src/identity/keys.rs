//! The keys that sign access tokens, stored in Postgres and cached for a short time in each process.

use std::{collections::HashMap, sync::Arc};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use jsonwebtoken::{DecodingKey, EncodingKey};
use model::{
    Timestamp,
    customers::{KeySchedule, SigningKey},
};
use persistence::{
    Conn,
    db::Transactions as _,
    signing_keys::{self, StoredKey},
};
use serde_json::{Value, json};

use super::{IdentityConfig, vault::Vault};
use crate::{App, ServiceError, ServiceResult, cache::SnapshotCache};

/// The maximum age of the cached keys.
const MAX_AGE: TimeDelta = TimeDelta::seconds(30);
/// The maximum age when a token names an unknown key. Not zero, because clients can invent key names.
const MAX_AGE_FOR_UNKNOWN_KEY: TimeDelta = TimeDelta::seconds(2);

/// The keys of this process.
pub struct Keys {
    vault: Vault,
    schedule: KeySchedule,
    ring: SnapshotCache<Ring>,
}

/// The cached keys.
pub(super) struct Ring {
    read_at: Timestamp,
    pub(super) signing: (String, EncodingKey),
    verifying: HashMap<String, DecodingKey>,
    published: Value,
}

impl Keys {
    /// An empty cache; the keys are read at their first use.
    #[must_use]
    pub fn new(config: &IdentityConfig) -> Self {
        Self { vault: Vault::new(config), schedule: config.key_schedule, ring: SnapshotCache::new("signing keys") }
    }

    /// The vault that seals secrets for the database.
    pub(super) const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The current keys; the previous ones while Postgres is down.
    pub(super) async fn ring(&self, app: &App) -> ServiceResult<Arc<Ring>> {
        self.ring_no_older_than(app, MAX_AGE).await
    }

    /// The key that verifies signatures of a key name, if it exists.
    pub(super) async fn verifying(&self, app: &App, kid: &str) -> ServiceResult<Option<DecodingKey>> {
        let ring = self.ring(app).await?;
        if let Some(key) = ring.verifying.get(kid) {
            return Ok(Some(key.clone()));
        }
        let ring = self.ring_no_older_than(app, MAX_AGE_FOR_UNKNOWN_KEY).await?;
        Ok(ring.verifying.get(kid).cloned())
    }

    async fn ring_no_older_than(&self, app: &App, age: TimeDelta) -> ServiceResult<Arc<Ring>> {
        let is_fresh = |ring: &Ring| (app.clock.now() - ring.read_at).abs() < age;
        self.ring.get_or_stale_if(is_fresh, || self.load(app)).await
    }

    /// Reads the keys, and creates the next one when it is due.
    async fn load(&self, app: &App) -> ServiceResult<Ring> {
        let now = app.clock.now();
        let mut conn = app.db.write().await?;
        let mut keys = signing_keys::list(&mut conn).await?;
        let plan = self.schedule.plan(&names(&keys), now);
        if plan.create_from.is_some() || !plan.expired.is_empty() {
            keys = conn.transaction(async |conn| self.rotate(conn, app).await).await?;
        }
        self.ring_of(&keys, now)
    }

    /// Creates and deletes keys, one process at a time.
    async fn rotate(&self, conn: &mut Conn, app: &App) -> ServiceResult<Vec<StoredKey>> {
        signing_keys::lock(conn).await?;
        let now = app.clock.now();
        let keys = signing_keys::list(conn).await?;
        let plan = self.schedule.plan(&names(&keys), now);
        if let Some(active_from) = plan.create_from {
            let key = self.vault.generate(active_from)?;
            tracing::info!(kid = key.key.kid, %active_from, "created a signing key");
            signing_keys::insert(conn, &key).await?;
        }
        signing_keys::delete(conn, &plan.expired).await?;
        Ok(signing_keys::list(conn).await?)
    }

    /// Encrypts the keys that are stored in plain text, or encrypted with an earlier secret, with the current one.
    async fn reseal(&self, app: &App) -> ServiceResult<usize> {
        let mut conn = app.db.write().await?;
        conn.transaction(async |conn| {
            signing_keys::lock(conn).await?;
            let mut resealed = 0;
            for key in signing_keys::list(conn).await? {
                if let Some(key) = self.vault.reseal_key(&key)? {
                    signing_keys::save_private(conn, &key).await?;
                    resealed += 1;
                }
            }
            Ok::<_, ServiceError>(resealed)
        })
        .await
    }

    fn ring_of(&self, keys: &[StoredKey], now: Timestamp) -> ServiceResult<Ring> {
        let signing = self.schedule.plan(&names(keys), now).signing;
        let signing = keys.iter().find(|key| Some(&key.key.kid) == signing.as_ref());
        let signing = signing.ok_or_else(|| ServiceError::internal("there is no signing key"))?;
        let private = EncodingKey::from_ed_der(&self.vault.open_key(signing)?);
        let verifying = |key: &StoredKey| (key.key.kid.clone(), DecodingKey::from_ed_der(&key.public));
        Ok(Ring {
            read_at: now,
            signing: (signing.key.kid.clone(), private),
            verifying: keys.iter().map(verifying).collect(),
            published: json!({ "keys": keys.iter().map(published).collect::<Vec<_>>() }),
        })
    }
}

/// A public key as a JWK (RFC 8037).
fn published(key: &StoredKey) -> Value {
    let x = BASE64_URL_SAFE_NO_PAD.encode(&key.public);
    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.key.kid, "x": x })
}

fn names(keys: &[StoredKey]) -> Vec<SigningKey> {
    keys.iter().map(|key| key.key.clone()).collect()
}

/// The JWK set of `/.well-known/jwks.json`: the public keys of access tokens, including the next one.
///
/// # Errors
/// [`ServiceError::Store`] if the keys cannot be read and none are cached; [`ServiceError::Internal`] if they are sealed
/// with another secret.
pub async fn jwks(app: &App) -> ServiceResult<Value> {
    Ok(app.keys.ring(app).await?.published.clone())
}

/// Encrypts the keys that sign access tokens with the current secret, if they are stored in plain text or encrypted with
/// an earlier one. For the start of a process.
///
/// # Errors
/// [`ServiceError::Store`] if the database fails; [`ServiceError::Internal`] if a key is sealed with an unknown secret.
pub async fn reseal_keys(app: &App) -> ServiceResult<()> {
    let resealed = app.keys.reseal(app).await?;
    if resealed > 0 {
        tracing::info!(keys = resealed, "signing keys were encrypted with the current secret");
    }
    Ok(())
}
