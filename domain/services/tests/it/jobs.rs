use std::time::Duration;

use model::{Timestamp, ids::JobId};
use persistence::jobs::{self, NewJob};
use serde_json::json;
use services::{
    App,
    worker::{self, WorkerConfig},
};
use testkit::{TestShop, eventually};
use tokio_util::sync::CancellationToken;

const SOON: Duration = Duration::from_secs(10);
const LEASE: Duration = Duration::from_mins(1);

fn job(kind: &'static str, key: Option<&str>, run_at: Timestamp) -> NewJob {
    NewJob { queue: "default", kind, payload: json!({}), unique_key: key.map(str::to_owned), run_at, max_attempts: 3 }
}

async fn enqueue(app: &App, new: &[NewJob]) {
    jobs::enqueue(&app.db().write().await.unwrap(), new).await.unwrap();
}

/// The numbers of ready, running and dead jobs.
async fn counts(app: &App) -> [i64; 3] {
    let depths = jobs::depths(&mut app.db().read().await.unwrap()).await.unwrap();
    ["READY", "RUNNING", "DEAD"].map(|state| depths.iter().filter(|d| d.state == state).map(|d| d.count).sum())
}

fn start(app: &App, config: WorkerConfig) -> (CancellationToken, tokio::task::JoinHandle<()>) {
    let stop = CancellationToken::new();
    (stop.clone(), tokio::spawn(worker::run(app.clone(), config, stop)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_share_the_queue_and_mark_impossible_jobs_dead() {
    let shop = TestShop::new().await;
    let now = shop.app.now();
    let mut new: Vec<NewJob> = (0..200).map(|_| job("ping", None, now)).collect();
    new.push(job("unheard of", None, now));
    enqueue(&shop.app, &new).await;
    let (other, _background) = shop.another_process().await;
    let (stop_here, here) = start(&shop.app, WorkerConfig::default());
    let (stop_other, there) = start(&other, WorkerConfig::default());
    eventually("all jobs are done", SOON, async || (counts(&shop.app).await == [0, 0, 1]).then_some(())).await;
    stop_here.cancel();
    stop_other.cancel();
    tokio::try_join!(here, there).unwrap();
    let dead = jobs::list_dead(&mut shop.app.db().read().await.unwrap(), 10).await.unwrap();
    assert_eq!(dead.iter().map(|job| (job.kind.as_str(), job.attempts)).collect::<Vec<_>>(), [("unheard of", 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_of_a_lost_worker_are_done_by_another() {
    let shop = TestShop::new().await;
    let now = shop.app.now();
    enqueue(&shop.app, &[job("ping", None, now)]).await;
    let mut conn = shop.app.db().write().await.unwrap();
    let lost = jobs::claim(&mut conn, &[], shop.app.now(), Duration::from_millis(300), 10).await.unwrap();
    assert_eq!(lost.len(), 1);
    let config = WorkerConfig { lease: Duration::from_millis(300), ..WorkerConfig::default() };
    let (_stop, _worker) = start(&shop.app, config);
    eventually("the job is done", SOON, async || (counts(&shop.app).await == [0, 0, 0]).then_some(())).await;
    // The first worker continues; its attempt is no longer the current one.
    jobs::mark_dead(&mut conn, &lost[0], now, "late").await.unwrap();
    assert_eq!(counts(&shop.app).await, [0, 0, 0]);
}

#[tokio::test]
async fn claiming_returns_each_due_job_of_the_queues_once() {
    let shop = TestShop::new().await;
    let now = shop.app.now();
    let later = now + Duration::from_mins(1);
    let mail = NewJob { queue: "mail", ..job("ping", None, now) };
    enqueue(&shop.app, &[job("ping", None, now), mail, job("ping", None, later)]).await;
    let mut conn = shop.app.db().write().await.unwrap();
    let only_mail = jobs::claim(&mut conn, &["mail".to_owned()], now, LEASE, 10).await.unwrap();
    assert_eq!(only_mail.iter().map(|job| job.queue.as_str()).collect::<Vec<_>>(), ["mail"]);
    let rest = jobs::claim(&mut conn, &[], now, LEASE, 10).await.unwrap();
    assert_eq!(rest.iter().map(|job| job.queue.as_str()).collect::<Vec<_>>(), ["default"]);
    jobs::postpone(&mut conn, &rest[0], now).await.unwrap();
    let again = jobs::claim(&mut conn, &[], now, LEASE, 10).await.unwrap();
    assert_eq!((again[0].id, again[0].attempt), (rest[0].id, 1));
}

#[tokio::test]
async fn a_job_requested_while_running_runs_once_more() {
    let shop = TestShop::new().await;
    let now = shop.app.now();
    enqueue(&shop.app, &[job("ping", Some("k"), now)]).await;
    let mut conn = shop.app.db().write().await.unwrap();
    let first = jobs::claim(&mut conn, &[], now, LEASE, 10).await.unwrap();
    for _ in 0..2 {
        enqueue(&shop.app, &[job("ping", Some("k"), now)]).await;
    }
    assert_eq!(counts(&shop.app).await, [0, 1, 0]);
    jobs::finish(&mut conn, &first[0], now).await.unwrap();
    let second = jobs::claim(&mut conn, &[], now, LEASE, 10).await.unwrap();
    assert_eq!((second.len(), second[0].id, second[0].attempt), (1, first[0].id, 2));
    assert_eq!(second[0].max_attempts - second[0].attempt, 2, "it has all its tries again");
    jobs::finish(&mut conn, &second[0], now).await.unwrap();
    assert_eq!(counts(&shop.app).await, [0, 0, 0]);
}

#[tokio::test]
async fn unique_jobs_queue_once_and_dead_jobs_can_be_retried() {
    let shop = TestShop::new().await;
    let now = shop.app.now();
    enqueue(&shop.app, &[job("ping", Some("k"), now), job("ping", Some("k"), now)]).await;
    enqueue(&shop.app, &[job("ping", Some("k"), now)]).await;
    assert_eq!(counts(&shop.app).await, [1, 0, 0]);
    let mut conn = shop.app.db().write().await.unwrap();
    let taken = jobs::claim(&mut conn, &[], now, LEASE, 10).await.unwrap();
    jobs::mark_dead(&mut conn, &taken[0], now, "away").await.unwrap();
    enqueue(&shop.app, &[job("ping", Some("k"), now)]).await;
    assert_eq!(jobs::retry_dead(&mut conn, None, now).await.unwrap(), 0, "a job of that key is waiting already");
    let waiting = jobs::claim(&mut conn, &[], now, LEASE, 10).await.unwrap();
    jobs::finish(&mut conn, &waiting[0], now).await.unwrap();
    assert_eq!(jobs::retry_dead(&mut conn, Some(JobId::new()), now).await.unwrap(), 0);
    assert_eq!(jobs::retry_dead(&mut conn, Some(taken[0].id), now).await.unwrap(), 1);
    assert_eq!(counts(&shop.app).await, [1, 0, 0]);
}

#[tokio::test]
async fn a_job_requested_during_its_last_attempt_runs_again() {
    let shop = TestShop::new().await;
    let now = shop.app.now();
    let last_try = || NewJob { max_attempts: 1, ..job("ping", Some("k"), now) };
    enqueue(&shop.app, &[last_try()]).await;
    let mut conn = shop.app.db().write().await.unwrap();
    let first = jobs::claim(&mut conn, &[], now, LEASE, 10).await.unwrap();
    enqueue(&shop.app, &[last_try()]).await;
    jobs::mark_dead(&mut conn, &first[0], now, "too early").await.unwrap();
    let second = jobs::claim(&mut conn, &[], now, Duration::ZERO, 10).await.unwrap();
    assert_eq!((second.len(), second[0].attempt, second[0].max_attempts), (1, 2, 2));

    enqueue(&shop.app, &[last_try()]).await;
    assert_eq!(jobs::release_expired(&mut conn, now).await.unwrap(), 1);
    let third = jobs::claim(&mut conn, &[], now, Duration::ZERO, 10).await.unwrap();
    assert_eq!((third.len(), third[0].attempt, third[0].max_attempts), (1, 3, 4));

    // The payment is unwanted now.
    jobs::mark_dead(&mut conn, &third[0], now, "hopeless").await.unwrap();
    assert_eq!(counts(&shop.app).await, [0, 0, 1]);
}

#[tokio::test]
async fn a_fast_clock_does_not_steal_running_jobs() {
    let shop = TestShop::new().await;
    let now = shop.app.now();
    enqueue(&shop.app, &[job("ping", None, now)]).await;
    let mut conn = shop.app.db().write().await.unwrap();
    let running = jobs::claim(&mut conn, &[], now, LEASE, 10).await.unwrap();
    let ahead = now + Duration::from_hours(1);
    assert_eq!(jobs::release_expired(&mut conn, ahead).await.unwrap(), 0);
    jobs::renew(&mut conn, &[running[0].id], LEASE).await.unwrap();
    assert_eq!(jobs::release_expired(&mut conn, ahead).await.unwrap(), 0);
    assert!(jobs::claim(&mut conn, &[], ahead, LEASE, 10).await.unwrap().is_empty());
    assert_eq!(counts(&shop.app).await, [0, 1, 0]);
}
