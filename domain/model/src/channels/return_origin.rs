//! Places to which a shopper may return from a gateway.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::shared::web_url::{is_loopback, parse_plain};

/// The origin of return URLs: scheme, host and port of a website, such as `https://shop.example.org`, or the scheme and the
/// host of an app's own links, such as `myapp://return`. A website uses `https`, or `http` on the loopback interface.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReturnOrigin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

/// The text is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin is like https://shop.example.org or myapp://return: scheme, host and port only")]
pub struct InvalidReturnOrigin;

/// Schemes with a meaning of their own, which no app can claim.
const RESERVED: [&str; 10] =
    ["about", "blob", "data", "file", "filesystem", "ftp", "javascript", "vbscript", "ws", "wss"];

impl ReturnOrigin {
    /// The origin of a URL; none without a host or with a reserved scheme.
    fn of(url: &Url) -> Option<Self> {
        let host = url.host_str().filter(|_| !RESERVED.contains(&url.scheme()))?.to_owned();
        Some(Self { scheme: url.scheme().to_owned(), host, port: url.port() })
    }

    /// The origin of a return URL, if the URL has no user name, password, blanks and control characters.
    ///
    /// # Errors
    /// [`InvalidReturnOrigin`] if the shopper must not be redirected to the URL.
    pub fn of_url(text: &str) -> Result<Self, InvalidReturnOrigin> {
        parse_plain(text).and_then(|url| Self::of(&url)).ok_or(InvalidReturnOrigin)
    }

    /// True for a website on this machine, with which storefronts are developed.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let is_web = matches!(self.scheme.as_str(), "https" | "http");
        is_web && Url::parse(&self.to_string()).is_ok_and(|url| is_loopback(&url))
    }
}

impl FromStr for ReturnOrigin {
    type Err = InvalidReturnOrigin;
    fn from_str(text: &str) -> Result<Self, InvalidReturnOrigin> {
        let url = parse_plain(text).ok_or(InvalidReturnOrigin)?;
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let origin = Self::of(&url).filter(|_| is_bare).ok_or(InvalidReturnOrigin)?;
        if url.scheme() == "http" && !origin.is_loopback() { Err(InvalidReturnOrigin) } else { Ok(origin) }
    }
}

impl TryFrom<String> for ReturnOrigin {
    type Error = InvalidReturnOrigin;
    fn try_from(text: String) -> Result<Self, InvalidReturnOrigin> {
        text.parse()
    }
}

impl From<ReturnOrigin> for String {
    fn from(origin: ReturnOrigin) -> Self {
        origin.to_string()
    }
}

impl fmt::Display for ReturnOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_scheme_host_and_port() {
        for (text, expected) in [
            ("https://shop.example.org", Some("https://shop.example.org")),
            ("https://Shop.Example.org/", Some("https://shop.example.org")),
            ("https://shop.example.org:443", Some("https://shop.example.org")),
            ("https://shop.example.org:8443", Some("https://shop.example.org:8443")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("http://[::1]:3000", Some("http://[::1]:3000")),
            ("myapp://return", Some("myapp://return")),
            ("com.example.shop://pay", Some("com.example.shop://pay")),
            ("http://shop.example.org", None),
            ("https://shop.example.org/checkout", None),
            ("https://shop.example.org?a=b", None),
            ("https://shop@evil.example", None),
            ("https://", None),
            ("myapp:", None),
            ("javascript://a", None),
            ("data://a", None),
            ("*", None),
            ("", None),
        ] {
            let parsed = text.parse::<ReturnOrigin>().map(|origin| origin.to_string()).ok();
            assert_eq!(parsed.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn urls_have_the_origin_that_a_browser_sees() {
        let shop: ReturnOrigin = "https://shop.example.org".parse().unwrap();
        let app: ReturnOrigin = "myapp://return".parse().unwrap();
        for (url, expected) in [
            ("https://shop.example.org/a?b=c", Some(&shop)),
            ("HTTPS://SHOP.example.org:443/a", Some(&shop)),
            ("myapp://return/paid?x=1", Some(&app)),
        ] {
            assert_eq!(ReturnOrigin::of_url(url).ok().as_ref(), expected, "{url}");
        }
        for url in [
            "https://shop.example.org.evil.example/",
            "https://evil.example/https://shop.example.org",
            "https://evil.example?https://shop.example.org",
            "https://shop.example.org:8443/",
            "http://shop.example.org/",
            "myapp://other",
        ] {
            assert!(ReturnOrigin::of_url(url).is_ok_and(|origin| origin != shop && origin != app), "{url}");
        }
        for url in [
            "https://shop.example.org@evil.example/",
            "https://evil.example\\@shop.example.org/",
            "https://shop.example.org/\r\nLocation: https://evil.example",
            "//shop.example.org/",
            "myapp:return",
            "javascript://shop.example.org/%0aalert(1)",
        ] {
            assert_eq!(ReturnOrigin::of_url(url), Err(InvalidReturnOrigin), "{url:?}");
        }
    }
}
