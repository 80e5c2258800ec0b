//! Reads published facts in their order and applies each in this process.

use std::{sync::atomic::Ordering, time::Duration};

use persistence::outbox::{self, Published};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{apply, drop_caches};
use crate::{App, ServiceResult, bus::Topic};

/// How long a published fact waits at most when its message was lost.
const POLL: Duration = Duration::from_secs(1);
/// How long to wait after a failure.
const RETRY: Duration = Duration::from_millis(300);
/// How many facts are read in one statement.
const BATCH: i64 = 500;

/// Where this process stands in the order of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position(pub i64);

/// The place from which to follow: whatever is cached from now on has seen all facts before it.
///
/// # Errors
/// A store's error.
pub async fn start_position(app: &App) -> ServiceResult<Position> {
    let mut conn = app.db.read().await?;
    Ok(Position(outbox::head(&mut conn).await?))
}

/// Follows the facts after a position, and who lost a login or a right, until told to stop.
pub async fn run(app: App, from: Position, stop: CancellationToken) {
    let work = async { tokio::join!(follow(&app, from), forget_actors(&app)) };
    stop.run_until_cancelled(work).await;
}

async fn follow(app: &App, from: Position) {
    let mut position = from;
    let mut woken = app.bus.subscribe(Topic::Events);
    loop {
        let caught_up = catch_up(app, &mut position).await;
        app.followed.store(position.0, Ordering::Release);
        match caught_up {
            Ok(()) => drop(timeout(POLL, woken.changed()).await),
            Err(error) => {
                tracing::warn!(%error, "events are not followed");
                sleep(RETRY).await;
            }
        }
    }
}

/// A message that is lost is made up for by the short time for which actors are trusted.
async fn forget_actors(app: &App) {
    let mut told = app.bus.subscribe(Topic::Actors);
    loop {
        told.changed().await;
        app.identity.forget_actors();
    }
}

/// Applies every fact after the position and moves it on.
///
/// # Errors
/// A store's error; the position stands behind the last fact that was applied.
pub async fn catch_up(app: &App, position: &mut Position) -> ServiceResult<()> {
    loop {
        let mut conn = app.db.read().await?;
        let events = outbox::after(&mut conn, position.0, BATCH).await?;
        let is_gap = match events.first() {
            // Positions have no gaps: the next event proves that none is missing, without another query.
            Some(first) if first.position == position.0 + 1 => false,
            _ => outbox::is_gap(&mut conn, position.0).await?,
        };
        drop(conn);
        if is_gap {
            tracing::warn!(position = position.0, "events were missed; everything cached is dropped");
            *position = start_position(app).await?;
            drop_caches(app).await?;
            continue;
        }
        let is_last = i64::try_from(events.len()).is_ok_and(|read| read < BATCH);
        apply_all(app, events, position).await?;
        if is_last {
            return Ok(());
        }
    }
}

async fn apply_all(app: &App, events: Vec<Published>, position: &mut Position) -> ServiceResult<()> {
    for published in events {
        if let Some(event) = &published.event {
            apply(app, event).await?;
        } else {
            tracing::warn!(position = published.position, "an event of a newer version is skipped");
        }
        position.0 = published.position;
    }
    Ok(())
}
