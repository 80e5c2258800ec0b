//! Publishes facts in their order. It runs in every process, and works in the one that holds the lock.

use std::time::Duration;

use persistence::{Conn, StoreResult, carts, idempotency, jobs, locks, outbox, payments};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::{App, ServiceResult, bus::Topic, catalog};

/// How long to wait before asking again for the lock, or for a lost connection.
const STAND_BY: Duration = Duration::from_secs(1);
/// How long a fact that nobody told of waits at most.
const POLL: Duration = Duration::from_millis(200);
/// How long facts gather before they are published together.
const GATHER: Duration = Duration::from_millis(20);
/// How many facts get their position in one statement.
const BATCH: i64 = 1_000;
/// How often documents are searched for facts that their writer did not get to hand over.
const DRAIN: Duration = Duration::from_secs(1);
/// How many documents of a collection are drained at a time.
const DRAIN_BATCH: usize = 500;
/// How often old rows are removed.
const SWEEP: Duration = Duration::from_mins(1);
/// How many old rows are removed in one statement.
const SWEEP_BATCH: i64 = 5_000;
/// How many such statements follow each other at most; what is left then waits for the next time.
const SWEEP_BITES: usize = 50;

/// How long things are kept after they are done with.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Published facts; a follower that was away for longer starts from nothing.
    pub events: Duration,
    /// Done jobs.
    pub jobs: Duration,
    /// Messages of gateways, which repeat them for some days.
    pub webhooks: Duration,
    /// Idempotency keys with their answers.
    pub keys: Duration,
    /// Idempotency keys whose work was cut off.
    pub unanswered_keys: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            events: 7 * DAY,
            jobs: 2 * DAY,
            webhooks: 30 * DAY,
            keys: 2 * DAY,
            unanswered_keys: Duration::from_mins(2),
        }
    }
}

/// Publishes facts until told to stop.
pub async fn run(app: App, retention: Retention, stop: CancellationToken) {
    let work = async {
        loop {
            if let Err(error) = lead(&app, retention).await {
                tracing::warn!(%error, "the relay pauses");
            }
            sleep(STAND_BY).await;
        }
    };
    stop.run_until_cancelled(work).await;
}

/// Works for as long as the lock's connection lives; returns at once when another process has the lock.
async fn lead(app: &App, retention: Retention) -> ServiceResult<()> {
    let mut conn = app.db.dedicated().await?;
    if !locks::try_hold(&mut conn, locks::RELAY).await? {
        return Ok(());
    }
    tracing::debug!("this process publishes events");
    // Side by side, so that a document store that is away or a long sweep keeps no fact in Postgres waiting.
    tokio::select! {
        failed = publish_on(app, &mut conn) => failed,
        () = drain_on(app) => Ok(()),
        () = sweep_on(app, retention) => Ok(()),
    }
}

async fn publish_on(app: &App, conn: &mut Conn) -> ServiceResult<()> {
    let mut woken = app.bus.subscribe(Topic::Outbox);
    loop {
        publish_all(app, conn).await?;
        // Woken or not, it is time to look again.
        let _ = timeout(POLL, woken.changed()).await;
        sleep(GATHER).await;
    }
}

/// Hands over what waits in documents, for ever.
async fn drain_on(app: &App) {
    loop {
        match catalog::drain_changes(app, DRAIN_BATCH).await {
            Ok(drained) if drained >= DRAIN_BATCH => {}
            Ok(_) => sleep(DRAIN).await,
            Err(error) => {
                tracing::warn!(%error, "events wait in documents");
                sleep(DRAIN).await;
            }
        }
    }
}

/// Removes old rows, for ever.
async fn sweep_on(app: &App, retention: Retention) {
    loop {
        sleep(SWEEP).await;
        if let Err(error) = sweep(app, retention).await {
            tracing::warn!(%error, "old rows stay for now");
        }
    }
}

async fn publish_all(app: &App, conn: &mut Conn) -> ServiceResult<()> {
    loop {
        let published = outbox::publish(conn, BATCH).await?;
        if published > 0 {
            app.bus.publish(Topic::Events);
        }
        if published < BATCH {
            return Ok(());
        }
    }
}

/// Removes what is older than its retention, in bites that hold no lock for long.
async fn sweep(app: &App, retention: Retention) -> StoreResult<()> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    for _ in 0..SWEEP_BITES {
        let removed = outbox::sweep(&mut conn, now - retention.events, SWEEP_BATCH).await?
            + jobs::sweep(&mut conn, now - retention.jobs, SWEEP_BATCH).await?
            + payments::forget_webhooks(&mut conn, now - retention.webhooks, SWEEP_BATCH).await?
            + carts::delete_expired(&mut conn, now, SWEEP_BATCH).await?;
        if removed == 0 {
            break;
        }
    }
    idempotency::sweep(&mut conn, now - retention.keys, now - retention.unanswered_keys).await?;
    drop(conn);
    if let Err(error) = app.documents.remove_expired(now).await {
        tracing::warn!(%error, "expired documents stay for now");
    }
    Ok(())
}
