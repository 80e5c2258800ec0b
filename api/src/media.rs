//! `GET /media/{name}`: placeholder pictures of the demo shop, drawn from their names in the requested size.

use axum::{
    extract::{Path, Query},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use services::media::placeholder;

/// The requested size in pixels.
#[derive(Debug, Default, Deserialize)]
pub struct Size {
    w: Option<u32>,
    h: Option<u32>,
}

/// Draws the picture of a name; the same every time.
pub async fn picture(Path(name): Path<String>, Query(size): Query<Size>) -> Response {
    let Some(svg) = placeholder(&name, size.w, size.h) else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
    ];
    (headers, svg).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_names_of_pictures_are_drawn() {
        let status = async |name: &str| picture(Path(name.to_owned()), Query(Size::default())).await.status();
        assert_eq!(status("classic-tee-black.svg").await, StatusCode::OK);
        for name in ["", ".svg", "<script>", "../secret", "logo.png"] {
            assert_eq!(status(name).await, StatusCode::NOT_FOUND, "{name}");
        }
    }
}
