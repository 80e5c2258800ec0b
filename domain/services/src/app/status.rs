//! The state of an application, for health checks and metrics.

use std::{path::Path, sync::atomic::Ordering};

use persistence::{
    consumers,
    db::{PoolUse, Workload},
    jobs,
    migrate::{self, SchemaState},
    outbox,
};

use super::App;
use crate::{ServiceResult, telemetry::Counter};

/// Work that waits in the database.
#[derive(Debug, Clone)]
pub struct Backlog {
    /// Jobs that are not done, by queue and state.
    pub queues: Vec<jobs::Depth>,
    /// Events that are not published.
    pub outbox: outbox::Backlog,
    /// The number of published events that this process has not applied to its caches.
    pub events_behind: i64,
    /// The number of published events that are not in the search index of this process; none without an index.
    pub search_behind: Option<i64>,
    /// The consumers of events.
    pub consumers: Vec<ConsumerStatus>,
}

/// The progress of a consumer of events.
#[derive(Debug, Clone)]
pub struct ConsumerStatus {
    /// The name of the consumer.
    pub name: String,
    /// The number of published events that it has not handled yet.
    pub events_behind: i64,
    /// The number of times that events were deleted before it handled them.
    pub gaps: i64,
}

impl App {
    /// The card payments that each gateway has decided in this process: its name, authorized, declined.
    #[must_use]
    pub fn gateway_decisions(&self) -> Vec<(String, u64, u64)> {
        self.gateways.decisions()
    }

    /// The connections to Postgres of a workload.
    #[must_use]
    pub fn pool_status(&self, workload: Workload) -> PoolUse {
        self.db.pool_use_of(workload)
    }

    /// The version of the Postgres schema, compared with the migrations of this build.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the database is unavailable.
    pub async fn schema_state(&self) -> ServiceResult<SchemaState> {
        Ok(migrate::state(&self.db).await?)
    }

    /// Sends a request to the document store and waits for the response.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the document store is unavailable.
    pub async fn ping_documents(&self) -> ServiceResult<()> {
        Ok(self.documents.ping().await?)
    }

    /// The name of the document store, such as `mongodb`.
    #[must_use]
    pub fn documents_backend(&self) -> &str {
        self.documents.backend()
    }

    /// True if the search index of this process has caught up with the catalog once, so that lists are complete.
    #[must_use]
    pub fn is_search_ready(&self) -> bool {
        self.search.is_ready()
    }

    /// The current value of a counter.
    #[must_use]
    pub fn counter(&self, counter: Counter) -> u64 {
        self.telemetry.total(counter)
    }

    /// The number of alerts about reports of payment gateways since the start of the process, by gateway and reason.
    pub fn gateway_alerts(&self) -> impl Iterator<Item = (&str, &'static str, u64)> {
        self.gateways.alerts()
    }

    /// The work that waits in the database.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the database is unavailable.
    pub async fn backlog(&self) -> ServiceResult<Backlog> {
        let mut conn = self.db.read().await?;
        let queues = jobs::depths(&mut conn).await?;
        let outbox = outbox::backlog(&mut conn).await?;
        let head = outbox::head(&mut conn).await?;
        // Positions are read after `head` and may be ahead of it.
        let behind = |position: i64| (head - position).max(0);
        let events_behind = behind(self.followed.load(Ordering::Relaxed));
        let consumers = consumers::list(&mut conn).await?.into_iter();
        let consumers = consumers.map(|consumer| ConsumerStatus {
            name: consumer.name,
            events_behind: behind(consumer.position),
            gaps: consumer.gaps.into(),
        });
        let search_behind = self.is_search_ready().then(|| behind(self.search_status().position));
        Ok(Backlog { queues, outbox, events_behind, search_behind, consumers: consumers.collect() })
    }

    /// The directory that mails are written to; `None` if they are sent by a mail server.
    #[must_use]
    pub fn mail_directory(&self) -> Option<&Path> {
        self.mail.smtp_url.is_none().then_some(self.mail.directory.as_path())
    }
}
