//! What every process does beside its requests: bus, relay, follower.

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    App, ServiceResult, bus, consumers,
    events::{consumer, follower, relay},
    search,
};

/// The background tasks of a process; they end when this is stopped or dropped.
pub struct Background {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Background {
    /// Starts them. Call it before anything is cached, so that no fact is missed.
    ///
    /// # Errors
    /// A store's error.
    pub async fn start(app: &App) -> ServiceResult<Self> {
        let position = follower::start_position(app).await?;
        let background = Self { stop: CancellationToken::new(), tasks: TaskTracker::new() };
        let stop = || background.stop.child_token();
        background.tasks.spawn(bus::run(app.bus.clone(), app.db.clone(), stop()));
        background.tasks.spawn(relay::run(app.clone(), relay::Retention::default(), stop()));
        background.tasks.spawn(follower::run(app.clone(), position, stop()));
        background.tasks.close();
        Ok(background)
    }

    /// Keeps the search index of this process fresh as well: for processes that answer shoppers.
    pub fn keep_search_fresh(&self, app: &App) {
        self.tasks.spawn(search::run(app.clone(), self.stop.child_token()));
    }

    /// Runs the consumers of events as well: for workers. One process at a time runs each.
    pub fn run_consumers(&self, app: &App) {
        self.tasks.spawn(consumer::run(app.clone(), consumers::all(), self.stop.child_token()));
    }

    /// Ends the tasks and waits for them.
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
