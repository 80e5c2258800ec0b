//! Limits on the number of connections, on the head of a request and on slow requests.

use std::{net::SocketAddr, time::Duration};

use api::{
    connections::{self, Settings},
    state,
};
use async_graphql::futures_util::{SinkExt as _, StreamExt as _};
use axum::{Router, routing::get};
use serde_json::{Value, json};
use testkit::eventually;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

use tokio_util::sync::CancellationToken;

use crate::{
    processes::{Plan, Processes},
    support::TestApp,
};

const SOON: Duration = Duration::from_secs(30);
const CHANNEL: &str = "{ channel { slug } }";

async fn shop(max_connections: &str, head_timeout_seconds: &str) -> Processes {
    let settings = vec![
        ("MERCATOR_MAX_CONNECTIONS", max_connections.to_owned()),
        ("MERCATOR_HEAD_TIMEOUT_SECONDS", head_timeout_seconds.to_owned()),
    ];
    Processes::start_with(Plan { workers: 0, ..Plan::default() }, settings).await
}

/// Waits for the answer of a server whose places are taken for a while.
async fn eventually_answered(shop: &Processes) {
    eventually("an answer", SOON, async || {
        let answer = shop.storefront(0).gql(CHANNEL, json!({})).await;
        (answer.status == 200).then(|| assert_eq!(answer.text("/channel/slug"), "eu"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unfinished_request_heads_time_out() {
    let shop = shop("4", "1").await;
    let mut stuck = Vec::new();
    for _ in 0..8 {
        let mut connection = TcpStream::connect(&shop.servers[0].address).await.unwrap();
        connection.write_all(b"POST /graphql HTTP/1.1\r\nhost: shop\r\nx-slow: ").await.unwrap();
        stuck.push(connection);
    }
    eventually_answered(&shop).await;
    for mut connection in stuck {
        let mut rest = Vec::new();
        timeout(SOON, connection.read_to_end(&mut rest)).await.expect("the connection is closed").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_websockets_count_as_connections() {
    // Idle connections of the readiness probes close soon; a WebSocket stays open.
    let shop = shop("1", "2").await;
    let url = format!("ws://{}/graphql", shop.servers[0].address);
    let mut socket = eventually("a place for a websocket", SOON, async || {
        let mut request = url.as_str().into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        connect_async(request).await.ok()
    })
    .await
    .0;
    socket.send(Message::text(json!({ "type": "connection_init" }).to_string())).await.unwrap();
    let acknowledged = socket.next().await.unwrap().unwrap();
    assert_eq!(acknowledged.into_text().unwrap().as_str(), json!({ "type": "connection_ack" }).to_string());

    let refused = shop.storefront(0).gql(CHANNEL, json!({})).await;
    assert_eq!((refused.status, refused.error_code()), (503, "UNAVAILABLE"), "the only place is taken");
    assert_eq!(refused.headers["retry-after"], "1");
    let health = reqwest::get(format!("http://{}/health/live", shop.servers[0].address)).await.unwrap();
    assert_eq!(health.text().await.unwrap(), "ok", "health checks are answered all the same");
    socket.close(None).await.unwrap();
    eventually_answered(&shop).await;
}

#[tokio::test]
async fn health_is_answered_on_its_own_listener_when_every_place_is_taken() {
    let connections = Settings { max_open: 2, ..Settings::default() };
    let app = TestApp::with_own_listeners(state::Settings { connections, ..state::Settings::default() }).await;
    let address: SocketAddr = app.url("").trim_start_matches("http://").parse().unwrap();
    let mut stuck = Vec::new();
    // Two regular places and all spare ones.
    for _ in 0..40 {
        stuck.push(TcpStream::connect(address).await.unwrap());
    }
    let health = timeout(SOON, reqwest::get(app.operations_url("/health/live"))).await.unwrap().unwrap();
    assert_eq!(health.text().await.unwrap(), "ok");
}

#[tokio::test]
async fn connections_of_one_address_are_limited() {
    let connections = Settings { max_per_network: Some(3), ..Settings::default() };
    let app = TestApp::with_settings(state::Settings { connections, ..state::Settings::default() }).await;
    let address: SocketAddr = app.url("").trim_start_matches("http://").parse().unwrap();
    let from = async |source: &str| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{source}:0").parse().unwrap()).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: shop\r\n\r\n").await.unwrap();
        let mut answer = [0_u8; 12];
        let status = match timeout(SOON, stream.read_exact(&mut answer)).await.expect("an answer or the end") {
            Ok(_) => String::from_utf8_lossy(&answer).into_owned(),
            Err(_) => "closed".to_owned(),
        };
        (stream, status)
    };
    let mut open = Vec::new();
    for _ in 0..3 {
        let (stream, status) = from("127.0.0.2").await;
        assert_eq!(status, "HTTP/1.1 200");
        open.push(stream);
    }
    assert_eq!(from("127.0.0.2").await.1, "closed");
    assert_eq!(from("127.0.0.3").await.1, "HTTP/1.1 200", "another address is not affected");
    open.pop();
    eventually("the place of a closed connection is free", SOON, async || {
        (from("127.0.0.2").await.1 == "HTTP/1.1 200").then_some(())
    })
    .await;
}

#[tokio::test]
async fn request_heads_are_at_most_32_kib() {
    let app = TestApp::new().await;
    let status = async |bytes: usize| {
        let request = reqwest::Client::new().get(app.url("/health/live")).header("x-large", "x".repeat(bytes));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(31 * 1024).await, 200);
    assert_eq!(status(33 * 1024).await, 431);
}

#[tokio::test]
async fn each_listener_serves_only_its_own_routes() {
    let app = TestApp::with_own_listeners(state::Settings::default()).await;
    let status = async |url: String| reqwest::get(url).await.unwrap().status().as_u16();
    eventually("the stores were looked at", SOON, async || {
        (status(app.operations_url("/health/ready")).await == 200).then_some(())
    })
    .await;
    let query = "?query=%7B__typename%7D";
    for (path, own) in [
        ("/health/live".to_owned(), "operations"),
        ("/health/ready".to_owned(), "operations"),
        ("/metrics".to_owned(), "operations"),
        (format!("/graphql{query}"), "main"),
        ("/.well-known/jwks.json".to_owned(), "main"),
        (format!("/admin/graphql{query}"), "admin"),
    ] {
        let urls =
            [("main", app.url(&path)), ("admin", app.admin_url(&path)), ("operations", app.operations_url(&path))];
        for (listener, url) in urls {
            assert_eq!(status(url).await != 404, listener == own, "{path} on {listener}");
        }
    }
    let answer: Value = app.storefront().gql(CHANNEL, json!({})).await.data().clone();
    assert_eq!(answer["channel"]["slug"], "eu");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_do_not_read_are_disconnected() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new().route("/", get(async || vec![0_u8; 64 << 20])).route("/small", get(async || "here"));
    let settings = Settings { max_open: 1, write_timeout: Duration::from_millis(300), ..Settings::default() };
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let serving = tokio::spawn(async move {
        connections::serve(listener, routes, settings, &stopped, stopped.cancelled()).await;
    });
    let mut stuck = TcpStream::connect(address).await.unwrap();
    stuck.write_all(b"GET / HTTP/1.1\r\nhost: shop\r\n\r\n").await.unwrap();
    eventually("the place is free", SOON, async || {
        let answer = reqwest::get(format!("http://{address}/small")).await.ok()?;
        (answer.status() == 200).then_some(answer)
    })
    .await;
    stop.cancel();
    timeout(SOON, serving).await.expect("nobody is waited for").unwrap();
    drop(stuck);
}
