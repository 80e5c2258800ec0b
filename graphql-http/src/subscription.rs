//! A subscription while it lives: counted, and told only to whom its caller still is.

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
    endpoint::Endpoint,
    hook::{Caller, ConnectionParams, Hook, OperationInfo, Transport},
    observe::Observer,
    rejection::Rejection,
};

/// How often the caller of a quiet subscription is checked.
const CHECKED_EVERY: Duration = Duration::from_mins(1);

/// The results of a subscription. It ends with an error when its caller is no longer admitted, or a resolver panics.
pub fn watched(
    endpoint: &Endpoint,
    results: BoxStream<'static, Response>,
    info: OperationInfo,
    caller: Caller<'_>,
) -> BoxStream<'static, Answer> {
    let mut checks = interval(CHECKED_EVERY);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watched = Watched {
        results: AssertUnwindSafe(results).catch_unwind().boxed(),
        hook: Arc::clone(&endpoint.hook),
        subscriber: Subscriber::new(caller),
        checks,
        _counted: Counted::new(endpoint, caller.transport),
    };
    let answers = stream::unfold(Some(watched), move |watched| {
        let info = info.clone();
        async move {
            let mut watched = watched?;
            let result = watched.next().await?;
            let next = result.is_ok().then_some(watched);
            let (operation, headers) = (Some(info), HeaderMap::new());
            Some((Answer { operation, started: Instant::now(), statements: 0, result, headers }, next))
        }
    });
    answers.boxed()
}

/// A subscription with all it needs.
struct Watched {
    results: BoxStream<'static, std::thread::Result<Response>>,
    hook: Arc<dyn Hook>,
    subscriber: Subscriber,
    checks: Interval,
    _counted: Counted,
}

impl Watched {
    async fn next(&mut self) -> Option<Result<Response, Rejection>> {
        loop {
            let result = tokio::select! {
                result = self.results.next() => Some(result?),
                _ = self.checks.tick() => None,
            };
            // After the result was made: whoever left meanwhile is not told.
            let checked = self.hook.recheck(self.subscriber.caller()).await;
            return match (checked, result) {
                (Err(rejection), _) => Some(Err(rejection.with_request_id(&self.subscriber.request_id))),
                (Ok(()), None) => continue,
                (Ok(()), Some(result)) => Some(self.settled(result)),
            };
        }
    }

    fn settled(&self, result: std::thread::Result<Response>) -> Result<Response, Rejection> {
        let request_id = &*self.subscriber.request_id;
        let Ok(mut response) = result else {
            tracing::error!(request_id, "a subscription panicked");
            return Err(Rejection::internal().with_request_id(request_id));
        };
        classify_errors(&mut response, &*self.hook, request_id);
        Ok(response)
    }
}

/// A caller that is remembered for longer than its request; what it sent is shared by its subscriptions.
struct Subscriber {
    parts: Arc<Parts>,
    connection_params: Option<Arc<ConnectionParams>>,
    transport: Transport,
    request_id: Arc<str>,
}

impl Subscriber {
    fn new(caller: Caller<'_>) -> Self {
        let Caller { parts, connection_params, transport, request_id } = caller;
        Self {
            parts: Arc::clone(parts),
            connection_params: connection_params.cloned(),
            transport,
            request_id: Arc::from(request_id),
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

/// Counts a subscription for as long as it lives.
struct Counted {
    observer: Arc<dyn Observer>,
    endpoint: &'static str,
    transport: Transport,
}

impl Counted {
    fn new(endpoint: &Endpoint, transport: Transport) -> Self {
        endpoint.observer.subscriptions(endpoint.name(), transport, 1);
        Self { observer: Arc::clone(&endpoint.observer), endpoint: endpoint.name(), transport }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.observer.subscriptions(self.endpoint, self.transport, -1);
    }
}
