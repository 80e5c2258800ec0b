//! The client of a request.

use std::net::IpAddr;

use model::{Locale, Network, access::Actor};
use persistence::audit::Author;

/// The origin of a request, for throttling and for the list of sessions; never for authorization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// The network address, if the server can trust it.
    pub address: Option<IpAddr>,
    /// The user agent.
    pub user_agent: Option<String>,
    /// The language of mails that the request causes; the channel's if none.
    pub locale: Option<Locale>,
}

impl Client {
    /// The network that attempts are counted for: an IPv4 address, or the /64 prefix that one customer of a provider has.
    #[must_use]
    pub fn network(&self) -> Option<Network> {
        self.address.map(Network::of)
    }

    /// The author of an action of this client, for the audit log.
    pub(crate) fn author<'a>(&self, actor: &'a Actor) -> Author<'a> {
        Author { actor, network: self.network() }
    }

    /// The user agent, truncated for lists.
    #[must_use]
    pub fn short_user_agent(&self) -> Option<String> {
        let short = |text: &String| text.chars().filter(|letter| !letter.is_control()).take(200).collect();
        self.user_agent.as_ref().map(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Option<Network> {
        Client { address: Some(address.parse().unwrap()), ..Client::default() }.network()
    }

    #[test]
    fn one_subscriber_is_one_network() {
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
