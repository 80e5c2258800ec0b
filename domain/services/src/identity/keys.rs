//! The keys that sign access tokens: in Postgres for all processes, with a short cache in each.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

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
use tokio::sync::Mutex;

use super::{IdentityConfig, vault::Vault};
use crate::{App, ServiceError, ServiceResult};

/// After how long the keys are read again.
const FRESH: TimeDelta = TimeDelta::seconds(30);
/// How often an unknown key name makes a process look again, as anybody can make one up; and how often it tries again
/// while the keys cannot be read.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(2);

/// The keys of this process.
pub struct Keys {
    vault: Vault,
    schedule: KeySchedule,
    ring: RwLock<Option<Arc<Ring>>>,
    loading: Mutex<()>,
    /// When they could not be read last; none when they could.
    failed_at: RwLock<Option<Timestamp>>,
}

/// The keys as they were a moment ago.
pub(super) struct Ring {
    read_at: Timestamp,
    pub(super) signing: (String, EncodingKey),
    verifying: HashMap<String, DecodingKey>,
    published: Value,
}

impl Keys {
    /// Keys that are read when they are first needed.
    #[must_use]
    pub fn new(config: &IdentityConfig) -> Self {
        Self {
            vault: Vault::new(config.key_secret.clone()),
            schedule: config.key_schedule,
            ring: RwLock::default(),
            loading: Mutex::default(),
            failed_at: RwLock::default(),
        }
    }

    /// The keys, read again when they are not fresh. While Postgres is away the old ones go on.
    pub(super) async fn ring(&self, app: &App) -> ServiceResult<Arc<Ring>> {
        self.ring_no_older_than(app, FRESH).await
    }

    /// The key that verifies what a key name signed, if there is one.
    pub(super) async fn verifying(&self, app: &App, kid: &str) -> ServiceResult<Option<DecodingKey>> {
        let ring = self.ring(app).await?;
        if let Some(key) = ring.verifying.get(kid) {
            return Ok(Some(key.clone()));
        }
        let ring = self.ring_no_older_than(app, LOOK_AGAIN).await?;
        Ok(ring.verifying.get(kid).cloned())
    }

    async fn ring_no_older_than(&self, app: &App, age: TimeDelta) -> ServiceResult<Arc<Ring>> {
        let is_fresh = |ring: &Arc<Ring>| (app.clock.now() - ring.read_at).abs() < age;
        if let Some(ring) = self.cached().filter(is_fresh) {
            return Ok(ring);
        }
        // While they cannot be read, nobody waits for whoever tries.
        if let Some(ring) = self.cached().filter(|_| self.failed_lately(app)) {
            return Ok(ring);
        }
        let _one_at_a_time = self.loading.lock().await;
        let old = self.cached();
        if let Some(ring) = old.clone().filter(|ring| is_fresh(ring) || self.failed_lately(app)) {
            return Ok(ring);
        }
        match (self.load(app).await, old) {
            (Ok(ring), _) => {
                let ring = Arc::new(ring);
                *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Some(ring.clone());
                self.note_failure(None);
                Ok(ring)
            }
            (Err(error), Some(ring)) => {
                self.note_failure(Some(app.clock.now()));
                tracing::warn!(%error, "the signing keys cannot be read; going on with those from before");
                Ok(ring)
            }
            (Err(error), None) => Err(error),
        }
    }

    fn failed_lately(&self, app: &App) -> bool {
        let failed_at = *self.failed_at.read().unwrap_or_else(PoisonError::into_inner);
        failed_at.is_some_and(|at| (app.clock.now() - at).abs() < LOOK_AGAIN)
    }

    fn note_failure(&self, at: Option<Timestamp>) {
        *self.failed_at.write().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn cached(&self) -> Option<Arc<Ring>> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the keys, and makes the next one when it is due.
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

    /// Makes and forgets keys, one process at a time.
    async fn rotate(&self, conn: &mut Conn, app: &App) -> ServiceResult<Vec<StoredKey>> {
        signing_keys::lock(conn).await?;
        let now = app.clock.now();
        let keys = signing_keys::list(conn).await?;
        let plan = self.schedule.plan(&names(&keys), now);
        if let Some(active_from) = plan.create_from {
            let key = self.vault.generate(active_from)?;
            tracing::info!(kid = key.key.kid, %active_from, "made a signing key");
            signing_keys::insert(conn, &key).await?;
        }
        signing_keys::delete(conn, &plan.expired).await?;
        Ok(signing_keys::list(conn).await?)
    }

    fn ring_of(&self, keys: &[StoredKey], now: Timestamp) -> ServiceResult<Ring> {
        let signing = self.schedule.plan(&names(keys), now).signing;
        let signing = keys.iter().find(|key| Some(&key.key.kid) == signing.as_ref());
        let signing = signing.ok_or_else(|| ServiceError::Internal("there is no signing key".to_owned()))?;
        let private = EncodingKey::from_ed_der(&self.vault.open(signing)?);
        let verifying = |key: &StoredKey| (key.key.kid.clone(), DecodingKey::from_ed_der(&key.public));
        Ok(Ring {
            read_at: now,
            signing: (signing.key.kid.clone(), private),
            verifying: keys.iter().map(verifying).collect(),
            published: json!({ "keys": keys.iter().map(published).collect::<Vec<_>>() }),
        })
    }
}

/// A public key as RFC 8037 writes it.
fn published(key: &StoredKey) -> Value {
    let x = BASE64_URL_SAFE_NO_PAD.encode(&key.public);
    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.key.kid, "x": x })
}

fn names(keys: &[StoredKey]) -> Vec<SigningKey> {
    keys.iter().map(|key| key.key.clone()).collect()
}

/// What `/.well-known/jwks.json` says: the public keys of access tokens, the next one included.
///
/// # Errors
/// A store's error, when the keys were never read.
pub async fn jwks(app: &App) -> ServiceResult<Value> {
    Ok(app.keys.ring(app).await?.published.clone())
}
