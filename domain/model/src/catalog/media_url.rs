//! URLs of images.

use url::Url;

use crate::WebUrl;

/// The folder of the images that the shop serves itself.
const OWN: &str = "/media/";

/// The normal form of an image's URL: a web address, or a path below `/media/` of the shop itself; none for anything else.
#[must_use]
pub fn media_url(text: &str) -> Option<String> {
    if !text.starts_with('/') {
        return WebUrl::parse(text).ok().map(String::from);
    }
    let is_path = !text.starts_with("//") && text.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    let url = Url::parse("http://localhost").ok()?.join(text).ok()?;
    let path = url.path();
    // An encoded slash or backslash could leave the folder in a server that decodes it first.
    let is_below = path.starts_with(OWN) && path.len() > OWN.len();
    let lower = path.to_ascii_lowercase();
    let is_encoded = ["%2f", "%5c", "%00"].iter().any(|code| lower.contains(code));
    let is_plain = url.query().is_none() && url.fragment().is_none();
    (is_path && is_below && is_plain && !is_encoded).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_urls_are_normalized_and_stay_in_their_folder() {
        for (text, expected) in [
            ("https://cdn.example.org/a.png?v=2", Some("https://cdn.example.org/a.png?v=2")),
            ("http://cdn.example.org/b/../a.png", Some("http://cdn.example.org/a.png")),
            ("/media/a.svg", Some("/media/a.svg")),
            ("/media/b/../a.svg", Some("/media/a.svg")),
            ("/media/./a.svg", Some("/media/a.svg")),
            ("/other/../media/a.svg", Some("/media/a.svg")),
            ("/media/", None),
            ("/media", None),
            ("/media/../admin/graphql", None),
            ("/media/%2e%2e/admin/graphql", None),
            ("/media/..%2fadmin/graphql", None),
            ("/media/..\\admin/graphql", None),
            ("/media/a.svg?w=1", None),
            ("/media/a.svg#b", None),
            ("/media/a b.svg", None),
            ("/media/a\r\n.svg", None),
            ("//evil.example/media/a.svg", None),
            ("///evil.example/media/a.svg", None),
            ("media/a.svg", None),
            ("javascript:alert(1)", None),
            ("data:image/svg+xml,a", None),
            ("https://shop@evil.example/a.svg", None),
            ("https://a/x\r\nSet-Cookie: a=1", None),
        ] {
            assert_eq!(media_url(text).as_deref(), expected, "{text:?}");
        }
    }
}
