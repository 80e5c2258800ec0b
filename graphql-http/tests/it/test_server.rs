//! A server with a small schema that has every feature the transport must support.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_graphql::{
    Context, EmptyMutation, ErrorExtensions as _, InputObject, Object, Request, Schema, SimpleObject, Subscription,
    futures_util::{FutureExt as _, Stream, StreamExt as _, future::BoxFuture, stream},
};
use graphql_http::{
    Caller, Endpoint, ErrorCode, GateLimits, Held, Hook, Limits, OperationInfo, Permit, Priorities, Priority, Rejection,
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// An object with connections of itself and failing fields.
#[derive(Clone, Copy)]
pub struct Shop;

#[derive(SimpleObject)]
pub struct ShopConnection {
    pub nodes: Vec<Shop>,
    pub total_count: i32,
}

#[derive(InputObject)]
pub struct Filter {
    pub name: Option<String>,
    pub and: Option<Vec<Filter>>,
    pub size: Option<i32>,
}

/// The name of the caller, which the hook adds to the request.
pub struct Who(pub String);

#[Object]
impl Shop {
    async fn id(&self) -> &'static str {
        "1"
    }

    async fn name(&self) -> &'static str {
        "shop"
    }

    async fn number(&self) -> async_graphql::Result<i32> {
        Err("the database said: secret".into())
    }

    /// The engine nulls a nullable field only when the failure is inside the option.
    async fn optional_number(&self) -> Option<async_graphql::Result<i32>> {
        Some(Err(coded(ErrorCode::Forbidden, "not for you")))
    }

    async fn shop(&self) -> Shop {
        *self
    }

    async fn optional_shop(&self) -> Option<Shop> {
        Some(*self)
    }

    async fn shops(&self, first: Option<i32>) -> ShopConnection {
        some_shops(first)
    }
}

fn coded(code: ErrorCode, message: impl std::fmt::Display) -> async_graphql::Error {
    async_graphql::Error::new(message.to_string()).extend_with(|_, extensions| extensions.set("code", code.as_str()))
}

fn some_shops(first: Option<i32>) -> ShopConnection {
    let count = first.unwrap_or(2);
    ShopConnection { nodes: vec![Shop; usize::try_from(count.clamp(0, 100)).unwrap()], total_count: count }
}

#[derive(Default)]
pub struct Query;

#[Object]
impl Query {
    async fn shop(&self) -> Shop {
        Shop
    }

    async fn optional_shop(&self) -> Option<Shop> {
        Some(Shop)
    }

    async fn shops(&self, first: Option<i32>, last: Option<i32>) -> ShopConnection {
        some_shops(first.or(last))
    }

    async fn products(&self, first: Option<i32>, after: Option<String>) -> async_graphql::Result<ShopConnection> {
        if after.is_some() || first.is_some_and(|first| !(0..=100).contains(&first)) {
            return Err(coded(ErrorCode::BadUserInput, "no such page"));
        }
        Ok(some_shops(first))
    }

    async fn node(&self, id: async_graphql::ID) -> async_graphql::Result<Option<Shop>> {
        Err(coded(ErrorCode::BadUserInput, format!("{} bytes are no id", id.len())))
    }

    async fn nodes(&self, ids: Vec<async_graphql::ID>) -> async_graphql::Result<Vec<Option<Shop>>> {
        Err(coded(ErrorCode::BadUserInput, format!("{} are too many", ids.len())))
    }

    async fn echo(&self, text: String) -> String {
        text
    }

    async fn sum(&self, numbers: Vec<i32>) -> i32 {
        numbers.iter().sum()
    }

    async fn nested(&self, #[graphql(default)] lists: async_graphql::Json<Value>, filter: Option<Filter>) -> bool {
        filter.is_some() || lists.0.is_array()
    }

    async fn who(&self, ctx: &Context<'_>) -> String {
        ctx.data::<Who>().map_or_else(|_| "nobody".to_owned(), |who| who.0.clone())
    }

    async fn panics(&self) -> i32 {
        let secrets: Vec<i32> = Vec::new();
        secrets[number_of_secrets()]
    }

    async fn slow(&self) -> i32 {
        std::future::pending().await
    }

    async fn unavailable(&self) -> async_graphql::Result<i32> {
        Err(coded(ErrorCode::Unavailable, "pool at 10.0.0.1 is full"))
    }

    async fn cookie(&self, ctx: &Context<'_>) -> bool {
        ctx.insert_http_header("x-toy", "1");
        true
    }
}

fn number_of_secrets() -> usize {
    std::env::args().count()
}

/// The number of calls of `touch`, by thing.
static TOUCHED: Mutex<BTreeMap<String, i32>> = Mutex::new(BTreeMap::new());

#[derive(SimpleObject)]
pub struct Touched {
    pub thing: String,
    pub times: i32,
}

/// Synchronizes a test with the resolver `pass`.
pub struct Gate {
    /// Receives a permit when the resolver begins.
    pub begun: Semaphore,
    /// The resolver waits for a permit.
    pub open: Semaphore,
    /// Receives a permit when the resolver is through.
    pub passed: Semaphore,
}

#[derive(Default)]
pub struct Mutation;

#[Object]
impl Mutation {
    /// Blocks until the test opens the gate.
    async fn pass(&self, ctx: &Context<'_>) -> bool {
        let gate = ctx.data_unchecked::<Arc<Gate>>();
        gate.begun.add_permits(1);
        gate.open.acquire().await.unwrap().forget();
        gate.passed.add_permits(1);
        true
    }

