//! Publishes events in order. Every process runs it; only the process that holds the lock publishes.

use std::time::Duration;

use model::Timestamp;
use persistence::{Conn, StoreResult, carts, idempotency, jobs, locks, outbox, payments, sales};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::{App, ServiceResult, bus::Topic, catalog};

/// The delay before the next attempt to get the lock or a connection.
const STAND_BY: Duration = Duration::from_secs(1);
/// The maximum delay of an event if its message was lost.
const POLL: Duration = Duration::from_millis(200);
/// Time without a statement after which another process takes over: much longer than the usual pauses, and
/// shorter than a shopper waits for a published event.
const MAX_SILENCE: Duration = Duration::from_secs(5);
/// Time to collect events before they are published together.
const COLLECT_TIME: Duration = Duration::from_millis(20);
/// Number of events that one statement publishes.
const BATCH: i64 = 1_000;
/// Interval of searching documents for events that their writers did not drain.
const DRAIN: Duration = Duration::from_secs(1);
/// Number of documents of a collection that one batch drains.
const DRAIN_BATCH: usize = 500;
/// Interval of removing old rows.
const SWEEP: Duration = Duration::from_mins(1);
/// Number of old rows that one statement removes.
const SWEEP_BATCH: i64 = 5_000;
/// The maximum number of such statements in a row; the next sweep removes the rest.
const MAX_SWEEP_BATCHES: usize = 50;

/// Retention of finished rows.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Published events; a follower that was disconnected for longer invalidates everything.
    pub events: Duration,
    /// Published events that a consumer has not handled: the bound for consumers that do not run.
    pub unread_events: Duration,
    /// Done jobs.
    pub jobs: Duration,
    /// The progress and errors of done changes of many objects.
    pub bulk_jobs: Duration,
    /// Webhooks of gateways, which repeat them for some days.
    pub webhooks: Duration,
    /// Idempotency keys with their responses.
    pub keys: Duration,
    /// Units sold by day, which are shown for 30 days.
    pub sales: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            events: 7 * DAY,
            unread_events: 30 * DAY,
            jobs: 2 * DAY,
            bulk_jobs: 30 * DAY,
            webhooks: 30 * DAY,
            keys: 2 * DAY,
            sales: 60 * DAY,
        }
    }
}

/// Publishes events until stopped.
pub async fn run(app: App, retention: Retention, stop: CancellationToken) {
    let work = async {
        let mut conn = None;
        loop {
            if let Err(error) = publish_while_locked(&app, retention, &mut conn).await {
                tracing::warn!(error = %crate::error::Chain(&error), "the relay is interrupted; retrying");
                // Closing the connection releases the lock.
                conn = None;
            }
            sleep(STAND_BY).await;
        }
    };
    stop.run_until_cancelled(Box::pin(work)).await;
}

/// Publishes while the lock's connection lives; returns at once if another process holds the lock, and keeps the
/// connection for the next attempt.
async fn publish_while_locked(app: &App, retention: Retention, conn: &mut Option<Conn>) -> ServiceResult<()> {
    let conn = match conn {
        Some(conn) => conn,
        None => conn.insert(app.db.dedicated().await?),
    };
    if !locks::try_hold(conn, locks::RELAY, MAX_SILENCE).await? {
        return Ok(());
    }
    tracing::debug!("this process publishes events");
    // Concurrently, so that neither a document store that is down nor a long sweep delays events in Postgres.
    tokio::select! {
        failed = publish_repeatedly(app, conn) => failed,
        () = drain_repeatedly(app) => Ok(()),
        () = sweep_repeatedly(app, retention) => Ok(()),
    }
}

async fn publish_repeatedly(app: &App, conn: &mut Conn) -> ServiceResult<()> {
    let mut woken = app.bus.subscribe(Topic::Outbox);
    loop {
        publish_all(app, conn).await?;
        // A time-out is fine: it is time to look again.
        let _ = timeout(POLL, woken.changed()).await;
        sleep(COLLECT_TIME).await;
    }
}

/// Drains events from documents, endlessly.
async fn drain_repeatedly(app: &App) {
    loop {
        match catalog::drain_changes(app, DRAIN_BATCH).await {
            Ok(drained) if drained >= DRAIN_BATCH => {}
            Ok(_) => sleep(DRAIN).await,
            Err(error) => {
                tracing::warn!(error = %crate::error::Chain(&error), "events stay in their documents for now");
                sleep(DRAIN).await;
            }
        }
    }
}

/// Removes old rows, endlessly.
async fn sweep_repeatedly(app: &App, retention: Retention) {
    loop {
        sleep(SWEEP).await;
        sweep(app, retention).await;
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

/// Removes rows that are older than their retention. A failure for one kind is logged and does not affect the others.
pub async fn sweep(app: &App, retention: Retention) {
    let now = app.clock.now();
    for old in [Old::Events, Old::Jobs, Old::BulkJobs, Old::Webhooks, Old::Carts, Old::Keys, Old::Sales] {
        if let Err(error) = remove(app, old, retention, now).await {
            tracing::warn!(%error, ?old, "old rows stay for now");
        }
    }
    if let Err(error) = app.documents.remove_expired(now).await {
        tracing::warn!(%error, "expired documents stay for now");
    }
}

/// The kinds of rows that are removed when they are old.
#[derive(Debug, Clone, Copy)]
enum Old {
    Events,
    Jobs,
    BulkJobs,
    Webhooks,
    Carts,
    Keys,
    Sales,
}

/// Removes rows of one kind in small batches, to hold locks only briefly.
async fn remove(app: &App, old: Old, retention: Retention, now: Timestamp) -> StoreResult<()> {
    let mut conn = app.db.write().await?;
    for _ in 0..MAX_SWEEP_BATCHES {
        let removed = match old {
            Old::Events => {
                outbox::delete_published(&mut conn, now - retention.events, now - retention.unread_events, SWEEP_BATCH)
                    .await?
            }
            Old::Jobs => jobs::delete_done(&mut conn, now - retention.jobs, SWEEP_BATCH).await?,
            Old::BulkJobs => jobs::bulk::delete_finished(&mut conn, now - retention.bulk_jobs, SWEEP_BATCH).await?,
            Old::Webhooks => payments::delete_webhooks(&mut conn, now - retention.webhooks, SWEEP_BATCH).await?,
            Old::Carts => carts::delete_expired(&mut conn, now, SWEEP_BATCH).await?,
            Old::Keys => idempotency::delete_old(&mut conn, now - retention.keys, SWEEP_BATCH).await?,
            Old::Sales => sales::delete_before(&mut conn, (now - retention.sales).date_naive(), SWEEP_BATCH).await?,
        };
        if removed == 0 {
            break;
        }
    }
    Ok(())
}
