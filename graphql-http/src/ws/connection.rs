//! One websocket connection: reads messages, runs each operation in its own task, and writes the results in order.

use std::{collections::HashMap, error::Error as _, ops::ControlFlow, sync::Arc, time::Duration};

use axum::{
    extract::ws::{Message, WebSocket},
    http::request::Parts,
};
use futures_util::{StreamExt as _, stream::BoxStream};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite;

use super::{
    PROTOCOL,
    message::{ClientMessage, Close, ServerMessage},
};
use crate::{
    Mounted,
    allowed::Allowed,
    answer::Answer,
    endpoint::Reply,
    error_code::ErrorCode,
    hook::{Caller, ConnectionParams, RequestId, Transport},
    rejection::Rejection,
    request::Params,
};

/// The number of results that are queued for a slow client before its operations have to wait.
const RESULT_QUEUE: usize = 32;
/// The time-out of the client's close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// The number of pings that a client may leave unanswered.
const MAX_MISSED_PINGS: u32 = 2;

/// The end of a connection: none if the client disconnected, else the reason why the server closes it.
type End = Option<Close>;

/// A connection and its operations.
pub struct Connection {
    socket: WebSocket,
    mounted: Mounted,
    client: Arc<Client>,
    state: State,
    operations: HashMap<String, Running>,
    tasks: JoinSet<()>,
    results: mpsc::Receiver<Event>,
    sender: mpsc::Sender<Event>,
    started: u64,
    unanswered: u32,
}

/// The client, shared by its operations.
struct Client {
    parts: Arc<Parts>,
    request_id: Arc<str>,
    params: std::sync::OnceLock<Option<Arc<ConnectionParams>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Opened,
    Acknowledged,
}

/// A running operation. Clients can reuse an id, so each start has a number.
struct Running {
    number: u64,
    task: AbortHandle,
}

/// A message of an operation to the client.
struct Event {
    id: String,
    number: u64,
    kind: EventKind,
}

enum EventKind {
    Next(Vec<u8>),
    Error(Vec<u8>),
    Complete,
}

impl Connection {
    /// A connection after its handshake.
    pub fn new(socket: WebSocket, mounted: Mounted, parts: Arc<Parts>) -> Self {
        let (sender, results) = mpsc::channel(RESULT_QUEUE);
        let request_id = parts
            .extensions
            .get::<RequestId>()
            .map_or_else(|| Arc::from(uuid::Uuid::now_v7().to_string()), |request_id| Arc::clone(&request_id.0));
        let client = Arc::new(Client { parts, request_id, params: std::sync::OnceLock::new() });
        Self {
            socket,
            mounted,
            client,
            state: State::Opened,
            operations: HashMap::new(),
            tasks: JoinSet::new(),
            results,
            sender,
            started: 0,
            unanswered: 0,
        }
    }

    /// Serves the connection until it ends. Its operations end with it.
    pub async fn serve(mut self) {
        let (observer, name) = (Arc::clone(&self.mounted.endpoint.observer), self.mounted.endpoint.name());
        observer.connections(name, 1);
        let end = if self.socket.protocol().is_some_and(|protocol| protocol == PROTOCOL) {
            self.run().await
        } else {
            Some(Close::Subprotocol)
        };
        if end == Some(Close::GoingAway) {
            self.finish().await;
        }
        self.tasks.abort_all();
        if let Some(close) = end {
            tracing::debug!(request_id = %self.client.request_id, ?close, "closing a websocket");
            self.close(&close).await;
        }
        observer.connections(name, -1);
    }

    async fn run(&mut self) -> End {
        let limits = self.mounted.endpoint.limits.socket.clone();
        let shutdown = self.mounted.shutdown.clone();
        let init_deadline = Instant::now() + limits.init_timeout;
        let mut keep_alive = ticks(limits.keep_alive);
        loop {
            let flow = tokio::select! {
                () = shutdown.cancelled() => return Some(Close::GoingAway),
                () = sleep_until(init_deadline), if self.state == State::Opened => return Some(Close::InitTimeout),
                _ = keep_alive.tick() => self.check_alive().await,
                Some(event) = self.results.recv() => self.send_event(event).await,
                Some(_) = self.tasks.join_next() => ControlFlow::Continue(()),
                message = self.socket.recv() => match message {
                    Some(message) => self.on_message(message).await,
                    None => return None,
                },
            };
            if let ControlFlow::Break(end) = flow {
                return end;
            }
        }
    }

