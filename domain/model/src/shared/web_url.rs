//! Web addresses from outside.

use std::fmt;

use url::{Host, Url};

/// An absolute `https` or `http` URL in its normal form, without a user name, a password and control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebUrl(Url);

/// The text is not a web address that can be shown to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a URL starts with https:// or http://, has at most 2,000 characters and a host, and has no user name, password, \
     blanks, backslashes and control characters"
)]
pub struct InvalidWebUrl;

impl WebUrl {
    /// Parses and normalizes a URL. Parsers of URLs ignore some control characters and read a backslash as a slash, so that
    /// others may find another host in such a text; therefore it is rejected.
    ///
    /// # Errors
    /// [`InvalidWebUrl`].
    pub fn parse(text: &str) -> Result<Self, InvalidWebUrl> {
        let url = parse_plain(text).ok_or(InvalidWebUrl)?;
        if matches!(url.scheme(), "https" | "http") { Ok(Self(url)) } else { Err(InvalidWebUrl) }
    }

    /// The URL as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<WebUrl> for String {
    fn from(url: WebUrl) -> Self {
        url.0.into()
    }
}

/// A URL of any scheme with a host and without a user name, a password, blanks, backslashes and control characters.
pub(crate) fn parse_plain(text: &str) -> Option<Url> {
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !"\\<>\"`".contains(c);
    if text.chars().count() > 2_000 || !text.chars().all(is_plain) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let is_good = url.has_host() && url.username().is_empty() && url.password().is_none();
    // `https://@host` has no user name, and still reads as if it had one.
    let authority = text.split_once("://")?.1.split(['/', '?', '#']).next()?;
    (is_good && !authority.contains('@')).then_some(url)
}

/// True if the host of a URL is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_parsed_and_normalized() {
        for (text, expected) in [
            ("https://shop.example.org/a?b=c#d", Some("https://shop.example.org/a?b=c#d")),
            ("HTTPS://Shop.Example.ORG", Some("https://shop.example.org/")),
            ("http://127.0.0.1:3000/return", Some("http://127.0.0.1:3000/return")),
            ("https://shop.example.org/a/../b", Some("https://shop.example.org/b")),
            ("https://shop.example.org/user@home", Some("https://shop.example.org/user@home")),
            ("", None),
            ("/media/a.svg", None),
            ("//evil.example/a", None),
            ("shop.example.org", None),
            ("https://", None),
            ("https:shop.example.org", None),
            ("https://shop@evil.example/a.svg", None),
            ("https://shop:secret@evil.example/", None),
            ("https://@evil.example/", None),
            ("https://shop.example.org\\@evil.example/", None),
            ("https://a/x\r\nSet-Cookie: a=1", None),
            ("https://a/\tb", None),
            (" https://a/", None),
            ("https://a/\u{0}", None),
            ("https://a/\u{85}", None),
            ("https://a/\u{a0}", None),
            ("https://a/<script>", None),
            ("javascript:alert(1)", None),
            ("javascript://a/%0aalert(1)", None),
            ("data:text/html,a", None),
            ("ftp://a/b", None),
            ("myapp://return", None),
        ] {
            let parsed = WebUrl::parse(text).map(String::from).ok();
            assert_eq!(parsed.as_deref(), expected, "{text:?}");
        }
        assert_eq!(WebUrl::parse(&format!("https://a/{}", "x".repeat(2_000))), Err(InvalidWebUrl));
    }
}
