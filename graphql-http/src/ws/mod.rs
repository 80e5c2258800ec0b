//! Websockets: the `graphql-transport-ws` protocol.

mod connection;
mod message;

use std::sync::Arc;

use axum::{
    extract::ws::WebSocketUpgrade,
    http::{HeaderMap, HeaderValue, Request, header, request::Parts},
    response::Response,
};

use self::connection::Connection;
use crate::{
    Mounted,
    hook::{Hook, Permit},
};

const PROTOCOL: &str = "graphql-transport-ws";

/// Frames larger than this many times the limit of a message are not read.
const READ_FACTOR: usize = 2;

/// The size of the read buffer of each connection in bytes; most messages are small.
const READ_BUFFER: usize = 8 * 1024;

/// Accepts a websocket, also with another subprotocol: the client can read the close code only after the handshake. The
/// permit is dropped at its end.
pub fn accept(upgrade: WebSocketUpgrade, mounted: Mounted, parts: &Parts, permit: Permit) -> Response {
    let most = mounted.endpoint.limits.socket.message_bytes.saturating_mul(READ_FACTOR);
    let mut protocols = vec![PROTOCOL.to_owned()];
    protocols.extend(first_offered(&parts.headers));
    let parts = retained(parts, &*mounted.endpoint.hook);
    let tracked = mounted.endpoint.work.token();
    upgrade.read_buffer_size(READ_BUFFER).max_message_size(most).max_frame_size(most).protocols(protocols).on_upgrade(
        move |socket| async move {
            Connection::new(socket, mounted, Arc::new(parts)).serve().await;
            drop((tracked, permit));
        },
    )
}

/// The parts of the opening request that operations need, for the life of the connection. Headers and URL are copied:
/// each of them would keep the buffer of the whole head.
fn retained(parts: &Parts, hook: &dyn Hook) -> Parts {
    let (mut kept, ()) = Request::new(()).into_parts();
    kept.method = parts.method.clone();
    kept.uri = parts.uri.to_string().parse().unwrap_or_default();
    let used = parts.headers.iter().filter(|(name, _)| hook.reads(name));
    for (name, value) in used {
        if let Ok(copy) = HeaderValue::from_bytes(value.as_bytes()) {
            kept.headers.append(name.clone(), copy);
        }
    }
    kept.extensions = parts.extensions.clone();
    kept
}

fn first_offered(headers: &HeaderMap) -> Option<String> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    offered.split(',').next().map(|protocol| protocol.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use async_graphql::Request as Operation;
    use axum::http::HeaderName;
    use futures_util::future::BoxFuture;

    use super::*;
    use crate::{Caller, OperationInfo, Rejection, RequestId};

    struct ReadsForwarded;

    impl Hook for ReadsForwarded {
        fn prepare<'a>(
            &'a self,
            _: Caller<'a>,
            _: &'a OperationInfo,
            operation: Operation,
        ) -> BoxFuture<'a, Result<Operation, Rejection>> {
            Box::pin(async { Ok(operation) })
        }

        fn reads(&self, header: &HeaderName) -> bool {
            header == "x-forwarded-for"
        }
    }

    #[test]
    fn a_websocket_keeps_only_what_the_hook_reads() {
        let request = Request::builder()
            .uri("/graphql?channel=eu")
            .header("x-forwarded-for", "203.0.113.9")
            .header("cookie", "x".repeat(4_096))
            .header("x-forwarded-for", "10.0.0.7")
            .extension(RequestId("order-4711".into()))
            .body(())
            .unwrap();
        let kept = retained(&request.into_parts().0, &ReadsForwarded);
        assert!(kept.headers.get_all("x-forwarded-for").iter().eq(["203.0.113.9", "10.0.0.7"]));
        assert_eq!(kept.headers.len(), 2);
        assert_eq!(kept.uri, "/graphql?channel=eu");
        assert!(kept.extensions.get::<RequestId>().is_some());
    }
}
