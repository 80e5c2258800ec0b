//! The settings that pricing and checkout read, cached in every process.

pub mod shop;

use std::sync::Arc;

use model::settings::Settings;
use persistence::{Db, channels, promotions, settings, shipping, tax};

use crate::{Clock, ServiceResult, cache::SnapshotCache};

/// A cached snapshot of all settings; cheap to clone.
#[derive(Clone)]
pub struct SettingsCache {
    clock: Arc<dyn Clock>,
    snapshot: Arc<SnapshotCache<Settings>>,
}

impl SettingsCache {
    /// An empty cache.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, snapshot: Arc::new(SnapshotCache::new("settings")) }
    }

    /// The current settings; a stale snapshot if the database is down.
    ///
    /// # Errors
    /// The store's error if there is no snapshot yet.
    pub async fn current(&self, db: &Db) -> ServiceResult<Arc<Settings>> {
        self.snapshot.get_or_stale(|| load(db, self.clock.as_ref())).await
    }

    /// The current settings, never stale: for decisions that are stored.
    ///
    /// # Errors
    /// The store's error, also while [`Self::current`] returns a stale snapshot.
    pub async fn fresh(&self, db: &Db) -> ServiceResult<Arc<Settings>> {
        self.snapshot.get_fresh(|| load(db, self.clock.as_ref())).await
    }

    /// The settings as stored now, even if an invalidation has not arrived yet: one statement compares the version of
    /// the snapshot with the database.
    ///
    /// # Errors
    /// The store's error, also if a stale snapshot exists.
    pub async fn confirmed(&self, db: &Db) -> ServiceResult<Arc<Settings>> {
        let mut conn = db.write().await?;
        let version = settings::version(&mut conn).await?;
        drop(conn);
        let snapshot = self.current(db).await?;
        if snapshot.version >= version {
            return Ok(snapshot);
        }
        self.invalidate();
        self.fresh(db).await
    }

    /// Marks the snapshot as stale.
    pub fn invalidate(&self) {
        self.snapshot.invalidate();
    }
}

/// Reads all settings in a fixed number of statements.
async fn load(db: &Db, clock: &dyn Clock) -> ServiceResult<Settings> {
    let read_at = Some(clock.now());
    let mut conn = db.read().await?;
    // Read the version first: a write in the meantime makes the snapshot newer than its version, never older.
    let version = settings::version(&mut conn).await?;
    let locations = channels::locations(&mut conn).await?;
    let mut all = channels::list(&mut conn).await?;
    for channel in &mut all {
        // Without its inactive locations, no stock of theirs is shown or allocated.
        channel.locations.retain(|id| locations.iter().any(|location| location.id == *id && location.is_active));
    }
    Ok(Settings {
        version,
        shop: settings::shop::get(&mut conn).await?,
        channels: all.into_iter().map(Arc::new).collect(),
        locations,
        transfer_accounts: channels::transfer_accounts::list(&mut conn).await?,
        taxes: tax::table(&mut conn).await?,
        delivery_zones: shipping::zones(&mut conn).await?,
        delivery_methods: shipping::methods(&mut conn).await?,
        promotions: promotions::list_active(&mut conn).await?,
        read_at,
    })
}
