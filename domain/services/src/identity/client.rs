//! What is known of the client behind a request, besides who it says it is.

use std::net::IpAddr;

/// Where a request comes from; for throttling and for a customer's list of logins, never for authorisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// The network address, as far as the server trusts what it sees.
    pub address: Option<IpAddr>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

impl Client {
    /// The network that attempts are counted for: an IPv4 address, or the /64 that one customer of a provider has.
    #[must_use]
    pub fn network(&self) -> Option<String> {
        self.address.map(|address| match address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        })
    }

    /// What the client calls itself, cut to a length that fits a list.
    #[must_use]
    pub fn short_user_agent(&self) -> Option<String> {
        let short = |text: &String| text.chars().filter(|letter| !letter.is_control()).take(200).collect();
        self.user_agent.as_ref().map(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Option<String> {
        Client { address: Some(address.parse().unwrap()), user_agent: None }.network()
    }

    #[test]
    fn one_subscriber_is_one_network() {
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
