//! Content negotiation.

use axum::http::{HeaderMap, StatusCode, header};

use crate::rejection::Rejection;

/// The media types of responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status depends on whether there is data.
    GraphqlResponse,
    /// `application/json`: the status is 200 for every well-formed request.
    Json,
    /// `text/event-stream`: each result is an event.
    EventStream,
}

impl MediaType {
    /// The value of the `Content-Type` header.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
        }
    }

    /// The type that the client prefers; JSON without an `Accept` header.
    ///
    /// # Errors
    /// 406 if the client accepts none of them.
    pub fn negotiate(headers: &HeaderMap) -> Result<Self, Rejection> {
        let mut best: Option<(Self, u16)> = None;
        let mut is_given = false;
        for value in headers.get_all(header::ACCEPT) {
            // A value that is not ASCII matches no media type.
            for range in value.to_str().unwrap_or_default().split(',').filter(|range| !range.trim().is_empty()) {
                is_given = true;
                let Some((media_type, quality)) = parse(range) else { continue };
                if quality > 0 && best.is_none_or(|(_, most)| quality > most) {
                    best = Some((media_type, quality));
                }
            }
        }
        match best {
            Some((media_type, _)) => Ok(media_type),
            None if !is_given => Ok(Self::Json),
            None => {
                Err(Rejection::input("accept application/graphql-response+json, application/json or text/event-stream")
                    .status(StatusCode::NOT_ACCEPTABLE))
            }
        }
    }
}

/// A range of an `Accept` header with its quality in thousandths; none if it matches no supported type.
fn parse(range: &str) -> Option<(MediaType, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let media_type = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/graphql-response+json" => MediaType::GraphqlResponse,
        "application/json" | "application/*" | "*/*" => MediaType::Json,
        "text/event-stream" => MediaType::EventStream,
        _ => return None,
    };
    let mut quality = 1000;
    for parameter in parts {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => quality = thousandths(value)?,
            "charset" if !matches!(value.to_ascii_lowercase().as_str(), "utf-8" | "utf8") => return None,
            _ => {}
        }
    }
    Some((media_type, quality))
}

/// Parses a quality such as `0.8`.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    let fraction: u16 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some((whole * 1000 + fraction).min(1000))
}

/// Rejects bodies that are not JSON: a browser sends other types across origins without a preflight request.
///
/// # Errors
/// 415 if the content type is missing or different.
pub fn require_json(headers: &HeaderMap) -> Result<(), Rejection> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            matches!(value.trim().trim_matches('"').to_ascii_lowercase().as_str(), "utf-8" | "utf8")
        }
        _ => true,
    });
    let is_plain = headers.get(header::CONTENT_ENCODING).is_none_or(|value| value == "identity");
    if is_json && is_utf8 && is_plain {
        return Ok(());
    }
    let message = "send the request as application/json in utf-8, without a content encoding";
    Err(Rejection::input(message).status(StatusCode::UNSUPPORTED_MEDIA_TYPE))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn accept(value: &'static str) -> Option<MediaType> {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))]);
        MediaType::negotiate(&headers).ok()
    }

    #[test]
    fn the_preferred_type_is_selected() {
        assert_eq!(MediaType::negotiate(&HeaderMap::new()).ok(), Some(MediaType::Json));
        for (value, expected) in [
            ("*/*", Some(MediaType::Json)),
            ("application/graphql-response+json", Some(MediaType::GraphqlResponse)),
            ("application/json;q=0.9, application/graphql-response+json", Some(MediaType::GraphqlResponse)),
            ("application/graphql-response+json;q=0.5, application/json", Some(MediaType::Json)),
            ("application/json; charset=utf-8", Some(MediaType::Json)),
            ("Application/JSON; Charset=UTF-8", Some(MediaType::Json)),
            ("application/json; charset=latin1", None),
            ("text/event-stream", Some(MediaType::EventStream)),
            ("text/html, */*;q=0.8", Some(MediaType::Json)),
            ("application/json;q=0", None),
            ("image/png", None),
        ] {
            assert_eq!(accept(value), expected, "{value}");
        }
    }

    #[test]
    fn only_json_bodies_are_accepted() {
        let allowed = |value: &'static str| {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]);
            require_json(&headers).is_ok()
        };
        assert!(allowed("application/json") && allowed("application/json; charset=utf-8"));
        for value in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "",
        ] {
            assert!(!allowed(value), "{value}");
        }
        assert!(require_json(&HeaderMap::new()).is_err());
    }
}
