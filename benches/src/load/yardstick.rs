//! The least a server can do: a bare axum handler with an answer of the same size.

use axum::{Router, body::Bytes, http::header, routing::any};

use crate::Outcome;

/// Serves the same bytes for every request until it is killed.
pub async fn serve(listen: &str, size: usize) -> Outcome<()> {
    let body = Bytes::from(vec![b'x'; size]);
    let answer = move |_request: Bytes| {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], body) }
    };
    let listener = tokio::net::TcpListener::bind(listen).await?;
    axum::serve(listener, Router::new().fallback(any(answer))).await?;
    Ok(())
}
