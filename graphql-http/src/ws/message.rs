//! The messages and close codes of `graphql-transport-ws`.

use axum::extract::ws::{CloseFrame, Message};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::request::Params;

/// The maximum length of the id of an operation in bytes. It is kept with the operation and sent with each result.
const MAX_ID: usize = 128;

/// A message of the client.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Initializes the connection.
    ConnectionInit {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    /// Requests a `pong`.
    Ping {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    /// The response to a `ping`.
    Pong {},
    /// Starts an operation.
    Subscribe { id: String, payload: Params },
    /// Stops an operation.
    Complete { id: String },
}

impl ClientMessage {
    /// Parses a message; none if it does not belong to the protocol.
    pub fn parse(text: &str) -> Option<Self> {
        let message: Self = serde_json::from_str(text).ok()?;
        let is_complete = match &message {
            Self::Subscribe { id, payload } => is_id(id) && (payload.query.is_some() || payload.extensions.is_some()),
            Self::Complete { id } => is_id(id),
            _ => true,
        };
        is_complete.then_some(message)
    }
}

fn is_id(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len())
}

/// A message of the server.
pub enum ServerMessage<'a> {
    /// The connection is initialized.
    ConnectionAck,
    /// The response to a `ping`.
    Pong(Option<&'a Map<String, Value>>),
    /// A result of an operation, as JSON.
    Next(&'a str, &'a [u8]),
    /// The operation was rejected; its errors as JSON.
    Error(&'a str, &'a [u8]),
    /// The operation has ended.
    Complete(&'a str),
}

impl ServerMessage<'_> {
    /// The message as a frame.
    pub fn encode(&self) -> Message {
        let text = match self {
            Self::ConnectionAck => r#"{"type":"connection_ack"}"#.to_owned(),
            Self::Pong(None) => r#"{"type":"pong"}"#.to_owned(),
            Self::Pong(Some(payload)) => serde_json::json!({ "type": "pong", "payload": payload }).to_string(),
            Self::Next(id, payload) => with_payload("next", id, payload),
            Self::Error(id, payload) => with_payload("error", id, payload),
            Self::Complete(id) => format!(r#"{{"type":"complete","id":{}}}"#, quoted(id)),
        };
        Message::Text(text.into())
    }
}

fn with_payload(kind: &str, id: &str, payload: &[u8]) -> String {
    let payload = String::from_utf8_lossy(payload);
    format!(r#"{{"type":"{kind}","id":{},"payload":{payload}}}"#, quoted(id))
}

fn quoted(id: &str) -> String {
    Value::from(id).to_string()
}

/// The reason why the server closes a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Close {
    /// The server is shutting down.
    GoingAway,
    /// A message is too large.
    TooLarge,
    /// The bytes are not websocket frames.
    Protocol,
    /// A message does not belong to the protocol.
    InvalidMessage,
    /// An operation was sent before the connection was initialized.
    Unauthorized,
    /// The hook rejected the connection.
    Forbidden,
    /// The hook is unavailable.
    TryAgainLater,
    /// The client requested another subprotocol.
    Subprotocol,
    /// The client did not initialize the connection in time.
    InitTimeout,
    /// The id of an operation is in use.
    DuplicateSubscriber(String),
    /// The connection was initialized twice.
    TooManyInits,
}

impl Close {
    /// The close frame. Its reasons are those that graphql-ws sends.
    pub fn frame(&self) -> CloseFrame {
        let (code, reason) = match self {
            Self::GoingAway => (1001, "Going away"),
            Self::Protocol => (1002, "Protocol error"),
            Self::TooLarge => (1009, "Message too large"),
            Self::TryAgainLater => (1013, "Try again later"),
            Self::InvalidMessage => (4400, "Invalid message received"),
            Self::Unauthorized => (4401, "Unauthorized"),
            Self::Forbidden => (4403, "Forbidden"),
            Self::Subprotocol => (4406, "Subprotocol not acceptable"),
            Self::InitTimeout => (4408, "Connection initialisation timeout"),
            Self::TooManyInits => (4429, "Too many initialisation requests"),
            Self::DuplicateSubscriber(id) => {
                // A reason has at most 123 bytes.
                let id: String = id.chars().take(20).collect();
                return CloseFrame { code: 4409, reason: format!("Subscriber for {id} already exists").into() };
            }
        };
        CloseFrame { code, reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_of_the_protocol_are_parsed() {
        for text in [
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":null}"#,
            r#"{"type":"connection_init","payload":{"authorization":"x"}}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"ping","payload":{"a":1}}"#,
            r#"{"type":"pong","payload":{"a":1}}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"{a}","operationName":null}}"#,
            r#"{"type":"complete","id":"1"}"#,
        ] {
            assert!(ClientMessage::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "{}",
            "[]",
            "\"type\"",
            r#"{"type":"start"}"#,
            r#"{"type":"connection_init","payload":1}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":"x"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(ClientMessage::parse(text).is_none(), "{text}");
        }
        let with_id = |length: usize| {
            let id = "x".repeat(length);
            ClientMessage::parse(&format!(r#"{{"id":"{id}","type":"subscribe","payload":{{"query":"{{a}}"}}}}"#))
        };
        assert!(with_id(MAX_ID).is_some() && with_id(MAX_ID + 1).is_none());
    }

    #[test]
    fn close_reasons_fit_into_a_frame() {
        let close = Close::DuplicateSubscriber("💥".repeat(1000));
        assert!(close.frame().reason.len() <= 123);
    }
}
