//! Reads published events in order and passes each to the observers of this process.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use persistence::outbox::{self, Published};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Observer;
use crate::{App, ServiceResult, bus::Topic};

/// The maximum delay of a published event if its message was lost.
const POLL: Duration = Duration::from_secs(1);
/// The delay after a failure.
const RETRY: Duration = Duration::from_millis(300);
/// Number of events that one statement reads.
const BATCH: i64 = 500;

/// The follower of one process.
pub struct Follower {
    app: App,
    observers: Vec<Arc<dyn Observer>>,
    /// The position of the last event that the observers have seen.
    position: i64,
}

impl Follower {
    /// Starts at the last published event. Start before anything is cached: what is cached later includes all earlier
    /// events.
    ///
    /// # Errors
    /// The store's error if the position cannot be read.
    pub async fn start(app: &App, observers: Vec<Arc<dyn Observer>>) -> ServiceResult<Self> {
        let position = outbox::head(&mut *app.db.read().await?).await?;
        Ok(Self { app: app.clone(), observers, position })
    }

    /// The position of the last event that the observers have seen.
    #[must_use]
    pub const fn position(&self) -> i64 {
        self.position
    }

    /// Follows the events, and the ends of logins and permissions, until stopped.
    pub async fn run(mut self, stop: CancellationToken) {
        let app = self.app.clone();
        let work = async { tokio::join!(self.follow(), invalidate_actors(&app)) };
        stop.run_until_cancelled(work).await;
    }

    async fn follow(&mut self) {
        let mut published = self.app.bus.subscribe(Topic::Events);
        loop {
            let caught_up = self.catch_up().await;
            self.app.followed.store(self.position, Ordering::Release);
            match caught_up {
                Ok(()) => drop(timeout(POLL, published.changed()).await),
                Err(error) => {
                    tracing::warn!(error = %error.chain(), "events cannot be read; retrying");
                    sleep(RETRY).await;
                }
            }
        }
    }

    /// Passes every event after the position to the observers.
    ///
    /// # Errors
    /// The store's error if events cannot be read; the position is that of the last event that was passed on.
    pub async fn catch_up(&mut self) -> ServiceResult<()> {
        loop {
            let mut conn = self.app.db.read().await?;
            let events = outbox::after(&mut conn, self.position, BATCH).await?;
            let is_gap = match events.first() {
                // Positions have no gaps, so the next event proves that none is missing.
                Some(first) if first.position == self.position + 1 => false,
                _ => outbox::is_gap(&mut conn, self.position).await?,
            };
            if is_gap {
                tracing::warn!(position = self.position, "events were lost; all caches are invalidated");
                self.position = outbox::head(&mut conn).await?;
                self.observers.iter().for_each(|observer| observer.on_events_lost());
                continue;
            }
            drop(conn);
            let is_last = i64::try_from(events.len()).is_ok_and(|read| read < BATCH);
            self.pass_on(events);
            if is_last {
                return Ok(());
            }
        }
    }

    fn pass_on(&mut self, events: Vec<Published>) {
        for Published { position, event } in events {
            if let Some(event) = event {
                self.observers.iter().for_each(|observer| observer.on_event(&event));
            } else {
                tracing::warn!(position, "an event of a newer version is skipped");
            }
            self.position = position;
        }
    }
}

/// Forgets cached actors when a login or permission ends. If the message is lost, their short lifetime bounds the delay.
async fn invalidate_actors(app: &App) {
    let mut ended = app.bus.subscribe(Topic::Actors);
    loop {
        ended.changed().await;
        app.identity.invalidate_actors();
    }
}
