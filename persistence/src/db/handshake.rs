//! The beginning of a connection to Postgres: asks for TLS, or guards the password without it.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio_postgres::{
    Socket,
    tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream},
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream as RustlsStream,
    rustls::{ClientConfig, pki_types::ServerName},
};

use super::channel_binding::server_end_point;

/// The message that asks a server for TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// The bytes that tell a server's first message: its type, its length, and the kind of authentication.
const HEAD: usize = 9;
/// The requests for a password in clear text and for an MD5 digest, from which the password can be found.
const CLEAR_TEXT: u8 = 3;
const MD5: u8 = 5;

/// The use of TLS in one attempt to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// Do not ask for it.
    Never,
    /// Use it if the server offers it.
    IfOffered,
    /// Fail without it.
    Always,
}

/// The reason why the beginning of a connection failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum HandshakeError {
    #[error("the server does not offer TLS, which sslmode requires")]
    NotOffered,
    #[error("the host is no valid name for TLS")]
    Name,
    #[error("{0}")]
    Tls(io::Error),
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Makes the stream of a connection.
#[derive(Clone)]
pub(super) struct Handshake {
    pub(super) encryption: Encryption,
    pub(super) tls: Arc<ClientConfig>,
}

/// The same for one host.
pub(super) struct HostHandshake {
    handshake: Handshake,
    host: String,
}

impl MakeTlsConnect<Socket> for Handshake {
    type Stream = Stream;
    type TlsConnect = HostHandshake;
    type Error = HandshakeError;

    fn make_tls_connect(&mut self, host: &str) -> Result<HostHandshake, HandshakeError> {
        Ok(HostHandshake { handshake: self.clone(), host: host.to_owned() })
    }
}

impl TlsConnect<Socket> for HostHandshake {
    type Stream = Stream;
    type Error = HandshakeError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, HandshakeError>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(self.negotiate(socket))
    }
}

impl HostHandshake {
    async fn negotiate(self, mut socket: Socket) -> Result<Stream, HandshakeError> {
        let Self { handshake: Handshake { encryption, tls }, host } = self;
        if encryption == Encryption::Never {
            return Ok(Stream::Plain(Guarded::new(socket)));
        }
        socket.write_all(&SSL_REQUEST).await?;
        // Exactly one byte, so that nothing that was sent in clear text is read as if it had come through TLS.
        match socket.read_u8().await? {
            b'S' => {
                let name = ServerName::try_from(host).map_err(|_| HandshakeError::Name)?;
                let stream = TlsConnector::from(tls).connect(name, socket).await.map_err(HandshakeError::Tls)?;
                Ok(Stream::Tls(Box::new(stream)))
            }
            _ if encryption == Encryption::IfOffered => Ok(Stream::Plain(Guarded::new(socket))),
            _ => Err(HandshakeError::NotOffered),
        }
    }
}

/// The stream of a connection.
pub(super) enum Stream {
    Tls(Box<RustlsStream<Socket>>),
    Plain(Guarded),
}

/// A stream without TLS. It fails if the server asks for a password in a form that reveals it; the driver would answer.
pub(super) struct Guarded {
    socket: Socket,
    /// The first bytes from the server.
    head: [u8; HEAD],
    seen: usize,
}

impl Guarded {
    const fn new(socket: Socket) -> Self {
        Self { socket, head: [0; HEAD], seen: 0 }
    }
}

/// Adds new bytes to the head of the first message; an error if it asks for a password in a form that reveals it. A
/// server's first message is its request for authentication, and the driver accepts no second one.
fn inspect(head: &mut [u8; HEAD], seen: &mut usize, new: &[u8]) -> io::Result<()> {
    if *seen == HEAD {
        return Ok(());
    }
    for (place, byte) in head.iter_mut().skip(*seen).zip(new) {
        *place = *byte;
        *seen += 1;
    }
    if *seen == HEAD && matches!(head, [b'R', _, _, _, _, 0, 0, 0, CLEAR_TEXT | MD5]) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "the server asks for a password in a form that reveals it, and there is no TLS: use sslmode=require or \
             better, or let the server ask for scram-sha-256",
        ));
    }
    Ok(())
}

impl AsyncRead for Guarded {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Self { socket, head, seen } = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(socket).poll_read(cx, buf))?;
        Poll::Ready(inspect(head, seen, buf.filled().get(before..).unwrap_or_default()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Plain(stream) => Pin::new(&mut stream.socket).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Self::Plain(stream) => Pin::new(&mut stream.socket).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Plain(stream) => Pin::new(&mut stream.socket).poll_shutdown(cx),
        }
    }
}

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        let digest = match self {
            Self::Tls(stream) => {
                let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
                certificates.first().and_then(|certificate| server_end_point(certificate))
            }
            Self::Plain(_) => None,
        };
        digest.map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inspected(chunks: &[&[u8]]) -> io::Result<()> {
        let (mut head, mut seen) = ([0; HEAD], 0);
        chunks.iter().try_for_each(|chunk| inspect(&mut head, &mut seen, chunk))
    }

    #[test]
    fn a_request_that_reveals_the_password_is_refused_in_any_pieces() {
        assert!(inspected(&[b"R\0\0\0\x08\0\0\0\x03"]).is_err());
        assert!(inspected(&[b"R\0\0", b"\0\x08\0\0", b"\0\x03"]).is_err());
        assert!(inspected(&[b"R\0\0\0\x0c\0\0\0\x05salt"]).is_err());
    }

    #[test]
    fn other_first_messages_and_later_bytes_pass() {
        assert!(inspected(&[b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0"]).is_ok());
        assert!(inspected(&[b"R\0\0\0\x08\0\0\0\0", b"R\0\0\0\x08\0\0\0\x03"]).is_ok());
        assert!(inspected(&[b"E\0\0\0\x10\0\0\0\x03"]).is_ok());
    }
}
