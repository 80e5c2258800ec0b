//! The `graphql-transport-ws` protocol: messages, close codes, limits.

use std::time::Duration;

use async_graphql::futures_util::{SinkExt as _, StreamExt as _};
use graphql_http::{Limits, SocketLimits};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::CloseFrame},
};

use crate::test_server::TestServer;

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(server: &TestServer, protocol: Option<&str>) -> Self {
        let mut request = server.ws_url.as_str().into_client_request().unwrap();
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
        }
        Self(connect_async(request).await.unwrap().0)
    }

    async fn ready(server: &TestServer) -> Self {
        Self::ready_as(server, json!({})).await
    }

    async fn ready_as(server: &TestServer, params: Value) -> Self {
        let mut socket = Self::open(server, Some("graphql-transport-ws")).await;
        socket.send(&json!({ "type": "connection_init", "payload": params })).await;
        assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
        socket
    }

    async fn send(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(&json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    async fn frame(&mut self) -> Message {
        tokio::time::timeout(Duration::from_secs(10), self.0.next()).await.expect("a frame in time").unwrap().unwrap()
    }

    async fn next(&mut self) -> Value {
        loop {
            match self.frame().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("expected a message, got {other:?}"),
            }
        }
    }

    async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.frame().await {
                return frame.unwrap().code.into();
            }
        }
    }
}

#[tokio::test]
async fn the_hook_admits_each_operation_and_each_subscription() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready_as(&server, json!({ "authorization": "long" })).await;
    socket.subscribe("1", &format!("{{ shop {{ name }} }} #{}", "x".repeat(100))).await;
    let refused = socket.next().await;
    assert_eq!((&refused["type"], &refused["payload"][0]["extensions"]["retryAfter"]), (&json!("error"), &json!(2)));

    let mut socket = Socket::ready_as(&server, json!({ "authorization": "short" })).await;
    socket.subscribe("1", "subscription { count(to: 1) }").await;
    assert_eq!(socket.next().await["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    socket.subscribe("1", "{ shop { name } }").await;
    assert_eq!(socket.next().await["type"], "next");
}

#[tokio::test]
async fn other_subprotocols_are_rejected() {
    let server = TestServer::start().await;
    assert_eq!(Socket::open(&server, None).await.close_code().await, 4406);
    assert_eq!(Socket::open(&server, Some("graphql-ws")).await.close_code().await, 4406);
}

#[tokio::test]
async fn messages_outside_the_protocol_close_the_connection() {
    let server = TestServer::start().await;
    for text in ["not json", "{}", r#"{"type":"start"}"#, r#"{"type":"subscribe","id":"1"}"#] {
        let mut socket = Socket::ready(&server).await;
        socket.0.send(Message::text(text)).await.unwrap();
        assert_eq!(socket.close_code().await, 4400, "{text}");
    }
    let mut socket = Socket::ready(&server).await;
    socket.0.send(Message::binary(vec![1, 2])).await.unwrap();
    assert_eq!(socket.close_code().await, 4400);
}

#[tokio::test]
async fn ids_and_connection_parameters_are_bounded() {
    let server = TestServer::start().await;
    let mut long_id = Socket::ready(&server).await;
    long_id.subscribe(&"x".repeat(129), "{ shop { name } }").await;
    assert_eq!(long_id.close_code().await, 4400);
    let mut long_init = Socket::open(&server, Some("graphql-transport-ws")).await;
    long_init.send(&json!({ "type": "connection_init", "payload": { "x": "x".repeat(8 * 1024) } })).await;
    assert_eq!(long_init.close_code().await, 1009);
}

#[tokio::test]
async fn the_connection_must_be_initialized_once_and_in_time() {
    let server = TestServer::start().await;
    let mut early = Socket::open(&server, Some("graphql-transport-ws")).await;
    early.subscribe("1", "{ shop { name } }").await;
    assert_eq!(early.close_code().await, 4401);

    let mut twice = Socket::ready(&server).await;
    twice.send(&json!({ "type": "connection_init" })).await;
    assert_eq!(twice.close_code().await, 4429);

    let mut refused = Socket::open(&server, Some("graphql-transport-ws")).await;
    refused.send(&json!({ "type": "connection_init", "payload": { "authorization": "mallory" } })).await;
    assert_eq!(refused.close_code().await, 4403);

    let mut unknown = Socket::open(&server, Some("graphql-transport-ws")).await;
    unknown.send(&json!({ "type": "connection_init", "payload": { "authorization": "too early" } })).await;
    assert_eq!(unknown.close_code().await, 1013, "the credentials may be good");

    let socket = SocketLimits { init_timeout: Duration::from_millis(50), ..SocketLimits::default() };
    let impatient = TestServer::with(Limits { socket, ..Limits::default() }).await;
    assert_eq!(Socket::open(&impatient, Some("graphql-transport-ws")).await.close_code().await, 4408);
}

#[tokio::test]
async fn an_id_is_used_by_one_operation_at_a_time() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    for _ in 0..2 {
        socket.subscribe("a", "{ shop { name } }").await;
        assert_eq!(socket.next().await["type"], "next");
        assert_eq!(socket.next().await, json!({ "type": "complete", "id": "a" }));
    }
    socket.subscribe("b", "subscription { waiting { name } }").await;
    assert_eq!(socket.next().await["type"], "next");
    socket.subscribe("b", "{ shop { name } }").await;
    assert_eq!(socket.close_code().await, 4409);
}

