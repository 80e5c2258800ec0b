//! The network address and user agent of a client, from the connection and from trusted proxies.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Once,
};

use axum::{
    extract::ConnectInfo,
    http::{header::USER_AGENT, request::Parts},
};
use services::identity::Client;

/// The header to which proxies append the address of their client.
pub const FORWARDED_FOR: &str = "x-forwarded-for";

/// The number of proxies in front of this process that append to `X-Forwarded-For`. With none, the header is ignored.
#[derive(Debug, Clone, Copy, Default)]
pub struct Proxies(pub usize);

impl Proxies {
    /// The address from which a request was sent.
    #[must_use]
    pub fn address(self, parts: &Parts) -> Option<IpAddr> {
        let address = if self.0 > 0 && parts.headers.contains_key(FORWARDED_FOR) {
            self.forwarded(parts)
        } else {
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
        };
        if self.0 == 0 && parts.headers.contains_key(FORWARDED_FOR) {
            warn_once();
        }
        address
    }

    /// The address that the outermost trusted proxy saw: counted from the end, because a client can put anything in front.
    /// None if it is malformed: the proxy's own address is shared by all clients, so it cannot replace it.
    fn forwarded(self, parts: &Parts) -> Option<IpAddr> {
        let headers = parts.headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = headers.flat_map(|value| value.split(',')).map(str::trim).collect();
        hops.len().checked_sub(self.0).and_then(|at| hops.get(at)).and_then(|hop| read(hop))
    }
}

/// A client with this address and the user agent of the request.
#[must_use]
pub fn client(address: Option<IpAddr>, parts: &Parts) -> Client {
    let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Client { address, user_agent, locale: None }
}

/// The address of a hop, with or without a port, in brackets or not.
pub(crate) fn read(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// Warns once per process that it may be behind a proxy that is not configured.
fn warn_once() {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!(
            "a request has X-Forwarded-For, but MERCATOR_TRUSTED_PROXIES is 0: behind a proxy all clients share one limit; \
             set it to the number of proxies in front of this process"
        );
    });
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn seen(proxies: usize, forwarded: &str) -> Option<String> {
        let request = Request::builder().header("x-forwarded-for", forwarded).body(()).unwrap();
        let mut parts = request.into_parts().0;
        parts.extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 4711))));
        Proxies(proxies).address(&parts).map(|address| address.to_string())
    }

    #[test]
    fn only_entries_of_trusted_proxies_count() {
        for (proxies, forwarded, address) in [
            (0, "203.0.113.9", Some("10.0.0.1")),
            (1, "1.2.3.4, 203.0.113.9", Some("203.0.113.9")),
            (2, "1.2.3.4, 203.0.113.9, 10.0.0.7", Some("203.0.113.9")),
            (1, "203.0.113.9:4711", Some("203.0.113.9")),
            (1, "[2001:db8::1]:4711", Some("2001:db8::1")),
            (1, "[2001:db8::1]", Some("2001:db8::1")),
            (1, "2001:db8::1", Some("2001:db8::1")),
            (3, "203.0.113.9", None),
            (1, "nonsense", None),
            (1, "203.0.113.9, unknown", None),
        ] {
            assert_eq!(seen(proxies, forwarded).as_deref(), address, "{proxies} {forwarded}");
        }
    }

    #[test]
    fn without_the_header_the_address_is_that_of_the_connection() {
        let mut parts = Request::builder().body(()).unwrap().into_parts().0;
        parts.extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 4711))));
        assert_eq!(Proxies(1).address(&parts), Some([10, 0, 0, 1].into()));
    }
}
