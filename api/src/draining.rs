//! A listener that can be closed without resetting connections that clients have already opened.

use std::{future, io, net::SocketAddr, time::Duration};

use axum::serve::Listener;
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

/// The time without a new connection after which the queue counts as empty; long enough to read a request that arrived
/// together with its connection.
const SETTLED: Duration = Duration::from_millis(100);

/// A listener that, once told to close, rejects new connections and still accepts those in its queue.
pub struct DrainingListener {
    listener: TcpListener,
    /// Canceled to close the listener.
    close: CancellationToken,
    /// Canceled when the queue is empty, so that the listener can be dropped.
    is_drained: CancellationToken,
    is_closed: bool,
}

impl DrainingListener {
    /// Wraps a listener. Cancel `close` to close it; the returned token is canceled when it can be dropped.
    #[must_use]
    pub fn new(listener: TcpListener, close: CancellationToken) -> (Self, CancellationToken) {
        let is_drained = CancellationToken::new();
        (Self { listener, close, is_drained: is_drained.clone(), is_closed: false }, is_drained)
    }
}

impl Listener for DrainingListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            tokio::select! {
                biased;
                accepted = Listener::accept(&mut self.listener) => return accepted,
                () = self.close.cancelled(), if !self.is_closed => {
                    self.is_closed = true;
                    reject_new_connections(&self.listener);
                }
                () = sleep(SETTLED), if self.is_closed => {
                    self.is_drained.cancel();
                    future::pending::<()>().await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Drops the packets that open new connections: their clients retry a moment later and are refused. Dropping the
/// listener instead would reset the connections in its queue after their clients have sent requests.
#[cfg(target_os = "linux")]
fn reject_new_connections(listener: &TcpListener) {
    // A packet filter that accepts no byte of any packet: BPF_RET | BPF_K, 0.
    let drop_all = socket2::SockFilter::new(0x06, 0, 0, 0);
    if let Err(error) = SockRef::from(listener).attach_filter(&[drop_all]) {
        tracing::warn!(%error, "cannot attach the packet filter; connections that open now will be reset");
    }
}

/// On other systems, a connection that opens during the last moment is reset.
#[cfg(not(target_os = "linux"))]
fn reject_new_connections(_: &TcpListener) {}
