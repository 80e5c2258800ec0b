//! Background tasks of every process: bus, relay and follower; for some also search and consumers.

mod caches;

use std::sync::Arc;

use persistence::db::Workload;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use caches::Caches;

use crate::{
    App, ServiceResult, bus, consumers,
    events::{consumer, follower::Follower, relay},
    search,
};

/// The background tasks of a process; they stop when this is stopped or dropped.
pub struct Background {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Background {
    /// Starts the tasks. Call it before anything is cached, so that no invalidation is missed.
    ///
    /// # Errors
    /// The store's error if the last event cannot be read.
    pub async fn start(app: &App) -> ServiceResult<Self> {
        let follower = Follower::start(app, vec![Arc::new(Caches::of(app))]).await?;
        let background = Self { stop: CancellationToken::new(), tasks: TaskTracker::new() };
        let stop = || background.stop.child_token();
        background.spawn(bus::run(app.bus.clone(), app.db.clone(), stop()));
        background.spawn(relay::run(app.clone(), relay::Retention::default(), stop()));
        background.spawn(follower.run(stop()));
        background.tasks.close();
        Ok(background)
    }

    /// Also keeps the search index of this process and the lists for staff fresh: for processes that serve requests.
    pub fn keep_search_fresh(&self, app: &App) {
        self.spawn(search::run(app.clone(), self.stop.child_token()));
        self.spawn(consumer::run(app.clone(), consumers::of_lists(), self.stop.child_token()));
    }

    /// Also runs the consumers of events: for workers. One process at a time runs each consumer.
    pub fn run_consumers(&self, app: &App) {
        self.spawn(consumer::run(app.clone(), consumers::all(), self.stop.child_token()));
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(Workload::Background.scope(task));
    }

    /// Stops the tasks and waits for them.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