    /// Sends the results of the queries and mutations in progress. Subscriptions end without `complete`, so that their
    /// clients reconnect.
    async fn finish(&mut self) {
        let mut is_over = false;
        while !is_over {
            let event = tokio::select! {
                biased;
                Some(event) = self.results.recv() => event,
                ended = self.tasks.join_next() => match (ended, self.results.try_recv()) {
                    (_, Ok(event)) => event,
                    (Some(_), Err(_)) => continue,
                    (None, Err(_)) => return,
                },
            };
            is_over = self.send_event(event).await.is_break();
        }
    }

    async fn check_alive(&mut self) -> ControlFlow<End> {
        if self.unanswered >= MAX_MISSED_PINGS {
            return ControlFlow::Break(None);
        }
        self.unanswered += 1;
        self.send(Message::Ping(bytes::Bytes::new())).await
    }

    async fn on_message(&mut self, message: Result<Message, axum::Error>) -> ControlFlow<End> {
        self.unanswered = 0;
        let limits = &self.mounted.endpoint.limits.socket;
        match message {
            Ok(Message::Text(text)) if text.len() > limits.message_bytes => ControlFlow::Break(Some(Close::TooLarge)),
            Ok(Message::Text(text)) => match ClientMessage::parse(&text) {
                Some(ClientMessage::ConnectionInit { .. }) if text.len() > limits.init_bytes => {
                    ControlFlow::Break(Some(Close::TooLarge))
                }
                Some(message) => self.dispatch(message, text.len()).await,
                None => ControlFlow::Break(Some(Close::InvalidMessage)),
            },
            Ok(Message::Binary(_)) => ControlFlow::Break(Some(Close::InvalidMessage)),
            // The websocket answers a close frame by itself; the stream ends afterwards.
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_)) => ControlFlow::Continue(()),
            Err(error) if is_too_large(&error) => ControlFlow::Break(Some(Close::TooLarge)),
            Err(_) => ControlFlow::Break(Some(Close::Protocol)),
        }
    }

    async fn dispatch(&mut self, message: ClientMessage, bytes: usize) -> ControlFlow<End> {
        match message {
            ClientMessage::ConnectionInit { payload } => self.init(payload).await,
            ClientMessage::Ping { payload } => self.send(ServerMessage::Pong(payload.as_ref()).encode()).await,
            ClientMessage::Pong {} => ControlFlow::Continue(()),
            ClientMessage::Subscribe { .. } if self.state == State::Opened => {
                ControlFlow::Break(Some(Close::Unauthorized))
            }
            ClientMessage::Subscribe { id, .. } if self.operations.contains_key(&id) => {
                ControlFlow::Break(Some(Close::DuplicateSubscriber(id)))
            }
            ClientMessage::Subscribe { id, payload } => self.start(id, payload, bytes).await,
            ClientMessage::Complete { id } => {
                if let Some(running) = self.operations.remove(&id) {
                    running.task.abort();
                }
                ControlFlow::Continue(())
            }
        }
    }

    async fn init(&mut self, params: Option<ConnectionParams>) -> ControlFlow<End> {
        if self.client.params.set(params.map(Arc::new)).is_err() {
            return ControlFlow::Break(Some(Close::TooManyInits));
        }
        let endpoint = &self.mounted.endpoint;
        let connected = timeout(endpoint.limits.execution_timeout, endpoint.hook.connect(self.client.caller())).await;
        match connected {
            Ok(Ok(())) => {}
            Ok(Err(rejection)) if !matches!(rejection.code, ErrorCode::Unavailable | ErrorCode::Internal) => {
                return ControlFlow::Break(Some(Close::Forbidden));
            }
            // The credentials could not be checked, so the client must not discard them.
            Ok(Err(_)) | Err(_) => return ControlFlow::Break(Some(Close::TryAgainLater)),
        }
        self.state = State::Acknowledged;
        self.send(ServerMessage::ConnectionAck.encode()).await
    }

    async fn start(&mut self, id: String, params: Params, bytes: usize) -> ControlFlow<End> {
        if self.operations.len() >= self.mounted.endpoint.limits.socket.operations {
            let rejection = Rejection::new(ErrorCode::RateLimited, "too many operations on one connection");
            return self.send(ServerMessage::Error(&id, &errors_of(&rejection)).encode()).await;
        }
        self.started += 1;
        let number = self.started;
        let operation = Operation {
            id: id.clone(),
            number,
            mounted: self.mounted.clone(),
            client: Arc::clone(&self.client),
            events: self.sender.clone(),
        };
        let task = self.tasks.spawn(operation.run(params, bytes));
        self.operations.insert(id, Running { number, task });
        ControlFlow::Continue(())
    }

    /// Sends a message of an operation, unless the client has stopped the operation.
    async fn send_event(&mut self, event: Event) -> ControlFlow<End> {
        if self.operations.get(&event.id).is_none_or(|running| running.number != event.number) {
            return ControlFlow::Continue(());
        }
        let message = match &event.kind {
            EventKind::Next(payload) => ServerMessage::Next(&event.id, payload),
            EventKind::Error(errors) => ServerMessage::Error(&event.id, errors),
            EventKind::Complete => ServerMessage::Complete(&event.id),
        };
        if !matches!(event.kind, EventKind::Next(_)) {
            self.operations.remove(&event.id);
        }
        self.send(message.encode()).await
    }

    async fn send(&mut self, message: Message) -> ControlFlow<End> {
        let limit = self.mounted.endpoint.limits.socket.send_timeout;
        match timeout(limit, self.socket.send(message)).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            // The client disconnected or does not read.
            Ok(Err(_)) | Err(_) => ControlFlow::Break(None),
        }
    }

    /// Sends the close frame and waits for the client's, so that it arrives before the connection is closed.
    async fn close(&mut self, close: &Close) {
        let handshake = async {
            if self.socket.send(Message::Close(Some(close.frame()))).await.is_ok() {
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        timeout(CLOSE_TIMEOUT, handshake).await.ok();
    }
}

impl Client {
    fn caller(&self) -> Caller<'_> {
        Caller {
            parts: &self.parts,
            connection_params: self.params.get().and_then(Option::as_ref),
            transport: Transport::WebSocket,
            request_id: &self.request_id,
        }
    }
}

