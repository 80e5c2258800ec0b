//! The baseline: a bare axum handler that returns responses of the same size.

use axum::{
    Router,
    body::Bytes,
    http::{StatusCode, header},
    routing::post,
};

use crate::Outcome;

/// Maximum size of a response in bytes.
const MAX_SIZE: usize = 1024 * 1024;

/// Answers requests for `/<size>` with that many bytes until the process is killed.
pub async fn serve(listen: &str) -> Outcome<()> {
    let bytes = Bytes::from(vec![b'x'; MAX_SIZE]);
    let answer = move |axum::extract::Path(size): axum::extract::Path<usize>, _request: Bytes| {
        let body = (size <= MAX_SIZE).then(|| bytes.slice(..size)).ok_or(StatusCode::BAD_REQUEST);
        async move { body.map(|body| ([(header::CONTENT_TYPE, "application/json")], body)) }
    };
    let listener = tokio::net::TcpListener::bind(listen).await?;
    axum::serve(listener, Router::new().route("/", axum::routing::get(|| async {})).route("/{size}", post(answer)))
        .await?;
    Ok(())
}
