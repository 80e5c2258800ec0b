//! How a listener ends without cutting anybody off: newcomers are turned away, those in the queue are still taken.

use std::{future, io, net::SocketAddr, time::Duration};

use axum::serve::Listener;
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

/// How long the queue must be empty to be believed so; long enough for a request that came with its connection to be
/// read.
const SETTLED: Duration = Duration::from_millis(100);

/// A listener that, once told to close, takes those who have connected already and then waits for its end.
pub struct Farewell {
    listener: TcpListener,
    /// Cancelled to close it.
    close: CancellationToken,
    /// Cancelled when nobody waits in the queue any more: now it may be dropped.
    is_empty: CancellationToken,
    is_closed: bool,
}

impl Farewell {
    /// Wraps a listener; `close` tells it to close, and the token answers when it may be dropped.
    #[must_use]
    pub fn new(listener: TcpListener, close: CancellationToken) -> (Self, CancellationToken) {
        let is_empty = CancellationToken::new();
        (Self { listener, close, is_empty: is_empty.clone(), is_closed: false }, is_empty)
    }
}

impl Listener for Farewell {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            tokio::select! {
                biased;
                accepted = Listener::accept(&mut self.listener) => return accepted,
                () = self.close.cancelled(), if !self.is_closed => {
                    self.is_closed = true;
                    turn_away_newcomers(&self.listener);
                }
                () = sleep(SETTLED), if self.is_closed => {
                    self.is_empty.cancel();
                    future::pending::<()>().await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Dropping a listener resets the connections in its queue, after their clients have sent their requests. So the
/// kernel is told to drop the packets that open new ones: their clients try again a moment later and are refused.
#[cfg(target_os = "linux")]
fn turn_away_newcomers(listener: &TcpListener) {
    // The program that takes nothing of any packet: BPF_RET | BPF_K, 0.
    let nothing = socket2::SockFilter::new(0x06, 0, 0, 0);
    if let Err(error) = SockRef::from(listener).attach_filter(&[nothing]) {
        tracing::warn!(%error, "newcomers cannot be turned away");
    }
}

/// Elsewhere a connection that opens in the last moment is reset.
#[cfg(not(target_os = "linux"))]
fn turn_away_newcomers(_: &TcpListener) {}
