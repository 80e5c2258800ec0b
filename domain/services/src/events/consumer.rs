//! Consumers of events: features that react once per event, whichever process runs them.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt as _, future::join_all};
use model::events::DomainEvent;
use persistence::{Conn, consumers, db::Transactions as _, locks, outbox};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::{App, ServiceError, ServiceResult, bus::Topic};

/// Number of events that one transaction handles.
const BATCH: i64 = 200;
/// The pause between two batches, so that a burst of orders costs few transactions.
const PAUSE: Duration = Duration::from_millis(100);
/// The maximum delay of an event if its message was lost.
const POLL: Duration = Duration::from_secs(1);
/// The delay after the first failure; it doubles with each further failure.
const FIRST_RETRY: Duration = Duration::from_millis(300);
/// The longest delay after a failure.
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// A feature that reacts once per event. Its position is stored; one process at a time runs it.
#[async_trait::async_trait]
pub trait Consumer: Send + Sync {
    /// The key of the stored position. A consumer with a new name starts from the current state.
    fn name(&self) -> &'static str;

    /// Handles events in the order of publication, in the transaction that also stores the new position: rows and jobs
    /// are written exactly once per event. External effects belong in a job. After an error the same events are handled
    /// again, before later ones.
    ///
    /// # Errors
    /// The batch is rolled back and retried.
    async fn handle(&self, app: &App, conn: &mut Conn, events: &[DomainEvent]) -> ServiceResult<()>;

    /// Derives the result from the current state instead of events, when the consumer starts for the first time and after
    /// events were lost. Events of changes that it has already included may follow.
    ///
    /// # Errors
    /// The transaction is rolled back and retried.
    async fn rebuild(&self, app: &App, conn: &mut Conn) -> ServiceResult<()>;
}

/// The result of [`handle_batch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// More events may wait.
    Advanced,
    /// All published events are handled.
    CaughtUp,
    /// Another process is running the consumer.
    Busy,
}

/// Runs consumers until stopped. Any number of processes may do so.
pub async fn run(app: App, consumers: Vec<Arc<dyn Consumer>>, stop: CancellationToken) {
    let all = join_all(consumers.iter().map(|consumer| follow(&app, consumer.as_ref())));
    // A canceled batch is rolled back and handled later.
    stop.run_until_cancelled(all).await;
}

async fn follow(app: &App, consumer: &dyn Consumer) {
    let mut published = app.bus.subscribe(Topic::Events);
    let mut delay = FIRST_RETRY;
    loop {
        // A panic must not end the other consumers and the worker.
        let outcome = AssertUnwindSafe(handle_batch(app, consumer)).catch_unwind().await;
        let outcome = outcome.unwrap_or_else(|_| Err(ServiceError::internal("the consumer panicked")));
        match outcome {
            Ok(progress) => {
                delay = FIRST_RETRY;
                if progress != Progress::Advanced {
                    // A time-out is fine: it is time to look again.
                    let _ = timeout(POLL, published.changed()).await;
                }
                sleep(PAUSE).await;
            }
            Err(error) => {
                tracing::warn!(error = %crate::error::Chain(&error), consumer = consumer.name(), "a consumer failed; it handles the same events again");
                sleep(delay).await;
                delay = LONGEST_RETRY.min(delay * 2);
            }
        }
    }
}

/// Handles the next events of a consumer and advances its position, in one transaction.
///
/// # Errors
/// The consumer's error, or the store's; nothing has changed then.
pub async fn handle_batch(app: &App, consumer: &dyn Consumer) -> ServiceResult<Progress> {
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        if !locks::try_lock(conn, &format!("event consumer {}", consumer.name())).await? {
            return Ok(Progress::Busy);
        }
        match consumers::position(conn, consumer.name()).await? {
            None => start(app, conn, consumer).await,
            Some(position) => advance(app, conn, consumer, position).await,
        }
    })
    .await
}

async fn start(app: &App, conn: &mut Conn, consumer: &dyn Consumer) -> ServiceResult<Progress> {
    // Read the position before the state, so that no event in between is missed.
    let head = outbox::head(conn).await?;
    consumer.rebuild(app, conn).await?;
    consumers::insert(conn, consumer.name(), head).await?;
    tracing::info!(consumer = consumer.name(), position = head, "a consumer starts");
    Ok(Progress::Advanced)
}

async fn skip_gap(app: &App, conn: &mut Conn, consumer: &dyn Consumer, position: i64) -> ServiceResult<Progress> {
    let head = outbox::head(conn).await?;
    tracing::error!(
        consumer = consumer.name(),
        position,
        head,
        "events were removed before the consumer handled them; it starts again from the current state"
    );
    consumer.rebuild(app, conn).await?;
    consumers::save_after_gap(conn, consumer.name(), head).await?;
    Ok(Progress::Advanced)
}

async fn advance(app: &App, conn: &mut Conn, consumer: &dyn Consumer, position: i64) -> ServiceResult<Progress> {
    let published = outbox::after(conn, position, BATCH).await?;
    // Positions have no gaps, so the next event proves that none is missing.
    let has_next = published.first().is_some_and(|first| first.position == position + 1);
    if !has_next && outbox::is_gap(conn, position).await? {
        return skip_gap(app, conn, consumer, position).await;
    }
    if published.is_empty() {
        return Ok(Progress::CaughtUp);
    }
    // Stop before an event of a newer version: the processes of that version handle it.
    let known: Vec<_> = published.into_iter().map_while(|event| Some((event.position, event.event?))).collect();
    let Some((last, _)) = known.last() else {
        return Err(ServiceError::internal("the next event is of a newer version"));
    };
    let last = *last;
    let events: Vec<DomainEvent> = known.into_iter().map(|(_, event)| event).collect();
    consumer.handle(app, conn, &events).await?;
    consumers::save(conn, consumer.name(), last).await?;
    Ok(Progress::Advanced)
}
