//! One websocket connection: reads messages, runs operations in tasks of their own, writes their results in order.

use std::{collections::HashMap, ops::ControlFlow, sync::Arc, time::Duration};

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

use super::{
    PROTOCOL,
    message::{ClientMessage, Close, ServerMessage},
};
use crate::{
    Mounted,
    answer::Answer,
    endpoint::{Allowed, Reply},
    error_code::ErrorCode,
    hook::{Caller, ConnectionParams, RequestId, Transport},
    rejection::Rejection,
    request::Params,
};

/// Results that wait for a slow client before its operations wait too.
const BACKLOG: usize = 32;
/// How long a client may take to answer a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Checks of the connection that a client may miss.
const MISSED_CHECKS: u32 = 2;

/// Why a connection ends: the client left, or the server closes it.
type End = Option<Close>;

/// A connection and what runs on it.
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

/// What is known about the client; operations share it.
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

/// An operation that has not ended. An id may be used again, so each start has its number.
struct Running {
    number: u64,
    task: AbortHandle,
}

/// Something an operation wants to tell the client.
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
    /// A connection whose handshake has succeeded.
    pub fn new(socket: WebSocket, mounted: Mounted, parts: Parts) -> Self {
        let (sender, results) = mpsc::channel(BACKLOG);
        let request_id = parts
            .extensions
            .get::<RequestId>()
            .map_or_else(|| Arc::from(uuid::Uuid::now_v7().to_string()), |request_id| Arc::clone(&request_id.0));
        let client = Arc::new(Client { parts: Arc::new(parts), request_id, params: std::sync::OnceLock::new() });
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
            self.listen().await
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

    async fn listen(&mut self) -> End {
        let limits = self.mounted.endpoint.limits.socket.clone();
        let shutdown = self.mounted.shutdown.clone();
        let init_deadline = Instant::now() + limits.init_timeout;
        let mut keep_alive = ticks(limits.keep_alive);
        loop {
            let flow = tokio::select! {
                () = shutdown.cancelled() => return Some(Close::GoingAway),
                () = sleep_until(init_deadline), if self.state == State::Opened => return Some(Close::InitTimeout),
                _ = keep_alive.tick() => self.check_alive().await,
                Some(event) = self.results.recv() => self.tell(event).await,
                Some(_) = self.tasks.join_next() => ControlFlow::Continue(()),
                message = self.socket.recv() => match message {
                    Some(message) => self.hear(message).await,
                    None => return None,
                },
            };
            if let ControlFlow::Break(end) = flow {
                return end;
            }
        }
    }

    /// Tells the results of the queries and mutations that still run. Subscriptions end by themselves, without a word,
    /// so that their clients come back.
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
            is_over = self.tell(event).await.is_break();
        }
    }

    async fn check_alive(&mut self) -> ControlFlow<End> {
        if self.unanswered >= MISSED_CHECKS {
            return ControlFlow::Break(None);
        }
        self.unanswered += 1;
        self.send(Message::Ping(bytes::Bytes::new())).await
    }

    async fn hear(&mut self, message: Result<Message, axum::Error>) -> ControlFlow<End> {
        self.unanswered = 0;
        let most = self.mounted.endpoint.limits.socket.message_bytes;
        match message {
            Ok(Message::Text(text)) if text.len() > most => ControlFlow::Break(Some(Close::TooLarge)),
            Ok(Message::Text(text)) => match ClientMessage::parse(&text) {
                Some(message) => self.react(message).await,
                None => ControlFlow::Break(Some(Close::InvalidMessage)),
            },
            Ok(Message::Binary(_)) => ControlFlow::Break(Some(Close::InvalidMessage)),
            // A close frame is answered by reading on, until the stream ends.
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_)) => ControlFlow::Continue(()),
            Err(error) if error.to_string().contains("too long") => ControlFlow::Break(Some(Close::TooLarge)),
            Err(_) => ControlFlow::Break(Some(Close::Protocol)),
        }
    }

    async fn react(&mut self, message: ClientMessage) -> ControlFlow<End> {
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
            ClientMessage::Subscribe { id, payload } => self.start(id, payload).await,
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
            // Whether the credentials are good cannot be told now, so the client must not throw them away.
            Ok(Err(_)) | Err(_) => return ControlFlow::Break(Some(Close::TryAgainLater)),
        }
        self.state = State::Acknowledged;
        self.send(ServerMessage::ConnectionAck.encode()).await
    }

    async fn start(&mut self, id: String, params: Params) -> ControlFlow<End> {
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
        let task = self.tasks.spawn(operation.run(params));
        self.operations.insert(id, Running { number, task });
        ControlFlow::Continue(())
    }

    /// Passes on what an operation has to say, unless the client has ended it meanwhile.
    async fn tell(&mut self, event: Event) -> ControlFlow<End> {
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
            // The client is gone, or does not read.
            Ok(Err(_)) | Err(_) => ControlFlow::Break(None),
        }
    }

    /// Sends the close frame and waits for the client's, so that it arrives before the connection is cut.
    async fn close(&mut self, close: &Close) {
        let goodbye = async {
            if self.socket.send(Message::Close(Some(close.frame()))).await.is_ok() {
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        timeout(CLOSE_TIMEOUT, goodbye).await.ok();
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

/// An operation on its way.
struct Operation {
    id: String,
    number: u64,
    mounted: Mounted,
    client: Arc<Client>,
    events: mpsc::Sender<Event>,
}

impl Operation {
    async fn run(self, params: Params) {
        let allowed = Allowed { mutations: true, subscriptions: true };
        let endpoint = &self.mounted.endpoint;
        let is_complete = match endpoint.handle(params, self.client.caller(), allowed).await {
            Reply::Single(answer) => {
                let encoded = endpoint.encode(&answer, Transport::WebSocket);
                !self.tell(&answer, encoded).await
            }
            Reply::Stream(answers) => self.stream(answers).await,
        };
        if is_complete {
            self.emit(EventKind::Complete).await;
        }
    }

    /// Tells the results of a subscription until it ends; false when it was refused, or when the server stops.
    async fn stream(&self, answers: BoxStream<'static, Answer>) -> bool {
        let mut answers = answers.take_until(Box::pin(self.mounted.shutdown.cancelled()));
        let mut is_refused = false;
        while let Some(answer) = answers.next().await {
            is_refused = self.tell(&answer, answer.encode()).await;
        }
        !is_refused && !self.mounted.shutdown.is_cancelled()
    }

    /// Tells a result; true when it was a refusal, which ends the operation.
    async fn tell(&self, answer: &Answer, encoded: Vec<u8>) -> bool {
        match &answer.result {
            Ok(_) => self.emit(EventKind::Next(encoded)).await,
            Err(rejection) => self.emit(EventKind::Error(errors_of(rejection))).await,
        }
        answer.result.is_err()
    }

    async fn emit(&self, kind: EventKind) {
        // Nobody listens any more when the connection has ended; then this task is about to end too.
        self.events.send(Event { id: self.id.clone(), number: self.number, kind }).await.ok();
    }
}

fn errors_of(rejection: &Rejection) -> Vec<u8> {
    serde_json::to_vec(&rejection.errors).unwrap_or_else(|_| b"[]".to_vec())
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
