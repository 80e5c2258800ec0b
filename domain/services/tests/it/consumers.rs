//! Consumers handle each event once and in order: with several processes, failures, restarts and lost events.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use model::{events::DomainEvent, ids::OrderId};
use persistence::{
    Conn, consumers,
    jobs::{self, NewJob},
    outbox,
};
use services::{
    App, ServiceError, ServiceResult,
    events::consumer::{self, Consumer, Progress, handle_batch},
};
use testkit::{TestShop, eventually};
use tokio_util::sync::CancellationToken;

const SOON: Duration = Duration::from_secs(20);

/// Enqueues a job for each event.
#[derive(Default)]
struct Recorder {
    /// Number of batches that fail after their jobs are written.
    failures: AtomicU32,
    /// True if a batch never ends after its jobs are written.
    hangs: AtomicBool,
    rebuilds: AtomicU32,
    /// The first event of each attempt.
    attempts: Mutex<Vec<DomainEvent>>,
}

#[async_trait::async_trait]
impl Consumer for Recorder {
    fn name(&self) -> &'static str {
        "recorder"
    }

    async fn handle(&self, app: &App, conn: &mut Conn, events: &[DomainEvent]) -> ServiceResult<()> {
        self.attempts.lock().unwrap().extend(events.first().cloned());
        let job = |event: &DomainEvent| NewJob {
            queue: "default",
            kind: "ping",
            payload: serde_json::to_value(event).unwrap(),
            unique_key: None,
            run_at: app.now(),
            max_attempts: 1,
        };
        jobs::enqueue(conn, &events.iter().map(job).collect::<Vec<_>>()).await?;
        if self.hangs.load(Ordering::Acquire) {
            std::future::pending::<()>().await;
        }
        let fails = self.failures.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(1)).is_ok();
        if fails { Err(ServiceError::internal("the test fails this batch")) } else { Ok(()) }
    }

    async fn rebuild(&self, _: &App, _: &mut Conn) -> ServiceResult<()> {
        self.rebuilds.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }
}

/// Writes events of new orders, which the relay or [`publish`] publishes.
async fn push(app: &App, count: usize) -> Vec<OrderId> {
    let orders: Vec<OrderId> = (0..count).map(|_| OrderId::new()).collect();
    let events: Vec<DomainEvent> = orders.iter().map(|id| DomainEvent::OrderPlaced { id: *id }).collect();
    outbox::push(&app.db().write().await.unwrap(), &events).await.unwrap();
    orders
}

async fn publish(app: &App) {
    outbox::publish(&mut app.db().write().await.unwrap(), 1_000).await.unwrap();
}

/// Pushes and publishes events.
async fn published(app: &App, count: usize) -> Vec<OrderId> {
    let orders = push(app, count).await;
    publish(app).await;
    orders
}

/// The orders for which jobs were written.
async fn recorded(app: &App) -> Vec<OrderId> {
    let mut conn = app.db().write().await.unwrap();
    let claimed = jobs::claim(&mut conn, &[], app.now(), Duration::ZERO, 10_000).await.unwrap();
    let event = |payload| serde_json::from_value(payload).unwrap();
    let order = |event| match event {
        DomainEvent::OrderPlaced { id } => id,
        other => panic!("{other:?}"),
    };
    claimed.into_iter().map(|job| order(event(job.payload))).collect()
}

async fn recorded_sorted(app: &App) -> Vec<OrderId> {
    let mut orders = recorded(app).await;
    orders.sort();
    orders
}

