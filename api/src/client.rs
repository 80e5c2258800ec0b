//! Where a request comes from, as far as this process can trust what it sees.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{header::USER_AGENT, request::Parts},
};
use services::identity::Client;

/// How many proxies in front of this process append to `X-Forwarded-For`; with none the header is anybody's claim.
#[derive(Debug, Clone, Copy, Default)]
pub struct Proxies(pub usize);

impl Proxies {
    /// The client behind a request.
    #[must_use]
    pub fn client(self, parts: &Parts) -> Client {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Client { address: self.forwarded(parts).or(peer), user_agent }
    }

    /// The address that the outermost trusted proxy saw: counted from the end, because a client can write anything in
    /// front.
    fn forwarded(self, parts: &Parts) -> Option<IpAddr> {
        if self.0 == 0 {
            return None;
        }
        let headers = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = headers.flat_map(|value| value.split(',')).map(str::trim).collect();
        hops.len().checked_sub(self.0).and_then(|at| hops.get(at)).and_then(|hop| hop.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn seen(proxies: usize, forwarded: &str) -> Option<String> {
        let request = Request::builder().header("x-forwarded-for", forwarded).body(()).unwrap();
        let mut parts = request.into_parts().0;
        parts.extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 4711))));
        Proxies(proxies).client(&parts).address.map(|address| address.to_string())
    }

    #[test]
    fn only_what_trusted_proxies_added_is_believed() {
        for (proxies, forwarded, address) in [
            (0, "203.0.113.9", "10.0.0.1"),
            (1, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
            (2, "1.2.3.4, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
            (3, "203.0.113.9", "10.0.0.1"),
            (1, "nonsense", "10.0.0.1"),
        ] {
            assert_eq!(seen(proxies, forwarded).as_deref(), Some(address), "{proxies} {forwarded}");
        }
    }
}
