//! Publishes facts in their order. It runs in every process, and works in the one that holds the lock.

use std::time::Duration;

use model::Timestamp;
use persistence::{Conn, StoreResult, carts, idempotency, jobs, locks, outbox, payments, sales};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::{App, ServiceResult, bus::Topic, catalog};

/// How long to wait before asking again for the lock, or for a lost connection.
const STAND_BY: Duration = Duration::from_secs(1);
/// How long a fact that nobody told of waits at most.
const POLL: Duration = Duration::from_millis(200);
/// How long the process that publishes may say nothing until another one takes over: many times as long as it does while
/// it runs, and less than a shopper waits for what is published.
const SILENCE: Duration = Duration::from_secs(5);
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
    /// Published events; a follower that was away for longer starts from nothing.
    pub events: Duration,
    /// Published events that a consumer has not handled: the bound for consumers that do not run.
    pub unread_events: Duration,
    /// Done jobs.
    pub jobs: Duration,
    /// Messages of gateways, which repeat them for some days.
    pub webhooks: Duration,
    /// Idempotency keys with their answers.
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
            webhooks: 30 * DAY,
            keys: 2 * DAY,
            sales: 60 * DAY,
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
    if !locks::try_hold(&mut conn, locks::RELAY, SILENCE).await? {
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

/// Removes what is older than its retention. What cannot be removed now is logged, and keeps nothing else from going.
pub async fn sweep(app: &App, retention: Retention) {
    let now = app.clock.now();
    for old in [Old::Events, Old::Jobs, Old::Webhooks, Old::Carts, Old::Keys, Old::Sales] {
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
    Webhooks,
    Carts,
    Keys,
    Sales,
}

/// Removes rows of one kind, in bites that hold no lock for long.
async fn remove(app: &App, old: Old, retention: Retention, now: Timestamp) -> StoreResult<()> {
    let mut conn = app.db.write().await?;
    for _ in 0..SWEEP_BITES {
        let removed = match old {
            Old::Events => {
                outbox::sweep(&mut conn, now - retention.events, now - retention.unread_events, SWEEP_BATCH).await?
            }
            Old::Jobs => jobs::sweep(&mut conn, now - retention.jobs, SWEEP_BATCH).await?,
            Old::Webhooks => payments::forget_webhooks(&mut conn, now - retention.webhooks, SWEEP_BATCH).await?,
            Old::Carts => carts::delete_expired(&mut conn, now, SWEEP_BATCH).await?,
            Old::Keys => idempotency::sweep(&mut conn, now - retention.keys, SWEEP_BATCH).await?,
            Old::Sales => sales::delete_before(&mut conn, (now - retention.sales).date_naive(), SWEEP_BATCH).await?,
        };
        if removed == 0 {
            break;
        }
    }
    Ok(())
}
