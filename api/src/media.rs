//! `GET /media/{name}`: pictures of the demo shop, drawn from their names, so that a shop without an object store and
//! without a picture to its name still has something to show.

use std::{
    fmt::Write as _,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// The longest name.
const MAX_NAME: usize = 200;

/// A picture of its own for each name, the same every time.
pub async fn picture(Path(name): Path<String>) -> Response {
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if stem.is_empty() || name.len() > MAX_NAME || !name.bytes().all(is_name) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
    ];
    (headers, draw(stem)).into_response()
}

/// Bands of related colours, with the name below. Names hold no character that SVG would have to escape.
fn draw(name: &str) -> String {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let seed = hasher.finish();
    let hue = seed % 360;
    let mut svg = String::from(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" role="img">"#);
    for band in 0..5_u64 {
        let (lightness, y) = (80 - 8 * band, 160 * band);
        let shift = (seed >> (8 * band)) % 40;
        let hue = (hue + shift) % 360;
        // Writing to a string cannot fail.
        let _ = write!(svg, r#"<rect y="{y}" width="800" height="160" fill="hsl({hue} 45% {lightness}%)"/>"#);
    }
    let title = name.replace('-', " ");
    let _ = write!(
        svg,
        r#"<title>{title}</title><text x="400" y="740" text-anchor="middle" font-family="sans-serif" font-size="40" fill="white">{title}</text></svg>"#
    );
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_draw_pictures_and_nothing_else_does() {
        assert_eq!(picture(Path("classic-tee-1.svg".to_owned())).await.status(), StatusCode::OK);
        for name in ["", ".svg", "<script>", "../secret", &"a".repeat(300)] {
            assert_eq!(picture(Path(name.to_owned())).await.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[test]
    fn a_name_draws_the_same_picture_every_time_and_another_name_another() {
        assert_eq!(draw("tent"), draw("tent"));
        assert_ne!(draw("tent"), draw("mat"));
    }
}
