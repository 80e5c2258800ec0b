//! Budgets of operations on websockets and of results of subscriptions, and limits on what a network keeps open.

use std::time::Duration;

use api::{held, state::Settings};
use async_graphql::futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use services::budgets::BudgetsConfig;
use testkit::eventually;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _, http::StatusCode},
};

use super::{burst, from, long_query, settings, shop};
use crate::support::TestApp;

const SOON: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(app: &TestApp, address: &str) -> Result<Socket, StatusCode> {
    let mut request = app.url("/graphql").replace("http://", "ws://").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
    match connect_async(request).await {
        Ok((mut socket, _)) => {
            socket.send(Message::text(json!({ "type": "connection_init" }).to_string())).await.unwrap();
            assert_eq!(next(&mut socket).await["type"], "connection_ack");
            Ok(socket)
        }
        Err(Error::Http(response)) => Err(response.status()),
        Err(error) => panic!("{error}"),
    }
}

async fn next(socket: &mut Socket) -> Value {
    loop {
        let message = tokio::time::timeout(SOON, socket.next()).await.expect("a message in time").unwrap().unwrap();
        if let Message::Text(text) = message {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

async fn start(socket: &mut Socket, id: &str, query: &str) {
    let message = json!({ "type": "subscribe", "id": id, "payload": { "query": query } });
    socket.send(Message::text(message.to_string())).await.unwrap();
}

#[tokio::test]
async fn operations_on_a_websocket_are_charged() {
    let app = shop().await;
    let mut socket = open(&app, "203.0.113.7").await.unwrap();
    for id in ["1", "2", "3"] {
        start(&mut socket, id, &long_query()).await;
        assert_eq!(next(&mut socket).await["type"], "next");
        assert_eq!(next(&mut socket).await["type"], "complete");
    }
    start(&mut socket, "4", &long_query()).await;
    let refused = next(&mut socket).await;
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("4")), "{refused}");
    let extensions = &refused["payload"][0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED");
    assert!(extensions["retryAfter"].as_u64().is_some_and(|seconds| seconds > 0), "{refused}");
    assert!(open(&app, "203.0.113.8").await.is_ok());
}

#[tokio::test]
async fn results_of_a_subscription_are_charged_until_it_ends_with_an_error() {
    let budgets = BudgetsConfig { network: burst(3_000), ..BudgetsConfig::default() };
    let app = TestApp::with_settings(settings(budgets)).await;
    let create = "mutation { cartCreate(input: {}) { cart { id } userErrors { code } } }";
    let cart = from(&app.storefront(), "203.0.113.1").gql(create, Value::Null).await.ok().text("/cartCreate/cart/id");
    let watch = "subscription($c: ID!) { cartUpdated(id: $c) { lines(first: 100) { nodes { id quantity } } } }";
    let mut events = from(&app.storefront(), "203.0.113.2").subscribe(watch, json!({ "c": cart })).await;
    let reading = tokio::spawn(async move {
        let mut results = Vec::new();
        while let Some(event) = events.next().await {
            results.push(event);
        }
        results
    });
    let note =
        "mutation($c: ID!, $n: String) { cartNoteUpdate(input: { cartId: $c, note: $n }) { userErrors { code } } }";
    let mut number = 10;
    eventually("the subscription ends", SOON, async || {
        number += 1;
        let client = from(&app.storefront(), &format!("198.51.100.{}", number % 200));
        let _ = client.gql(note, json!({ "c": cart, "n": format!("note {number}") })).await.ok();
        reading.is_finished().then_some(())
    })
    .await;
    let results = reading.await.unwrap();
    let last = results.last().unwrap();
    assert_eq!(last["errors"][0]["extensions"]["code"], "RATE_LIMITED", "{last}");
    assert!(results.len() > 1 && results[0]["data"]["cartUpdated"].is_object(), "{results:?}");
}

#[tokio::test]
async fn a_network_keeps_a_limited_number_of_sockets_and_subscriptions_open() {
    let limits = held::Limits { websockets: 1, subscriptions: 2 };
    let app = TestApp::with_settings(Settings { held: limits, ..settings(BudgetsConfig::default()) }).await;
    let create = "mutation { cartCreate(input: {}) { cart { id } userErrors { code } } }";
    let cart = app.storefront().gql(create, Value::Null).await.ok().text("/cartCreate/cart/id");
    let watch = format!("subscription {{ cartUpdated(id: \"{cart}\") {{ id }} }}");
    let mut socket = open(&app, "203.0.113.7").await.unwrap();
    assert_eq!(open(&app, "203.0.113.7").await.err(), Some(StatusCode::TOO_MANY_REQUESTS));
    for id in ["1", "2", "3"] {
        start(&mut socket, id, &watch).await;
    }
    let refused = next(&mut socket).await;
    assert_eq!(
        (&refused["type"], &refused["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("RATE_LIMITED"))
    );
    let other = open(&app, "203.0.113.8").await.unwrap();
    drop((socket, other));
    eventually("the socket is closed", SOON, async || open(&app, "203.0.113.7").await.ok()).await;
}
