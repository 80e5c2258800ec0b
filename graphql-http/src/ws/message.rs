//! The messages and close codes of `graphql-transport-ws`.

use axum::extract::ws::{CloseFrame, Message};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::request::Params;

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first message.
    ConnectionInit {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    /// Are you there?
    Ping {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    /// I am here.
    Pong {},
    /// Run this operation.
    Subscribe { id: String, payload: Params },
    /// Stop that operation.
    Complete { id: String },
}

impl ClientMessage {
    /// Reads a message; none when it is not one of the protocol's.
    pub fn parse(text: &str) -> Option<Self> {
        let message: Self = serde_json::from_str(text).ok()?;
        let is_complete = match &message {
            Self::Subscribe { id, payload } => {
                !id.is_empty() && (payload.query.is_some() || payload.extensions.is_some())
            }
            Self::Complete { id } => !id.is_empty(),
            _ => true,
        };
        is_complete.then_some(message)
    }
}

/// What the server says.
pub enum ServerMessage<'a> {
    /// The connection is initialised.
    ConnectionAck,
    /// I am here.
    Pong(Option<&'a Map<String, Value>>),
    /// A result of an operation, as JSON.
    Next(&'a str, &'a [u8]),
    /// The operation was refused; its errors as JSON.
    Error(&'a str, &'a [u8]),
    /// The operation is over.
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

/// Why the server closes a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Close {
    /// The server is shutting down.
    GoingAway,
    /// A message is too large.
    TooLarge,
    /// The bytes are no websocket frames.
    Protocol,
    /// A message is not one of the protocol's.
    InvalidMessage,
    /// An operation before the connection was initialised.
    Unauthorized,
    /// The connection was refused.
    Forbidden,
    /// Whether the connection is refused cannot be told now.
    TryAgainLater,
    /// The client speaks another protocol.
    Subprotocol,
    /// The client did not initialise the connection in time.
    InitTimeout,
    /// The id of an operation is in use.
    DuplicateSubscriber(String),
    /// The connection was initialised twice.
    TooManyInits,
}

impl Close {
    /// The close frame.
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
    fn only_the_protocols_messages_are_read() {
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
    }

    #[test]
    fn reasons_fit_into_a_frame() {
        let close = Close::DuplicateSubscriber("💥".repeat(1000));
        assert!(close.frame().reason.len() <= 123);
    }
}
