//! Running subscriptions: counted, and rechecked before each result, because a subscription outlives tokens and logins.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use async_graphql::Response;
use axum::http::{HeaderMap, request::Parts};
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::{
    answer::{Answer, classify_errors},
    hook::{Caller, ConnectionParams, Hook, OperationInfo, Permit, Transport},
    observe::Observer,
    rejection::Rejection,
};

/// The interval at which the caller of a subscription without results is rechecked.
const RECHECK_INTERVAL: Duration = Duration::from_mins(1);

/// The answers of a subscription. The stream ends with an error if the caller is no longer admitted or a resolver panics.
pub fn watched(
    results: BoxStream<'static, Response>,
    info: OperationInfo,
    subscriber: Subscriber,
) -> BoxStream<'static, Answer> {
    let mut checks = interval(RECHECK_INTERVAL);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watched = Watched { results: AssertUnwindSafe(results).catch_unwind().boxed(), info, subscriber, checks };
    let answers = stream::unfold(Some(watched), async |watched| {
        let mut watched = watched?;
        let result = watched.next().await?;
        let (operation, headers) = (Some(watched.info.clone()), HeaderMap::new());
        let next = result.is_ok().then_some(watched);
        Some((Answer { operation, started: Instant::now(), statements: 0, result, headers }, next))
    });
    answers.boxed()
}

/// A running subscription.
struct Watched {
    results: BoxStream<'static, std::thread::Result<Response>>,
    info: OperationInfo,
    subscriber: Subscriber,
    checks: Interval,
}

impl Watched {
    async fn next(&mut self) -> Option<Result<Response, Rejection>> {
        loop {
            let result = tokio::select! {
                result = self.results.next() => Some(result?),
                _ = self.checks.tick() => None,
            };
            // After the result was computed, so that a caller who lost access meanwhile does not receive it.
            let (hook, caller) = (&self.subscriber.hook, self.subscriber.caller());
            let checked = match &result {
                Some(_) => hook.result(caller, &self.info).await,
                None => hook.recheck(caller).await,
            };
            return match (checked, result) {
                (Err(rejection), _) => Some(Err(rejection.with_request_id(&self.subscriber.request_id))),
                (Ok(()), None) => continue,
                (Ok(()), Some(result)) => Some(self.classified(result)),
            };
        }
    }

    fn classified(&self, result: std::thread::Result<Response>) -> Result<Response, Rejection> {
        let request_id = &*self.subscriber.request_id;
        let Ok(mut response) = result else {
            tracing::error!(request_id, "a subscription panicked");
            return Err(Rejection::internal().with_request_id(request_id));
        };
        classify_errors(&mut response, &*self.subscriber.hook, request_id);
        Ok(response)
    }
}

/// The caller of a subscription, which outlives its request. It is counted by the observer until it is dropped.
pub struct Subscriber {
    parts: Arc<Parts>,
    connection_params: Option<Arc<ConnectionParams>>,
    transport: Transport,
    request_id: Arc<str>,
    endpoint: &'static str,
    hook: Arc<dyn Hook>,
    observer: Arc<dyn Observer>,
    _permit: Permit,
}

impl Subscriber {
    /// Counts a new subscriber.
    pub fn new(
        caller: Caller<'_>,
        permit: Permit,
        endpoint: &'static str,
        hook: Arc<dyn Hook>,
        observer: Arc<dyn Observer>,
    ) -> Self {
        let Caller { parts, connection_params, transport, request_id } = caller;
        observer.subscriptions(endpoint, transport, 1);
        Self {
            parts: Arc::clone(parts),
            connection_params: connection_params.cloned(),
            transport,
            request_id: Arc::from(request_id),
            endpoint,
            hook,
            observer,
            _permit: permit,
        }
    }

    fn caller(&self) -> Caller<'_> {
        Caller {
            parts: &self.parts,
            connection_params: self.connection_params.as_ref(),
            transport: self.transport,
            request_id: &self.request_id,
        }
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.observer.subscriptions(self.endpoint, self.transport, -1);
    }
}