/// An operation that runs in its own task.
struct Operation {
    id: String,
    number: u64,
    mounted: Mounted,
    client: Arc<Client>,
    events: mpsc::Sender<Event>,
}

impl Operation {
    async fn run(self, params: Params, bytes: usize) {
        let allowed = Allowed { mutations: true, subscriptions: true };
        let (endpoint, caller) = (&self.mounted.endpoint, self.client.caller());
        let reply = match endpoint.receive(caller, bytes).await {
            Ok(()) => endpoint.handle(params, caller, allowed).await,
            Err(rejection) => Reply::Single(Box::new(Answer::rejected(rejection))),
        };
        let is_complete = match reply {
            Reply::Single(answer) => {
                let encoded = endpoint.encode(&answer, Transport::WebSocket);
                !self.send(&answer, encoded).await
            }
            Reply::Stream(answers) => self.stream(answers).await,
        };
        if is_complete {
            self.emit(EventKind::Complete).await;
        }
    }

    /// Sends the results of a subscription until it ends; false if it was rejected, or if the server stops.
    async fn stream(&self, answers: BoxStream<'static, Answer>) -> bool {
        let mut answers = answers.take_until(Box::pin(self.mounted.shutdown.cancelled()));
        let mut is_rejected = false;
        while let Some(answer) = answers.next().await {
            is_rejected = self.send(&answer, answer.encode()).await;
        }
        !is_rejected && !self.mounted.shutdown.is_cancelled()
    }

    /// Sends a result; true if it was a rejection, which ends the operation.
    async fn send(&self, answer: &Answer, encoded: Vec<u8>) -> bool {
        match &answer.result {
            Ok(_) => self.emit(EventKind::Next(encoded)).await,
            Err(rejection) => self.emit(EventKind::Error(errors_of(rejection))).await,
        }
        answer.result.is_err()
    }

    async fn emit(&self, kind: EventKind) {
        // Fails if the connection has ended; this task is aborted then.
        self.events.send(Event { id: self.id.clone(), number: self.number, kind }).await.ok();
    }
}

/// True if a message or frame exceeds the limit of bytes.
fn is_too_large(error: &axum::Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<tungstenite::Error>());
    matches!(source, Some(tungstenite::Error::Capacity(_)))
}

fn errors_of(rejection: &Rejection) -> Vec<u8> {
    serde_json::to_vec(&rejection.errors).unwrap_or_else(|error| {
        tracing::error!(%error, "cannot encode an error");
        b"[]".to_vec()
    })
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
