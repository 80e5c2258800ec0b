//! An endpoint: a schema with its limits and caches. It turns the parameters of a request into an answer, for every
//! transport.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use async_graphql::{
    ObjectType, Request, Response, SchemaBuilder, SubscriptionType,
    parser::types::{ExecutableDocument, OperationType},
};
use axum::http::HeaderMap;
use futures_util::{FutureExt as _, future::BoxFuture, stream::BoxStream};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::{
    allowed::Allowed,
    answer::{Answer, classify_errors},
    document::{Documents, Operation, SchemaIndex},
    engine::Engine,
    error_code::ErrorCode,
    gate::{Busy, Gate, Place, Priorities},
    hook::{Caller, Held, Hook, NoHook, OperationInfo, Permit, Transport},
    limits::{Introspection, Limits},
    observe::{NoObserver, Observer, Outcome, Report},
    persisted::{self, MemoryQueries, PersistedQueries, Source},
    rejection::Rejection,
    request::Params,
    single,
    subscription::{self, Subscriber},
};

/// The default size of the in-memory cache of persisted queries in bytes.
const PERSISTED_BYTES: u64 = 16 * 1024 * 1024;

/// A schema with its limits and caches.
pub struct Endpoint {
    name: &'static str,
    pub(crate) limits: Limits,
    documents: Documents,
    engine: Engine,
    persisted: Arc<dyn PersistedQueries>,
    single_mutations: &'static [&'static str],
    pub(crate) page: Option<&'static str>,
    pub(crate) vary: &'static str,
    pub(crate) hook: Arc<dyn Hook>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) work: TaskTracker,
    gate: Option<(Arc<Gate>, Priorities)>,
}

/// The reply to a request: one answer, or a stream of answers.
pub enum Reply {
    /// The answer to a query, to a mutation, or to a rejected request.
    Single(Box<Answer>),
    /// The answers of a subscription.
    Stream(BoxStream<'static, Answer>),
}

impl Reply {
    fn with_statements(mut self, statements: u64) -> Self {
        if let Self::Single(answer) = &mut self {
            answer.statements = statements;
        }
        self
    }
}

/// The remaining cost of the operations of one batch, and its use of single mutations.
pub struct Budget {
    left: AtomicU64,
    total: u64,
    is_single_used: AtomicBool,
}

/// An operation that passed all checks.
struct Admitted {
    operation: Arc<Operation>,
    request: Request,
    info: OperationInfo,
}

impl Endpoint {
    /// An endpoint for a schema. The builder is called twice: once for the schema that validates documents, once for the
    /// one that executes those known to be valid.
    ///
    /// # Errors
    /// A parser error if the SDL of the schema is invalid, which is a bug in the schema.
    pub fn new<Q, M, S>(
        name: &'static str,
        limits: Limits,
        builder: impl Fn() -> SchemaBuilder<Q, M, S>,
    ) -> Result<Self, async_graphql::parser::Error>
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let engine = Engine::new(&limits, builder);
        let documents = Documents::new(SchemaIndex::from_sdl(engine.sdl())?, &limits);
        let persisted = Arc::new(MemoryQueries::new(PERSISTED_BYTES));
        let (hook, observer, work) = (Arc::new(NoHook), Arc::new(NoObserver), TaskTracker::new());
        let (page, vary, gate, single_mutations) = (None, "accept, authorization", None, &[] as &[&str]);
        Ok(Self {
            name,
            limits,
            documents,
            engine,
            persisted,
            single_mutations,
            page,
            vary,
            hook,
            observer,
            work,
            gate,
        })
    }

    /// Sets the hook that is called around each operation.
    #[must_use]
    pub fn hook(self, hook: Arc<dyn Hook>) -> Self {
        Self { hook, ..self }
    }

