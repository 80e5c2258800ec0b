//! The settings that pricing and checkout read, cached whole in every process.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use model::channels::Settings;
use persistence::{Db, channels, promotions, settings, shipping, tax};
use tokio::{sync::Mutex, time::Instant};

use crate::{Clock, ServiceResult};

/// How long an old snapshot is served after an attempt to read a newer one has failed.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// One snapshot of the settings, read by one caller for all that ask, and served while the database is away.
#[derive(Clone)]
pub struct SettingsCache {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    /// Counts the invalidations.
    generation: AtomicU64,
    held: RwLock<Held>,
    /// Held by the one caller that reads.
    flight: Mutex<()>,
}

#[derive(Clone, Default)]
struct Held {
    snapshot: Option<Arc<Settings>>,
    /// The generation that the snapshot is good for.
    generation: u64,
    /// When a failed read may be tried again.
    retry_at: Option<Instant>,
}

impl SettingsCache {
    /// An empty cache.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let shared = Shared { clock, generation: AtomicU64::new(0), held: RwLock::default(), flight: Mutex::new(()) };
        Self { shared: Arc::new(shared) }
    }

    /// The settings as they are now; as they last were when the database does not answer.
    ///
    /// # Errors
    /// A store's error when there is no snapshot yet.
    pub async fn current(&self, db: &Db) -> ServiceResult<Arc<Settings>> {
        match self.usable() {
            Some(snapshot) => Ok(snapshot),
            // Boxed, because it is rare, and whoever may have to wait for it carries it along.
            None => Box::pin(self.renewed(db)).await,
        }
    }

    async fn renewed(&self, db: &Db) -> ServiceResult<Arc<Settings>> {
        let _one_at_a_time = self.shared.flight.lock().await;
        if let Some(snapshot) = self.usable() {
            return Ok(snapshot);
        }
        match self.read(db).await {
            Err(error) => self.fall_back().ok_or(error),
            read => read,
        }
    }

    /// The settings as they are now, for what is kept: an old snapshot will not do.
    ///
    /// # Errors
    /// A store's error, also while [`Self::current`] serves an old snapshot.
    pub async fn strict(&self, db: &Db) -> ServiceResult<Arc<Settings>> {
        if let Some(snapshot) = self.fresh() {
            return Ok(snapshot);
        }
        let _one_at_a_time = self.shared.flight.lock().await;
        match self.fresh() {
            Some(snapshot) => Ok(snapshot),
            None => self.read(db).await,
        }
    }

    async fn read(&self, db: &Db) -> ServiceResult<Arc<Settings>> {
        let generation = self.shared.generation.load(Ordering::Acquire);
        let snapshot = Arc::new(load(db, self.shared.clock.as_ref()).await?);
        self.put(Held { snapshot: Some(snapshot.clone()), generation, retry_at: None });
        Ok(snapshot)
    }

    /// The settings as the database has them, whatever invalidations are still on their way here: one statement says
    /// whether the snapshot is still good.
    ///
    /// # Errors
    /// A store's error, also when only an old snapshot can be had.
    pub async fn confirmed(&self, db: &Db) -> ServiceResult<Arc<Settings>> {
        let mut conn = db.write().await?;
        let version = settings::version(&mut conn).await?;
        drop(conn);
        let snapshot = self.current(db).await?;
        if snapshot.version >= version {
            return Ok(snapshot);
        }
        self.invalidate();
        self.strict(db).await
    }

    /// Makes the next reader read the database.
    pub fn invalidate(&self) {
        self.shared.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn held(&self) -> Held {
        self.shared.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, held: Held) {
        *self.shared.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }

    /// The snapshot when nothing has changed since.
    fn fresh(&self) -> Option<Arc<Settings>> {
        let held = self.held();
        let is_current = held.generation == self.shared.generation.load(Ordering::Acquire);
        held.snapshot.filter(|_| is_current)
    }

    /// The snapshot when nothing has changed since, or when a newer one could not be read a moment ago.
    fn usable(&self) -> Option<Arc<Settings>> {
        let held = self.held();
        let is_current = held.generation == self.shared.generation.load(Ordering::Acquire);
        let is_backing_off = held.retry_at.is_some_and(|at| Instant::now() < at);
        held.snapshot.filter(|_| is_current || is_backing_off)
    }

    fn fall_back(&self) -> Option<Arc<Settings>> {
        let held = self.held();
        let snapshot = held.snapshot.clone()?;
        tracing::warn!("settings could not be read again; the last ones stay in use");
        self.put(Held { retry_at: Some(Instant::now() + RETRY_AFTER), ..held });
        Some(snapshot)
    }
}

/// Reads every setting, in a number of statements that does not depend on how many there are.
async fn load(db: &Db, clock: &dyn Clock) -> ServiceResult<Settings> {
    let read_at = Some(clock.now());
    let mut conn = db.read().await?;
    // Before everything else: what is written meanwhile makes the snapshot newer than it says, never older.
    let version = settings::version(&mut conn).await?;
    Ok(Settings {
        version,
        channels: channels::list(&mut conn).await?.into_iter().map(Arc::new).collect(),
        locations: channels::locations(&mut conn).await?,
        taxes: tax::table(&mut conn).await?,
        delivery_methods: shipping::methods(&mut conn).await?,
        promotions: promotions::live(&mut conn).await?,
        read_at,
    })
}