/// Handles everything that is published.
async fn catch_up(app: &App, consumer: &Recorder) {
    while handle_batch(app, consumer).await.unwrap() != Progress::CaughtUp {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_handle_each_event_once() {
    let shop = TestShop::new().await;
    let (first, _relay) = shop.another_process().await;
    let (second, _relay) = shop.another_process().await;
    let recorder = Arc::new(Recorder::default());
    handle_batch(&shop.app, recorder.as_ref()).await.unwrap();
    let ended = CancellationToken::new();
    let run = |app: &App| tokio::spawn(consumer::run(app.clone(), vec![recorder.clone()], ended.clone()));
    let tasks = [run(&first), run(&first), run(&second)];
    let mut orders = Vec::new();
    for _ in 0..20 {
        orders.extend(push(&first, 30).await);
    }
    eventually("all events are handled", SOON, async || {
        let mut conn = shop.app.db().read().await.unwrap();
        (consumers::position(&mut conn, "recorder").await.unwrap() == Some(600)).then_some(())
    })
    .await;
    ended.cancel();
    for task in tasks {
        task.await.unwrap();
    }
    let handled = recorded(&shop.app).await;
    assert_eq!(handled.len(), orders.len());
    assert_eq!(handled.into_iter().collect::<HashSet<_>>(), orders.into_iter().collect());
}

#[tokio::test]
async fn a_failed_batch_is_handled_again_before_later_events() {
    let shop = TestShop::new().await;
    let recorder = Recorder { failures: AtomicU32::new(2), ..Recorder::default() };
    handle_batch(&shop.app, &recorder).await.unwrap();
    let mut orders = published(&shop.app, 3).await;
    assert!(handle_batch(&shop.app, &recorder).await.is_err());
    orders.extend(published(&shop.app, 3).await);
    assert!(handle_batch(&shop.app, &recorder).await.is_err());
    catch_up(&shop.app, &recorder).await;
    let first = DomainEvent::OrderPlaced { id: orders[0] };
    assert_eq!(*recorder.attempts.lock().unwrap(), vec![first; 3]);
    assert_eq!(recorded_sorted(&shop.app).await, orders);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_a_killed_process_is_handled_by_another() {
    let shop = TestShop::new().await;
    let recorder = Arc::new(Recorder { hangs: AtomicBool::new(true), ..Recorder::default() });
    handle_batch(&shop.app, recorder.as_ref()).await.unwrap();
    let orders = published(&shop.app, 3).await;
    let doomed = tokio::spawn({
        let (app, recorder) = (shop.app.clone(), recorder.clone());
        async move { handle_batch(&app, recorder.as_ref()).await }
    });
    let started = async || (!recorder.attempts.lock().unwrap().is_empty()).then_some(());
    eventually("the batch has started", SOON, started).await;
    let other = shop.uncached().await;
    assert_eq!(handle_batch(&other, recorder.as_ref()).await.unwrap(), Progress::Busy);
    doomed.abort();
    shop.database.cut_connections().await;
    recorder.hangs.store(false, Ordering::Release);
    eventually("another process handles the batch", SOON, async || {
        (handle_batch(&other, recorder.as_ref()).await.ok()? == Progress::CaughtUp).then_some(())
    })
    .await;
    assert_eq!(recorded_sorted(&other).await, orders);
}

#[tokio::test]
async fn a_restarted_consumer_continues_at_its_position() {
    let shop = TestShop::new().await;
    published(&shop.app, 2).await;
    let before = Recorder::default();
    handle_batch(&shop.app, &before).await.unwrap();
    assert_eq!(before.rebuilds.load(Ordering::Acquire), 1, "the first start derives the result from the current state");
    let mut orders = published(&shop.app, 2).await;
    catch_up(&shop.app, &before).await;
    let restarted = shop.uncached().await;
    let after = Recorder::default();
    orders.extend(published(&restarted, 2).await);
    catch_up(&restarted, &after).await;
    assert_eq!(recorded_sorted(&restarted).await, orders);
    assert_eq!(after.rebuilds.load(Ordering::Acquire), 0);
}

#[tokio::test]
async fn a_consumer_that_missed_events_starts_again_and_counts_the_gap() {
    let shop = TestShop::new().await;
    let recorder = Recorder::default();
    handle_batch(&shop.app, &recorder).await.unwrap();
    published(&shop.app, 2).await;
    shop.database.execute("DELETE FROM outbox").await;
    let orders = published(&shop.app, 1).await;
    catch_up(&shop.app, &recorder).await;
    assert_eq!(recorder.rebuilds.load(Ordering::Acquire), 2);
    let mut conn = shop.app.db().read().await.unwrap();
    let progress = consumers::list(&mut conn).await.unwrap();
    assert_eq!((progress[0].position, progress[0].gaps), (3, 1));
    drop(conn);
    assert_eq!(recorded(&shop.app).await, Vec::new(), "the rebuild covers {orders:?}");
}

#[tokio::test]
async fn events_are_kept_for_consumers_within_a_bound() {
    let shop = TestShop::new().await;
    let recorder = Recorder::default();
    handle_batch(&shop.app, &recorder).await.unwrap();
    published(&shop.app, 3).await;
    let mut conn = shop.app.db().write().await.unwrap();
    let (past, future) = (shop.app.now() - SOON, shop.app.now() + SOON);
    assert_eq!(
        outbox::delete_published(&mut conn, future, past, 10).await.unwrap(),
        0,
        "the consumer has not handled them"
    );
    catch_up(&shop.app, &recorder).await;
    published(&shop.app, 1).await;
    assert_eq!(outbox::delete_published(&mut conn, future, past, 10).await.unwrap(), 3);
    assert_eq!(outbox::delete_published(&mut conn, future, future, 10).await.unwrap(), 1, "the bound is reached");
}