#[tokio::test]
async fn pings_are_answered_before_and_after_the_acknowledgement() {
    let server = TestServer::start().await;
    let mut socket = Socket::open(&server, Some("graphql-transport-ws")).await;
    socket.send(&json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong", "payload": { "a": 1 } }));
    socket.send(&json!({ "type": "pong" })).await;
    socket.send(&json!({ "type": "connection_init" })).await;
    assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
    socket.send(&json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong" }));
}

#[tokio::test]
async fn queries_mutations_and_subscriptions_run_over_one_connection() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready_as(&server, json!({ "authorization": "ada" })).await;
    socket.subscribe("q", "{ who }").await;
    let next = socket.next().await;
    assert_eq!((&next["payload"]["data"]["who"], &next["id"]), (&json!("ada"), &json!("q")));
    assert_eq!(socket.next().await["type"], "complete");
    socket.subscribe("m", "mutation { rename(name: \"x\") }").await;
    assert_eq!(socket.next().await["payload"]["data"]["rename"], "x");
    assert_eq!(socket.next().await["type"], "complete");
    socket.subscribe("s", "subscription { ...F } fragment F on Subscriptions { count(to: 2) }").await;
    assert_eq!(socket.next().await["payload"]["data"]["count"], 0);
    assert_eq!(socket.next().await["payload"]["data"]["count"], 1);
    assert_eq!(socket.next().await, json!({ "type": "complete", "id": "s" }));
}

#[tokio::test]
async fn rejected_operations_end_with_an_error_message() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    let too_complex = "{ shops(first: 1000000) { nodes { name } } }";
    for (query, code) in
        [("{", "BAD_USER_INPUT"), ("{ nothing }", "BAD_USER_INPUT"), (too_complex, "QUERY_TOO_COMPLEX")]
    {
        socket.subscribe("e", query).await;
        let error = socket.next().await;
        assert_eq!((&error["type"], &error["payload"][0]["extensions"]["code"]), (&json!("error"), &json!(code)));
    }
    socket.subscribe("f", "subscription { failing }").await;
    assert_eq!(socket.next().await["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(socket.next().await, json!({ "type": "complete", "id": "f" }));
}

#[tokio::test]
async fn completed_operations_send_nothing_more() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    socket.subscribe("w", "subscription { waiting { name } }").await;
    assert_eq!(socket.next().await["type"], "next");
    socket.send(&json!({ "type": "complete", "id": "w" })).await;
    socket.send(&json!({ "type": "complete", "id": "unknown" })).await;
    socket.subscribe("w", "{ shop { name } }").await;
    assert_eq!(socket.next().await["payload"]["data"]["shop"]["name"], "shop");
    assert_eq!(socket.next().await["type"], "complete");
}

#[tokio::test]
async fn operations_and_messages_are_limited() {
    let socket = SocketLimits { operations: 2, message_bytes: 1000, ..SocketLimits::default() };
    let server = TestServer::with(Limits { socket, ..Limits::default() }).await;
    let mut socket = Socket::ready(&server).await;
    for id in ["1", "2"] {
        socket.subscribe(id, "subscription { waiting { name } }").await;
        assert_eq!(socket.next().await["type"], "next");
    }
    socket.subscribe("3", "{ shop { name } }").await;
    assert_eq!(socket.next().await["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    socket.subscribe("4", &" ".repeat(1500)).await;
    assert_eq!(socket.close_code().await, 1009);

    let mut socket = Socket::ready(&server).await;
    socket.subscribe("4", &" ".repeat(100_000)).await;
    assert_eq!(socket.close_code().await, 1009);
}

#[tokio::test]
async fn the_clients_close_is_answered() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    let frame = CloseFrame { code: 1000.into(), reason: "bye".into() };
    socket.0.send(Message::Close(Some(frame))).await.unwrap();
    assert_eq!(socket.close_code().await, 1000);
}

#[tokio::test]
async fn a_shutdown_closes_connections_cleanly() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    socket.subscribe("w", "subscription { waiting { name } }").await;
    assert_eq!(socket.next().await["type"], "next");
    server.shutdown.cancel();
    assert_eq!(socket.close_code().await, 1001);
}

#[tokio::test]
async fn a_shutdown_waits_for_the_mutations_of_a_connection() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    socket.subscribe("w", "subscription { waiting { name } }").await;
    assert_eq!(socket.next().await["type"], "next");
    socket.subscribe("m", "mutation { pass }").await;
    server.gate.begun.acquire().await.unwrap().forget();
    server.shutdown.cancel();
    server.gate.open.add_permits(1);
    assert_eq!(socket.next().await["payload"]["data"]["pass"], true);
    assert_eq!(socket.next().await, json!({ "type": "complete", "id": "m" }));
    assert_eq!(socket.close_code().await, 1001);
}

#[tokio::test]
async fn unresponsive_connections_are_closed() {
    let socket = SocketLimits { keep_alive: Duration::from_millis(30), ..SocketLimits::default() };
    let server = TestServer::with(Limits { socket, ..Limits::default() }).await;
    let mut socket = Socket::ready(&server).await;
    // Reading answers the checks by itself.
    for _ in 0..5 {
        assert!(matches!(socket.frame().await, Message::Ping(_)));
    }
}