    /// Sets the observer of metrics.
    #[must_use]
    pub fn observer(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer, ..self }
    }

    /// Sets the tracker of work that outlives its request: mutations whose client disconnected, and websockets. The process
    /// waits for it before it ends.
    #[must_use]
    pub fn work(self, work: TaskTracker) -> Self {
        Self { work, ..self }
    }

    /// Sets the gate that admits operations under overload; without one, all operations are executed at once.
    #[must_use]
    pub fn gate(self, gate: Arc<Gate>, priorities: Priorities) -> Self {
        Self { gate: Some((gate, priorities)), ..self }
    }

    /// Sets the cost of fields that do more work than others, by `Type.field`. Every other field costs one, and a root field
    /// of a mutation costs 100.
    #[must_use]
    pub fn field_costs(self, costs: &[(&str, u64)]) -> Self {
        Self { documents: self.documents.with_field_costs(costs), ..self }
    }

    /// Sets the mutations of which a request, or a whole batch, may contain only one.
    #[must_use]
    pub fn single_mutations(self, names: &'static [&'static str]) -> Self {
        Self { single_mutations: names, ..self }
    }

    /// Sets the page that browsers are redirected to; by default a browser gets an answer like any other client.
    #[must_use]
    pub fn page(self, path: &'static str) -> Self {
        Self { page: Some(path), ..self }
    }

    /// Sets the request headers that answers depend on, for the `Vary` header; `accept` and `authorization` by default.
    #[must_use]
    pub fn vary(self, headers: &'static str) -> Self {
        Self { vary: headers, ..self }
    }

    /// Sets the store of persisted queries.
    #[must_use]
    pub fn persisted(self, persisted: Arc<dyn PersistedQueries>) -> Self {
        Self { persisted, ..self }
    }

    /// The endpoint's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Processes a request.
    pub(crate) async fn handle(&self, params: Params, caller: Caller<'_>, allowed: Allowed) -> Reply {
        self.handle_within(params, caller, allowed, &self.budget()).await
    }

    /// The total cost of the operations of one batch: the limit of one operation.
    pub(crate) const fn budget(&self) -> Budget {
        let left = AtomicU64::new(self.limits.cost);
        Budget { left, total: self.limits.cost, is_single_used: AtomicBool::new(false) }
    }

    /// Processes a request of a batch.
    pub(crate) async fn handle_within(
        &self,
        params: Params,
        caller: Caller<'_>,
        allowed: Allowed,
        budget: &Budget,
    ) -> Reply {
        let started = Instant::now();
        let mut info = None;
        let work = self.run(params, caller, allowed, budget, &mut info);
        let guarded = AssertUnwindSafe(tokio::time::timeout(self.limits.execution_timeout, work)).catch_unwind();
        let mut outcome = None;
        let statements = self.observer.measure(async { outcome = Some(guarded.await) }.boxed()).await;
        let rejection = match outcome {
            Some(Ok(Ok(Ok(reply)))) => return reply.with_statements(statements),
            Some(Ok(Ok(Err(rejection)))) => rejection,
            Some(Ok(Err(_))) => {
                tracing::warn!(request_id = caller.request_id, "an operation timed out");
                Rejection::new(ErrorCode::Unavailable, "the operation timed out")
                    .retry_after(crate::answer::RETRY_AFTER)
            }
            Some(Err(_)) | None => {
                tracing::error!(request_id = caller.request_id, "an operation panicked");
                Rejection::internal()
            }
        };
        let result = Err(rejection.with_request_id(caller.request_id));
        Reply::Single(Box::new(Answer { operation: info, started, statements, result, headers: HeaderMap::new() }))
    }

    /// Admits a request before it is parsed.
    pub(crate) async fn receive(&self, caller: Caller<'_>, bytes: usize) -> Result<(), Rejection> {
        let received = self.hook.receive(caller, bytes).await;
        received.map_err(|rejection| rejection.with_request_id(caller.request_id))
    }

    /// Encodes an answer and reports it.
    pub(crate) fn encode(&self, answer: &Answer, transport: Transport) -> Vec<u8> {
        let bytes = answer.encode();
        self.observer.answered(&Report {
            endpoint: self.name,
            transport,
            operation: answer.operation.as_ref(),
            outcome: answer.outcome(),
            errors: &answer.codes(),
            duration: answer.started.elapsed(),
            statements: answer.statements,
            response_bytes: bytes.len(),
        });
        bytes
    }

    async fn run(
        &self,
        params: Params,
        caller: Caller<'_>,
        allowed: Allowed,
        budget: &Budget,
        known: &mut Option<OperationInfo>,
    ) -> Result<Reply, Rejection> {
        let started = Instant::now();
        let Admitted { operation, request, info } = self.admit(params, allowed).await?;
        *known = Some(info.clone());
        budget.spend(info.cost)?;
        let place = self.enter(&info).await?;
        let mut request = self.hook.prepare(caller, &info, request).await?;
        let executable = operation.executable(&request.variables)?;
        if operation.kind == OperationType::Mutation {
            single::check(self.single_mutations, &executable, &budget.is_single_used)?;
        }
        request.set_parsed_query(executable);
        if operation.kind == OperationType::Subscription {
            let permit = self.hook.hold(caller, Held::Subscription).await?;
            self.observer.answered(&Report {
                endpoint: self.name,
                transport: caller.transport,
                operation: Some(&info),
                outcome: Outcome::Success,
                errors: &[],
                duration: started.elapsed(),
                statements: 0,
                response_bytes: 0,
            });
            let results = self.engine.subscribe(request);
            return Ok(Reply::Stream(subscription::watched(results, info, self.subscriber(caller, permit))));
        }
        let mut response = match operation.kind {
            OperationType::Mutation => self.finish(self.engine.execute(request), place).await?,
            _ => self.engine.execute(request).await,
        };
        classify_errors(&mut response, &*self.hook, caller.request_id);
        self.add_cost(&mut response, &info);
        let mut headers = std::mem::take(&mut response.http_headers);
        self.hook.headers(caller, &info, &response, &mut headers);
        let (operation, result, statements) = (Some(info), Ok(response), 0);
        Ok(Reply::Single(Box::new(Answer { operation, started, statements, result, headers })))
    }

    /// Runs a mutation to its end even if the client disconnects or the operation times out: a mutation that is dropped
    /// halfway could leave external effects without their record. It keeps its place until then.
    async fn finish(
        &self,
        mutation: BoxFuture<'static, Response>,
        place: Option<Place>,
    ) -> Result<Response, Rejection> {
        let mutation = mutation.inspect(move |_| drop(place)).boxed();
        let mutation = self.observer.measure_task(mutation).instrument(tracing::Span::current());
        match self.work.spawn(mutation).await {
            Ok(response) => Ok(response),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is shutting down.
                Err(_) => Err(Rejection::unavailable()),
            },
        }
    }

    /// Waits for a place at the gate.
    async fn enter(&self, operation: &OperationInfo) -> Result<Option<Place>, Rejection> {
        let Some((gate, priorities)) = &self.gate else { return Ok(None) };
        let priority = priorities.of(operation);
        gate.enter(priority).await.map(Some).map_err(|Busy| {
            self.observer.overloaded(self.name, priority);
            Rejection::busy()
        })
    }

    /// Runs all checks that precede execution.
    async fn admit(&self, params: Params, allowed: Allowed) -> Result<Admitted, Rejection> {
        let hash = params.persisted_hash()?.map(str::to_owned);
        let Params { query, operation_name, mut variables, .. } = params;
        let source = persisted::resolve(&*self.persisted, query, hash.as_deref()).await?;
        let known = self.documents.find(source.text());
        let is_known = known.is_some();
        let document = match known {
            Some(document) => document,
            None => Arc::new(self.documents.parse(source.text(), &self.limits)?),
        };
        let operation = document.operation(operation_name.as_deref().filter(|name| !name.is_empty()))?;
        allowed.check(operation.kind)?;
        let cost = self.documents.admit(&operation, &mut variables, &self.limits)?;
        if !is_known {
            self.validate(document.syntax()).await?;
            self.documents.insert(source.text(), &document);
        }
        if let Source::ToStore { hash, document } = source {
            self.persisted.insert(&hash, Arc::from(document)).await;
        }
        let only_field = operation.only_field().cloned();
        let is_restricted = operation.introspects() && self.limits.introspection == Introspection::Restricted;
        let info =
            OperationInfo { name: operation.name.clone(), kind: operation.kind, only_field, cost, is_restricted };
        Ok(Admitted { operation, request: Request::new("").variables(variables), info })
    }

    /// Validates a document with all its operations, without the variables of this request: those have been checked, and
    /// another operation can declare the same name with another type.
    async fn validate(&self, syntax: ExecutableDocument) -> Result<(), Rejection> {
        let mut request = Request::new("");
        request.set_parsed_query(syntax);
        let errors = self.engine.validate(request).await;
        if errors.is_empty() { Ok(()) } else { Err(Rejection::from_errors(ErrorCode::BadUserInput, errors)) }
    }

    /// The subscriber of a new subscription, counted until it is dropped.
    fn subscriber(&self, caller: Caller<'_>, permit: Permit) -> Subscriber {
        Subscriber::new(caller, permit, self.name, Arc::clone(&self.hook), Arc::clone(&self.observer))
    }

    fn add_cost(&self, response: &mut Response, info: &OperationInfo) {
        let cost = async_graphql::value!({ "requested": info.cost, "maximum": self.limits.cost });
        response.extensions.insert("cost".to_owned(), cost);
    }
}

impl Budget {
    /// Deducts the cost of an operation.
    fn spend(&self, cost: u64) -> Result<(), Rejection> {
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost));
        taken.map(drop).map_err(|_| {
            let message = format!("the operations of the batch cost more than {} together", self.total);
            Rejection::too_complex(message).cost(cost, self.total)
        })
    }
}