    async fn rename(&self, name: String) -> String {
        name
    }

    async fn touch(&self, thing: String) -> Touched {
        let mut touched = TOUCHED.lock().unwrap();
        let times = touched.entry(thing.clone()).or_default();
        *times += 1;
        Touched { times: *times, thing }
    }
}

#[derive(Default)]
pub struct Subscriptions;

#[Subscription]
impl Subscriptions {
    /// Counts from zero.
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(0..to)
    }

    /// Sends one item and never ends.
    async fn waiting(&self) -> impl Stream<Item = Shop> {
        stream::once(async { Shop }).chain(stream::pending())
    }

    async fn failing(&self) -> async_graphql::Result<impl Stream<Item = i32>> {
        Err::<stream::Empty<i32>, _>(coded(ErrorCode::Forbidden, "not for you"))
    }

    async fn panicking(&self) -> impl Stream<Item = i32> {
        stream::iter(0..2).map(|number| if number == 1 { panic!("a secret of the implementation") } else { number })
    }
}

/// Reads the caller's name from `authorization` in headers or connection parameters. Rejects `mallory`; is unavailable for
/// `too early`; leaves restricted introspection to `staff`. Rejects long requests of `long` and subscriptions of `short`.
struct TestHook;

impl TestHook {
    fn name(caller: Caller<'_>) -> Option<String> {
        let params = caller.connection_params.and_then(|params| params.get("authorization")?.as_str());
        let header = caller.parts.headers.get("authorization").and_then(|value| value.to_str().ok());
        params.or(header).map(str::to_owned)
    }
}

impl Hook for TestHook {
    fn receive<'a>(&'a self, caller: Caller<'a>, bytes: usize) -> BoxFuture<'a, Result<(), Rejection>> {
        let is_refused = Self::name(caller).as_deref() == Some("long") && bytes > 100;
        async move { if is_refused { Err(Rejection::rate_limited(Duration::from_millis(1_500))) } else { Ok(()) } }
            .boxed()
    }

    fn hold<'a>(&'a self, caller: Caller<'a>, held: Held) -> BoxFuture<'a, Result<Permit, Rejection>> {
        let is_refused = Self::name(caller).as_deref() == Some("short") && held == Held::Subscription;
        async move { if is_refused { Err(Rejection::rate_limited(Duration::from_secs(1))) } else { Ok(Permit::default()) } }
            .boxed()
    }

    fn connect<'a>(&'a self, caller: Caller<'a>) -> BoxFuture<'a, Result<(), Rejection>> {
        async move {
            match Self::name(caller).as_deref() {
                Some("mallory") => Err(Rejection::forbidden("go away")),
                Some("too early") => Err(Rejection::unavailable()),
                _ => Ok(()),
            }
        }
        .boxed()
    }

    fn prepare<'a>(
        &'a self,
        caller: Caller<'a>,
        operation: &'a OperationInfo,
        request: Request,
    ) -> BoxFuture<'a, Result<Request, Rejection>> {
        async move {
            match Self::name(caller).as_deref() {
                Some("mallory") => Err(Rejection::unauthenticated("the token is not valid")),
                name if operation.is_restricted && name != Some("staff") => Err(Rejection::forbidden("staff only")),
                Some("flood") => Err(Rejection::rate_limited(Duration::from_secs(7))),
                name => Ok(request.data(Who(name.unwrap_or("nobody").to_owned()))),
            }
        }
        .boxed()
    }
}

/// A server on a free port.
pub struct TestServer {
    pub url: String,
    pub ws_url: String,
    pub client: reqwest::Client,
    pub shutdown: CancellationToken,
    pub gate: Arc<Gate>,
}

impl TestServer {
    pub async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        Self::serve(limits, None).await
    }

    /// Starts it with a gate: `rename` is critical, other mutations are high, queries low.
    pub async fn gated(limits: GateLimits) -> Self {
        Self::serve(Limits::default(), Some(limits)).await
    }

    async fn serve(limits: Limits, gated: Option<GateLimits>) -> Self {
        let closed = || Semaphore::new(0);
        let gate = Arc::new(Gate { begun: closed(), open: closed(), passed: closed() });
        let builder = || Schema::build(Query, Mutation, Subscriptions).data(Arc::clone(&gate));
        let server = Endpoint::new("toy", limits.clone(), builder)
            .unwrap()
            .hook(Arc::new(TestHook))
            .page("/")
            .vary("accept, accept-language, authorization");
        let priorities =
            Priorities { critical: &["rename"], high: &[], mutations: Priority::High, queries: Priority::Low };
        let server = match gated {
            Some(limits) => server.gate(graphql_http::Gate::new(limits), priorities),
            None => server,
        };
        let read_only = Endpoint::new("read-only", limits, || {
            Schema::build(Query, EmptyMutation, async_graphql::EmptySubscription)
        });
        let shutdown = CancellationToken::new();
        let endpoints = [("/graphql", Arc::new(server)), ("/read-only", Arc::new(read_only.unwrap()))];
        let router = graphql_http::router(endpoints, &shutdown);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url: format!("http://{address}/graphql"),
            ws_url: format!("ws://{address}/graphql"),
            client: reqwest::Client::new(),
            shutdown,
            gate,
        }
    }

    /// Posts a body and returns status and JSON.
    pub async fn post(&self, accept: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(&self.url).header("accept", accept).json(body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Sends a query and returns the response.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        self.post("application/json", &json!({ "query": query, "variables": variables })).await.1
    }
}
