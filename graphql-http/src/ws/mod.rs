//! Websockets: the `graphql-transport-ws` protocol.

mod connection;
mod message;

use std::sync::Arc;

use axum::{
    extract::ws::WebSocketUpgrade,
    http::{HeaderMap, header, request::Parts},
    response::Response,
};

use self::connection::Connection;
use crate::{Mounted, hook::Permit};

const PROTOCOL: &str = "graphql-transport-ws";

/// Frames larger than this many times the limit of a message are not read.
const READ_FACTOR: usize = 2;

/// The size of the read buffer of each connection in bytes; most messages are small.
const READ_BUFFER: usize = 8 * 1024;

/// Accepts a websocket, also with another subprotocol: the client can read the close code only after the handshake. The
/// permit is dropped at its end.
pub fn accept(upgrade: WebSocketUpgrade, mounted: Mounted, parts: Arc<Parts>, permit: Permit) -> Response {
    let most = mounted.endpoint.limits.socket.message_bytes.saturating_mul(READ_FACTOR);
    let mut protocols = vec![PROTOCOL.to_owned()];
    protocols.extend(first_offered(&parts.headers));
    let tracked = mounted.endpoint.work.token();
    upgrade.read_buffer_size(READ_BUFFER).max_message_size(most).max_frame_size(most).protocols(protocols).on_upgrade(
        move |socket| async move {
            Connection::new(socket, mounted, parts).serve().await;
            drop((tracked, permit));
        },
    )
}

fn first_offered(headers: &HeaderMap) -> Option<String> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    offered.split(',').next().map(|protocol| protocol.trim().to_owned())
}
