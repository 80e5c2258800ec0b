//! The GraphiQL page, from files embedded in the binary; the page loads nothing from other hosts.

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::RustEmbed;

/// The bundle built by `scripts/graphiql`.
#[derive(RustEmbed)]
#[folder = "assets/graphiql"]
struct Assets;

/// The page loads from and connects to this server only, websockets included. The editor needs inline styles.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
                      object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Routes GraphiQL at `/`.
pub fn router() -> Router {
    Router::new().route("/", get(page)).route("/graphiql/{file}", get(asset))
}

async fn page(headers: HeaderMap) -> Response {
    let mut response = file("index.html", &headers);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    file(&name, &headers)
}

/// A file of the bundle, or 304 if the browser has the current version.
fn file(name: &str, headers: &HeaderMap) -> Response {
    let Some(file) = Assets::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let tag =
        file.metadata.sha256_hash().iter().take(8).fold(String::from("\""), |tag, byte| format!("{tag}{byte:02x}"));
    let Ok(tag) = HeaderValue::try_from(tag + "\"") else { return StatusCode::NOT_FOUND.into_response() };
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag);
    let common = [(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if is_known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let content_type = [(header::CONTENT_TYPE, content_type(name))];
    (common, content_type, file.data).into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}
