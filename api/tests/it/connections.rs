//! Limits on the number of connections and on slow requests.

use std::time::Duration;

use api::connections::{self, Settings};
use async_graphql::futures_util::{SinkExt as _, StreamExt as _};
use axum::{Router, routing::get};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

use tokio_util::sync::CancellationToken;

use crate::processes::{Plan, Processes};

const SOON: Duration = Duration::from_secs(30);

async fn shop(max_connections: &str, head_timeout_seconds: &str) -> Processes {
    let settings = vec![
        ("MERCATOR_MAX_CONNECTIONS", max_connections.to_owned()),
        ("MERCATOR_HEAD_TIMEOUT_SECONDS", head_timeout_seconds.to_owned()),
    ];
    Processes::start_with(Plan { workers: 0, ..Plan::default() }, settings).await
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
    let shopper = timeout(SOON, shop.storefront(0).gql("{ channel { slug } }", json!({}))).await;
    assert_eq!(shopper.expect("an answer in spite of them").text("/channel/slug"), "eu");
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
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    socket.send(Message::text(json!({ "type": "connection_init" }).to_string())).await.unwrap();
    let acknowledged = socket.next().await.unwrap().unwrap();
    assert_eq!(acknowledged.into_text().unwrap().as_str(), json!({ "type": "connection_ack" }).to_string());

    let storefront = shop.storefront(0);
    let mut waiting = Box::pin(storefront.gql("{ channel { slug } }", json!({})));
    assert!(timeout(Duration::from_secs(1), &mut waiting).await.is_err(), "the only place is taken");
    socket.close(None).await.unwrap();
    assert_eq!(timeout(SOON, waiting).await.expect("the place is free").text("/channel/slug"), "eu");
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
    let answer = timeout(SOON, reqwest::get(format!("http://{address}/small"))).await.expect("the place is free");
    assert_eq!(answer.unwrap().text().await.unwrap(), "here");
    stop.cancel();
    timeout(SOON, serving).await.expect("nobody is waited for").unwrap();
    drop(stuck);
}
